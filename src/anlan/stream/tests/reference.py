"""The fold once more, slow and plain: one reading at a time, dicts only. Tests hold the fast one against it."""

from collections import defaultdict

from anlan.stream.readings import BAD, CLOCK, RESET_KNOWN, WRAP_16, Columns, Kind
from anlan.stream.topology import Topology

WINDOW = 64
SLACK_MS = 120_000
LATE_MS = 180_000


class Slot:
    """What is known of one (line, kind)."""

    def __init__(self):
        self.window = {}  # identity -> marks, the 64 newest by time
        self.newest_t = -1
        self.chain = []  # cumulative: [(t, in, out, epoch)], the newest ones in order of time
        self.step = (0, 0)
        self.value = None
        self.arrived = []  # (device time, marks) of the 64 latest readings without a believable time


class Reference:
    """Status of each reading, totals of lines, nets and minutes of spaces."""

    def __init__(self, topology: Topology, *, window: int = WINDOW):
        self.window = window
        self.slots: dict = defaultdict(Slot)
        self.totals: dict = defaultdict(lambda: [0, 0])
        self.net: dict = defaultdict(int)
        self.minutes: dict = defaultdict(lambda: [0, 0])  # (space, minute) -> in, out
        self.base: dict = {}  # space -> the first minute after its newest baseline
        self.baselines: list = []  # (space, that minute, number) in order
        self.line_minutes: dict = defaultdict(lambda: [0, 0])
        self.status: list[str] = []
        self.fresh: set[str] = set()
        self.topology = topology
        self.parents = {space.code: space.parent for space in topology.spaces}

    def ancestors(self, code):
        line = []
        while code is not None:
            line.append(code)
            code = self.parents[code]
        return line

    def fold(self, block: Columns, names: list[tuple[str, str]]):
        self.fresh = set()
        for i in range(len(block)):
            r = {
                name: getattr(block, name)[i].item()
                for name in ("kind", "t_end_ms", "n_in", "n_out", "value", "seq")
            }
            r |= {
                name: getattr(block, name)[i].item()
                for name in ("epoch_ms", "quality", "t_received_ms", "shift_ms")
            }
            self.one(r, names[block.line[i]])

    def one(self, r, name):
        if r["kind"] >= Kind.HEARTBEAT:
            self.status.append("ACCEPTED")
            return
        if r["quality"] & BAD:
            self.status.append("UNFIT")
            return
        status, d_in, d_out = self.identify(self.slots[(name, r["kind"])], r)
        late = r["t_end_ms"] < r["t_received_ms"] - LATE_MS
        self.status.append("LATE" if late and status == "ACCEPTED" else status)
        self.add(name, r, d_in, d_out)
        if status not in ("DUPLICATE", "OLD") and not late:
            for code in self.spoken_of(name, r["kind"]):
                self.fresh |= set(self.ancestors(code))

    def identify(self, slot, r):
        kind, t = r["kind"], r["t_end_ms"]
        if kind == Kind.EVENT:
            return self.event(slot, r)
        if r["shift_ms"] and kind in (Kind.INTERVAL, Kind.CUMULATIVE):
            return self.without_a_clock(slot, r)
        marks: tuple = (r["value"],) if kind >= Kind.OCCUPANCY else (r["n_in"], r["n_out"])
        if t in slot.window:
            if slot.window[t] == marks:
                return "DUPLICATE", 0, 0
            old, slot.window[t] = slot.window[t], marks
            if kind == Kind.INTERVAL:
                return "CORRECTED", marks[0] - old[0], marks[1] - old[1]
            if kind == Kind.CUMULATIVE:
                return ("CORRECTED", *self.correct_total(slot, r))
            if t == slot.newest_t:
                slot.value = max(r["value"], 0)
            return "CORRECTED", 0, 0
        if len(slot.window) == self.window and t < min(slot.window):
            return ("ACCEPTED" if kind >= Kind.OCCUPANCY else "OLD"), 0, 0
        self.remember(slot, t, marks)
        # A total at the very time at which one without a clock arrived comes after it.
        newer = t > slot.newest_t or (kind == Kind.CUMULATIVE and t == slot.newest_t)
        slot.newest_t = max(t, slot.newest_t)
        if kind == Kind.INTERVAL:
            return "ACCEPTED", r["n_in"], r["n_out"]
        if kind == Kind.CUMULATIVE:
            return self.next_total(slot, r) if newer else ("ACCEPTED", 0, 0)
        if newer:
            slot.value = max(r["value"], 0)
        return "ACCEPTED", 0, 0

    def remember(self, slot, key, marks):
        slot.window[key] = marks
        if len(slot.window) > self.window:
            del slot.window[min(slot.window)]

    def without_a_clock(self, slot, r):
        device_ms = r["t_end_ms"] - r["shift_ms"]
        mine = (device_ms, r["n_in"], r["n_out"])
        if mine in slot.arrived and any(each[0] != device_ms for each in slot.arrived):
            return "DUPLICATE", 0, 0
        slot.arrived = [*slot.arrived, mine][-WINDOW:]
        if r["kind"] == Kind.INTERVAL:
            return "ACCEPTED", r["n_in"], r["n_out"]
        r = {**r, "t_end_ms": max(r["t_end_ms"], slot.newest_t)}
        slot.newest_t = r["t_end_ms"]
        return self.next_total(slot, r)

    def event(self, slot, r):
        key = (r["t_end_ms"], r["seq"])
        if r["seq"] >= 0:
            if any(k == key or (r["quality"] & CLOCK and k[1] == r["seq"]) for k in slot.window):
                return "DUPLICATE", 0, 0
            if len(slot.window) == self.window and r["t_end_ms"] <= min(slot.window)[0]:
                return "OLD", 0, 0
            slot.window[key] = ()
            if len(slot.window) > self.window:
                # Of several events at the oldest time the first received leaves first.
                oldest = min(k[0] for k in slot.window)
                del slot.window[next(k for k in slot.window if k[0] == oldest)]
        return "ACCEPTED", r["n_in"], r["n_out"]

    def next_total(self, slot, r):
        before = slot.chain[-1] if slot.chain else None
        last = {"t": r["t_end_ms"], "in": r["n_in"], "out": r["n_out"], "epoch": r["epoch_ms"]}
        last["wraps"] = bool(r["quality"] & WRAP_16)
        last["reset"] = bool(r["quality"] & RESET_KNOWN)
        return self.step_to(slot, before, last)

    def correct_total(self, slot, r):
        if r["t_end_ms"] != slot.newest_t:
            return 0, 0
        was = slot.step
        slot.chain.pop()
        _, d_in, d_out = self.next_total(slot, r)
        return d_in - was[0], d_out - was[1]

    def step_to(self, slot, before, last):
        if before is None:
            slot.chain.append(last)
            slot.step = (0, 0)
            return "BASELINE", 0, 0
        epoch_is_after = (
            last["epoch"] and last["epoch"] != before["epoch"] and last["epoch"] >= before["t"] - SLACK_MS
        )
        renewed = bool(epoch_is_after and before["epoch"])
        known = bool(epoch_is_after or last.get("reset"))
        steps, reset = [], renewed
        for side in ("in", "out"):
            new, old = last[side], before[side]
            if new < 0:
                last[side] = old
                steps.append(0)
            elif renewed:
                steps.append(new)
            elif old < 0:
                steps.append(0)
            elif new < old and last["wraps"] and old < 65536 and new + 65536 - old <= 32768:
                steps.append(new + 65536 - old)
            elif new < old:
                reset = True
                steps.append(new if known else 0)
            else:
                steps.append(new - old)
        slot.chain.append(last)
        slot.step = tuple(steps)
        return ("RESET" if reset else "ACCEPTED"), *steps

    def spoken_of(self, name, kind):
        measures = {Kind.OCCUPANCY: "presence", Kind.DENSITY: "density"}.get(kind, "flow")
        spaces = set()
        for binding in self.topology.bindings:
            if (
                binding.sensor == name[0]
                and binding.channel in ("*", name[1])
                and binding.measures == measures
            ):
                if measures != "flow":
                    spaces |= {binding.into} - {None}
                    continue
                gains = set(self.ancestors(binding.into))
                spaces |= gains ^ set(self.ancestors(binding.out_of))
        return spaces

    def add(self, name, r, d_in, d_out):
        self.totals[name][0] += d_in
        self.totals[name][1] += d_out
        minute = (r["t_end_ms"] - 1) // 60_000
        self.line_minutes[(name, minute)][0] += d_in
        self.line_minutes[(name, minute)][1] += d_out
        for binding in self.topology.bindings:
            if (
                binding.sensor != name[0]
                or binding.channel not in ("*", name[1])
                or binding.measures != "flow"
            ):
                continue
            into, out_of = self.ancestors(binding.into), self.ancestors(binding.out_of)
            plus, minus = (d_out, d_in) if binding.reversed else (d_in, d_out)
            for code in set(into) - set(out_of):
                self.move(code, minute, plus, minus)
            for code in set(out_of) - set(into):
                self.move(code, minute, minus, plus)

    def recount(self, code, value, at_ms):
        minute = (at_ms - 1) // 60_000 + 1
        self.base[code] = minute
        self.baselines.append((code, minute, value))
        self.net[code] = value + self.passed(code, minute)

    def passed(self, code, first, end=2**40):
        """What passed a space in the minutes [first, end), less what left."""
        moved = [n for (space, minute), n in self.minutes.items() if space == code and first <= minute < end]
        return sum(n_in - n_out for n_in, n_out in moved)

    def occupancy(self, code, minute):
        """The number at the end of a minute: the newest baseline of before, and what passed since; else from 0."""
        value, first = 0, -1
        for space, begins, counted in sorted(self.baselines, key=lambda each: each[1]):
            if space == code and begins <= minute:
                value, first = counted, begins
        return max(value + self.passed(code, first, minute + 1), 0)

    def move(self, code, minute, gained, left):
        if minute >= self.base.get(code, -1):
            self.net[code] += gained - left
        self.minutes[(code, minute)][0] += gained
        self.minutes[(code, minute)][1] += left

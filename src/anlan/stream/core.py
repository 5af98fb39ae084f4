"""The core of a scene: the way of a batch, without threads, clocks or folders.

    screen → journal → fold → judge → tell

Live, in a replay and in recovery the same steps run; recovery takes the frames from the journal instead of
writing them. What it makes depends on the journal's order alone.
"""

import dataclasses
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np

from anlan.stream.baselines import Baselines, due_nights, first_minute, recounted, set_baselines
from anlan.stream.estimates import Estimates, apply_estimates
from anlan.stream.fold import Effects, fold
from anlan.stream.frames import Frame, Record
from anlan.stream.history import History
from anlan.stream.journal import Journal, JournalFull
from anlan.stream.judging import Judge, LevelChange, apply_news, change_news, to_json
from anlan.stream.outlook import Outlooks
from anlan.stream.readings import Columns
from anlan.stream.register import Register
from anlan.stream.screen import screen
from anlan.stream.settle import Verdicts, apply_verdicts
from anlan.stream.spaces import sample_minutes, space_block
from anlan.stream.state import LEVELS, State
from anlan.stream.topology import Topology, Wiring
from anlan.stream.vitals import Faults

KEPT_CHANGES = 5_000

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Receipt:
    """The readings are durable, counted and judged: status (uint8 identity.Status) of each, and the frame's offset."""

    status: np.ndarray
    offset: int


class Core:
    """Register, topology, state, levels and history of a scene, moved on by frames.

    `told` hears of each level change after it is durable and in force. Not thread-safe.
    """

    def __init__(
        self,
        name: str,
        *,
        journal: Journal,
        history: History,
        judge: Judge,
        told: Callable[[dict], object],
        late_after_ms: int,
        register: Register | None = None,
    ) -> None:
        self.name, self.journal, self.history = name, journal, history
        self.judge, self.told, self.late_after_ms = judge, told, late_after_ms
        self.register, self.state = register or Register(), State()
        self.wiring = Wiring(Topology(), self.register, 0)
        self.dirty = np.zeros(0, bool)  # spaces whose numbers changed since someone last cleared it
        self.faults = Faults(kept=20)  # what went wrong in judging or folding, newest last
        self.changes: deque[tuple[int, dict]] = deque(maxlen=KEPT_CHANGES)
        self.unsaid: dict[str, dict] = {}  # by space, the change that a full disk kept from the journal
        self.changes_from = 0  # changes of earlier offsets are only in the journal
        self._registered = 0  # lines of the register that the journal knows
        journal.opening = self._opening_frames

    # ---- the way of a batch ---------------------------------------------------------------------------

    def take(self, blocks: Sequence[Columns]) -> list[Receipt]:
        """Take batches as one group, with one write to the disk. Raises JournalFull; then nothing changed."""
        block = screen(Columns.concat(blocks))
        offset = self._write(Frame.READINGS, block.to_bytes())
        effects = self._fold(block, offset)
        self._tell(self._judge(effects.fresh), offset, sync=False)
        ends = np.cumsum([len(each) for each in blocks])
        return [Receipt(status, offset) for status in np.split(effects.status, ends[:-1])]

    def _write(self, frame: Frame, payload: bytes, *, sync: bool = True) -> int:
        """Journal a frame, after the lines that are new to the journal. Returns the frame's offset."""
        frames, known = [(frame, payload)], len(self.register)
        if known > self._registered:
            frames.insert(0, (Frame.REGISTER, self.register.to_bytes(self._registered, known)))
        offset = self.journal.append(frames, sync=sync)[-1]
        self._registered = known
        return offset

    def _opening_frames(self) -> list[tuple[int, bytes]]:
        """What a segment needs to be read without those before it: names and topology."""
        register = self.register.to_bytes(0, self._registered)
        return [(Frame.REGISTER, register), (Frame.TOPOLOGY, self.wiring.topology.to_bytes())]

    def _fold(self, block: Columns, offset: int) -> Effects:
        if self._registered > self.wiring.n_lines:
            self.wiring.extend(self.register, self._registered)
            self.state.lines.grow(self._registered)
        effects = fold(
            self.state, self.wiring, self.history, block, offset=offset, late_after_ms=self.late_after_ms
        )
        self.dirty |= effects.touched
        return effects

    def _judge(self, fresh: np.ndarray) -> list[LevelChange]:
        """Ask the judge; a fault in it is noted and costs no reading.

        Without fresh readings only an outlook can raise: where none stands and no space has a level there is
        nothing to ask.
        """
        if not (fresh.any() or self.state.levels.level.any() or self.state.outlooks.rows):
            return []
        try:
            return self.judge(
                space_block(self.state, self.wiring), self.state.levels, self.state.now_ms, fresh
            )
        except Exception as error:
            log.exception("scene %s: the judge failed", self.name)
            self.faults.append(f"judge: {error!r}")
            return []

    def _tell(self, changes: Sequence[LevelChange], cause: int, *, sync: bool = True) -> None:
        """Journal the changes, put them in force, and only then tell of them.

        What follows from frames that are durable needs no sync of its own (`sync` False): should the power fail
        before the next one, recovery judges those frames again and comes to the same changes, under the same key.
        Where the disk is full they are told as volatile, once, and wait in `unsaid` for `say_unsaid`.
        """
        if not changes:
            return
        at_ms = self.state.now_ms
        payloads = [
            to_json(change_news(each, scene=self.name, offset=cause, at_ms=at_ms, wiring=self.wiring))
            for each in changes
        ]
        news = [msgspec.json.decode(payload) for payload in payloads]
        try:
            self._say(news, payloads, sync=sync)
        except JournalFull:
            for each in news:
                if self.unsaid.get(each["code"], {}).get("to") != each["to"]:
                    self.told({**each, "volatile": True})
                self.unsaid[each["code"]] = each

    def _say(self, news: Sequence[dict], payloads: Sequence[bytes], *, sync: bool = True) -> None:
        offsets = self.journal.append([(Frame.CHANGE, payload) for payload in payloads], sync=sync)
        for offset, each in zip(offsets, news, strict=True):
            self._keep_change(offset, each)
            self.told(each)

    def say_unsaid(self) -> None:
        """Journal and tell the changes that waited for room on the disk. Raises JournalFull."""
        position = self.wiring.index
        waited = [each for each in self.unsaid.values() if each["code"] in position]
        level = self.state.levels.level
        waited = [each for each in waited if LEVELS[level[position[each["code"]]]] == each["from"]]
        if waited:
            self._say(waited, [to_json(each) for each in waited])
        self.unsaid.clear()

    def _keep_change(self, offset: int, news: dict) -> None:
        apply_news(self.state.levels, self.wiring.index, news)
        self.unsaid.pop(news["code"], None)
        if len(self.changes) == KEPT_CHANGES:
            self.changes_from = self.changes[0][0] + 1
        self.changes.append((offset, news))
        if news["code"] in self.wiring.index:
            self.dirty[self.wiring.index[news["code"]]] = True

    # ---- the other frames -----------------------------------------------------------------------------

    def tick(self, now_ms: int) -> None:
        """Let time pass: minutes turn, levels may fall.

        Not synced: a tick lost in a crash is harmless, and the change that it causes syncs it as well.
        """
        offset = self._write(Frame.TICK, now_ms.to_bytes(8, "little"), sync=False)
        sampled = self.state.sampled_minute
        self._tell(self._pass_time(now_ms), offset)
        if self.state.sampled_minute > sampled:
            self.set_nightly()

    def _pass_time(self, now_ms: int) -> list[LevelChange]:
        self.state.now_ms = max(self.state.now_ms, now_ms)
        if sample_minutes(self.state, self.wiring, self.state.now_ms):
            self.dirty[:] = True
        return self._judge(np.zeros(len(self.wiring.codes), bool))

    def set_topology(self, topology: Topology) -> bool:
        """Count by another topology from now on; False when it is the one in force."""
        if topology == self.wiring.topology:
            return False
        self._write(Frame.TOPOLOGY, topology.to_bytes())
        self._rewire(topology)
        return True

    def _wire(self, topology: Topology) -> None:
        """Compile for the lines that the journal knows, no more: a replay then compiles the same."""
        self.wiring = Wiring(topology, self.register, self._registered)
        self.state.lines.grow(self._registered)

    def _rewire(self, topology: Topology) -> None:
        self._wire(topology)
        self.state.place_spaces(self.wiring.codes)
        self.dirty = np.ones(len(self.wiring.codes), bool)

    def look_ahead(self, outlooks: Outlooks) -> None:
        """Take what a forecaster says is coming in place of what it said before, and judge by it.

        Not synced, like a tick: the next one comes in a minute, and the change that it causes syncs it as well.
        """
        offset = self._write(Frame.OUTLOOK, to_json(outlooks), sync=False)
        self._tell(self._apply_outlook(outlooks), offset)

    def _apply_outlook(self, outlooks: Outlooks) -> list[LevelChange]:
        self.state.outlooks = outlooks
        return self._judge(np.zeros(len(self.wiring.codes), bool))

    def recount(self, space: str, value: int, at_ms: int) -> None:
        """Set a space's number of people to what was counted."""
        at = self.wiring.index[space]
        if first_minute(at_ms) < self.state.spaces.base_minute[at]:
            raise ValueError(f"no recount of {space!r}: a newer one, or a night, has set its number since")
        self._set_baselines(
            recounted(self.state, self.wiring, self.history, space=at, value=value, at_ms=at_ms)
        )

    def set_nightly(self) -> None:
        """Set the numbers of those spaces anew whose quiet minute has come. Raises JournalFull: then the next minute."""
        for baselines in due_nights(self.state, self.wiring, self.history):
            self._set_baselines(baselines)

    def _set_baselines(self, baselines: Baselines) -> None:
        self._write(Frame.BASELINE, to_json(baselines))
        self._apply_baselines(baselines)

    def estimate(self, estimates: Estimates) -> None:
        """Take what silent doors would have counted in place of what was said before. Not synced, like a tick."""
        self._write(Frame.ESTIMATE, to_json(estimates), sync=False)
        self._apply_estimates(estimates)

    def _apply_estimates(self, estimates: Estimates) -> None:
        self.dirty |= apply_estimates(self.state, self.wiring, self.history, estimates)

    def _apply_baselines(self, baselines: Baselines) -> None:
        self.dirty[set_baselines(self.state, self.wiring, self.history, baselines)] = True

    def settle(self, verdicts: Verdicts) -> None:
        """Count the OLD readings that were looked up in the journal (settle.look_up)."""
        self._write(Frame.SETTLE, verdicts.to_bytes())
        self._apply_settle(verdicts)

    def _apply_settle(self, verdicts: Verdicts) -> None:
        apply_verdicts(self.state, self.wiring, self.history, verdicts)
        self.dirty[:] = True

    # ---- recovery -------------------------------------------------------------------------------------

    def replay(self, records: Iterable[Record], *, history_from: int = 0) -> None:
        """Take frames that are in the journal already. Changes that a crash left unsaid are said at the end.

        Frames before `history_from` are in the history already.

        A recorded change is the truth: where the rules have changed since, the judge's other opinion is
        passed over.
        """
        unsaid: list[LevelChange] = []
        cause = 0
        for record in records:
            self.history.muted = record.offset < history_from
            if record.type == Frame.CHANGE:
                news = msgspec.json.decode(record.payload)
                self._keep_change(record.offset, news)
                unsaid = [each for each in unsaid if self.wiring.codes[each.space] != news["code"]]
                continue
            cause = record.offset
            try:
                unsaid = self._replay_one(record)
            except Exception as error:  # one frame that cannot be read must not keep all the others away
                log.exception("scene %s: frame at %d skipped", self.name, record.offset)
                self.faults.append(f"frame at {record.offset} skipped: {error!r}")
        self.history.muted = False
        self._tell(unsaid, cause)

    def _replay_one(self, record: Record) -> list[LevelChange]:
        if record.type == Frame.REGISTER:
            self.register.extend_from(record.payload)
            self._registered = len(self.register)
        elif record.type == Frame.READINGS:
            block = Columns.from_bytes(record.payload)
            self.register.pad_to(int(block.line.max(initial=-1)) + 1)
            self._registered = len(self.register)
            return self._judge(self._fold(block, record.offset).fresh)
        elif record.type == Frame.TICK:
            return self._pass_time(int.from_bytes(record.payload, "little"))
        elif record.type == Frame.TOPOLOGY:
            topology = Topology.from_bytes(record.payload)
            if topology != self.wiring.topology:  # each segment repeats it
                self._rewire(topology)
        elif record.type == Frame.BASELINE:
            self._apply_baselines(msgspec.json.decode(record.payload, type=Baselines))
        elif record.type == Frame.ESTIMATE:
            self._apply_estimates(msgspec.json.decode(record.payload, type=Estimates))
        elif record.type == Frame.SETTLE:
            self._apply_settle(Verdicts.from_bytes(record.payload))
        elif record.type == Frame.OUTLOOK:
            return self._apply_outlook(msgspec.json.decode(record.payload, type=Outlooks))
        return []

    def to_arrays(self, *, closed_to: int) -> dict[str, np.ndarray]:
        """Everything, copied, for a snapshot that relies on the history's chunks up to `closed_to`."""
        kept = {
            "register": self.register.to_bytes(0, self._registered),
            "topology": self.wiring.topology.to_bytes(),
            "changes": list(self.changes),
            "changes_from": self.changes_from,
        }
        arrays = {name: np.array(array) for name, array in self.state.to_arrays().items()}
        arrays |= self.history.to_arrays(closed_to=closed_to)
        return arrays | {"kept": np.frombuffer(msgspec.msgpack.encode(kept), np.uint8)}

    def load(self, arrays: dict[str, np.ndarray]) -> None:
        """The inverse of to_arrays."""
        kept = msgspec.msgpack.decode(arrays["kept"].tobytes())
        self.register.extend_from(kept["register"])
        self._registered = len(self.register)
        self.changes.extend((offset, news) for offset, news in kept["changes"])
        self.changes_from = kept["changes_from"]
        self.history.load(arrays)
        self.state = State.from_arrays(arrays)
        self._wire(Topology.from_bytes(kept["topology"]))
        self.dirty = np.ones(len(self.wiring.codes), bool)

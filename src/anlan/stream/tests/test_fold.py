"""The fast fold against the slow reference, and the rules of identity one by one."""

import os

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan.stream.baselines import recounted, set_baselines
from anlan.stream.fold import fold
from anlan.stream.history import History
from anlan.stream.identity import Status
from anlan.stream.readings import ABSENT, BAD, CLOCK, RESET_KNOWN, WRAP_16, Columns, Kind
from anlan.stream.register import Register
from anlan.stream.screen import screen
from anlan.stream.spaces import compute_occupancy
from anlan.stream.state import MINUTES, State
from anlan.stream.tests.reference import Reference
from anlan.stream.topology import Binding, Space, Topology, Wiring

CASES = int(os.environ.get("ANLAN_CASES", "200"))
Y2000 = 946_684_800_000
T0 = 1_700_000_040_000  # a whole minute
NAMES = [("a", "1"), ("a", "2"), ("b", "1"), ("c", "1")]
TOPOLOGY = Topology(
    spaces=[
        Space("P", capacity=100),
        Space("P/X", parent="P"),
        Space("P/Y", parent="P"),
        Space("Q"),
        Space("Q/Z", parent="Q"),
    ],
    bindings=[
        Binding("a", "1", into="P/X"),
        Binding("a", "*", into="P/Y", out_of="P/X", reversed=True),
        Binding("b", "1", into="P", out_of="Q"),
        Binding("c", "*", into="Q/Z", measures="presence"),
        Binding("b", "*", into="Q/Z", measures="density"),
    ],
)


class World:
    """A state with its wiring and history, fed with blocks."""

    def __init__(self, topology=TOPOLOGY, names=NAMES):
        self.register = Register()
        for name in names:
            self.register.line(*name)
        self.wiring = Wiring(topology, self.register, len(names))
        self.state, self.history = State(), History()
        self.state.lines.grow(len(names))
        self.state.place_spaces(self.wiring.codes)

    def fold(self, block):
        return fold(self.state, self.wiring, self.history, block, offset=0)

    def one(self, kind, t_min, **fields):
        t = T0 + int(t_min * 60_000)
        received = fields.pop("t_received_ms", t)
        effects = self.fold(
            Columns.filled(
                1, kind=int(kind), t_end_ms=t, t_start_ms=t - 60_000, t_received_ms=received, **fields
            )
        )
        return Status(effects.status[0]).name, set(np.array(self.wiring.codes)[effects.fresh].tolist())

    def recount(self, code, value, t_min):
        at, where = T0 + round(t_min * 60_000), (self.state, self.wiring, self.history)
        set_baselines(*where, recounted(*where, space=self.wiring.index[code], value=value, at_ms=at))

    def net(self, code):
        return int(self.state.spaces.net[self.wiring.index[code]])

    def occupancy(self, code):
        return float(compute_occupancy(self.state, self.wiring)[self.wiring.index[code]])


def block_of(rows):
    """Columns from tuples (line, kind, t_s, a, b, seq, epoch_choice, quality, delay_s, wrong clock), screened.

    A wrong clock (not 0) calls the time by its own minutes since 2000.
    """
    table = np.array(rows, np.int64).reshape(-1, 10)
    line, kind, t_s, a, b, seq, epoch, quality, delay, wrong = table.T
    true = T0 + t_s * 1000
    t = np.where(wrong > 0, Y2000 + wrong * 60_000, true)
    cumulative, value = kind == Kind.CUMULATIVE, kind >= Kind.OCCUPANCY
    block = Columns.filled(
        len(table),
        line=line,
        kind=kind,
        t_end_ms=t,
        t_start_ms=t - 60_000,
        n_in=np.where(value, 0, np.where(cumulative, a, np.abs(a))),
        n_out=np.where(value, 0, np.where(cumulative, b, np.abs(b))),
        value=np.where(value & (kind <= Kind.DENSITY), a.astype(float), np.nan),
        seq=np.where(kind == Kind.EVENT, seq, ABSENT),
        epoch_ms=np.where(cumulative & (epoch > 0), T0 + epoch * 60_000, 0),
        quality=quality,
        t_received_ms=true + delay * 1000,
    )
    return screen(block)


def agree(world, reference, block):
    before = len(reference.status)
    effects = world.fold(block)
    reference.fold(block, NAMES)
    assert [Status(s).name for s in effects.status] == reference.status[before:]
    assert set(np.array(world.wiring.codes)[effects.fresh].tolist()) == reference.fresh


def agree_in_the_end(world, reference):
    for line, name in enumerate(NAMES):
        totals = [int(world.state.lines.total_in[line]), int(world.state.lines.total_out[line])]
        assert totals == reference.totals[name], name
    for position, code in enumerate(world.wiring.codes):
        assert world.state.spaces.net[position] == reference.net[code], code
        for minute in range(world.state.minute - MINUTES + 1, world.state.minute + 1):
            passed = [
                int(ring[position, minute % MINUTES])
                for ring in (world.state.spaces.minute_in, world.state.spaces.minute_out)
            ]
            assert passed == reference.minutes.get((code, minute), [0, 0]), (code, minute)
    rows = world.history.minutes(np.arange(len(NAMES)), 0, 2**52)
    columns = (rows[name].tolist() for name in ("line", "minute", "n_in", "n_out"))
    got = {(NAMES[line], minute): [n_in, n_out] for line, minute, n_in, n_out in zip(*columns, strict=True)}
    assert got == {key: moved for key, moved in reference.line_minutes.items() if moved != [0, 0]}
    for (name, kind), slot in reference.slots.items():
        if kind in (Kind.OCCUPANCY, Kind.DENSITY) and slot.value is not None:
            at = world.state.lines.slot[NAMES.index(name), kind]
            assert world.state.slots.value[at] == slot.value


ROW = st.tuples(
    st.integers(0, 3),
    st.sampled_from([0, 0, 1, 1, 1, 2, 2, 3, 4, 5]),
    st.integers(0, 12).map(lambda n: n * 30),
    st.sampled_from([*range(-1, 7), 65_530, 65_535]),
    st.sampled_from([*range(-1, 5), 65_535]),
    st.integers(-1, 4),
    st.sampled_from([0, 0, 0, 2, 5]),
    st.sampled_from([0, 0, 0, CLOCK, BAD, RESET_KNOWN, WRAP_16, WRAP_16]),
    st.sampled_from([0, 5, 600]),
    st.sampled_from([0, 0, 0, 0, 0, 1, 2, 3]),
)
BATCHES = st.lists(st.lists(ROW, max_size=25), max_size=8)


@settings(max_examples=CASES)
@given(BATCHES)
def test_fast_and_slow_fold_agree(batches):
    agree_on_all(batches)


@pytest.mark.faults
@settings(max_examples=max(CASES, 10_000))
@given(BATCHES)
def test_fast_and_slow_fold_agree_at_length(batches):
    agree_on_all(batches)


def agree_on_all(batches):
    world, reference = World(), Reference(TOPOLOGY)
    for rows in batches:
        agree(world, reference, block_of(rows))
    agree_in_the_end(world, reference)


@settings(
    max_examples=25, deadline=None, phases=[Phase.reuse, Phase.generate]
)  # a seed is not worth shrinking
@given(st.integers(0, 2**32 - 1), st.integers(1, 120), st.integers(0, 60))
def test_fast_and_slow_fold_agree_beyond_the_window(seed, batch, disorder):
    """Long streams of few lines: mostly rising times, some of them old, twice or corrected."""
    rng = np.random.default_rng(seed)
    world, reference = World(), Reference(TOPOLOGY)
    rising = np.arange(600)
    t = np.maximum(rising - rng.integers(0, 2, 600) * rng.integers(0, 4 * disorder + 1, 600), 0) * 30
    rows = np.stack(
        [
            rng.integers(0, 2, 600),
            rng.choice([0, 1, 2, 3], 600),
            t,
            np.where(rng.random(600) < 0.9, rising // 3, rng.integers(-1, 9, 600)),
            rng.integers(0, 3, 600),
            rng.choice([-1, 7, 8, 9], 600),
            rng.choice([0, 0, 0, 60], 600),
            rng.choice([0, 0, 0, RESET_KNOWN], 600),
            rng.choice([0, 400], 600),
            rng.choice([0, 0, 0, 0, 5, 6], 600),
        ],
        axis=1,
    )
    for start in range(0, 600, batch):
        agree(world, reference, block_of(rows[start : start + batch]))
    agree_in_the_end(world, reference)


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, max_size=60), st.randoms(use_true_random=False))
def test_one_batch_or_many_give_the_same_state(rows, random):
    together, apart = World(), World()
    together.fold(block_of(rows))
    while rows:
        size = random.randint(1, len(rows))
        apart.fold(block_of(rows[:size]))
        rows = rows[size:]
    one, other = together.state.to_arrays(), apart.state.to_arrays()
    for name in set(one) - {"plain", "slots.line", "slots.kind", "lines.slot"}:
        if not name.startswith("slots."):  # slots are numbered in order of appearance within a batch as well
            assert np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f"), name


def test_duplicates_count_once_and_corrections_count_their_difference():
    world = World()
    assert world.one(Kind.INTERVAL, 1, line=0, n_in=5, n_out=2)[0] == "ACCEPTED"
    assert world.one(Kind.INTERVAL, 1, line=0, n_in=5, n_out=2) == ("DUPLICATE", set())
    assert world.net("P") == 3
    assert world.one(Kind.INTERVAL, 1, line=0, n_in=4, n_out=2)[0] == "CORRECTED"
    assert world.net("P") == 2
    assert world.state.lines.n_duplicates[0] == 1


def test_late_readings_count_but_are_not_fresh():
    world = World()
    status, fresh = world.one(
        Kind.INTERVAL, 1, line=0, n_in=90, n_out=0, t_received_ms=T0 + 4 * 60_000 + 60_001
    )
    assert (status, fresh) == ("LATE", set())
    assert world.net("P") == 90
    assert world.one(Kind.INTERVAL, 2, line=0, n_in=1, n_out=0) == ("ACCEPTED", {"P", "P/X", "P/Y"})


@pytest.mark.parametrize(
    ("second", "counted", "status"),
    [
        ({"n_in": 130, "n_out": 20}, (30, 10), "ACCEPTED"),
        ({"n_in": 7, "n_out": 2}, (0, 0), "RESET"),
        ({"n_in": 7, "n_out": 2, "quality": RESET_KNOWN}, (7, 2), "RESET"),
        ({"n_in": 120, "n_out": 20, "epoch_ms": T0 + 90_000}, (120, 20), "RESET"),
        ({"n_in": 120, "n_out": 20, "epoch_ms": T0 - 9_000_000}, (20, 10), "ACCEPTED"),  # a jittering epoch
        ({"n_in": 130, "n_out": ABSENT}, (30, 0), "ACCEPTED"),
        ({"n_in": 4, "n_out": 12, "quality": WRAP_16}, (0, 2), "RESET"),  # a restart, not 65,440 people
    ],
)
def test_cumulative_totals_are_differenced(second, counted, status):
    world = World()
    assert world.one(Kind.CUMULATIVE, 1, line=2, n_in=100, n_out=10, epoch_ms=T0 - 9_100_000)[0] == "BASELINE"
    assert world.net("P") == 0
    assert world.one(Kind.CUMULATIVE, 2, line=2, **second)[0] == status
    assert (world.state.lines.total_in[2], world.state.lines.total_out[2]) == counted


def test_a_total_of_16_bits_goes_on_from_0():
    world = World()
    for t_min, total, counted in ((1, 65_500, 0), (2, 65_530, 30), (3, 4, 40), (4, 9, 45)):
        world.one(Kind.CUMULATIVE, t_min, line=2, n_in=total, n_out=0, quality=WRAP_16)
        assert world.state.lines.total_in[2] == counted
    assert world.one(Kind.CUMULATIVE, 3, line=2, n_in=4, n_out=0, quality=WRAP_16)[0] == "DUPLICATE"


def test_of_two_directions_one_may_wrap_and_the_other_fall():
    world = World()
    block = block_of([(2, 1, 60, 50, 65_530, -1, 0, WRAP_16, 0, 0), (2, 1, 120, 7, 4, -1, 0, WRAP_16, 0, 0)])
    assert [Status(each).name for each in world.fold(block).status] == ["BASELINE", "RESET"]
    assert (world.state.lines.total_in[2], world.state.lines.total_out[2]) == (0, 10)


def of_a_wrong_clock(kind, arrived_s, told_min, n_in, quality=0):
    return block_of([(0, kind, arrived_s, n_in, 0, -1, 0, quality, 0, told_min)])


def test_without_a_clock_what_is_sent_again_is_known_by_the_devices_own_time():
    world, statuses = World(), []
    for arrived_s, told_min, n_in in (
        (60, 7, 3),
        (120, 8, 3),
        (121, 8, 3),
        (122, 7, 3),
        (180, 9, 3),
        (181, 9, 4),
    ):
        statuses += world.fold(of_a_wrong_clock(Kind.INTERVAL, arrived_s, told_min, n_in)).status.tolist()
    assert [Status(each).name[0] for each in statuses] == ["A", "A", "D", "D", "A", "A"]
    assert world.net("P") == 3 + 3 + 3 + 4


def test_a_clock_that_stands_still_tells_nothing_so_all_count():
    world = World()
    for arrived_s in (60, 120, 180):
        assert world.fold(of_a_wrong_clock(Kind.INTERVAL, arrived_s, 7, 3)).status[0] == Status.ACCEPTED
    assert world.net("P") == 9


def test_an_hour_at_once_from_a_device_without_a_clock_counts_whole():
    world = World()
    rows = [(0, Kind.INTERVAL, 60, 2, 0, -1, 0, 0, 0, told_min) for told_min in range(1, 61)]
    world.fold(block_of(rows))
    assert world.net("P") == 120
    world.fold(block_of(rows))
    assert world.net("P") == 120


def test_totals_without_a_clock_count_in_the_order_of_arrival():
    world = World()
    for arrived_s, told_min, total in (
        (60, 1, 100),
        (120, 2, 105),
        (121, 1, 100),
        (180, 3, 112),
        (180, 4, 1),
    ):
        world.fold(of_a_wrong_clock(Kind.CUMULATIVE, arrived_s, told_min, total, RESET_KNOWN))
    assert world.state.lines.total_in[0] == 5 + 7 + 1


def test_a_presence_of_an_older_time_never_replaces_the_newer():
    world = World()
    world.one(Kind.OCCUPANCY, 5, line=3, value=40.0)
    world.one(Kind.OCCUPANCY, 4, line=3, value=90.0)
    assert world.occupancy("Q/Z") == world.occupancy("Q") == 40
    world.one(Kind.OCCUPANCY, 5, line=3, value=41.0)
    assert world.occupancy("Q/Z") == 41
    world.one(Kind.OCCUPANCY, 6, line=3, value=-3.0)
    assert world.occupancy("Q/Z") == 0


def test_unknown_is_not_zero_and_the_accumulator_is_never_clipped():
    world = World()
    assert np.isnan(world.occupancy("P"))
    world.one(Kind.INTERVAL, 1, line=0, n_in=0, n_out=5)
    assert world.occupancy("P") == 0
    world.one(Kind.INTERVAL, 2, line=0, n_in=8, n_out=0)
    assert world.occupancy("P") == 3


def test_unfit_readings_are_a_sign_of_life_only():
    world = World()
    assert world.one(Kind.INTERVAL, 1, line=0, n_in=9, n_out=0, quality=BAD) == ("UNFIT", set())
    assert world.net("P") == 0
    assert world.state.lines.last_received_ms[0] == T0 + 60_000
    assert world.one(Kind.INTERVAL, 1, line=0, n_in=2, n_out=0)[0] == "ACCEPTED"


def test_two_people_in_one_millisecond_are_two():
    world = World()
    for _ in range(2):
        assert world.one(Kind.EVENT, 1, line=0, n_in=1)[0] == "ACCEPTED"
    assert world.net("P") == 2
    assert [world.one(Kind.EVENT, 1, line=0, n_in=1, seq=7)[0] for _ in range(2)] == ["ACCEPTED", "DUPLICATE"]


def test_many_people_in_one_millisecond_are_never_taken_for_one_another():
    world = World()
    for seq in range(64):
        assert world.one(Kind.EVENT, 1, line=0, n_in=1, seq=seq)[0] == "ACCEPTED"
    assert world.one(Kind.EVENT, 1, line=0, n_in=1, seq=3)[0] == "DUPLICATE"
    # Is it new, or one that left the full window? Only the journal can tell.
    assert world.one(Kind.EVENT, 1, line=0, n_in=1, seq=64)[0] == "OLD"
    assert (world.net("P"), world.state.n_aside) == (64, 1)


def test_of_events_at_one_time_the_first_received_leaves_the_window_first():
    world = World()
    for seq, t_min in [(1, 1), (2, 1), *((seq, seq) for seq in range(3, 66))]:
        world.one(Kind.EVENT, t_min, line=0, n_in=1, seq=seq)
    assert world.one(Kind.EVENT, 1, line=0, n_in=1, seq=2)[0] == "DUPLICATE"
    assert world.one(Kind.EVENT, 1, line=0, n_in=1, seq=1)[0] == "OLD"


def test_a_recount_keeps_what_passed_since():
    world = World()
    world.one(Kind.INTERVAL, 1, line=0, n_in=50, n_out=0)
    world.one(Kind.INTERVAL, 5, line=0, n_in=7, n_out=0)
    world.recount("P", 30, 2)
    assert world.net("P") == 37
    world.recount("P", 30, 5)
    assert world.net("P") == 30


def test_a_changed_topology_keeps_the_counts_of_spaces_that_stay():
    world = World()
    world.one(Kind.INTERVAL, 1, line=0, n_in=50, n_out=0)
    moved = Topology([Space("N"), *TOPOLOGY.spaces[:3]], TOPOLOGY.bindings[:2])
    world.wiring = Wiring(moved, world.register, len(NAMES))
    world.state.place_spaces(world.wiring.codes)
    assert (world.net("N"), world.net("P")) == (0, 50)

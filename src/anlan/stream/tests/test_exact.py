"""Exactness over long disorder: settled readings equal a reference that forgets nothing; corrections leave a trace."""

import os

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan.stream.clock import SteppedClock
from anlan.stream.readings import ABSENT, Columns, Kind, Reading, columns
from anlan.stream.scene import Scene
from anlan.stream.tests.reference import Reference
from anlan.stream.topology import Binding, Space, Topology

CASES = int(os.environ.get("ANLAN_CASES", "200"))
T0 = 1_700_000_040_000
MIN = 60_000
TOPOLOGY = Topology(
    [Space("P"), Space("P/X", parent="P")], [Binding("a", "*", into="P/X"), Binding("b", "*", out_of="P")]
)
NAMES = [("a", "1"), ("b", "1")]


def stand(folder=None):
    scene = Scene("live", folder, clock=SteppedClock(T0), start=False)
    scene.set_topology(TOPOLOGY)
    for name in NAMES:
        scene.register.line(*name)
    return scene


def a_stream(seed, n, disorder):
    """Intervals and numbered events of two lines, out of order far beyond the window, some twice, some other."""
    rng = np.random.default_rng(seed)
    at = np.maximum(np.arange(n) - rng.integers(0, 3, n) * rng.integers(0, disorder + 1, n), 0)
    line, event = rng.integers(0, 2, n), rng.random(n) < 0.4
    # What an event counts is one with its number: only an interval can be told anew with other numbers.
    n_in = np.where(event, 1, at % 5 + (rng.random(n) < 0.1))
    t = T0 + at * 20_000
    return Columns.filled(
        n, line=line, kind=event * int(Kind.EVENT), t_end_ms=t, t_start_ms=t - 20_000, n_in=n_in,
        seq=np.where(event, at % 7, ABSENT), t_received_ms=T0 + np.arange(n) * 20_000,
    )  # fmt: skip


def check_settled(seed, n, disorder, batch):
    block, scene, reference = a_stream(seed, n, disorder), stand(), Reference(TOPOLOGY, window=10**9)
    for start in range(0, n, batch):
        scene.run(block.take(slice(start, start + batch)))
        reference.fold(block.take(slice(start, start + batch)), NAMES)
    for later_min in (2, 5):
        scene.tick(T0 + n * 20_000 + later_min * MIN)
    assert scene.core.state.n_aside == 0
    for line, name in enumerate(NAMES):
        assert [scene.line_view().total_in[line], scene.line_view().total_out[line]] == reference.totals[name]
    assert [int(net) for net in scene.core.state.spaces.net[:2]] == [reference.net["P"], reference.net["P/X"]]
    rows = scene.history.minutes(np.arange(2), 0, 2**52)
    got = {
        (NAMES[line], minute): [n_in, n_out]
        for line, minute, n_in, n_out in zip(*(rows[name].tolist() for name in rows), strict=True)
    }
    assert got == {key: moved for key, moved in reference.line_minutes.items() if moved != [0, 0]}


STREAM = (st.integers(0, 2**32 - 1), st.integers(1, 500), st.integers(0, 300), st.integers(1, 80))


@settings(max_examples=max(CASES // 5, 10), phases=[Phase.reuse, Phase.generate])
@given(*STREAM)
def test_old_readings_once_settled_leave_the_exact_sums(seed, n, disorder, batch):
    check_settled(seed, n, disorder, batch)


@pytest.mark.faults
@settings(max_examples=max(CASES // 5, 1_000), phases=[Phase.reuse, Phase.generate])
@given(*STREAM)
def test_old_readings_once_settled_leave_the_exact_sums_at_length(seed, n, disorder, batch):
    check_settled(seed, n, disorder, batch)


def count(scene, minute, n_in, *, arrived_min=None, kind="interval", **fields):
    t = T0 + minute * MIN
    when = {"start": t - MIN, "end": t} if kind == "interval" else {"t": t}
    reading = Reading(kind, "a", "1", count_in=n_in, **when, **fields)
    arrived = T0 + MIN * (minute if arrived_min is None else arrived_min)
    scene.run(columns([reading], register=scene.register, t_received_ms=arrived).columns)


def test_a_correction_leaves_a_trace_also_across_a_restart(tmp_path):
    scene = stand(tmp_path)
    for minute in range(1, 71):
        count(scene, minute, 2)
    count(scene, 70, 5, arrived_min=71)
    count(scene, 3, 9, arrived_min=72)  # beyond the window: seen when it is settled
    assert [each["t_end_ms"] for each in scene.corrections(9)] == [T0 + 70 * MIN]
    scene.tick(T0 + 75 * MIN)
    settled, first = scene.corrections(2)
    assert first == {
        "sensor": "a", "channel": "1", "kind": "interval", "t_end_ms": T0 + 70 * MIN,
        "t_received_ms": T0 + 71 * MIN, "was": [2, 0], "now": [5, 0],
    }  # fmt: skip
    assert (settled["t_end_ms"], settled["was"], settled["now"]) == (T0 + 3 * MIN, [2, 0], [9, 0])
    assert scene.corrections(1) == [settled] and scene.corrections(0) == []
    scene.close()
    again = Scene("live", tmp_path, clock=SteppedClock(T0), start=False)
    assert again.corrections(5) == [settled, first]
    again.close()


def test_an_occupancy_that_is_told_anew_leaves_a_trace_too():
    scene = stand()
    for value in (4.5, 6.0):
        reading = Reading("occupancy", "b", "1", t=T0, value=value)
        scene.run(columns([reading], register=scene.register, t_received_ms=T0).columns)
    (trace,) = scene.corrections(9)
    assert (trace["kind"], trace["was"], trace["now"]) == ("occupancy", [4.5], [6.0])

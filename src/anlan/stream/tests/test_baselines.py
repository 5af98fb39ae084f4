"""Baselines: the night's and those of recounts, what they do to the number, its band and its past."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.stream import record
from anlan.stream.clock import SteppedClock
from anlan.stream.estimates import Estimate, Estimates
from anlan.stream.journal import JournalFull
from anlan.stream.minutes import Past
from anlan.stream.readings import Reading, columns
from anlan.stream.rerun import rerun
from anlan.stream.scene import Scene
from anlan.stream.tests.reference import Reference
from anlan.stream.tests.test_fold import (
    BATCHES,
    CASES,
    NAMES,
    T0,
    TOPOLOGY,
    World,
    agree,
    agree_in_the_end,
    block_of,
)
from anlan.stream.tests.test_rerun import judge
from anlan.stream.topology import Binding, Space, Topology

MIN, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NIGHT = round(datetime(2026, 3, 1, 20, 0, tzinfo=UTC).timestamp() * 1000)  # 04:00 in Shanghai
DOOR = Topology(
    [Space("P", capacity=1000, quiet_minute=240, residual=7), Space("N", capacity=9)],
    [Binding("door", "1", into="P"), Binding("side", "1", into="N")],
    zone="Asia/Shanghai",
)


def stand(folder=None, at_ms=NIGHT - 20 * HOUR, topology=DOOR):
    scene = Scene("live", folder, judge, SteppedClock(at_ms), start=False)
    scene.set_topology(topology)
    scene.tick(at_ms)
    return scene


def passing(scene, end_ms, n_in, n_out, *, sensor="door", received_ms=None):
    reading = Reading(
        kind="interval",
        sensor=sensor,
        channel="1",
        start=end_ms - MIN,
        end=end_ms,
        count_in=n_in,
        count_out=n_out,
    )
    received = max(received_ms or end_ms, end_ms)
    return scene.run(columns([reading], register=scene.register, t_received_ms=received).columns)


def wind(scene, from_ms, to_ms, step_ms=MIN):
    for now_ms in range(from_ms, to_ms + 1, step_ms):
        scene.tick(now_ms)


def spend_day(scene, night_ms, n_in, n_out):
    """A day that ends in the night: so many in by noon, so many out by evening, then the clock wound past it."""
    passing(scene, night_ms - 16 * HOUR, n_in, 0)
    scene.tick(night_ms - 15 * HOUR)
    passing(scene, night_ms - 8 * HOUR, 0, n_out)
    scene.tick(night_ms + 5 * MIN)


def shown(scene, space="P"):
    view = scene.view()
    at = view.index(space)
    return view.occupancy[at], round(float(view.band[at]), 2)


def test_the_number_is_set_to_the_residual_once_a_night_and_what_was_left_is_on_record():
    scene = stand()
    spend_day(scene, NIGHT, 200, 170)
    assert shown(scene) == (7, 0)
    wind(scene, NIGHT + 6 * MIN, NIGHT + 20 * MIN)
    night = scene.baselines("P", 10)
    assert len(night) == 2  # the first one when the place's first passages had come
    found = {name: night[0][name] for name in ("at_ms", "is_nightly", "value", "before", "day_in", "day_out")}
    assert found == {
        "at_ms": NIGHT, "is_nightly": True, "value": 7, "before": 37.0, "day_in": 200, "day_out": 170,
    }  # fmt: skip
    assert scene.baselines("N", 10) == []


def test_before_the_grace_is_over_nothing_is_set_and_what_passed_since_is_kept():
    scene = stand()
    passing(scene, NIGHT - HOUR, 50, 0)
    wind(scene, NIGHT - MIN, NIGHT + 4 * MIN)
    assert shown(scene)[0] == 7 + 50
    passing(scene, NIGHT + 2 * MIN, 3, 1)
    scene.tick(NIGHT + 5 * MIN)
    assert shown(scene)[0] == 7 + 2


def test_what_was_counted_before_the_night_and_comes_after_it_changes_the_day_not_the_number():
    scene = stand()
    spend_day(scene, NIGHT, 200, 170)
    passing(scene, NIGHT - 3 * MIN, 10, 4, received_ms=NIGHT + 2 * HOUR)
    assert shown(scene)[0] == 7
    (night,) = scene.baselines("P", 1)
    assert (night["before"], night["day_in"], night["day_out"]) == (43.0, 210, 174)
    past = scene.space_minutes("P", NIGHT - 10 * MIN, NIGHT + 3 * MIN)
    assert past["occupancy"].tolist() == [37] * 6 + [43] * 4 + [7] * 3


def test_a_place_that_is_new_was_empty_at_its_last_quiet_minute_whatever_is_sent_of_the_days_before():
    scene = stand(at_ms=NIGHT + HOUR)
    passing(scene, NIGHT + 2 * HOUR, 50, 0)
    passing(scene, NIGHT + 2 * HOUR, 5, 0, sensor="side")
    for back in range(1, 30):
        passing(scene, NIGHT - back * HOUR, 900, 800, received_ms=NIGHT + 2 * HOUR)
    wind(scene, NIGHT + 2 * HOUR, NIGHT + 3 * HOUR)
    assert (shown(scene), shown(scene, "N")) == ((7 + 50, 2.5), (5, 0.25))
    passing(scene, NIGHT - 40 * HOUR, 900, 800, received_ms=NIGHT + 3 * HOUR)
    assert shown(scene) == (7 + 50, 2.5)
    scene.tick(NIGHT + DAY + 5 * MIN)
    assert (shown(scene)[0], shown(scene, "N")[0]) == (7, 5)
    assert scene.view().factor[0] == 1


def test_a_night_that_nobody_was_awake_for_is_made_up_for(tmp_path):
    scene = stand(tmp_path)
    passing(scene, NIGHT - 4 * HOUR, 50, 10)
    scene.close()
    again = Scene("live", tmp_path, judge, SteppedClock(NIGHT + 5 * HOUR), start=False)
    passing(again, NIGHT - 2 * MIN, 0, 30, received_ms=NIGHT + 5 * HOUR)  # what the device had kept
    passing(again, NIGHT + 4 * HOUR, 20, 1, received_ms=NIGHT + 5 * HOUR)
    again.tick(NIGHT + 5 * HOUR)
    assert shown(again)[0] == 7 + 19  # passages beyond the rings are found in the history
    assert again.baselines("P", 1)[0]["before"] == 10
    again.close()


def test_after_three_nights_the_factor_makes_in_and_out_agree_and_the_band_learns():
    scene = stand()
    for night in range(3):
        spend_day(scene, NIGHT + night * DAY, 1000, 1100)
    view = scene.view()
    assert view.factor[0] == pytest.approx(1.1)
    passing(scene, NIGHT + 2 * DAY + 4 * HOUR, 1000, 0)
    assert shown(scene) == (7 + 1100, 10.0)  # the least that a band is: 1 %
    passing(scene, NIGHT + 2 * DAY + 5 * HOUR, 0, 1100)
    assert shown(scene)[0] == 7
    past = scene.space_minutes("P", NIGHT + DAY - HOUR, NIGHT + 2 * DAY + 6 * HOUR)
    assert past["occupancy"][-1] == 7
    assert past["occupancy"].max() == 1107
    assert past["band"][-1] == 10


def test_the_band_grows_with_people_counted_in_until_somebody_counts():
    scene = stand()
    at = NIGHT - 10 * HOUR
    passing(scene, at, 1000, 200)
    assert shown(scene) == (800, 50)
    scene.baseline("P", 820, at)
    assert shown(scene) == (820, 0)
    passing(scene, at + MIN, 100, 0)
    assert shown(scene) == (920, 5)
    recounted = scene.baselines("P", 1)[0]
    assert (recounted["is_nightly"], recounted["before"], recounted["value"]) == (False, 800.0, 820)
    scene.tick(NIGHT + 5 * MIN)
    assert scene.baselines("P", 1)[0]["day_in"] == 1100  # the whole day's, across the recount


def test_a_recount_that_a_newer_one_or_a_night_has_overtaken_is_refused():
    scene = stand()
    passing(scene, NIGHT - HOUR, 100, 0)
    scene.tick(NIGHT + 5 * MIN)
    with pytest.raises(ValueError, match="newer"):
        scene.baseline("P", 90, NIGHT - MIN)
    scene.baseline("P", 3, NIGHT + 2 * MIN)
    with pytest.raises(ValueError, match="newer"):
        scene.baseline("P", 90, NIGHT + MIN)
    assert shown(scene)[0] == 3


def test_a_recount_just_after_the_quiet_minute_or_of_a_new_place_is_not_overtaken_by_the_night():
    scene = stand()
    scene.baseline("N", 4, NIGHT - 2 * HOUR)
    passing(scene, NIGHT - HOUR, 100, 0)
    scene.tick(NIGHT - HOUR)
    scene.baseline("P", 320, NIGHT - MIN)
    scene.tick(NIGHT)
    assert shown(scene)[0] == 320
    scene.baseline("P", 20, NIGHT + 2 * MIN)
    scene.tick(NIGHT + 5 * MIN)
    assert shown(scene)[0] == 20
    scene.tick(NIGHT + DAY + 5 * MIN)
    assert (shown(scene)[0], shown(scene, "N")[0]) == (7, 4)


def test_a_recount_of_hours_ago_keeps_all_that_passed_since():
    scene = stand()
    at = NIGHT - 12 * HOUR
    passing(scene, at, 100, 0)
    passing(scene, at + 2 * MIN, 40, 0)
    scene.tick(at + 5 * HOUR)
    scene.baseline("P", 90, at)
    assert shown(scene)[0] == 130


def test_a_day_of_estimates_tells_nothing_of_drift_and_widens_the_band():
    scene = stand()
    spend_day(scene, NIGHT, 1000, 1100)
    spend_day(scene, NIGHT + DAY, 1000, 1100)
    passing(scene, NIGHT + 2 * DAY - 16 * HOUR, 500, 0)
    scene.estimate(Estimates([Estimate("P", 300, 100, 0.4)]))
    view = scene.view()
    assert (view.occupancy[0], view.dead_share[0], view.imputed[0]) == (7 + 700, 0.4, 400)
    assert view.band[0] == 500 * 0.05 + 400 * 0.5
    scene.estimate(Estimates())
    assert shown(scene) == (507, 25)
    scene.tick(NIGHT + 2 * DAY + 5 * MIN)
    assert scene.view().factor[0] == 1  # two sound nights only
    with pytest.raises(ValueError, match="share"):
        scene.estimate(Estimates([Estimate("P", 1, 1, 1.5)]))


def test_a_full_disk_at_night_puts_the_reset_off(monkeypatch):
    scene = stand()
    passing(scene, NIGHT - HOUR, 50, 0)

    def refuse(baselines):
        raise JournalFull("full")

    with monkeypatch.context() as patch:
        patch.setattr(scene.core, "_set_baselines", refuse)
        with pytest.raises(JournalFull):
            scene.tick(NIGHT + 5 * MIN)
    assert shown(scene)[0] == 50
    scene.tick(NIGHT + 6 * MIN)
    assert shown(scene)[0] == 7


def test_snapshot_journal_and_rerun_give_the_same_bit_for_bit(tmp_path):
    rng = np.random.default_rng(5)
    scene = stand(tmp_path)
    for night in range(4):
        for hour in range(24):
            at = NIGHT + (night - 1) * DAY + hour * HOUR
            passing(scene, at, int(rng.integers(0, 90)), int(rng.integers(0, 80)))
            scene.estimate(Estimates([Estimate("P", hour, 2, 0.1)] if hour % 5 == 4 else []))
            if hour == 11:
                scene.baseline("P", 55, at - 3 * MIN)
            scene.tick(at + 5 * MIN)
            scene.tick(at + 30 * MIN)
    everything = [news for _, news in scene.changes_since()]
    assert list(rerun(tmp_path, judge, 0, 2**52)) == everything
    assert len(everything) > 2
    mine = scene.core.to_arrays(closed_to=0)
    whole = Scene("copy", None, judge, SteppedClock(0), start=False)
    whole.core.replay(scene.journal.read(0))
    scene.close()
    again = Scene("live", tmp_path, judge, SteppedClock(NIGHT), start=False)
    for other in (again.core.to_arrays(closed_to=0), whole.core.to_arrays(closed_to=0)):
        for name, array in mine.items():
            if name.startswith(("spaces.", "baselines.", "estimates.", "record", "level")):
                assert array.tobytes() == other[name].tobytes(), name
    again.close()


STEP = st.one_of(
    BATCHES.map(lambda batches: batches[:3]),
    st.tuples(st.sampled_from("PX"), st.integers(0, 9), st.integers(0, 6)),
)


@settings(max_examples=CASES, deadline=None)
@given(st.lists(STEP, max_size=8))
def test_recounts_among_readings_leave_the_numbers_and_the_past_of_the_plain_reference(steps):
    world, reference = World(), Reference(TOPOLOGY)
    for step in steps:
        if isinstance(step, list):
            for rows in step:
                agree(world, reference, block_of(rows))
            continue
        code = "P" if step[0] == "P" else "P/X"
        if T0 + step[2] * MIN < reference.base.get(code, -1) * MIN:
            continue  # a scene refuses what a newer count has overtaken
        world.recount(code, step[1], step[2])
        reference.recount(code, step[1], T0 + step[2] * MIN)
    agree_in_the_end(world, reference)
    past = Past(world.history, world.wiring, world.state)
    to_ms = world.state.now_ms + MIN
    for code in ("P", "P/X", "P/Y"):
        position = world.wiring.index[code]
        if not world.state.spaces.has_flow[position] or world.state.now_ms == 0:
            continue
        for first in (T0 - 15 * MIN, T0 + MIN, T0 + 2 * MIN):
            found = past.minutes([code], from_ms=first, to_ms=to_ms, step_min=1)[code]
            for t_ms, number in zip(found["t_ms"].tolist(), found["occupancy"].tolist(), strict=True):
                if number == number:
                    assert number == reference.occupancy(code, t_ms // MIN), (code, first, t_ms)


def test_when_the_oldest_baselines_are_forgotten_what_lay_before_them_is_unknown(monkeypatch):
    monkeypatch.setattr(record, "KEPT", 4)
    scene = stand()
    for night in range(6):
        spend_day(scene, NIGHT + night * DAY, 100, 100)
    past = scene.space_minutes("P", NIGHT - DAY, NIGHT + 6 * DAY)["occupancy"]
    assert np.isnan(past[0])
    assert past[-1] != past[-1] or past[-1] == 7
    assert len(scene.baselines("P", 10)) <= 4


@pytest.mark.parametrize(
    "wrong", [Space("P", quiet_minute=1440), Space("P", quiet_minute=-1), Space("P", residual=-1)]
)
def test_a_quiet_minute_or_residual_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="quiet minute"):
        Topology([wrong]).check()
    with pytest.raises(ValueError, match="time zone"):
        Topology([], zone="Shanghai").check()
    assert NAMES

"""Reporting up by table and by property: each key once, red all at once, empty steps passed at once, a late worker."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.emergency.rules import ladder as rules
from anlan.domains.emergency.rules import links, mutes, reporting
from anlan.domains.emergency.rules.ladder import Step, Timers, Told
from anlan.domains.emergency.terms.ladder import (
    CALLED_LEVELS,
    Delivery,
    LadderRefusal,
    Recipient,
    RungState,
    StepWay,
    TellingOutcome,
)
from anlan.domains.emergency.terms.links import LinkRefusal, LinkState
from anlan.domains.emergency.terms.mutes import MuteEnd, MuteRefusal

T0 = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
TIMERS = Timers(unanswered_s=300, grace_s=300, mute_most_min=60, link_valid_min=60)
YELLOW, RED = reporting.DEFAULT_STEPS["yellow"], reporting.DEFAULT_STEPS["red"]
THREE = (
    Step(1, Recipient.SQUAD_LEADER, 0),
    Step(2, Recipient.DETACHMENT_DUTY, 120),
    Step(3, Recipient.COMMAND_CENTRE, 120),
)


def at(seconds):
    return T0 + timedelta(seconds=seconds)


def climb(steps, told=(), *, now=0, **more):
    return rules.climb(steps, told, round_at=T0, now=at(now), timers=TIMERS, **more)


def named(ladder):
    return [(due.step.number, due.repeat) for due in ladder.due]


def tell(
    step, repeat=0, *, due=0, done=None, outcome=TellingOutcome.TOLD, delivery=Delivery.SENT, settled=None
):
    done = due if done is None else done
    return Told(step, repeat, outcome, at(due), at(done), delivery, None if settled is None else at(settled))


def test_three_in_turn_second_by_second():
    told, seen = [], {}
    for now in range(0, 301):
        while (ladder := climb(THREE, told, now=now)).due:
            for due in ladder.due:
                seen.setdefault(now, []).append((due.step.number, due.repeat))
                told.append(
                    Told(due.step.number, due.repeat, TellingOutcome.TOLD, due.due_at, at(now), Delivery.SENT)
                )
    assert seen == {0: [(1, 0)], 60: [(1, 1)], 120: [(2, 0)], 180: [(2, 1)], 240: [(3, 0)], 300: [(3, 1)]}
    assert climb(THREE, told, now=300).restart_at == at(360)


def test_red_tells_everybody_in_the_first_second():
    assert named(climb(RED)) == [(number, 0) for number in range(1, 7)]


def test_red_is_parallel_whatever_a_row_says():
    rows = reporting.step_rows()
    rows["red-3"] |= {"way": StepWay.IN_TURN, "after_s": 600}
    assert named(climb(rules.make_steps(rows, "red"))) == [(number, 0) for number in range(1, 7)]


def test_defaults_are_the_rows_of_the_table():
    rows = reporting.step_rows()
    assert len(rows) == 24
    for level in CALLED_LEVELS:
        assert rules.make_steps(rows, level) == list(reporting.DEFAULT_STEPS[level])
    assert all(rules.refuse_step(key, values) is None for key, values in rows.items())


@pytest.mark.parametrize(
    ("key", "values", "refusal"),
    [
        ("red-1", {"after_s": 0, "way": StepWay.IN_TURN}, None),
        ("red-2", {"after_s": 0, "way": StepWay.IN_TURN}, LadderRefusal.RED_WAITS),
        ("red-2", {"after_s": 5, "way": StepWay.PARALLEL}, LadderRefusal.RED_WAITS),
        ("red-2", {"after_s": 5, "recipient": Recipient.NOBODY}, None),
        ("yellow-1", {"after_s": 10}, LadderRefusal.FIRST_WAITS),
        ("yellow-2", {"after_s": 10}, None),
        ("yellow-2", {"repeat_s": 5}, LadderRefusal.REPEAT_TOO_SOON),
        ("yellow-2", {"repeat_s": 0, "most_repeats": 0}, None),
    ],
)
def test_rows_that_cannot_stand(key, values, refusal):
    row = {
        "recipient": Recipient.SQUAD_LEADER,
        "after_s": 0,
        "way": StepWay.IN_TURN,
        "repeat_s": 60,
        "most_repeats": 1,
    }
    assert rules.refuse_step(key, row | values) == refusal


@pytest.mark.parametrize(
    "outcome", [TellingOutcome.SKIPPED, TellingOutcome.UNREACHABLE, TellingOutcome.JUMPED]
)
def test_the_step_after_one_that_reached_nobody_is_due_at_once(outcome):
    ladder = climb(THREE, [tell(1, outcome=outcome)], now=0)
    assert named(ladder) == [(2, 0)]
    assert ladder.rungs[0].state == RungState(outcome)


def test_an_empty_companion_hurries_nobody():
    """Where the place has no operator, the squad leader still has his two minutes."""
    told = [tell(1), tell(2, outcome=TellingOutcome.SKIPPED)]
    ladder = climb(YELLOW, told, now=1)
    assert named(ladder) == [] and ladder.rungs[2].due_at == at(120)


def test_the_next_step_comes_sooner_where_every_message_failed():
    told = [tell(1, delivery=Delivery.FAILED, settled=7), tell(2, outcome=TellingOutcome.SKIPPED)]
    assert named(climb(YELLOW, told, now=6)) == []
    ladder = climb(YELLOW, told, now=7)
    assert named(ladder) == [(3, 0)] and ladder.rungs[0].state == RungState.FAILED


@pytest.mark.parametrize(
    ("states", "delivery"),
    [
        ([], Delivery.FAILED),
        (["failed", "expired", "unknown"], Delivery.FAILED),
        (["failed", "queued"], Delivery.WAITING),
        (["sending", "accepted"], Delivery.SENT),
        (["rehearsed"], Delivery.SENT),
        (["accepted", "delivered", "failed"], Delivery.DELIVERED),
        (["read"], Delivery.DELIVERED),
    ],
)
def test_the_best_message_counts(states, delivery):
    assert rules.judge_delivery(states) == delivery


def test_an_answer_stops_it_and_shows_so():
    ladder = climb(THREE, [tell(1)], now=500, is_answered=True)
    assert ladder.due == () and ladder.restart_at is None and ladder.next_at is None
    assert [rung.state for rung in ladder.rungs] == [RungState.TOLD, RungState.STOPPED, RungState.STOPPED]


def test_a_mute_holds_everything_until_its_end():
    ladder = climb(THREE, now=500, muted_until=at(600))
    assert ladder.due == () and ladder.next_at == at(600)
    assert {rung.state for rung in ladder.rungs} == {RungState.MUTED}


def test_an_hour_asleep_tells_late_each_once_and_rings_nobody_twice_at_once():
    ladder = climb(THREE, [tell(1)], now=3600)
    assert named(ladder) == [(1, 1), (2, 0), (3, 0)]
    woken = [tell(1), tell(1, 1, due=60, done=3600), tell(2, due=120, done=3600), tell(3, due=240, done=3600)]
    after = climb(THREE, woken, now=3600)
    assert named(after) == [] and after.next_at == at(3660)
    assert after.restart_at == at(3720)


def test_without_steps_nothing_is_told():
    ladder = climb(())
    assert ladder.rungs == () and ladder.due == () and ladder.next_rung is None


def test_a_jump_leaves_out_what_was_not_told():
    ladder = climb(THREE, [tell(1)], now=10)
    assert [rung.step.number for rung in rules.passed_over(ladder, 3)] == [2]
    free = {"why": "现场要求", "is_open": True, "is_answered": False}
    assert rules.refuse_jump(ladder, 3, **free) is None
    for words, step, refusal in (
        ({"is_open": False}, 3, LadderRefusal.CLOSED),
        ({"is_answered": True}, 3, LadderRefusal.ANSWERED),
        ({"why": " "}, 3, LadderRefusal.NO_REASON),
        ({}, 1, LadderRefusal.TOLD_ALREADY),
        ({}, 9, LadderRefusal.NO_STEP),
    ):
        assert rules.refuse_jump(ladder, step, **free | words) == refusal


def test_keys_are_read_back_whatever_the_outbox_added():
    key = rules.message_key(7, 2, 3, 1, "15")
    assert key == "alarm/7/2/3/1/15"
    assert (
        rules.read_message_key(key + "/c4") == rules.read_message_key(key + "/c4/again/1") == (2, 3, 1, "15")
    )
    assert rules.read_message_key("alarm/7/1") is None and rules.read_message_key("duty/1/2/3/4/5") is None


# ── by property ─────────────────────────────────────────────────────────────────────────────────

steps = st.lists(
    st.tuples(
        st.sampled_from([0, 30, 120, 600]), st.sampled_from(StepWay.values), st.sampled_from([30, 60, 300]),
        st.integers(0, 3), st.booleans(),
    ),
    min_size=1, max_size=6,
).map(
    lambda rows: tuple(
        Step(number, Recipient.SQUAD_LEADER if used or number == 1 else Recipient.NOBODY, after, way, repeat, most)
        for number, (after, way, repeat, most, used) in enumerate(rows, 1)
    )
)  # fmt: skip
naps = st.lists(st.integers(1, 4000), min_size=1, max_size=12)
fates = st.dictionaries(st.integers(1, 6), st.sampled_from(["empty", "mute", "fails", "goes"]))


def work(steps, wakes, fates):
    """A worker that wakes at these seconds and does what is due; yields (wake, ladder before, told after)."""
    told, asleep_until = [], 0
    for now in wakes:
        before = climb(steps, told, now=now)
        done = []
        while (ladder := climb(steps, told, now=now)).due:
            due = ladder.due[0]
            fate = fates.get(due.step.number, "goes")
            outcome = {"empty": TellingOutcome.SKIPPED, "mute": TellingOutcome.UNREACHABLE}.get(
                fate, TellingOutcome.TOLD
            )
            failed = fate == "fails"
            done.append(due)
            told.append(Told(
                due.step.number, due.repeat, outcome, due.due_at, at(now),
                Delivery.FAILED if failed else Delivery.SENT, at(now) if failed else None,
            ))  # fmt: skip
        asleep_until = now
        yield now, before, done, list(told)
    assert asleep_until == wakes[-1]


@given(steps, naps, fates)
def test_however_the_worker_sleeps_each_key_is_told_once_and_never_early(steps, naps, fates):
    wakes = [0]
    for nap in naps:
        wakes.append(wakes[-1] + nap)
    seen = set()
    for now, _before, done, told in work(steps, wakes, fates):
        for due in done:
            assert (due.step.number, due.repeat) not in seen
            seen.add((due.step.number, due.repeat))
            assert due.due_at <= at(now)
            assert not [one for one in done if one.step == due.step and one is not due], (
                "a step and its repeat at once"
            )
        after = climb(steps, told, now=now)
        assert not after.due
        assert after.next_at is None or after.next_at > at(now)
        if any(rung.state == RungState.WAITING for rung in after.rungs):
            assert after.next_at is not None
        assert after.restart_at >= max(one.at for one in told) + rules.LAST_WORD if told else True


@given(steps, fates)
def test_a_worker_that_wakes_late_skips_nothing(steps, fates):
    """Whoever sleeps through it all tells, when it wakes, every step that one awake would have told."""
    horizon = 6 * 600 + 6 * 300 * 4
    *_, (_now, _before, _done, awake) = work(steps, list(range(0, horizon, 30)), fates)
    *_, (_now, _before, _done, asleep) = work(steps, [horizon], fates)
    assert {one.step for one in asleep} == {one.step for one in awake}


@given(steps, naps, fates)
def test_what_was_told_stays_told_as_time_goes_on(steps, naps, fates):
    wakes, known = [0], set()
    for nap in naps:
        wakes.append(wakes[-1] + nap)
    for now, _before, _done, told in work(steps, wakes, fates):
        reached = {rung.step.number for rung in climb(steps, told, now=now).rungs if rung.told}
        assert known <= reached
        known = reached


@given(steps)
def test_a_second_look_at_the_same_moment_finds_nothing_more(steps):
    *_, (now, _before, _done, told) = work(steps, [0, 200], {})
    assert climb(steps, told, now=now).due == ()


# ── mutes and links ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({}, None),
        ({"is_open": False}, MuteRefusal.CLOSED),
        ({"why": " "}, MuteRefusal.NO_REASON),
        ({"until": T0}, MuteRefusal.PAST),
        ({"until": at(60 * 30)}, None),
        ({"until": at(60 * 30 + 1)}, "最多可暂停提醒 30 分钟"),
    ],
)
def test_a_mute_is_bounded(words, refusal):
    free = {"is_open": True, "why": "已派人", "now": T0, "until": at(60), "most_min": 30, "level": "橙色"}
    said = rules_of_mute(**free | words)
    assert said is None if refusal is None else str(refusal) in str(said)


def rules_of_mute(**words):
    return mutes.refuse_mute(**words)


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ({}, None),
        ({"now": at(599)}, None),
        ({"now": at(600)}, MuteEnd.DUE),
        ({"alarm_round": 2}, MuteEnd.ROSE),
        ({"is_open": False, "alarm_round": 2}, MuteEnd.CLOSED),
    ],
)
def test_nothing_outlives_its_cause(words, end):
    free = {"round_muted": 1, "until": at(600), "alarm_round": 1, "is_open": True, "now": T0}
    assert mutes.mute_end(**free | words) == end


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ({}, LinkState.FRESH),
        ({"now": at(600)}, LinkState.EXPIRED),
        ({"used_at": T0}, LinkState.SPENT),
        ({"alarm_round": 2}, LinkState.OTHER_ROUND),
        ({"is_open": False, "alarm_round": 2}, LinkState.CLOSED),
        ({"is_active": False}, LinkState.LEFT),
    ],
)
def test_a_link_answers_once_in_its_round_and_time(words, state):
    free = {
        "used_at": None, "valid_until": at(600), "link_round": 1, "alarm_round": 1, "is_open": True, "is_active": True,
        "now": T0,
    }  # fmt: skip
    assert links.link_state(**free | words) == state
    assert (LinkRefusal.of(state) is None) == (state == LinkState.FRESH)

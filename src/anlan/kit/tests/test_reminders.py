"""Whatever happens to a follow-up, its reminders come each once and in order."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.kit.followups import climbing
from anlan.rulebook.clock import ZONE, Extension, Pause, plain_limit, reckon

NOW = datetime(2026, 9, 18, 16, 0, tzinfo=ZONE)
HOUR = timedelta(hours=1)

STEPS = st.lists(
    st.tuples(st.sampled_from(["look", "extend", "pause", "resume"]), st.integers(1, 300)), max_size=40
)


@settings(max_examples=200, deadline=None)
@given(days=st.integers(0, 45), steps=STEPS)
def test_reminders_come_each_once_and_in_order_for_any_history(days, steps):
    """Whatever is extended and paused, and however rarely anybody looks."""
    start = now = NOW
    limit = plain_limit(days, "day")
    pauses, extensions, given_by_round, told = [], [], {0: []}, []

    def look():
        due, number = reckon(start, limit, pauses=pauses, extensions=extensions), len(extensions)
        began = climbing.began_at(start, extensions)
        seen = given_by_round.setdefault(number, [])
        found = climbing.new_rungs(due, seen, began_at=began, pauses=pauses, now=now)
        assert sum(one.is_told for one in found) <= 1 and not any(one.is_told for one in found[:-1])
        assert not found or due.at is not None
        for one in found:
            if one.days > 0:
                assert now > due.at
            told.extend([(number, one.days)] if one.is_told else [])
        seen.extend(one.days for one in found)

    for kind, hours in steps:
        now += hours * HOUR
        is_paused = climbing.is_paused(pauses, now)
        due = reckon(start, limit, pauses=pauses, extensions=extensions)
        if kind == "extend" and not is_paused and now <= due.at:
            extensions.append(Extension(hours % 20 + 1, now, "甲"))
        elif kind == "pause" and not is_paused and now <= due.at:
            pauses.append(Pause(now, None, "乙"))
        elif kind == "resume" and is_paused:
            pauses[-1] = pauses[-1]._replace(until=now)
        before = dict(given_by_round)
        look()
        if climbing.is_paused(pauses, now):
            assert {key: list(value) for key, value in given_by_round.items() if value} == {
                key: list(value) for key, value in before.items() if value
            }
    for seen in given_by_round.values():
        assert seen == sorted(set(seen)), "each once, in order"
    assert told == sorted(set(told))

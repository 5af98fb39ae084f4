"""Who sees which hazards, what lies near, what recurs, whose buttons are whose."""

from datetime import timedelta

from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.models import Hazard
from anlan.domains.hazards.terms import Step
from anlan.domains.hazards.tests.conftest import NOW, graded, ordered, report

HERE = {"lon": 121.49, "lat": 31.24}


def test_seen_by_who_watches_who_rectifies_and_who_reported(town):
    row = ordered(town, due_on=NOW.date())
    seers = [
        who
        for who in ("boss", "clerk", "guest", "patrol", "keeper", "other")
        if queries.visible_hazards(getattr(town, who)).filter(pk=row.pk)
    ]
    assert seers == ["boss", "clerk", "guest", "patrol", "keeper"]


def test_near_ones_of_the_same_kind_are_offered_the_nearest_first(town):
    row = report(town, **HERE)
    near, nearer = report(town, lon=121.4904, lat=31.24), report(town, lon=121.4901, lat=31.24)
    report(town, lon=121.4910, lat=31.24)
    report(town, kind="fire", **HERE)
    old = report(town, **HERE)
    Hazard.objects.filter(pk=old.pk).update(reported_at=NOW - timedelta(days=31))
    ended = report(town, **HERE)
    actions.reject_hazard(ended, by=town.clerk, now=NOW, why="无")
    found = queries.near_hazards(row, now=NOW)
    assert [one for one, _metres in found] == [nearer, near]
    assert all(metres <= 50 for _one, metres in found)
    assert queries.near_hazards(report(town), now=NOW) == []


def test_recurrence_counts_in_windows(town):
    rows = [graded(town) for _n in range(3)]
    Hazard.objects.update(responsible=town.SHOP)
    Hazard.objects.filter(pk=rows[0].pk).update(accepted_at=NOW - timedelta(days=200))
    row = Hazard.objects.get(pk=rows[2].pk)
    assert queries.recurrences(row, now=NOW) == [(90, 2), (180, 2), (365, 3)]
    other = graded(town, kind="fire")
    assert queries.recurrences_of([row, rows[0], other], now=NOW) == {
        row.pk: 3,
        rows[0].pk: None,
        other.pk: None,
    }
    actions.merge_hazard(report(town), by=town.clerk, now=NOW, into=row)
    assert queries.recurrences(row, now=NOW) == [(90, 2), (180, 2), (365, 3)]


def test_buttons_are_those_of_ones_role_and_of_the_grade(town):
    row = graded(town)
    assert set(queries.steps_for(row, town.clerk, now=NOW)) == {Step.GRADE, Step.FIX, Step.ORDER}
    assert set(queries.steps_for(row, town.guest, now=NOW)) == set()
    major = graded(town, "major")
    assert set(queries.steps_for(major, town.clerk, now=NOW)) == {Step.GRADE, Step.ORDER_MAJOR}
    row = ordered(town, due_on=NOW.date())
    assert set(queries.steps_for(row, town.keeper, now=NOW)) == {Step.ASK_EXTENSION, Step.ASK_VERIFICATION}


def test_every_default_of_the_tables_says_where_it_is_from(town):
    lines = queries.standard_lines(on=NOW.date())
    assert {line.key for line in lines} == {"general", "major", "fire", "trade"}
    assert all(str(line.basis) for line in lines)
    assert queries.limit_line("listed_days", on=NOW.date()).is_unconfirmed

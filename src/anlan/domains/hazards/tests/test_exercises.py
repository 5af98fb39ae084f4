"""Exercises of units: which limits, by when the next, what is refused, what is followed."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from anlan.domains.accounts.models import Role
from anlan.domains.hazards.actions.exercises import record_exercise
from anlan.domains.hazards.actions.selfchecks import require_check
from anlan.domains.hazards.models import UnitExercise
from anlan.domains.hazards.queries.exercises import exercise_lines
from anlan.domains.hazards.queries.keepers import Keeper, other_follow_ups
from anlan.domains.hazards.rules.exercises import ALWAYS, PERHAPS, refuse_exercise
from anlan.domains.hazards.terms.exercises import ExerciseRefusal
from anlan.domains.hazards.workers import require_checks
from anlan.domains.places.models import Place
from anlan.kit.actions import Refused
from anlan.kit.deadlines import find_line
from anlan.kit.models import Change, FollowUp

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.get_default_timezone())
TODAY = NOW.date()
SAID = {"rule_id": "DR-SITE", "held_on": TODAY, "form": "live", "what": "疏散", "attendee_count": 30}


@pytest.fixture
def unit(town):
    role = Role.objects.get(code="r-keeper")
    role.rights = [*role.rights, "hazards.report"]
    role.save()
    town.keeper.forget_holdings()
    place = Place.objects.create(
        code="S1", name="示例商店", kind="mall", organisation=town.TRADE, operator=town.SHOP
    )
    return Keeper("place", place)


def record(town, unit, **other):
    return record_exercise(unit.row, by=town.keeper, now=NOW, keeper=unit, **(SAID | other)).subject


def test_every_limit_is_one_of_the_rulebooks(db):
    named = {one for table in (ALWAYS, PERHAPS) for limits in table.values() for one in limits}
    assert all(find_line(one, on=TODAY).basis for one in named)


@pytest.mark.parametrize(
    ("kind", "other", "refusal"),
    [
        ("place", {}, None),
        ("enterprise", {}, ExerciseRefusal.NOT_THEIRS),
        ("enterprise", {"rule_id": "DR-FIRE-SH"}, None),
        ("place", {"rule_id": "DR-GOV"}, ExerciseRefusal.NOT_THEIRS),
        ("place", {"held_on": TODAY + timedelta(days=1)}, ExerciseRefusal.AHEAD),
        ("place", {"held_on": date(1999, 1, 1)}, ExerciseRefusal.LONG_AGO % {"years": 5}),
        ("place", {"attendee_count": 0}, ExerciseRefusal.NO_PEOPLE),
        ("place", {"what": "  "}, ExerciseRefusal.NO_WORDS),
    ],
)
def test_what_is_no_record_is_refused(kind, other, refusal):
    said = SAID | other
    said.pop("form")
    rule_id = said.pop("rule_id")
    assert refuse_exercise(kind, rule_id, today=TODAY, **said) == refusal


def test_a_place_without_a_record_is_late_and_a_record_sets_the_next(town, unit):
    lines = {line.rule_id: line for line in exercise_lines(unit, on=TODAY)}
    assert set(lines) == {"DR-CROWD", "DR-SITE"}
    assert all(line.is_late and line.last is None and line.due_on is None for line in lines.values())
    row = record(town, unit, held_on=date(2026, 8, 31))
    line = next(line for line in exercise_lines(unit, on=TODAY) if line.rule_id == "DR-SITE")
    # half a year from 31 August: February has no 31st, so its last day
    assert (line.last, line.due_on, line.is_late) == (row, date(2027, 2, 28), False)
    follow_up = FollowUp.objects.get(key__startswith="hazards/exercise/")
    assert (follow_up.rule_id, follow_up.last_day, follow_up.organisation) == (
        "DR-SITE",
        line.due_on,
        town.SHOP,
    )
    assert follow_up not in other_follow_ups(unit)  # it has a place of its own on the unit's page
    assert Change.objects.filter(what="hazards.record_exercise").count() == 1


def test_the_last_day_is_met_and_the_day_after_is_late(town, unit):
    record(town, unit, held_on=date(2026, 5, 24))
    lines = [next(one for one in exercise_lines(unit, on=day) if one.rule_id == "DR-SITE") for day in (TODAY, TODAY + timedelta(days=1))]  # fmt: skip
    assert [line.due_on for line in lines] == [TODAY, TODAY]
    assert [line.is_late for line in lines] == [False, True]


def test_a_later_exercise_settles_what_was_due_and_an_earlier_one_moves_nothing(town, unit):
    record(town, unit, held_on=date(2026, 3, 1))
    record(town, unit)
    record(town, unit, held_on=date(2026, 6, 1))
    rows = FollowUp.objects.filter(key__startswith="hazards/exercise/place/").order_by("pk")
    assert [(one.is_open, one.last_day) for one in rows] == [
        (False, date(2026, 9, 1)),
        (True, date(2027, 5, 24)),
    ]
    assert UnitExercise.objects.count() == 3


def test_the_same_exercise_is_recorded_once(town, unit):
    record(town, unit)
    with pytest.raises(Refused, match="已经登记"):
        record(town, unit, what="又一次")
    record(town, unit, rule_id="DR-CROWD")  # one evening may meet two limits
    assert UnitExercise.objects.count() == 2


def test_others_record_nothing_for_it(town, unit):
    for person in (town.boss, town.other, None):
        with pytest.raises(Refused):
            record_exercise(unit.row, by=person, now=NOW, keeper=unit, **SAID)
    assert not UnitExercise.objects.exists()


def test_who_leaves_the_register_is_reminded_no_more(town, unit):
    record(town, unit)
    require_check(unit.row, by=None, now=NOW, keeper=unit)
    Place.objects.filter(pk=unit.row.pk).update(retired_at=NOW)
    require_checks(NOW)
    assert not any(one.is_open for one in FollowUp.objects.all())

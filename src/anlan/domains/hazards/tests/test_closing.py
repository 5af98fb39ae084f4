"""Nothing closes without evidence and a second person: every trio of people, and that the guards are what holds it."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from anlan.domains.hazards import actions, rules
from anlan.domains.hazards.models import Hazard
from anlan.domains.hazards.terms import HazardState, Refusal, Step
from anlan.domains.hazards.tests.conftest import NOW, ordered, show
from anlan.domains.hazards.tests.test_histories import judge
from anlan.kit.actions import Refused
from anlan.kit.models import Attachment

FIXERS = ("clerk", "second", "keeper", "boss")
CLOSERS = (*FIXERS, "patrol", "guest", "other")
MAY_CLOSE = {"clerk", "second", "boss"}  # who hold the right to verify there
AT = (HazardState.VERIFYING, Step.CLOSE)


def handed_in(town, shown_by, asked_by):
    """A hazard that waits for its verification."""
    row = ordered(town, due_on=NOW.date())
    show(row, "after", by=getattr(town, shown_by))
    actions.ask_verification(row, by=getattr(town, asked_by), now=NOW)
    return row


def closes(town, row, who):
    """Whether this person's closing was taken."""
    try:
        actions.close_hazard(row, by=getattr(town, who), now=NOW, why="好")
    except Refused:
        return False
    return Hazard.objects.get(pk=row.pk).state == HazardState.CLOSED


@pytest.mark.parametrize(("shown_by", "asked_by"), list(product(FIXERS, FIXERS)))
def test_of_all_people_only_those_close_who_neither_showed_nor_asked(town, shown_by, asked_by):
    for who in CLOSERS:
        row = handed_in(town, shown_by, asked_by)
        assert closes(town, row, who) == (who in MAY_CLOSE - {shown_by, asked_by}), who
        judge(town)


def test_a_photo_that_was_withdrawn_meanwhile_or_is_of_an_earlier_round_closes_nothing(town):
    row = handed_in(town, "keeper", "keeper")
    Attachment.objects.update(withdrawn_at=NOW)
    with pytest.raises(Refused, match="整改后"):
        actions.close_hazard(row, by=town.clerk, now=NOW, why="好")
    row = handed_in(town, "keeper", "keeper")
    assert closes(town, row, "clerk")
    actions.reopen_hazard(row, by=town.second, now=NOW, why="又有了")
    with pytest.raises(Refused) as error:
        actions.fix_hazard(row, by=town.second, now=NOW)
    assert str(error.value) == str(Refusal.NEEDS_AFTER)


def without(monkeypatch, guard):
    """The life with one guard of the closing step missing."""
    move = rules.LIFE[AT]
    monkeypatch.setitem(
        rules.LIFE, AT, move._replace(guards=tuple(one for one in move.guards if one.__name__ != guard))
    )


def test_without_the_guard_of_evidence_the_judge_of_histories_says_so(town, monkeypatch):
    row = handed_in(town, "keeper", "keeper")
    row.evidence.all().delete()
    without(monkeypatch, "has_after")
    assert closes(town, row, "clerk")
    with pytest.raises(AssertionError):
        judge(town)


def test_without_the_guard_of_the_second_person_database_and_judge_say_so(town, monkeypatch):
    without(monkeypatch, "is_second_person")
    row = handed_in(town, "second", "clerk")
    with pytest.raises(IntegrityError, match="hazard_closed_by_second_person"), transaction.atomic():
        actions.close_hazard(row, by=town.clerk, now=NOW, why="好")
    row.refresh_from_db()
    assert closes(town, row, "second")  # who showed the photo: no constraint knows that, the judge does
    with pytest.raises(AssertionError):
        judge(town)

"""Places are looked at and assessed: dated findings, never altered; a later assessment follows an earlier one."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.places import rules
from anlan.domains.places.actions.register import insist_answering, insist_sound
from anlan.domains.places.models import Assessment
from anlan.domains.places.terms import Refusal
from anlan.kit.actions import action, check, done, note

WORDS = ("place", "assessed_on", "assessed_by", "summary", "findings", "next_on")


@action("places.assess", label=_("登记排查评估"))
def assess_place(place, *, by, now, assessed_on, assessed_by, summary, findings="", next_on=None):
    """Record an assessment of a place: when, by which organisation, what was found, when the next is due.

    The supervising side may record any organisation's; the operating side only its operator's own.
    """
    insist_answering(by, Right.PLACES_EDIT, place)
    check(Refusal.RETIRED if place.retired_at else None)
    supervises = by.may(Right.PLACES_EDIT, place.organisation)
    check(None if supervises or assessed_by == place.operator else Refusal.ASSESSOR_ELSEWHERE)
    check(rules.check_assessment(assessed_on=assessed_on, next_on=next_on, today=timezone.localdate(now)))
    row = Assessment(
        place=place, assessed_on=assessed_on, assessed_by=assessed_by, summary=summary, findings=findings,
        next_on=next_on,
    )  # fmt: skip
    insist_sound(row)
    row.save()
    return done(row, after=note(row, *WORDS))

"""What stands about a major hazard: who was told of it, its stops of production, the ladder of who hears of it."""

from typing import NamedTuple

from django.db.models import F, Q
from django.utils import timezone

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards.models import StopOrder
from anlan.domains.hazards.queries.hazards import visible_hazards
from anlan.domains.hazards.rules.stops import RESUMING, StopFacts, check_stop_step
from anlan.domains.hazards.terms import Audience, HazardGrade, HazardState, StopState
from anlan.kit.followups import follow_ups_about
from anlan.kit.models import Message

UNDER_WAY = (
    HazardState.GRADED, HazardState.ORDERED, HazardState.RECTIFYING, HazardState.EXTENDING, HazardState.VERIFYING,
)  # fmt: skip


def telling_key(hazard, audience):
    """How the keys of what follows a telling begin: reports of a major hazard are followed apart from its life."""
    return f"hazards.told/{hazard.pk}/{audience}/"


class Told(NamedTuple):
    """One of those to whom a major hazard is to be reported: when it was, else by when it should be."""

    label: str
    tellings: list
    follow_up: object


def tellings_of(hazard):
    """[Told] of a major hazard; none for a general one to whom nobody was told."""
    kept = list(hazard.tellings.select_related("by"))
    if hazard.grade != HazardGrade.MAJOR and not kept:
        return []
    waits = [one for one in follow_ups_about(hazard) if one.is_open]
    return [
        Told(
            audience.label, [one for one in kept if one.audience == audience],
            next((one for one in waits if one.key.startswith(telling_key(hazard, audience))), None),
        )
        for audience in Audience
    ]  # fmt: skip


def telling_messages(hazard):
    """The messages by which the platform told the department of a major hazard."""
    return Message.objects.filter(key__startswith=f"hazards.major/{hazard.pk}/").order_by("pk")


def may_record_telling(hazard, person):
    """Whether a person records to whom a major hazard was reported: who rectifies it, or watches over it."""
    rectifies = person.may(Right.HAZARDS_RECTIFY, hazard.rectifier)
    return rectifies or person.may(Right.HAZARDS_VERIFY, hazard.organisation)


def stop_orders_of(hazard):
    """The stops of production because of a hazard, the newest first."""
    people = ("ordered_by", "applied_by", "reviewed_by", "decided_by")
    return hazard.stop_orders.select_related("hazard__organisation", *people).order_by("-pk")


def open_stop(hazard):
    """The stop of production that is not resumed, or None."""
    return hazard.stop_orders.exclude(state=StopState.RESUMED).first()


def may_order_stop(hazard, person):
    """Whether a person could record a stop of production now."""
    is_one = hazard.grade == HazardGrade.MAJOR and hazard.state in UNDER_WAY
    return is_one and open_stop(hazard) is None and person.may(Right.HAZARDS_SUPERVISE, hazard.organisation)


def stop_facts(stop, *, by, why):
    """What the guards of `rules.stops` ask."""
    return StopFacts(
        by.pk if by else None, stop.applied_by_id, stop.reviewed_by_id, stop.hazard.state, why
    )  # fmt: skip


def stop_holder(stop, right):
    """Over which organisation a step's right is asked: over who rectifies, else over who watches."""
    return stop.hazard.rectifier if right == Right.HAZARDS_RECTIFY else stop.hazard.organisation


def stop_steps_for(stop, person):
    """{step: why not, or None} of what this person could do with a stop of production."""
    facts = stop_facts(stop, by=person, why="-")
    return {
        step: check_stop_step(stop.state, step, facts)
        for (at, step), move in RESUMING.items()
        if at == stop.state and person.may(move.right, stop_holder(stop, move.right))
    }


def visible_stops(person):
    """The stops of production of hazards that a person sees."""
    return StopOrder.objects.filter(hazard__in=visible_hazards(person)).select_related(
        "hazard__organisation", "hazard__responsible"
    )


# ── the board of supervision ────────────────────────────────────────────────────────────────────


def supervisors_of(hazard):
    """Who hears of an overdue hazard, from below: who watches over it, the one above, the one at the top."""
    first = hazard.organisation
    second = first.parent or first
    top = second
    while top.parent:
        top = top.parent
    return first, second, top


class Rung(NamedTuple):
    """One rung of the ladder: who hears there, whether it has been reached, whether it is where it stands."""

    name: str
    is_reached: bool
    is_here: bool


def ladder_of(hazard):
    """The Rungs of a hazard from the unit that rectifies it up; one organisation stands on one rung, its highest."""
    rungs = [hazard.rectifier, *supervisors_of(hazard)]
    last = {one.pk: at for at, one in enumerate(rungs)}
    here = last[rungs[hazard.height].pk]
    return [Rung(str(one), at <= here, at == here) for at, one in enumerate(rungs) if last[one.pk] == at]


def supervised_hazards(person):
    """The hazards on the board: under listed supervision, or climbing because they are overdue; the nearest end first."""
    listed = Q(listed_at__isnull=False, delisted_at=None)
    climbing = Q(height__gt=0, state__in=UNDER_WAY)
    rows = visible_hazards(person).filter(listed | climbing)
    return rows.order_by(F("listed_until").asc(nulls_last=True), "due_at", "pk")


def days_left(hazard, now):
    """Days until a listing's last day, below zero when it is over; None for one that is not listed."""
    return (hazard.listed_until - timezone.localdate(now)).days if hazard.is_listed else None

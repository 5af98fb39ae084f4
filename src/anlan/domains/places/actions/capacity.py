"""Capacities are determined, published and withdrawn; a determination is never altered."""

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.places import rules
from anlan.domains.places.actions.register import insist_sound
from anlan.domains.places.models import CapacityDetermination, DeciderRule
from anlan.domains.places.queries import check_determiner, weigh_determination
from anlan.domains.places.terms import Decider, Refusal
from anlan.kit.actions import Done, action, check, done, note
from anlan.kit.followups import open_follow_up, settle_follow_up

WORDS = (
    "place", "zone", "kind", "method", "inputs", "value_persons", "determined_by", "determined_on",
    "document_number", "valid_until", "reason",
)  # fmt: skip


@action("places.determine", label=_("核定承载量"))
def determine_capacity(
    place, *, by, now, kind, method, inputs, value_persons, determined_by, determined_on,
    zone=None, document_number="", valid_until=None, why="",
):  # fmt: skip
    """Record a determination for a place or one of its zones; a later one supersedes it.

    `inputs` are those of the method (rules.METHODS). Refused for a value that is not sound, dates out of
    order, and, without a reason (`why`), a value above its computation or an organisation that the table of
    deciders does not name. Who may record it: see `queries.check_determiner`.
    """
    check(check_determiner(by, place, determined_by=determined_by))
    check(Refusal.RETIRED if place.retired_at else None)
    check(Refusal.ZONE_ELSEWHERE if zone and zone.place_id != place.pk else None)
    check(weigh_determination(
        place, zone=zone, kind=kind, method=method, inputs=inputs, value_persons=value_persons,
        determined_by=determined_by, determined_on=determined_on, valid_until=valid_until,
        document_number=document_number, reason=why, today=timezone.localdate(now),
    ))  # fmt: skip
    row = CapacityDetermination(
        place=place, zone=zone, kind=kind, method=method, inputs=inputs, value_persons=value_persons,
        determined_by=determined_by, determined_on=determined_on, document_number=document_number,
        valid_until=valid_until, reason=why,
    )  # fmt: skip
    insist_sound(row)
    row.save()
    follow_expiry(row, by=by, now=now)
    return done(row, after=note(row, *WORDS))


def follow_expiry(row, *, by, now):
    """See to it that a determination is made anew before it expires; what the one before it left to do is done."""
    same = CapacityDetermination.objects.filter(place=row.place, zone=row.zone, kind=row.kind).exclude(
        pk=row.pk
    )
    for earlier in same.exclude(valid_until=None):
        settle_follow_up(name_expiry(earlier), by=by, now=now, outcome=gettext("已重新核定"))
    if row.valid_until and row.valid_until >= timezone.localdate(now):
        open_follow_up(
            row, key=name_expiry(row), title=gettext("%(subject)s到期前重新核定") % {"subject": row},
            organisation=row.place.organisation, due=row.valid_until, link=row.place.get_absolute_url(), by=by, now=now,
        )  # fmt: skip


def name_expiry(row):
    """What the follow-up of a determination's expiry is called."""
    return f"places.capacity/{row.pk}"


@action("places.publish", label=_("公布承载量"))
def publish_determination(determination, *, by, now, published_at, published_where):
    """Record when and where a determination was published."""
    check(check_determiner(by, determination.place, determined_by=determination.determined_by))
    check(Refusal.WITHDRAWN if determination.withdrawn_at else None)
    check(rules.check_publication(
        published_on=published_at, where=published_where, determined_on=determination.determined_on,
        today=timezone.localdate(now),
    ))  # fmt: skip
    names = ("published_at", "published_where")
    before = note(determination, *names)
    determination.published_at, determination.published_where = published_at, published_where
    determination.save(update_fields=names)
    return done(determination, before=before)


@action("places.withdraw", label=_("撤销核定"))
def withdraw_determination(determination, *, by, now, why):
    """Withdraw a determination that was wrong, with its reason; what it superseded holds again."""
    check(check_determiner(by, determination.place, determined_by=determination.determined_by))
    check(rules.check_reason(why))
    check(Refusal.WITHDRAWN if determination.withdrawn_at else None)
    before = note(determination, "withdrawn_at")
    determination.withdrawn_at = now
    determination.save(update_fields=["withdrawn_at"])
    settle_follow_up(name_expiry(determination), by=by, now=now, outcome=gettext("核定已撤销"))
    return done(determination, before=before)


@action("places.set_decider", may=Right.PLACES_DETERMINE, label=_("修改核定权限表"))
def set_decider(organisation, *, by, now, kind, who, basis, why=""):
    """Say who determines the capacity of a kind of place in this district, and on which clause.

    `organisation` is the one that lays it down: the top one, as it holds for the whole district.
    """
    check(Refusal.DECIDED_AT_THE_TOP if organisation.parent_id is not None else None)
    check(None if who and set(who) <= set(Decider.values) else Refusal.NO_DECIDERS)
    row = DeciderRule.objects.filter(kind=kind).first() or DeciderRule(kind=kind)
    before = note(row, "who", "basis")
    row.who, row.basis, row.organisation = sorted(who), basis, organisation
    insist_sound(row)
    row.save()
    return done(row, before=before, after={"kind": kind})


@action("places.reset_decider", may=Right.PLACES_DETERMINE, label=_("恢复默认核定权限"))
def reset_decider(row, *, by, now):
    """Go back to the default line for this kind of place."""
    before, number = note(row, "kind", "who", "basis"), row.pk
    row.delete()
    row.pk = number
    return Done(row, before, dict.fromkeys(before))

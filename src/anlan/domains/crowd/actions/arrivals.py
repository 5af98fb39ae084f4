"""Planned arrivals: an approved gathering lays down who is expected when; gatherings will write through here."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import rules
from anlan.domains.crowd.models import PlannedArrivals
from anlan.domains.crowd.queries.arrivals import find_arrivals
from anlan.domains.crowd.terms import ArrivalRefusal, ArrivalShape
from anlan.kit.actions import action, check, done, note

PLANNED = ("name", "held_on", "starts_at", "ends_at", "persons", "shape", "curve", "approval_number", "note")


@action("crowd.plan_arrivals", may=Right.ARRIVALS_PLAN, label=_("登记活动预计到达"))
def plan_arrivals(place, *, by, now, is_demo=False, **words):
    """Expect the people of a gathering at `place`; its date becomes a gathering day there.

    Words: name, held_on, starts_at, ends_at, shape, persons (not asked for shape `own`), curve (text, a line `19:15 300`
    for each quarter of an hour, only for shape `own`), approval_number, note.
    """
    check(ArrivalRefusal.RETIRED if place.retired_at else None)
    drafted = draft_arrivals(now=now, **words)
    drafted.place, drafted.is_demo = place, is_demo
    check(ArrivalRefusal.TWICE if find_arrivals(place, held_on=drafted.held_on, name=drafted.name) else None)
    drafted.save()
    return done(drafted, after=note(drafted, *PLANNED))


@action("crowd.change_arrivals", may=Right.ARRIVALS_PLAN, label=_("修改活动预计到达"))
def change_arrivals(row, *, by, now, **words):
    """Replace what was laid down, with the words of `plan_arrivals`: shrunk, moved, delayed."""
    check(ArrivalRefusal.WITHDRAWN if row.withdrawn_at else None)
    drafted = draft_arrivals(row, now=now, **words)
    check(ArrivalRefusal.SAME if is_same(row, drafted) else None)
    known = find_arrivals(row.place, held_on=drafted.held_on, name=drafted.name)
    check(ArrivalRefusal.TWICE if known and known.pk != row.pk else None)
    before = note(row, *PLANNED)
    for name in PLANNED:
        setattr(row, name, getattr(drafted, name))
    row.save(update_fields=PLANNED)
    return done(row, before=before)


@action("crowd.withdraw_arrivals", may=Right.ARRIVALS_PLAN, label=_("撤回活动预计到达"))
def withdraw_arrivals(row, *, by, now, why):
    """Expect nobody any more, with the reason; the row stays for its story."""
    check(ArrivalRefusal.WITHDRAWN if row.withdrawn_at else None)
    check(None if why.strip() else ArrivalRefusal.NO_REASON)
    before = note(row, "withdrawn_at")
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    return done(row, before=before)


def draft_arrivals(known=None, *, now, name, held_on, starts_at, ends_at, shape, approval_number, persons=None, curve="", note=""):  # fmt: skip
    """The row that these words would make, not kept. Raises Refused. A date of `known` that stays is not judged again."""
    today = timezone.localdate(now)
    refusal = rules.check_arrivals(
        name=name, approval_number=approval_number, persons=persons, shape=shape, today=today,
        held_on=today if known and known.held_on == held_on else held_on,
    )  # fmt: skip
    check(refusal)
    drawn = draw_curve(shape, persons, curve, starts_at=starts_at, ends_at=ends_at)
    return PlannedArrivals(
        name=name.strip(), held_on=held_on, starts_at=starts_at, ends_at=ends_at, shape=shape, curve=drawn,
        persons=sum(n for _minute, n in drawn), approval_number=approval_number.strip(), note=note.strip(),
    )  # fmt: skip


def draw_curve(shape, persons, text, *, starts_at, ends_at):
    """The curve of a shape, or the one that was written. Raises Refused."""
    span = {"starts_min": minute_of(starts_at), "ends_min": minute_of(ends_at)}
    if shape != ArrivalShape.OWN:
        return rules.shape_curve(shape, persons, **span)
    curve, refusal = rules.read_curve(text, **span)
    check(refusal)
    return curve


def is_same(row, drafted):
    """Whether a draft says what the row says."""
    return note(row, *PLANNED) == note(drafted, *PLANNED)


def minute_of(at):
    """A time of the clock as minutes from midnight."""
    return at.hour * 60 + at.minute

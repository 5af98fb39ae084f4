"""Reads of follow-ups: whose they are, and when they are due by their records."""

from django.db.models import F, Q
from django.utils import timezone

from anlan.kit import deadlines
from anlan.kit.followups import climbing
from anlan.kit.models import FollowUp, Reminder
from anlan.kit.terms import LIVE, FollowUpState, Unit
from anlan.rulebook.clock import Due, Extension, Pause, Unlawful, plain_limit

RIGHT = "followups.run"
VIEW_RIGHT = "view"


def open_ones(**narrowed):
    """Follow-ups of the live scene in which there is something to do, the nearest first."""
    rows = FollowUp.objects.filter(state__in=FollowUpState.open_ones(), scene=LIVE, **narrowed)
    return rows.select_related("organisation", "owner").order_by(F("due_at").asc(nulls_last=True), "pk")


def visible_follow_ups(person):
    """The follow-ups that a person sees: his own, and those of organisations he may view."""
    seen = Q(owner=person) | person.reach(VIEW_RIGHT)
    return FollowUp.objects.filter(seen).select_related("organisation", "owner")


def is_mine(person):
    """The condition for what is a person's: what he owns, and what nobody owns where he works and may work on it."""
    theirs = Q(owner=person)
    if person.may(RIGHT, person.organisation):
        theirs |= Q(owner=None, organisation=person.organisation)
    return theirs


def is_ours(person):
    """The condition for what is of a person's organisation and those below it, where he may view it."""
    return Q(organisation__path__startswith=person.organisation.path) & person.reach(VIEW_RIGHT)


def mine(person):
    """What is a person's to do, the nearest first."""
    return open_ones().filter(is_mine(person))


def of_my_organisation(person):
    """The open follow-ups of a person's organisation and those below it."""
    return open_ones().filter(is_ours(person))


def escalated_to(organisation):
    """The open follow-ups of which an organisation hears because those below let them run out."""
    told = Reminder.objects.filter(escalated_to=organisation).values("follow_up")
    return open_ones(pk__in=told)


def find_follow_up(key):
    """The follow-up of this key, or None."""
    return FollowUp.objects.filter(key=key).first()


def follow_ups_about(row):
    """The follow-ups of a row, the nearest first."""
    about = {"about_kind": row._meta.label_lower, "about_id": str(row.pk)}
    return FollowUp.objects.filter(**about).select_related("organisation", "owner")


def pauses_of(follow_up):
    """Its pauses as the clock takes them; none of one that is not kept yet."""
    rows = follow_up.pauses.all() if follow_up.pk else ()
    return [Pause(one.since, one.until, one.reason) for one in rows]


def extensions_of(follow_up):
    """Its extensions, likewise."""
    rows = follow_up.extensions.all() if follow_up.pk else ()
    return [Extension(one.days, one.granted_at, one.reason) for one in rows]


def due_now(follow_up, now, *, more=()):
    """When it is due by its records and the rules as known at `now`; `more` are extensions not kept yet.

    Raises rulebook.clock.Unlawful where its rule knows no such pause or extension.
    """
    words = {"pauses": pauses_of(follow_up), "extensions": [*extensions_of(follow_up), *more]}
    if follow_up.rule_id:
        today = timezone.localdate(now)
        return deadlines.due_of(follow_up.rule_id, follow_up.started_at, on=today, **words)
    return deadlines.due_set(follow_up.set_at or follow_up.set_day, follow_up.started_at, **words)


def due_or_kept(follow_up, now):
    """The same; what was counted last where the rules do not bear its records any more: no edit takes a date away."""
    try:
        return due_now(follow_up, now)
    except (LookupError, Unlawful):
        nothing = plain_limit(0, Unit.DAY.value)
        return Due(nothing, follow_up.started_at, follow_up.due_at, follow_up.last_day, ())


def given_rungs(follow_up):
    """The rungs given in its present round; none of one that is not kept yet."""
    if not follow_up.pk:
        return set()
    return set(follow_up.reminders.filter(round=follow_up.round).values_list("days", flat=True))


def is_paused(follow_up, now):
    """Whether its time stands still."""
    return climbing.is_paused(pauses_of(follow_up), now)

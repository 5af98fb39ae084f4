"""Alarms: who sees which, the board's order, one by number, what happened to it."""

from django.db.models import Count, F, Prefetch, Q

from anlan.domains.accounts.queries import root
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.models import Alarm, AlarmAgency, Judgement
from anlan.domains.emergency.terms import LIVE
from anlan.domains.places.queries import visible_places
from anlan.kit.models import Change

WORST_FIRST = ("-rank", F("answered_at").asc(nulls_first=True), "round_at", "pk")


def sees(person):
    """The condition for alarms that `person` may see: responsible, at a place of theirs, or joined; all from the top."""
    if person.may(Right.VIEW, root()):
        return Q()
    joined = AlarmAgency.objects.filter(person.reach(Right.VIEW, through="agency__organisation"))
    at_own = Q(place__in=visible_places(person, retired=True).order_by().values("pk"))
    return person.reach(Right.VIEW) | at_own | Q(pk__in=joined.order_by().values("alarm"))


def visible_alarms(person, scene=LIVE):
    """The alarms of a scene that `person` may see. Those of other scenes than the live one are seen by all."""
    rows = Alarm.objects.filter(scene=scene)
    return rows.filter(sees(person)) if scene == LIVE else rows


def board_order(rows):
    """Open ones first, worst first, then those that nobody has answered, the longest waiting first."""
    return rows.order_by(F("lifted_at").desc(nulls_first=True), *WORST_FIRST)


def with_agencies(rows):
    """Alarms with their agencies and answers at hand, in a fixed number of queries; nothing wide is sorted."""
    joined = AlarmAgency.objects.select_related("agency", "answer__person")
    return rows.prefetch_related("place", "organisation", Prefetch("agencies", joined))


def count_alarms(rows, now):
    """{open, waiting, muted}: how many of these are open; of those, how many nobody has answered, how many are muted."""
    return rows.filter(lifted_at=None).aggregate(
        open=Count("pk"), waiting=Count("pk", filter=Q(answered_at=None)),
        muted=Count("pk", filter=Q(muted_until__gt=now)),
    )  # fmt: skip


def find_alarm(person, pk):
    """The alarm with this primary key if `person` may see it, else None."""
    row = Alarm.objects.filter(pk=pk).first()
    return (
        row
        and visible_alarms(person, row.scene).select_related("place", "organisation").filter(pk=pk).first()
    )


def open_alarms(scene=LIVE, *, person=None, place=None):
    """Open alarms, worst first; of all (for the wall), of those that `person` sees, or of one place."""
    rows = Alarm.objects.filter(scene=scene) if person is None else visible_alarms(person, scene)
    rows = rows.filter(lifted_at=None)
    return (rows if place is None else rows.filter(place=place)).order_by(*WORST_FIRST)


def open_alarm_of(scene, code):
    """The open alarm that warnings of the place with this code join, or None."""
    return Alarm.objects.filter(scene=scene, space_code=code, origin="warning", lifted_at=None).first()


def open_alarm_at(scene, place):
    """The open alarm of a place that what people there report joins: the machine's, else the newest by a patrol; or None."""
    rows = Alarm.objects.filter(scene=scene, place=place, lifted_at=None, origin__in=("warning", "patrol"))
    return open_alarm_of(scene, place.code) or rows.order_by("-id").first()


def scenes_with_alarms():
    """The scenes that have alarms, the live one first."""
    names = set(Alarm.objects.order_by().values_list("scene", flat=True).distinct())
    return [LIVE, *sorted(names - {LIVE})]


def story_of(alarm):
    """The change rows of an alarm, oldest first."""
    return Change.objects.of(alarm).select_related("by", "organisation").order_by("id")


def judgements_of(alarm):
    """The judgements of an alarm, newest first."""
    return Judgement.objects.filter(alarm=alarm).select_related("decider")


def incidents_of(alarm):
    """The incidents that an alarm was taken into."""
    return [link.incident for link in alarm.incident_links.select_related("incident")]


def search_alarms(text, person, *, most=20):
    """Live alarms that `person` sees whose number, place or code holds `text`, newest first."""
    wanted = Q(number__icontains=text) | Q(title__icontains=text) | Q(space_code__iexact=text)
    return list(visible_alarms(person).filter(wanted)[:most]) if text else []


def siblings_of(alarm):
    """Other open alarms at the same place."""
    if alarm.place_id is None:
        return Alarm.objects.none()
    return open_alarms(alarm.scene, place=alarm.place).exclude(pk=alarm.pk)

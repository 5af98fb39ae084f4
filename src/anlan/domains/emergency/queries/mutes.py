"""Mutes that hold, for the board and the sweep."""

from anlan.domains.emergency.models import Alarm, Mute
from anlan.domains.emergency.queries.alarms import visible_alarms
from anlan.domains.emergency.terms import LIVE


def mute_of(alarm):
    """The mute of an alarm that nothing has ended yet, or None."""
    return Mute.objects.filter(alarm=alarm, ended_at=None).select_related("owner").first()


def open_mutes():
    """Every mute that nothing has ended yet, with its alarm, the one that ends first in front."""
    rows = Mute.objects.filter(ended_at=None).select_related("alarm__organisation", "alarm__place", "owner")
    return rows.order_by("until", "pk")


def visible_mutes(person, scene=LIVE):
    """The mutes that hold for alarms of a scene that `person` sees, the one that ends first in front."""
    return open_mutes().filter(alarm__in=visible_alarms(person, scene))


def mutes_of(alarm):
    """Every mute that an alarm has had, newest first."""
    return Mute.objects.filter(alarm=alarm).select_related("owner")


def open_count(scene=LIVE):
    """How many open alarms of a scene tell nobody just now."""
    return Alarm.objects.filter(scene=scene, lifted_at=None, muted_until__isnull=False).count()

"""Episodes of ill health of sensors: those open, those lately, and the gaps in counting that they left."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from anlan.domains.crowd.models import Sensor, SensorEpisode
from anlan.domains.crowd.queries.imputing import Gap
from anlan.domains.crowd.rules import BLIND

LOOK_BACK = timedelta(hours=48)
BLIND_SPAN = timedelta(hours=1)  # a day with so long a gap says nothing of what is usual


def sensors_in_use():
    """(pk, code, interval_s, place_id) of every sensor in use, as named rows; people are none."""
    rows = Sensor.objects.filter(retired_at=None, is_manual=False)
    return rows.values_list("pk", "code", "interval_s", "place_id", named=True)


def gaps_now(now):
    """{sensor code: [Gap]} of the sensors in use that did not count for some time in the last two days."""
    rows = SensorEpisode.objects.filter(Q(ended_at=None) | Q(ended_at__gt=now - LOOK_BACK))
    rows = rows.filter(state__in=BLIND, sensor__retired_at=None).select_related("sensor").order_by("began_at")
    gaps = {}
    for row in rows:
        until_ms = row.ended_at and as_ms(row.ended_at)
        gaps.setdefault(row.sensor.code, []).append(Gap(as_ms(row.began_at), until_ms, row.lacks))
    return gaps


def as_ms(moment):
    return round(moment.timestamp() * 1000)


def blind_sensors(day):
    """Codes of sensors that were blind for long on a local day: what they counted then is not usual."""
    start = timezone.make_aware(datetime.combine(day, time()))
    end = start + timedelta(days=1)
    rows = SensorEpisode.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=start), began_at__lt=end, state__in=BLIND
    )
    blind = defaultdict(timedelta)
    for code, began_at, ended_at in rows.values_list("sensor__code", "began_at", "ended_at"):
        blind[code] += min(ended_at or end, end) - max(began_at, start)
    return {code for code, span in blind.items() if span > BLIND_SPAN}


def episodes_of(sensor, limit=20):
    """The newest episodes of a sensor."""
    return SensorEpisode.objects.filter(sensor=sensor)[:limit]


def unwell_since(sensors):
    """{sensor id: since when it has been in its state} of those of `sensors` (a queryset) that are not well."""
    rows = SensorEpisode.objects.filter(sensor__in=sensors, ended_at=None)
    return dict(rows.values_list("sensor_id", "began_at"))


class BlindDoor(NamedTuple):
    """A door that does not count now: the entrance's name, else the sensor's; its state in words, since when."""

    name: str
    state: str
    began_at: datetime


def blind_doors(place):
    """The doors of a place that do not count now, the latest first."""
    rows = SensorEpisode.objects.filter(
        sensor__place=place, sensor__retired_at=None, state__in=BLIND, ended_at=None
    )
    return [
        BlindDoor(door_name(row.sensor), row.get_state_display(), row.began_at)
        for row in rows.select_related("sensor").prefetch_related("sensor__bindings__entrance")
    ]


def door_name(sensor):
    """The entrances that a sensor counts, else its own name."""
    entrances = [binding.entrance.name for binding in sensor.bindings.all() if binding.entrance]
    return "、".join(dict.fromkeys(entrances)) or str(sensor)

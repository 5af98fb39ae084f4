"""Episodes of ill health of sensors: those open, those lately, and the gaps in counting that they left."""

from collections import defaultdict
from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from anlan.domains.crowd.models import Sensor, SensorEpisode
from anlan.domains.crowd.queries.imputing import Gap
from anlan.domains.crowd.rules import BLIND

LOOK_BACK = timedelta(hours=48)
BLIND_SPAN = timedelta(hours=1)  # a day with so long a gap says nothing of what is usual


def sensors_in_use():
    """(pk, code, interval_s, place_id) of every sensor in use, as named rows."""
    rows = Sensor.objects.filter(retired_at=None)
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


def open_episodes(sensors):
    """{sensor id: its open episode} of these sensors."""
    return {row.sensor_id: row for row in SensorEpisode.objects.filter(sensor__in=sensors, ended_at=None)}


def blind_doors(place):
    """The sensors of a place that do not count now, each with its open episode and the entrance it stands at."""
    rows = SensorEpisode.objects.filter(
        sensor__place=place, sensor__retired_at=None, state__in=BLIND, ended_at=None
    )
    return rows.select_related("sensor").prefetch_related("sensor__bindings__entrance")

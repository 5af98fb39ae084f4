"""Sensors as a person sees them, what they count, and what is known of their channels."""

from dataclasses import dataclass

from anlan.domains.crowd.models import Binding, Sensor
from anlan.domains.crowd.queries.live import LIVE, sensor_lines
from anlan.domains.crowd.queries.spaces import sees
from anlan.kit.models import Change

RECOUNT = "crowd.recount"


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel heard of: its name, its totals, when it was heard last (UTC ms), its newest value."""

    name: str
    total_in: int
    total_out: int
    n_readings: int
    last_received_ms: int
    value: float | None


def visible_sensors(person):
    """The sensors that `person` may see, with place, credential and bindings at hand."""
    rows = Sensor.objects.select_related("place__organisation", "credential").prefetch_related("bindings")
    return rows.filter(sees(person))


def find_sensor(code, person):
    """The sensor of this code if `person` may see it, else None."""
    return visible_sensors(person).filter(code=code).first()


def sensor_for_readings(code):
    """The sensor in use of this code for the ingest door, or None: unknown or retired."""
    return Sensor.objects.select_related("credential").filter(code=code, retired_at=None).first()


def sensors_of_place(place):
    """The sensors in use at a place, without what people report."""
    return Sensor.objects.filter(place=place, retired_at=None, is_manual=False)


def bindings_of(sensor):
    """What the sensor's channels count, in the order of channels."""
    return Binding.objects.filter(sensor=sensor).select_related(
        "entrance", "into_zone", "from_zone", "sensor__place"
    )


def channels_seen(sensor, scene=LIVE):
    """The channels of this sensor that the engine has heard of, by name."""
    lines, view = sensor_lines(scene)
    return [
        Channel(
            name=view.names[at][1],
            total_in=int(view.total_in[at]),
            total_out=int(view.total_out[at]),
            n_readings=int(view.n_readings[at]),
            last_received_ms=int(view.last_received_ms[at]),
            value=None if (value := float(view.value[at])) != value else value,
        )
        for at in lines.get(sensor.code, ())
    ]


def recounts_of(place):
    """The recounts of a place and of its zones, newest first."""
    codes = [place.code, *(f"{place.code}/{code}" for code in place.zones.values_list("code", flat=True))]
    rows = Change.objects.filter(what=RECOUNT, after__space__in=codes)
    return rows.select_related("by").order_by("-id")

"""What the ingest doors need to know of sensors, and the wall of their health, in one query each."""

from typing import NamedTuple

from anlan.domains.crowd.models import Sensor
from anlan.domains.crowd.queries.live import LIVE, judge_health, live_scene, tally


class SensorCard(NamedTuple):
    """A sensor in use as the doors know it; `zone_name` is the zone its naive times are in."""

    code: str
    kind: str
    zone_name: str
    mapping: dict | None
    credential_id: int | None
    mqtt_topic: str
    place_id: int


def reporting_sensors():
    """Every sensor in use as a SensorCard."""
    rows = Sensor.objects.filter(retired_at=None, is_manual=False).values_list(*SensorCard._fields)
    return [SensorCard(*row) for row in rows]


def sensor_counts(scene=LIVE):
    """How many sensors in use are online, silent and in all, as the wall's tile shows them.

    A scene other than `live` has no register: its lines are its sensors, and all are online.
    """
    running = live_scene(scene)
    if scene != LIVE or running is None:
        total = len(running.line_view().names) if running else 0
        return {"online": total, "silent": 0, "total": total}
    sensors = list(Sensor.objects.filter(retired_at=None, is_manual=False).values_list("code", "interval_s"))
    return tally(judge_health(sensors, now_ms=running.clock.now_ms())[0].tolist())


def engine_state(scene=LIVE):
    """{"state", "ingest_age_ms"}: whether the scene's engine runs and how old its newest reading is."""
    running = live_scene(scene)
    if running is None:
        return {"state": "stopped", "ingest_age_ms": None}
    received = running.line_view().last_received_ms
    newest = int(received.max()) if len(received) else 0
    return {
        "state": running.state_of_engine,
        "ingest_age_ms": running.clock.now_ms() - newest if newest else None,
    }

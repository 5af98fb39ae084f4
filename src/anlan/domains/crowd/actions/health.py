"""The health of sensors on record: an episode from when one is not well until it is, or is otherwise unwell."""

from datetime import UTC, datetime

from django.db import transaction

from anlan.domains.crowd.models import SensorEpisode
from anlan.domains.crowd.rules import LOOKED_MIN
from anlan.domains.crowd.terms import SensorState

WELL = (SensorState.ONLINE, SensorState.NEVER)


def note_health(sensor_ids, health, *, now):
    """Begin and end episodes so that those open at `now` are what `health` ({code: SensorHealth}) says.

    sensor_ids: {code: id}. The episodes are the record; no change row is written: a sensor on a bad line fails often.
    Returns how many began or ended.
    """
    with transaction.atomic():
        is_open = {row.sensor_id: row for row in SensorEpisode.objects.filter(ended_at=None)}
        states = {sensor_ids[code]: one for code, one in health.items() if one.state not in WELL}
        over = [row for pk, row in is_open.items() if pk not in states or states[pk].state != row.state]
        for row in over:
            row.ended_at = now
        SensorEpisode.objects.bulk_update(over, ["ended_at"], batch_size=500)
        ended = {row.sensor_id for row in over}
        begun = [
            SensorEpisode(
                sensor_id=pk, state=one.state, reason=one.reason, lacks=one.lacks,
                began_at=min(began_at(one) or now, now),
            )
            for pk, one in states.items()
            if pk not in is_open or pk in ended
        ]  # fmt: skip
        SensorEpisode.objects.bulk_create(begun, batch_size=500)
    return len(over) + len(begun)


def began_at(one):
    """Since when a sensor is in its state, as far as its readings tell."""
    since_ms = {
        SensorState.SILENT: one.last_t_end_ms or one.last_received_ms,
        SensorState.STUCK: one.unchanged_since_ms,
        SensorState.ONE_WAY: one.at_ms - LOOKED_MIN * 60_000,
    }.get(one.state)
    return datetime.fromtimestamp(since_ms / 1000, UTC) if since_ms else None

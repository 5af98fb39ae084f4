"""What was counted: occupancy of a place by minute, passages by entrance, and totals by day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.utils import timezone

from anlan.domains.crowd.models import Binding
from anlan.domains.crowd.queries.live import LIVE, live_scene, sensor_lines
from anlan.domains.crowd.queries.spaces import space_code
from anlan.domains.crowd.terms import Measures

MINUTE_MS = 60_000
MAX_STEPS = 3_000  # a chart has no more pixels


@dataclass(frozen=True)
class EntranceFlow:
    """An entrance with (in, out) of the last 15 minutes and of today; None where no channel counts it."""

    entrance: object
    last_15_min: tuple | None
    today: tuple | None


def history(subject, *, start, end, step_min=None, scene=LIVE):
    """The history of a place or zone: {"t_ms", "occupancy", "band" (half its width), "in", "out"} as lists, None where unknown.

    `start` and `end` are aware datetimes; the step grows until at most 3,000 steps remain. Empty lists where
    the engine does not run or does not know the space.
    """
    running, from_ms, to_ms = live_scene(scene), as_ms(start), as_ms(end)
    needed = -(-(to_ms - from_ms) // (MINUTE_MS * MAX_STEPS))
    try:
        found = running and running.space_minutes(
            space_code(subject), from_ms, to_ms, max(step_min or 1, needed, 1)
        )
    except ValueError:  # the engine has not heard of it yet
        found = None
    return {
        name: as_list(found[name]) if found else [] for name in ("t_ms", "occupancy", "band", "in", "out")
    }


def as_ms(moment):
    return int(moment.timestamp() * 1000)


def as_list(array):
    """An array as plain numbers; nan becomes None."""
    if array.dtype.kind != "f":
        return array.tolist()
    return [None if value != value else value for value in array.tolist()]


def entrance_flows(place, *, now, scene=LIVE):
    """Passages through each entrance of `place`, as the place's people count them: one EntranceFlow each."""
    bindings = Binding.objects.filter(entrance__place=place, measures=Measures.FLOW, sensor__retired_at=None)
    by_entrance = {}
    for binding in bindings.select_related("sensor"):
        by_entrance.setdefault(binding.entrance_id, []).append(binding)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    spans = ((now - timedelta(minutes=15), now), (midnight, now))
    heard = sensor_lines(scene)
    return [
        EntranceFlow(
            entrance, *(sum_bound(by_entrance.get(entrance.pk), *span, heard, scene) for span in spans)
        )
        for entrance in place.entrances.all()
    ]


def sum_bound(bindings, start, end, heard, scene):
    """(in, out) that these bindings counted in [start, end); None where there are none."""
    if not bindings:
        return None
    came = went = 0
    for binding in bindings:
        n_in, n_out = sum_passages(chosen_lines(binding, *heard), start, end, scene)
        came, went = (came + n_out, went + n_in) if binding.is_reversed else (came + n_in, went + n_out)
    return came, went


def chosen_lines(binding, lines, view):
    """The engine's lines of a binding's channel; "*" is every channel of its sensor."""
    own = lines.get(binding.sensor.code, ())
    return [at for at in own if binding.channel in ("*", view.names[at][1])]


def sum_passages(lines, start, end, scene):
    """(in, out) of these lines in [start, end)."""
    running = live_scene(scene)
    if running is None or not lines:
        return 0, 0
    rows = running.history.minutes(np.array(lines), as_ms(start), as_ms(end))
    return int(rows["n_in"].sum()), int(rows["n_out"].sum())


def daily_totals(sensor, *, until, days, scene=LIVE):
    """Passages of a sensor by day of its own zone, newest first: a list of {"day", "in", "out"}."""
    lines, _ = sensor_lines(scene)
    own, zone = lines.get(sensor.code, ()), ZoneInfo(sensor.zone_name)
    if not own:
        return []
    today = datetime.combine(until.astimezone(zone).date(), datetime.min.time(), zone)
    starts = [today - timedelta(days=back) for back in range(days)]
    rows = live_scene(scene).history.minutes(
        np.array(own), as_ms(starts[-1]), as_ms(today + timedelta(days=1))
    )
    minute_ms = rows["minute"].astype(np.int64) * MINUTE_MS
    totals = []
    for start in starts:
        of_day = (minute_ms >= as_ms(start)) & (minute_ms < as_ms(start + timedelta(days=1)))
        totals.append(
            {
                "day": start.date(),
                "in": int(rows["n_in"][of_day].sum()),
                "out": int(rows["n_out"][of_day].sum()),
            }
        )
    return totals

"""What was counted: occupancy of a place by minute, passages by entrance, and totals by day."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from anlan.domains.crowd.models import Binding
from anlan.domains.crowd.queries.live import LIVE, live_scene, sensor_lines
from anlan.domains.crowd.terms import Measures

MINUTE_MS = 60_000
MAX_STEPS = 3_000  # a chart has no more pixels


def history(code, *, start, end, step_min=None, scene=LIVE):
    """The history of a space: {"t_ms", "occupancy", "in", "out"} as lists, None where unknown.

    `code` is the space's code, `start` and `end` are aware datetimes; the step grows until at most 3,000
    steps remain. Empty lists where the engine does not run or does not know the space.
    """
    running = live_scene(scene)
    if running is None or code not in running.wiring.index:
        return {name: [] for name in ("t_ms", "occupancy", "in", "out")}
    from_ms, to_ms = as_ms(start), as_ms(end)
    needed = -(-(to_ms - from_ms) // (MINUTE_MS * MAX_STEPS))
    found = running.space_minutes(code, from_ms, to_ms, max(step_min or 1, needed, 1))
    return {name: as_list(array) for name, array in found.items()}


def as_ms(moment):
    return int(moment.timestamp() * 1000)


def as_list(array):
    """An array as plain numbers; nan becomes None."""
    if array.dtype.kind != "f":
        return array.tolist()
    return [None if value != value else value for value in array.tolist()]


def entrance_flows(place, *, start, end, scene=LIVE):
    """Passages through each entrance of `place` in [start, end): a list of {"entrance", "in", "out"}.

    Entrances that no channel counts have None for both.
    """
    bindings = Binding.objects.filter(entrance__place=place, measures=Measures.FLOW, sensor__retired_at=None)
    lines, view = sensor_lines(scene)
    counted = {}
    for binding in bindings.select_related("sensor"):
        n_in, n_out = sum_passages(chosen_lines(binding, lines, view), start, end, scene)
        came, went = counted.get(binding.entrance_id, (0, 0))
        into, out_of = (n_out, n_in) if binding.is_reversed else (n_in, n_out)
        counted[binding.entrance_id] = (came + into, went + out_of)
    return [
        {"entrance": entrance, "in": counted.get(entrance.pk, (None, None))[0], "out": counted.get(entrance.pk, (None, None))[1]}
        for entrance in place.entrances.all()
    ]  # fmt: skip


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
    rows = live_scene(scene).history.minutes(np.array(own), as_ms(starts[-1]), as_ms(today + timedelta(days=1)))
    minute_ms = rows["minute"].astype(np.int64) * MINUTE_MS
    totals = []
    for start in starts:
        of_day = (minute_ms >= as_ms(start)) & (minute_ms < as_ms(start + timedelta(days=1)))
        totals.append({"day": start.date(), "in": int(rows["n_in"][of_day].sum()), "out": int(rows["n_out"][of_day].sum())})
    return totals

"""A scene's present state as one plain structure: what a wall needs to draw itself."""

import math
import threading
from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone

from anlan.domains.crowd import queries as crowd
from anlan.domains.crowd.actions import MACHINE_DEEDS
from anlan.domains.crowd.terms import WarningLevel
from anlan.domains.places import queries as places
from anlan.domains.places.terms import PlaceKind
from anlan.kit.queries import last_change_id
from anlan.kit.terms import LIVE
from anlan.site.scenes import card_of
from anlan.site.sending import channel_counts

SPARK_STEP_MIN = 5
SPARK_HOURS = 3
SPARKS = 12  # the fullest places get a line of the last three hours
RECENT = 20

_map_lock = threading.Lock()
_map = {"change": -1, "spaces": {}}


def map_of_register():
    """{space code: kind, lon, lat, outline, is_demo} of the register, read anew when anything changed."""
    newest = last_change_id(leaving_out=MACHINE_DEEDS)
    with _map_lock:
        if _map["change"] != newest:
            spaces = places.watched_spaces(timezone.localdate())
            _map["spaces"] = {
                one.code: {"kind": one.kind, "lon": one.lon, "lat": one.lat, "outline": one.outline,
                           "is_demo": one.is_demo, "area_m2": one.area_m2}
                for one in spaces
            }  # fmt: skip
            _map["change"] = newest
        return _map["spaces"]


def build_snapshot(scene, watcher):
    """The snapshot of `scene` as `watcher` may see it."""
    card = card_of(scene.name)
    where = map_of_register() if card.geography is None else card.geography
    counted = counted_codes(scene.topology)
    spaces = [
        one
        for one in crowd.live_spaces(scene.name).values()
        if one.code in counted and watcher.sees(one.code)
    ]
    declared = {
        space.code: {
            "thresholds": share_limits(space.thresholds), "passage_capacity": space.passage_capacity_per_min,
        }
        for space in scene.topology.spaces
    }  # fmt: skip
    unkept = scene.unkept()
    rows = [describe_space(one) | declared[one.code] | where.get(one.code, {}) for one in spaces]
    add_sparks(scene, rows)
    return {
        "scene": {
            "name": scene.name, "title": card.title, "kind": scene.name.partition(":")[0],
            "at": scene.clock.now_ms(), "speed": card.speed, "marks": card.marks,
        },
        "district": card.district or settings.DISTRICT,
        "demo": any(row.get("is_demo") for row in rows),
        "spaces": rows,
        "warnings": [
            describe_warning(one) | {"volatile": one.code in unkept, "crossing_at": crossing_of(one, scene)}
            for one in spaces
            if one.level != "none"
        ],
        "unusual": [
            {"code": row.space_code, "name": row.space_name, "times": row.times, "since": round(row.opened_at.timestamp() * 1000)}
            for row in crowd.open_unusual(scene=scene.name)
            if watcher.sees(row.space_code)
        ],
        "changes": [one | {"at": one["at_ms"]} for one in scene.recent_changes(RECENT) if watcher.sees(one["code"])],
        "exits": [
            {"code": code, "lon": one["lon"], "lat": one["lat"]}
            for code, one in where.items()
            if one["kind"] == PlaceKind.STATION_EXIT and code not in counted and watcher.sees(code)
        ],
        "last_id": scene.feed.last_id,
    } | health(scene)  # fmt: skip


def share_limits(own):
    """{level: share of capacity} at which the share rule warns, with a place's own thresholds."""
    values = crowd.DEFAULT_THRESHOLDS | own
    return {level: values[f"share_{level}"] for level in WarningLevel.values if level != WarningLevel.NONE}


def counted_codes(topology):
    """The spaces that some counter is bound to, and those they lie in: a place without counters is no news."""
    parents = {space.code: space.parent for space in topology.spaces}
    counted = set()
    for binding in topology.bindings:
        for code in (binding.into, binding.out_of):
            while code is not None and code not in counted:
                counted.add(code)
                code = parents.get(code)
    return counted


def health(scene):
    """Sensors, engine, channels (of the live scene) and the pace of the scene's time, as the wall's status panel shows them."""
    return {
        "speed": card_of(scene.name).speed,
        "sensors": crowd.sensor_counts(scene.name),
        "engine": crowd.engine_state(scene.name),
        "channels": channel_counts() if scene.name == LIVE else None,
    }


def describe_space(one):
    """A LiveSpace as the wall's row."""
    return {
        "code": one.code, "name": one.name, "parent": one.parent, "capacity": one.capacity,
        "occupancy": one.occupancy, "share": one.share, "density": one.density_per_m2,
        "net_per_min": one.net_flow_per_min, "ttc_min": one.time_to_capacity_min,
        "band": round(one.band), "dead_share": one.dead_share,
        "level": one.shown_level, "since": one.since_ms, "reason": one.reason, "last": one.last_received_ms or None,
    }  # fmt: skip


def describe_warning(one):
    """A LiveSpace above `none` as the wall's warning."""
    return {
        "code": one.code, "name": one.name, "level": one.level, "since": one.since_ms, "reason": one.reason,
        "channel": one.reason.get("channel", "D"),
    }  # fmt: skip


def crossing_of(one, scene):
    """When capacity is expected to be reached where a forecast has raised the level, UTC milliseconds; else None."""
    if scene.name != crowd.LIVE or one.reason.get("channel", "D") == "D":
        return None
    outlook = crowd.outlook_of(one.code, now=datetime.fromtimestamp(scene.clock.now_ms() / 1000, UTC))
    return outlook and outlook.numbers["crossing_at_ms"]


def add_sparks(scene, rows):
    """Give the fullest places their last hours, one occupancy every five minutes."""
    known = [row for row in rows if row["occupancy"] is not None and row["parent"] is None]
    fullest = {row["code"]: row for row in sorted(known, key=lambda row: -(row["share"] or 0))[:SPARKS]}
    now_ms = scene.clock.now_ms()
    past = scene.spaces_minutes(list(fullest), now_ms - SPARK_HOURS * 3_600_000, now_ms, SPARK_STEP_MIN)
    for code, series in past.items():
        fullest[code]["spark"] = [
            None if math.isnan(people) else people for people in series["occupancy"].tolist()
        ]

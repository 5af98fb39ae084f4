"""Reads of the register."""

from anlan.domains.places.queries.capacity import (
    capacities,
    capacity_progress,
    capacity_state,
    decider_line,
    decider_lines,
    decider_parts,
    determined_now,
    known_area_m2,
    undetermined,
    valid_capacity,
    with_capacity,
)
from anlan.domains.places.queries.imports import plan_import, visible_imports
from anlan.domains.places.queries.register import (
    WatchedSpace,
    answers_for,
    editable_places,
    find_place,
    map_places,
    places_by_id,
    public_places,
    rail_lines,
    search,
    story,
    visible_places,
    watched_spaces,
)
from anlan.domains.places.queries.scope import codes_within

__all__ = [
    "WatchedSpace",
    "answers_for",
    "capacities",
    "capacity_progress",
    "capacity_state",
    "codes_within",
    "decider_line",
    "decider_lines",
    "decider_parts",
    "determined_now",
    "editable_places",
    "find_place", "known_area_m2",
    "map_places",
    "places_by_id",
    "plan_import",
    "public_places",
    "rail_lines",
    "search",
    "story",
    "undetermined",
    "valid_capacity",
    "visible_imports",
    "visible_places",
    "watched_spaces",
    "with_capacity",
]  # fmt: skip

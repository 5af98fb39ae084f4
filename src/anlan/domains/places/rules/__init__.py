"""The arithmetic of this room: plain values and `now` in, a decision with its reason out."""

from anlan.domains.places.rules.assessments import check_assessment
from anlan.domains.places.rules.capacity import (
    METHODS,
    Computed,
    Method,
    check_determination,
    check_publication,
    check_value,
    compute_capacity,
    pick_newest,
    pick_valid,
    warn_of_value,
)
from anlan.domains.places.rules.deciders import DECIDERS, DeciderLine, check_decider, find_deciders
from anlan.domains.places.rules.entrances import (
    STATES,
    check_entrance_state,
    check_gates,
    check_ways_out,
    check_width,
    lets_in,
    may_leave,
    passage_per_min,
    sum_passages,
)
from anlan.domains.places.rules.register import (
    CODE,
    check_area,
    check_code,
    check_grade,
    check_parent,
    check_reason,
)

__all__ = [
    "CODE", "DECIDERS", "METHODS", "STATES", "Computed", "DeciderLine", "Method", "check_area", "check_assessment", "check_code", "check_decider", "check_determination",
    "check_entrance_state", "check_gates", "check_grade", "check_parent", "check_publication", "check_reason", "check_value",
    "check_ways_out", "check_width", "compute_capacity", "find_deciders", "lets_in", "may_leave", "passage_per_min",
    "pick_newest", "pick_valid", "sum_passages", "warn_of_value",
]  # fmt: skip

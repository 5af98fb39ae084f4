"""Rules of hazards: plain values in, a reason or None out."""

from anlan.domains.hazards.rules.life import (
    AFTER_AT,
    ENDED,
    LIFE,
    LISTABLE,
    ON_THE_WAY,
    Facts,
    Move,
    check_list_step,
    check_step,
    fits,
    say_number,
    steps_from,
)
from anlan.domains.hazards.rules.near import distance_m, height_due, outer_box

__all__ = [
    "AFTER_AT",
    "ENDED",
    "LIFE",
    "LISTABLE",
    "ON_THE_WAY",
    "Facts",
    "Move",
    "check_list_step",
    "check_step",
    "distance_m",
    "fits",
    "height_due",
    "outer_box",
    "say_number",
    "steps_from",
]

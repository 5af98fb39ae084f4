"""Rules of the crowd watch: plain numbers in, a level with its reason out. No database, no clock, no chance."""

from anlan.domains.crowd.rules.arrivals import check_arrivals, read_curve, say_curve, shape_curve, spread
from anlan.domains.crowd.rules.health import (
    BLIND,
    LACKS_IN,
    LACKS_OUT,
    LOOKED_MIN,
    compute_imbalance,
    compute_shift,
    find_idle,
    find_one_way,
    sensor_states,
    tell_state,
)
from anlan.domains.crowd.rules.ladder import LEVELS, RULES, judge
from anlan.domains.crowd.rules.plan import PlannedPlace, Progress, plan_months, sum_progress
from anlan.domains.crowd.rules.reset import QUIET_MINUTE
from anlan.domains.crowd.rules.thresholds import (
    DEFAULT_THRESHOLDS,
    SWITCH,
    THRESHOLDS,
    check_thresholds,
    find_fault,
)
from anlan.domains.crowd.rules.unread import sort_of_refusal

__all__ = [
    "BLIND",
    "DEFAULT_THRESHOLDS",
    "LACKS_IN",
    "LACKS_OUT",
    "LEVELS",
    "LOOKED_MIN",
    "QUIET_MINUTE",
    "RULES",
    "SWITCH",
    "THRESHOLDS",
    "PlannedPlace",
    "Progress",
    "check_arrivals",
    "check_thresholds",
    "compute_imbalance",
    "compute_shift",
    "find_fault",
    "find_idle",
    "find_one_way",
    "judge",
    "plan_months",
    "read_curve",
    "say_curve",
    "sensor_states",
    "shape_curve",
    "sort_of_refusal",
    "spread",
    "sum_progress",
    "tell_state",
]

"""Rules of the crowd watch: plain numbers in, a level with its reason out. No database, no clock, no chance."""

from anlan.domains.crowd.rules.health import sensor_state
from anlan.domains.crowd.rules.ladder import LEVELS, RULES, judge
from anlan.domains.crowd.rules.thresholds import DEFAULT_THRESHOLDS, THRESHOLDS, check_thresholds

__all__ = [
    "DEFAULT_THRESHOLDS",
    "LEVELS",
    "RULES",
    "THRESHOLDS",
    "check_thresholds",
    "judge",
    "sensor_state",
]

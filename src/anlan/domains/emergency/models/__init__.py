"""Rows of emergency."""

from anlan.domains.emergency.models.agencies import (
    Agency,
    AlarmAgency,
)
from anlan.domains.emergency.models.alarms import (
    Alarm,
    AlarmDay,
)
from anlan.domains.emergency.models.answers import (
    Answer,
)
from anlan.domains.emergency.models.judgement import (
    Judgement,
)

__all__ = [
    "Agency",
    "Alarm",
    "AlarmAgency",
    "AlarmDay",
    "Answer",
    "Judgement",
]

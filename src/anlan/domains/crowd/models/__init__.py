"""Rows of the crowd watch."""

from anlan.domains.crowd.models.findings import (
    Tendency,
    UnusualCount,
    Warning,
)
from anlan.domains.crowd.models.observations import Observation
from anlan.domains.crowd.models.patrols import CheckIn, PatrolFinding, PatrolRound, PatrolRoute, PatrolStop
from anlan.domains.crowd.models.sensors import (
    Binding,
    QuarantinedPayload,
    Sensor,
    SensorEpisode,
)
from anlan.domains.crowd.models.settings import (
    BackTest,
    CounterPlan,
    CountReset,
    PlannedArrivals,
    ThresholdSet,
)
from anlan.domains.crowd.models.skill import (
    ChannelLevels,
    ChannelSkill,
)

__all__ = [
    "BackTest",
    "Binding",
    "ChannelLevels",
    "ChannelSkill",
    "CheckIn",
    "CountReset",
    "CounterPlan",
    "Observation",
    "PatrolFinding",
    "PatrolRound",
    "PatrolRoute",
    "PatrolStop",
    "PlannedArrivals",
    "QuarantinedPayload",
    "Sensor",
    "SensorEpisode",
    "Tendency",
    "ThresholdSet",
    "UnusualCount",
    "Warning",
]

"""Words of the crowd watch."""

from anlan.domains.crowd.terms.arrivals import ArrivalRefusal, ArrivalShape, ArrivalState
from anlan.domains.crowd.terms.coverage import PlanState
from anlan.domains.crowd.terms.outlook import (
    LIKE_DAYS_NEEDED,
    ForecastChannel,
    ForecastQuantity,
    NoForecast,
    TendencyKind,
)
from anlan.domains.crowd.terms.patrols import (
    PATROL_IS_NO_INSPECTION,
    ObservationKind,
    ObservationRefusal,
    PatrolDays,
    PatrolRefusal,
    RoundState,
)
from anlan.domains.crowd.terms.sensors import (
    DeviceKind,
    Measures,
    QuarantineState,
    SensorCare,
    SensorState,
    UnreadSort,
)
from anlan.domains.crowd.terms.thresholds import (
    ThresholdGroup,
    ThresholdMark,
    ThresholdName,
    ThresholdRefusal,
    ThresholdSource,
    ThresholdUnit,
)
from anlan.domains.crowd.terms.warnings import Quantity, Rule, WarningChannel, WarningKind, WarningLevel

__all__ = [
    "LIKE_DAYS_NEEDED",
    "PATROL_IS_NO_INSPECTION",
    "ArrivalRefusal",
    "ArrivalShape",
    "ArrivalState",
    "DeviceKind",
    "ForecastChannel",
    "ForecastQuantity",
    "Measures",
    "NoForecast",
    "ObservationKind",
    "ObservationRefusal",
    "PatrolDays",
    "PatrolRefusal",
    "PlanState",
    "Quantity",
    "QuarantineState",
    "RoundState",
    "Rule",
    "SensorCare",
    "SensorState",
    "TendencyKind",
    "ThresholdGroup",
    "ThresholdMark",
    "ThresholdName",
    "ThresholdRefusal",
    "ThresholdSource",
    "ThresholdUnit",
    "UnreadSort",
    "WarningChannel",
    "WarningKind",
    "WarningLevel",
]

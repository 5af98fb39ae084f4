"""Words of emergency: alarms, incidents, duty, joint response."""

from anlan.domains.emergency.terms.agencies import (
    AgencyRefusal,
)
from anlan.domains.emergency.terms.alarms import (
    FELL_BACK,
    LEVELS,
    LIVE,
    AlarmOrigin,
    AlarmRefusal,
    AlarmState,
    Deed,
    Verdict,
)
from anlan.domains.emergency.terms.answers import (
    AnswerEnd,
    AnswerRefusal,
    AnswerWay,
)
from anlan.domains.emergency.terms.calls import (
    CallerSort,
    CallRefusal,
)
from anlan.domains.emergency.terms.checks import (
    CheckAnswer,
    CheckRefusal,
    CheckStand,
)
from anlan.domains.emergency.terms.incidents import (
    CaseKind,
    EntryKind,
    IncidentKind,
    IncidentLevel,
    IncidentRefusal,
    IncidentState,
    IncidentStep,
)
from anlan.domains.emergency.terms.judgement import (
    Decision,
    JudgementRefusal,
    ResponseLevel,
)
from anlan.domains.emergency.terms.measures import (
    ANYWHERE,
    GATED,
    Authority,
    DecidingBasis,
    DecidingRefusal,
    Measure,
    Relation,
)
from anlan.domains.emergency.terms.orders import (
    CommandRefusal,
    CommandRole,
    NeedState,
    ObjectiveState,
    OrderState,
)
from anlan.domains.emergency.terms.reports import (
    InstructionRefusal,
    RelayState,
    ReportRefusal,
    ReportSort,
    ReportState,
    Section,
)

__all__ = [
    "ANYWHERE",
    "FELL_BACK",
    "GATED",
    "LEVELS",
    "LIVE",
    "AgencyRefusal",
    "AlarmOrigin",
    "AlarmRefusal",
    "AlarmState",
    "AnswerEnd",
    "AnswerRefusal",
    "AnswerWay",
    "Authority",
    "CallRefusal",
    "CallerSort",
    "CaseKind",
    "CheckAnswer",
    "CheckRefusal",
    "CheckStand",
    "CommandRefusal",
    "CommandRole",
    "DecidingBasis",
    "DecidingRefusal",
    "Decision",
    "Deed",
    "EntryKind",
    "IncidentKind",
    "IncidentLevel",
    "IncidentRefusal",
    "IncidentState",
    "IncidentStep",
    "InstructionRefusal",
    "JudgementRefusal",
    "Measure",
    "NeedState",
    "ObjectiveState",
    "OrderState",
    "Relation",
    "RelayState",
    "ReportRefusal",
    "ReportSort",
    "ReportState",
    "ResponseLevel",
    "Section",
    "Verdict",
]

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
    "DecidingBasis",
    "DecidingRefusal",
    "Decision",
    "Deed",
    "JudgementRefusal",
    "Measure",
    "Relation",
    "ResponseLevel",
    "Verdict",
]

"""Words of hazards and of self-checks."""

from anlan.domains.hazards.terms.cases import CaseChannel, CaseField, CaseOutcome, CaseRefusal, CaseState
from anlan.domains.hazards.terms.hazards import (
    FIVE,
    CriterionSource,
    ExtensionState,
    Field,
    HazardGrade,
    HazardSource,
    HazardState,
    Refusal,
    Stage,
    Step,
)
from anlan.domains.hazards.terms.major import Audience, MajorRefusal, Means, StopScope, StopState, StopStep
from anlan.domains.hazards.terms.patterns import (
    Industry,
    PatternNature,
    PatternRefusal,
    PatternScope,
    PatternState,
    PatternStep,
    RateBase,
    Verdict,
)
from anlan.domains.hazards.terms.public import Progress, PublicField, PublicRefusal, Suspicion
from anlan.domains.hazards.terms.statements import Cell, StatementRefusal, StatementScope, StatementState

__all__ = [
    "FIVE",
    "Audience",
    "CaseChannel",
    "CaseField",
    "CaseOutcome",
    "CaseRefusal",
    "CaseState",
    "Cell",
    "CriterionSource",
    "ExtensionState",
    "Field",
    "HazardGrade",
    "HazardSource",
    "HazardState",
    "Industry",
    "MajorRefusal",
    "Means",
    "PatternNature",
    "PatternRefusal",
    "PatternScope",
    "PatternState",
    "PatternStep",
    "Progress",
    "PublicField",
    "PublicRefusal",
    "RateBase",
    "Refusal",
    "Stage",
    "StatementRefusal",
    "StatementScope",
    "StatementState",
    "Step",
    "StopScope",
    "StopState",
    "StopStep",
    "Suspicion",
    "Verdict",
]

"""Words of hazards and of self-checks."""

from anlan.domains.hazards.terms.hazards import (
    FIVE,
    Audience,
    ExtensionState,
    Field,
    HazardGrade,
    HazardSource,
    HazardState,
    Means,
    Refusal,
    Stage,
    StatementScope,
    StatementState,
    Step,
    StopScope,
    StopState,
    StopStep,
)

__all__ = [
    "FIVE",
    "Audience",
    "ExtensionState",
    "Field",
    "HazardGrade",
    "HazardSource",
    "HazardState",
    "Means",
    "Refusal",
    "Stage",
    "StatementScope",
    "StatementState",
    "Step",
    "StopScope",
    "StopState",
    "StopStep",
]

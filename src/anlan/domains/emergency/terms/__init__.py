"""Words of emergency: alarms, incidents, duty, joint response."""

from anlan.domains.emergency.terms.measures import (
    ANYWHERE,
    GATED,
    Authority,
    DecidingBasis,
    DecidingRefusal,
    Measure,
    Relation,
)

__all__ = ["ANYWHERE", "GATED", "Authority", "DecidingBasis", "DecidingRefusal", "Measure", "Relation"]

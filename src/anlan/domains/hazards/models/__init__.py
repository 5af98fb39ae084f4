"""Rows of hazards."""

from anlan.domains.hazards.models.hazards import Hazard, HazardNumber
from anlan.domains.hazards.models.parts import Evidence, HazardExtension

__all__ = ["Evidence", "Hazard", "HazardExtension", "HazardNumber"]

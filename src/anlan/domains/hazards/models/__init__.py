"""Rows of hazards."""

from anlan.domains.hazards.models.hazards import Hazard, HazardNumber
from anlan.domains.hazards.models.major import StopOrder, Telling
from anlan.domains.hazards.models.parts import Evidence, HazardExtension
from anlan.domains.hazards.models.statements import Statement

__all__ = ["Evidence", "Hazard", "HazardExtension", "HazardNumber", "Statement", "StopOrder", "Telling"]

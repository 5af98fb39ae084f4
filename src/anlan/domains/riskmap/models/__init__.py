"""Rows of the risk map."""

from anlan.domains.riskmap.models.points import RiskAssessment, RiskPoint
from anlan.domains.riskmap.models.sheets import RiskSheet

__all__ = ["RiskAssessment", "RiskPoint", "RiskSheet"]

"""Rows of the risk map."""

from anlan.domains.riskmap.models.imports import RiskImport, RiskImportRow
from anlan.domains.riskmap.models.points import RiskAssessment, RiskPoint
from anlan.domains.riskmap.models.sheets import RiskSheet

__all__ = ["RiskAssessment", "RiskImport", "RiskImportRow", "RiskPoint", "RiskSheet"]

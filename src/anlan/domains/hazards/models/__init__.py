"""Rows of hazards."""

from anlan.domains.hazards.models.cases import CaseResult, IncomingCase, ResultPosition
from anlan.domains.hazards.models.checklists import (
    CheckFinding,
    Checklist,
    ChecklistVersion,
    CheckPhoto,
    DueCheck,
    KeeperLink,
    SelfCheck,
)
from anlan.domains.hazards.models.exercises import UnitExercise
from anlan.domains.hazards.models.hazards import Hazard, HazardNumber
from anlan.domains.hazards.models.major import StopOrder, Telling
from anlan.domains.hazards.models.parts import Evidence, HazardExtension
from anlan.domains.hazards.models.patterns import Pattern, PatternLook
from anlan.domains.hazards.models.public import PublicReport, ReporterContact
from anlan.domains.hazards.models.statements import Statement

__all__ = [
    "CaseResult",
    "CheckFinding",
    "CheckPhoto",
    "Checklist",
    "ChecklistVersion",
    "DueCheck",
    "Evidence",
    "Hazard",
    "HazardExtension",
    "HazardNumber",
    "IncomingCase",
    "KeeperLink",
    "Pattern",
    "PatternLook",
    "PublicReport",
    "ReporterContact",
    "ResultPosition",
    "SelfCheck",
    "Statement",
    "StopOrder",
    "Telling",
    "UnitExercise",
]

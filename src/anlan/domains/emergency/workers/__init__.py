"""Sweeps of emergency."""

from anlan.domains.emergency.workers.duty import DutySweeps
from anlan.domains.emergency.workers.incidents import sweeps as incident_sweeps
from anlan.domains.emergency.workers.ladder import LadderWatch
from anlan.domains.emergency.workers.observed import ObservationTaker
from anlan.domains.emergency.workers.taking import WarningTaker

__all__ = [
    "DutySweeps",
    "LadderWatch",
    "ObservationTaker",
    "WarningTaker",
    "incident_sweeps",
]

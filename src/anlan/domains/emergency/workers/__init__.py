"""Sweeps of emergency."""

from anlan.domains.emergency.workers.incidents import sweeps as incident_sweeps
from anlan.domains.emergency.workers.taking import WarningTaker

__all__ = [
    "WarningTaker",
    "incident_sweeps",
]

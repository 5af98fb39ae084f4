"""Sweeps of emergency."""

from anlan.domains.emergency.workers.taking import WarningTaker

__all__ = [
    "WarningTaker",
]

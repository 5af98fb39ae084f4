"""What runs beside the pages: overdue hazards climb."""

from anlan.domains.hazards import actions, queries
from anlan.kit.actions import Refused
from anlan.kit.worker import Sweep

ESCALATE_EVERY_S = 60.0


def escalate_overdue(now):
    """A sweep: whoever stands above hears of each overdue hazard that has not climbed high enough yet."""
    for hazard in queries.overdue_hazards(now).iterator(chunk_size=500):
        try:
            actions.escalate_hazard(hazard, by=None, now=now)
        except Refused:
            continue  # it stands where it belongs


def sweeps():
    """The chores of this room."""
    return [Sweep("overdue hazards", escalate_overdue, ESCALATE_EVERY_S)]

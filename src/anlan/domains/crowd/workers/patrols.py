"""Patrols beside the pages: rounds are planned, and those that nobody begins or ends in time are told."""

from anlan.domains.crowd.actions.patrols import lapse_round, miss_round
from anlan.domains.crowd.actions.routes import plan_ahead
from anlan.domains.crowd.queries.patrols import overdue_rounds, routes_in_use
from anlan.kit.actions import Refused


def follow_patrols(now):
    """A sweep: plan what begins in the next hours, then see what is overdue. Doing it twice changes nothing more."""
    for route in routes_in_use():
        plan_ahead(route, now=now)
    missed, lapsed = overdue_rounds(now)
    for act, rows in ((miss_round, missed), (lapse_round, lapsed)):
        for row in rows:
            try:
                act(row, by=None, now=now)
            except Refused:
                continue  # somebody began or ended it just now

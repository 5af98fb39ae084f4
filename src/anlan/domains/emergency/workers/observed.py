"""People on the spot become alarms: the sweep that takes what they report as 人太多了, each once."""

from datetime import timedelta

from anlan.domains.crowd.actions import keep_observation
from anlan.domains.crowd.queries import observations_by_id
from anlan.domains.crowd.terms import ObservationKind
from anlan.domains.emergency.actions.observed import take_observation
from anlan.domains.emergency.workers.takers import ChangeTaker

STALE_AFTER = timedelta(hours=2)  # what was seen so long ago, sent late, raises nobody any more


class ObservationTaker(ChangeTaker):
    """Takes observations of too many people."""

    taker = "emergency.observed"
    kinds = (keep_observation.verb,)
    narrowed = {"after__kind": ObservationKind.TOO_MANY}

    def know(self, ids):
        return observations_by_id(ids)

    def deal(self, change, subject, now):
        """Raise or join the alarm of its place."""
        if now - subject.at <= STALE_AFTER:
            take_observation(subject, by=None, now=now, key=f"alarm/observation/{subject.uid}")

"""People on the spot become alarms: the sweep that takes what they report as 人太多了, each once."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from anlan.domains.crowd.actions import keep_observation
from anlan.domains.crowd.queries import observations_by_id
from anlan.domains.crowd.terms import ObservationKind
from anlan.domains.emergency.actions.observed import take_observation
from anlan.kit.actions import take
from anlan.kit.models import Change
from anlan.kit.queries import LATE_IDS
from anlan.kit.worker import UNFINISHED

TAKER = "emergency.observed"
AT_ONCE = 200
STALE_AFTER = timedelta(hours=2)  # what was seen so long ago, sent late, raises nobody any more


class ObservationTaker:
    """Takes observations of too many people, in order; a stop at any moment loses nothing and doubles nothing."""

    def __init__(self):
        self.floor = 0  # changes up to here are taken

    def run(self, now):
        """A sweep: take the next. One that cannot be taken stops no other and is tried again."""
        newest = Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
        rows = Change.objects.filter(id__gt=self.floor, after__kind=ObservationKind.TOO_MANY)
        changes = list(rows.untaken(TAKER, kinds=(keep_observation.verb,))[:AT_ONCE])
        known = observations_by_id({int(change.subject_id) for change in changes})
        failed = None
        for change in changes:
            try:
                self.take_one(change, known[int(change.subject_id)], now)
            except Exception as error:
                failed = failed or error
        if failed:
            raise failed
        if len(changes) == AT_ONCE:
            return UNFINISHED
        self.floor = max(self.floor, newest - LATE_IDS)
        return None

    def take_one(self, change, observation, now):
        """Take one and raise or join its alarm, in one transaction; a second taker finds it taken."""
        try:
            with transaction.atomic():
                take(change, taker=TAKER, now=now)
                if now - observation.at <= STALE_AFTER:
                    key = f"alarm/observation/{observation.uid}"
                    take_observation(observation, by=None, now=now, key=key)
        except IntegrityError:
            if not change.takings.filter(taker=TAKER).exists():
                raise

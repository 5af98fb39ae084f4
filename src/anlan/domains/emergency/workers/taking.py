"""Warnings become alarms: the sweep that takes the crowd's level changes, each once."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from anlan.domains.accounts.queries import root
from anlan.domains.crowd.actions import close_lost_warning, record_warning_change
from anlan.domains.crowd.queries import warnings_by_id
from anlan.domains.emergency.actions.alarms import take_warning
from anlan.domains.emergency.queries.alarms import open_alarm_of
from anlan.domains.emergency.rules import alarms as rules
from anlan.domains.emergency.terms import LEVELS, LIVE
from anlan.kit.actions import take
from anlan.kit.models import Change
from anlan.kit.queries import LATE_IDS
from anlan.kit.worker import UNFINISHED

TAKER = "emergency.alarms"
KINDS = (record_warning_change.verb, close_lost_warning.verb)
AT_ONCE = 200  # changes of one look; the rest follows at once
STALE_AFTER = timedelta(hours=24)  # a warning that was over so long ago raises nobody any more


class WarningTaker:
    """Takes what the crowd records of its warnings, in order; a stop at any moment loses nothing and doubles nothing."""

    def __init__(self):
        self.floor = 0  # changes up to here are taken

    def run(self, now):
        """A sweep: take the next changes. One that cannot be taken stops no other and is tried again."""
        if root() is None:
            return None
        newest = self.newest()
        rows = Change.objects.filter(id__gt=self.floor).untaken(TAKER, kinds=KINDS)[:AT_ONCE]
        changes = list(rows)
        known = warnings_by_id({int(change.subject_id) for change in changes})
        failed = None
        for change in changes:
            try:
                self.take_one(change, known.get(int(change.subject_id)), now)
            except Exception as error:
                failed = failed or error
        if failed:
            raise failed
        if len(changes) == AT_ONCE:
            return UNFINISHED
        self.floor = max(self.floor, newest - LATE_IDS)
        return None

    def newest(self):
        """The highest id of the changes there are."""
        return Change.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def take_one(self, change, warning, now):
        """Take one change and what it does to an alarm, in one transaction; a second taker finds it taken."""
        try:
            with transaction.atomic():
                take(change, taker=TAKER, now=now)
                if warning is not None and self.matters(change, warning, now):
                    take_warning(
                        warning, by=None, now=change.at, scene=warning.scene, key=f"alarm/change/{change.pk}",
                        level=change.after.get("level", warning.level),
                        reason=change.after.get("reason", warning.reason),
                    )  # fmt: skip
        except IntegrityError:
            if not change.takings.filter(taker=TAKER).exists():
                raise

    def matters(self, change, warning, now):
        """Whether a change opens or moves an alarm: a fall does not open one, nor does what is long over."""
        if open_alarm_of(warning.scene, rules.base_code(warning.space_code)):
            return True
        before, after = change.before.get("level", LEVELS[0]), change.after.get("level", LEVELS[0])
        if rules.rank(after) <= rules.rank(before):
            return False
        is_over = warning.closed_at is not None and now - warning.closed_at > STALE_AFTER
        return not (warning.scene == LIVE and is_over)

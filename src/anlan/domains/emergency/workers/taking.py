"""Warnings become alarms: the sweep that takes the crowd's level changes, each once."""

from datetime import timedelta

from anlan.domains.accounts.queries import root
from anlan.domains.crowd.actions import close_lost_warning, record_warning_change
from anlan.domains.crowd.queries import warnings_by_id
from anlan.domains.emergency.actions.alarms import take_warning
from anlan.domains.emergency.queries.alarms import open_alarm_of
from anlan.domains.emergency.rules import alarms as rules
from anlan.domains.emergency.terms import LEVELS, LIVE
from anlan.domains.emergency.workers.takers import ChangeTaker

STALE_AFTER = timedelta(hours=24)  # a warning that was over so long ago raises nobody any more


class WarningTaker(ChangeTaker):
    """Takes what the crowd records of its warnings."""

    taker = "emergency.alarms"
    kinds = (record_warning_change.verb, close_lost_warning.verb)

    def run(self, now):
        """A sweep, once the district is founded."""
        return None if root() is None else super().run(now)

    def know(self, ids):
        return warnings_by_id(ids)

    def deal(self, change, subject, now):
        """What a change of a warning does to an alarm."""
        if subject is not None and self.matters(change, subject, now):
            take_warning(
                subject, by=None, now=change.at, scene=subject.scene, key=f"alarm/change/{change.pk}",
                level=change.after.get("level", subject.level),
                reason=change.after.get("reason", subject.reason),
            )  # fmt: skip

    def matters(self, change, warning, now):
        """Whether a change opens or moves an alarm: a fall does not open one, nor does what is long over."""
        if open_alarm_of(warning.scene, rules.base_code(warning.space_code)):
            return True
        before, after = change.before.get("level", LEVELS[0]), change.after.get("level", LEVELS[0])
        if rules.rank(after) <= rules.rank(before):
            return False
        is_over = warning.closed_at is not None and now - warning.closed_at > STALE_AFTER
        return not (warning.scene == LIVE and is_over)

"""Judgement 研判: start, do not start or keep watching, with a reason and the decider."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions.alarms import lock
from anlan.domains.emergency.models import Judgement
from anlan.domains.emergency.rules.judgement import check_judgement
from anlan.domains.emergency.terms import JudgementRefusal
from anlan.kit.actions import action, check, done


@action("emergency.judge_alarm", may=Right.ALARMS_JUDGE, label=_("研判"))
def judge_alarm(alarm, *, by, now, decision, reason, response_level="", next_at=None):
    """Put a judgement on record. The decider chooses the response level; nothing is started by it ("建议启动")."""
    alarm = lock(alarm)
    check(None if alarm.is_open else JudgementRefusal.CLOSED)
    check(check_judgement(
        decision=decision, response_level=response_level, reason=reason, next_at=next_at, now=now
    ))  # fmt: skip
    row = Judgement.objects.create(
        alarm=alarm, decision=decision, response_level=response_level, reason=reason.strip(), decider=by,
        level=alarm.level, at=now, next_at=next_at,
    )  # fmt: skip
    alarm.judgement_asked_at, alarm.changed_at = None, now
    alarm.save(update_fields=["judgement_asked_at", "changed_at"])
    told = {
        "decision": str(row.get_decision_display()), "words": row.reason,
        "response_level": str(row.get_response_level_display()), "next_at": next_at,
    }  # fmt: skip
    return done(alarm, after=told)

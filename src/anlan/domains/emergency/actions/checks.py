"""Checks on teams in the field: started, answered on the screen or by phone, missed, ended."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions.incidents import hold_open, moment_of, told
from anlan.domains.emergency.models import TeamCheck
from anlan.domains.emergency.queries.command import belongs_to, watch_of
from anlan.domains.emergency.rules import checks as rules
from anlan.domains.emergency.rules.orders import check_hand
from anlan.domains.emergency.terms.checks import CheckRefusal
from anlan.kit.actions import action, check, done, note

STARTED = ("team", "people", "leader", "phone", "task", "team_organisation", "every_min", "grace_min")


@action("emergency.start_check", may=Right.INCIDENTS_RUN, label=_("开始队伍安全确认"))
def start_check(
    incident, *, by, now, team, people, every_min=rules.DEFAULT_EVERY_MIN, grace_min=rules.DEFAULT_GRACE_MIN,
    leader="", phone="", task="", team_organisation=None,
):  # fmt: skip
    """From now on the team is asked every so many minutes whether all is well."""
    incident = hold_open(incident)
    check(rules.check_start(team=team, people=people, every_min=every_min, grace_min=grace_min))
    running = TeamCheck.objects.filter(incident=incident, team=team.strip(), stopped_at=None).exists()
    check(CheckRefusal.RUNNING % {"team": team.strip()} if running else None)
    row = TeamCheck.objects.create(
        incident=incident, team=team.strip(), people=people, every_min=every_min, grace_min=grace_min,
        leader=leader.strip(), phone=phone.strip(), task=task.strip(), team_organisation=team_organisation,
        started_at=now, heard_at=now,
    )  # fmt: skip
    return done(row, after=note(row, *STARTED) | told(now))


@action("emergency.answer_check", label=_("队伍安全确认"))
def answer_check(row, *, by, now, answer, present, words="", on_behalf_of="", happened_at=None):
    """The team was heard of: its clock starts anew. On the screen by one of its own, or noted for it by phone."""
    row = TeamCheck.objects.select_for_update().get(pk=row.pk)
    moment = moment_of(happened_at, now)
    check(check_hand(
        runs=by.may(Right.INCIDENTS_RUN, row.organisation), belongs=belongs_to(by, row.team_organisation),
        told_by=on_behalf_of, refusal=CheckRefusal.NOT_YOURS,
    ))  # fmt: skip
    check(rules.check_answer(watch_of(row), at=moment, answer=answer, present=present, words=words))
    fields = {"heard_at": moment, "answer": answer, "present": present, "words": words.strip(), "misses": 0}
    before = note(row, *fields)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    return done(row, before=before, after=told(moment))


@action("emergency.miss_check", machine=True, label=_("队伍安全确认超时"))
def miss_check(row, *, by, now, misses, told_to):
    """Nothing was heard of the team for so many checks in a row; who was told. Never lowers the number."""
    before = note(row, "misses")
    row.misses = max(row.misses, misses)
    row.save(update_fields=["misses"])
    return done(row, before=before, after={"told_to": list(told_to)} | told(now))


@action("emergency.stop_check", may=Right.INCIDENTS_RUN, label=_("结束队伍安全确认"))
def stop_check(row, *, by, now, why):
    """The team is back, or the check is not needed any more, with the reason."""
    row = TeamCheck.objects.select_for_update().get(pk=row.pk)
    check(CheckRefusal.STOPPED if row.stopped_at else None)
    check(None if why.strip() else CheckRefusal.NO_REASON)
    before = note(row, "stopped_at")
    row.stopped_at = now
    row.save(update_fields=["stopped_at"])
    return done(row, before=before, after=told(now))

"""Reports upward: told by phone, written, signed by somebody else, sent; each step on record with its time."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions.incidents import hold, hold_open, moment_of, told
from anlan.domains.emergency.models import Incident, Report
from anlan.domains.emergency.queries.incidents import facts_of
from anlan.domains.emergency.queries.reports import (
    authors_of,
    digest_of,
    facts_for_report,
    frozen_words,
    limits_for_record,
    sorts_of,
)
from anlan.domains.emergency.rules import incidents as incident_rules
from anlan.domains.emergency.rules import reports as rules
from anlan.domains.emergency.terms.incidents import IncidentStep
from anlan.domains.emergency.terms.reports import ReportRefusal, ReportSort, ReportState, ReportStep
from anlan.kit.actions import action, check, done, note


@action("emergency.tell_orally", may=Right.INCIDENTS_RUN, label=_("口头报告"))
def tell_orally(incident, *, by, now, sent_to, words, happened_at=None):
    """The superior duty room was told by phone: whom, what, when."""
    incident = hold_open(incident)
    moment = moment_of(happened_at, now)
    check(None if sent_to.strip() else ReportRefusal.NO_SUPERIOR)
    check(rules.check_sections({"situation": words}))
    report = Report.objects.create(
        incident=incident, sort=ReportSort.ORAL, serial=next_of(incident, ReportSort.ORAL), state=ReportState.TOLD,
        sections={"situation": words.strip()}, facts=facts_for_report(incident), writer=by, written_at=now,
        sent_to=sent_to.strip(), sent_at=moment, sendings=[sending(sent_to, moment, by, "phone")],
    )  # fmt: skip
    judged = limits_for_record(incident, now)
    return done(report, after=note(report, "sent_to") | {"words": words.strip()} | judged | told(moment))


@action("emergency.write_report", may=Right.INCIDENTS_RUN, label=_("拟写信息报告"))
def write_report(incident, *, by, now, sort, sections):
    """Draft a first, follow-up or final report; its facts are drawn from the record when it is submitted."""
    incident = hold(incident)
    known, signed = sorts_of(incident)
    check(rules.check_writing(sort, known, signed))
    check(rules.check_sections(sections))
    report = Report.objects.create(
        incident=incident, sort=sort, serial=next_of(incident, sort), sections=clean(sections),
        facts=facts_for_report(incident), writer=by, written_at=now,
    )  # fmt: skip
    return done(report, after=note(report, "sort", "serial", "sections") | told(now))


def next_of(incident, sort):
    """The serial of the next report of this sort."""
    last = Report.objects.filter(incident=incident, sort=sort).order_by("-serial").first()
    return last.serial + 1 if last else 1


def clean(sections):
    """The texts without blanks around them, empty ones left out."""
    return {str(name): text.strip() for name, text in sections.items() if text and text.strip()}


def sending(to, at, by, how):
    """One line of to whom a report went."""
    return {"to": to.strip(), "at": at.isoformat(), "by": str(by), "how": how}


def take_step(report, step, **fields):
    """Carry out one line of the table, on the row as it stands now, locked."""
    report = Report.objects.select_for_update().get(pk=report.pk)
    to, refusal = rules.move(report.state, step)
    check(refusal)
    return report, fields | {"state": to}


def keep(report, fields, **after):
    """Set these fields and close the action."""
    before = note(report, *fields)
    for name, value in fields.items():
        setattr(report, name, value)
    report.save(update_fields=list(fields))
    return done(report, before=before, after=after)


@action("emergency.change_report", may=Right.INCIDENTS_RUN, label=_("修改信息报告"))
def change_report(report, *, by, now, sections):
    """Other words for a draft; whoever changes it is one of its authors and cannot sign it."""
    report, fields = take_step(report, ReportStep.CHANGE)
    check(rules.check_sections(sections))
    return keep(report, fields | {"sections": clean(sections)}, **told(now))


@action("emergency.submit_report", may=Right.INCIDENTS_RUN, label=_("信息报告送审"))
def submit_report(report, *, by, now):
    """Ask for a signature: the facts are drawn anew from the record and stand still from now on."""
    report, fields = take_step(report, ReportStep.SUBMIT)
    return keep(report, fields | {"facts": facts_for_report(report.incident), "remark": ""}, **told(now))


@action("emergency.return_report", may=Right.INCIDENTS_SIGN, label=_("退回信息报告"))
def return_report(report, *, by, now, why):
    """Back to its writer, with what is to be changed."""
    check(None if why.strip() else ReportRefusal.NO_REASON)
    report, fields = take_step(report, ReportStep.RETURN)
    return keep(report, fields | {"remark": why.strip()[:300]}, **told(now))


@action("emergency.sign_report", may=Right.INCIDENTS_SIGN, label=_("签发信息报告"))
def sign_report(report, *, by, now, seen):
    """Sign what was read (`seen`: its hash): the words are frozen and hashed; a first report moves the incident on.

    Refused for whoever wrote or changed it, and where the words are no longer those that were read.
    """
    report, fields = take_step(report, ReportStep.SIGN)
    incident = hold(report.incident)
    check(rules.check_signing(signer=by.pk, authors=authors_of(report), seen=seen, digest=digest_of(report)))
    frozen = frozen_words(report)
    fields |= {"signer": by, "signed_at": now, "frozen": frozen, "sha256": rules.digest_of(frozen)}
    if report.sort == ReportSort.FIRST and not incident.is_closed:
        incident.state = incident_rules.advance(facts_of(incident), IncidentStep.SIGN_FIRST, {})[0]
        incident.save(update_fields=["state"])
    before = note(report, "state", "signer", "sha256")
    for name, value in fields.items():
        setattr(report, name, value)
    report.save(update_fields=list(fields))
    return done(report, before=before, after=told(now))


@action("emergency.send_report", may=Right.INCIDENTS_RUN, label=_("报送信息报告"))
def send_report(report, *, by, now, sent_to, happened_at=None):
    """A signed report went to somebody; the first time counts for the limit, further receivers are added."""
    moment = moment_of(happened_at, now)
    check(None if sent_to.strip() else ReportRefusal.NO_RECEIVER)
    report, fields = take_step(report, ReportStep.SEND)
    first = report.sent_at is None
    fields |= {"sendings": [*report.sendings, sending(sent_to, moment, by, "sent")]}
    fields |= {"sent_at": moment, "sent_to": sent_to.strip()} if first else {}
    kept = {name: fields[name] for name in fields if name != "sendings"}
    report.sendings = fields["sendings"]
    report.save(update_fields=["sendings"])
    if report.sort in {ReportSort.FOLLOW_UP, ReportSort.FINAL}:
        Incident.objects.filter(pk=report.incident_id).update(next_report_at=None)
    judged = limits_for_record(report.incident, now)
    return keep(report, kept, receiver=sent_to.strip(), **judged, **told(moment))


@action("emergency.drop_report", may=Right.INCIDENTS_RUN, label=_("作废信息报告"))
def drop_report(report, *, by, now, why):
    """A draft that is not needed; a signed one stays."""
    check(None if why.strip() else ReportRefusal.NO_REASON)
    report, fields = take_step(report, ReportStep.DROP)
    return keep(report, fields, **told(now))


@action("emergency.remind_report", machine=True, label=_("提醒报告时限"))
def remind_report(incident, *, by, now, rule_id, rung, left_s, told_to):
    """A reminder of a limit went out, to whom; doing it again with the same key changes nothing."""
    words = {"rule": rule_id, "rung": rung, "left_s": left_s, "told_to": list(told_to)}
    return done(incident, after=words | told(now))

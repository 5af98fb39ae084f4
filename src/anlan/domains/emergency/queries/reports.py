"""Reports upward: their limits by the statutory clock, and what is drawn from the record into a draft."""

from contextlib import suppress
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.models import Instruction, Relay, Report
from anlan.domains.emergency.queries.incidents import cases_of, family
from anlan.domains.emergency.rules import reports as rules
from anlan.domains.emergency.terms.orders import NeedState, OrderState
from anlan.domains.emergency.terms.reports import RelayState, ReportSort, ReportState, Section
from anlan.kit import deadlines
from anlan.kit.models import Change
from anlan.kit.terms import LIVE

FIGURES = ("killed", "missing", "badly_injured", "injured", "evacuated", "loss_yuan")


class LimitLine(NamedTuple):
    """A limit of reporting: its row, its Due with article, when it was met, how it stands, its reminders."""

    rule_id: str
    due: object
    told_at: object
    stand: rules.LimitStand
    rungs: list

    @property
    def is_late(self):
        return self.stand.state in {"overdue", "met_late"}

    @property
    def late_min(self):
        """By how many minutes it was missed, a begun one counted."""
        return -(min(0, self.stand.left_s) // 60)


def limits_of(incident, now):
    """[LimitLine] of the oral and the written report, counted from `known_at` by the law or the district's own limit.

    A limit that the district has put out of force is left out.
    """
    told = Report.objects.filter(incident=incident, sent_at__isnull=False).order_by("sent_at")
    by_sort = [(row.sort, row.sent_at) for row in told]
    written = next((at for sort, at in by_sort if sort == ReportSort.FIRST), None)
    oral = next((at for sort, at in by_sort if sort in {ReportSort.ORAL, ReportSort.FIRST}), None)
    found = []
    for rule_id, told_at in ((rules.ORAL_RULE, oral), (rules.WRITTEN_RULE, written)):
        with suppress(deadlines.NotInForce):
            found.append(limit_line(rule_id, incident.known_at, told_at, now))
    return found


def limit_line(rule_id, start, told_at, now):
    """How one limit stands."""
    due = deadlines.due_of(rule_id, start, on=timezone.localdate(now))
    return LimitLine(rule_id, due, told_at, rules.stand(due.at, told_at, now), rules.ladder(start, due.at))


def limits_for_record(incident, now):
    """The limits as they are judged at `now`, for the change row: until when, by which article, by which tables."""
    lines = limits_of(incident, now)
    kept = [
        {"rule": one.rule_id, "due_at": one.due.at.isoformat(), "basis": one.due.basis_zh} for one in lines
    ]
    return {"limits": kept, "tables": deadlines.version(on=timezone.localdate(now))}


def reports_of(incident):
    """The reports of an incident, the newest first."""
    return Report.objects.filter(incident=incident).select_related("writer", "signer").order_by("-id")


def sorts_of(incident):
    """(sorts that stand, sorts that are signed) since it was last opened."""
    rows = Report.objects.filter(incident=incident).exclude(state=ReportState.DROPPED)
    kept = [
        (row.sort, row.state)
        for row in rows
        if row.sort != ReportSort.FINAL or not incident.reopened_at or row.written_at > incident.reopened_at
    ]
    return {sort for sort, _state in kept}, {sort for sort, state in kept if state in rules.SIGNED}


def authors_of(report):
    """Ids of those who wrote or changed it: none of them signs it."""
    verbs = ["emergency.write_report", "emergency.change_report"]
    return set(Change.objects.of(report).filter(what__in=verbs).values_list("by_id", flat=True))


def reports_to_sign(person):
    """The reports that wait for a signature and that `person` may sign: not one that he wrote or changed."""
    rows = Report.objects.filter(
        person.reach(Right.INCIDENTS_SIGN, through="incident__organisation"),
        state=ReportState.SUBMITTED, incident__scene=LIVE,
    )  # fmt: skip
    return [one for one in rows.select_related("incident").order_by("pk") if person.pk not in authors_of(one)]


def say_time(at):
    """A local moment in words, `2026-11-24 20:31`; a dash for none."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "–"


def say_figures(incident):
    """The numbers on record in one line, as of when; what nobody knows is not said."""
    parts = []
    for name in FIGURES:
        value = getattr(incident, name)
        if value is not None:
            parts.append(f"{incident._meta.get_field(name).verbose_name} {value:,}")
    if not parts:
        return _("尚无统计")
    return _("%(figures)s（截至 %(at)s）") % {
        "figures": _("，").join(parts), "at": say_time(incident.figures_at),
    }  # fmt: skip


def facts_for_report(incident):
    """[[label, value]]: the facts on record at this moment, as they stand at the head of a report."""
    level = incident.get_level_display() if incident.level else _("尚未定级")
    cases = _("、").join(str(case) for case in cases_of(incident)) or "–"
    return [
        [_("编号"), incident.number],
        [_("事件名称"), incident.title],
        [_("事件类别"), str(incident.get_kind_display())],
        [_("事件级别"), str(level)],
        [_("发生时间"), say_time(incident.happened_at)],
        [_("接报时间"), say_time(incident.known_at)],
        [_("发生地点"), incident.spot],
        [_("伤亡损失"), say_figures(incident)],
        [_("警情编号"), cases],
    ]


def draft_sections(incident):
    """{section: text} that the record already says, for the writer to correct."""
    members = family(incident)
    done = [
        f"{number}. {order.text}（{order.get_state_display()}）"
        for number, order in enumerate(
            (one for member in members for one in member.orders.exclude(state=OrderState.WITHDRAWN)), 1
        )
    ]
    needs = [
        f"{need.what} {need.quantity - min(need.met_quantity, need.quantity)}{need.unit}"
        for member in members
        for need in member.needs.filter(state__in=[NeedState.OPEN, NeedState.PARTLY])
    ]
    figures = "" if incident.figures_at is None else say_figures(incident)
    return {
        Section.SITUATION: incident.described,
        Section.CASUALTIES: figures,
        Section.MEASURES: "\n".join(done),
        Section.NEEDS: _("，").join(needs),
    }


def frozen_words(report):
    """What would be signed, as one text."""
    return rules.freeze(
        number=report.incident.number, name=report.name, facts=report.facts, sections=report.sections
    )


def digest_of(report):
    """The hash of what would be signed, or was."""
    return report.sha256 or rules.digest_of(frozen_words(report))


def is_untouched(report):
    """Whether a signed report still says what was signed: its words and their hash."""
    return report.frozen == frozen_words(report) and report.sha256 == rules.digest_of(report.frozen)


def instructions_of(incident):
    """The leaders' instructions of an incident and of those merged into it, with those who carry them out."""
    rows = Instruction.objects.filter(incident__in=family(incident))
    return rows.select_related("incident__organisation").prefetch_related(
        "relays__to", "relays__instruction__incident__organisation"
    )


def overdue_relays(now):
    """Relayed instructions past their time."""
    return Relay.objects.filter(due_at__lt=now).exclude(state=RelayState.DONE)

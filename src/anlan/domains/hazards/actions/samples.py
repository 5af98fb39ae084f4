"""Leaving the demonstration: its hazards and cases stay on record and count no more, and nobody is reminded of them."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries
from anlan.domains.hazards.actions.cases import locked as locked_case
from anlan.domains.hazards.actions.patterns import FIND, end_pattern
from anlan.domains.hazards.actions.statements import correct_statement, redraw_statement
from anlan.domains.hazards.actions.stepping import locked
from anlan.domains.hazards.models import ReporterContact
from anlan.domains.hazards.terms import StatementState
from anlan.kit import jobs
from anlan.kit.actions import Refused, action, done, note
from anlan.kit.followups import settle_follow_ups

NUMBER_KEPT = 45  # signs of a case's number before what makes it another
LEFT = _("示范数据已清退")
LOOK_TITLE = _("清退示范数据后重新研判")


@action("hazards.leave_sample", may=Right.HAZARDS_SUPERVISE, label=_("清退示范隐患"))
def leave_sample(hazard, *, by, now):
    """A sample hazard counts no more: its reminders are settled, its reporter's contact is gone, its outer number is free."""
    locked(hazard)
    before = note(hazard, "left_at", "outer_number")
    hazard.left_at, hazard.outer_number = now, ""
    hazard.save(update_fields=["left_at", "outer_number"])
    ReporterContact.objects.filter(report__hazard=hazard).delete()
    for about in (hazard, *hazard.stop_orders.all()):
        settle_follow_ups(about, by=by, now=now, outcome=str(LEFT))
    return done(hazard, before=before)


@action("hazards.leave_sample_case", may=Right.HAZARDS_SUPERVISE, label=_("清退示范案件"))
def leave_sample_case(case, *, by, now):
    """A sample case counts no more, its results go back to nobody, and its number is free for a real one."""
    locked_case(case)
    before = note(case, "left_at", "number")
    case.left_at, case.number = now, f"{case.number[:NUMBER_KEPT]}~{case.pk}"
    case.save(update_fields=["left_at", "number"])
    settle_follow_ups(case, by=by, now=now, outcome=str(LEFT))
    return done(case, before=before)


def recount_without_samples(*, by, now, why):
    """Count again what was counted while samples stood in it: statements, problems without a hazard left, the rates.

    A statement that was signed is corrected by its next version, which waits for a signature.
    """
    tallied = {}
    for row in queries.visible_statements(by).exclude(state=StatementState.REPLACED):
        if row.span not in tallied:
            tallied[row.span] = queries.tally(row.span)
        if (
            queries.cells_of(tallied[row.span], row.organisation, row.scope, row.span, row.enterprise)
            == row.cells
        ):
            continue
        try:
            if row.is_signed:
                correct_statement(row, by=by, now=now, why=why)
            else:
                redraw_statement(row, by=by, now=now)
        except Refused:
            continue  # its correction waits already, and is counted anew by itself
    for row in queries.open_patterns().values():
        if not queries.hazards_behind(row).exists():
            end_pattern(row, by=None, now=now)
    if queries.last_look():
        jobs.ask(FIND, title=LOOK_TITLE, by=by, now=now, at=now.isoformat())

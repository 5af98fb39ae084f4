"""A department's sheet of a year: opened with a last day, handed in, checked by another person, rolled up."""

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.riskmap.models import RiskSheet
from anlan.domains.riskmap.queries import progress_of
from anlan.domains.riskmap.rules import life
from anlan.domains.riskmap.terms import Refusal, SheetState
from anlan.kit.actions import Done, action, check, done, note
from anlan.kit.followups import open_follow_up, settle_follow_ups

STEP = ("state", "handed_in_by", "checked_by", "due_count", "checked_count")


@action("riskmap.open_sheet", may=Right.RISKMAP_EDIT, label=_("建立风险分表"))
def open_sheet(organisation, *, by, now, year, due_on):
    """Open an organisation's sheet of a year, to be handed in by a day; its people are reminded. Raises Refused."""
    today = timezone.localdate(now)
    check(life.year_is_sound(year, today))
    check(Refusal.DUE_PAST if due_on < today else None)
    known = RiskSheet.objects.filter(organisation=organisation, year=year).exists()
    check(Refusal.SHEET_EXISTS % {"organisation": organisation, "year": year} if known else None)
    sheet = RiskSheet.objects.create(organisation=organisation, year=year, due_on=due_on)
    remind_of(sheet, gettext("%(sheet)s：提交"), by=by, now=now, due=due_on)
    return done(sheet, after=note(sheet, "organisation", "year", "due_on"))


@action("riskmap.hand_in_sheet", may=Right.RISKMAP_EDIT, label=_("提交风险分表"))
def hand_in_sheet(sheet, *, by, now):
    """Hand a sheet in once each of its points was checked in its year. Raises Refused with how many were not."""
    progress = progress_of(sheet)
    check(life.may_hand_in(state=sheet.state, due=progress.due, checked=progress.checked))
    before = note(sheet, *STEP)
    sheet.state, sheet.handed_in_by, sheet.handed_in_at = SheetState.HANDED_IN, by, now
    sheet.save()
    settle_follow_ups(sheet, by=by, now=now, outcome=gettext("分表已提交"))
    due = max(sheet.due_on, timezone.localdate(now))
    remind_of(sheet, gettext("%(sheet)s：核对"), by=by, now=now, due=due)
    return done(sheet, before=before)


@action("riskmap.check_sheet", may=Right.RISKMAP_CHECK, label=_("核对风险分表"))
def check_sheet(sheet, *, by, now):
    """Another person than who handed it in finds the sheet right: its figures are kept and count in the district's."""
    before, progress = note(sheet, *STEP), progress_of(sheet)
    is_own = sheet.handed_in_by_id == by.pk
    check(life.may_check_sheet(state=sheet.state, is_own=is_own, due=progress.due, checked=progress.checked))
    sheet.due_count, sheet.checked_count = progress.due, progress.checked
    sheet.state, sheet.checked_by, sheet.checked_at = SheetState.CHECKED, by, now
    sheet.save()
    settle_follow_ups(sheet, by=by, now=now, outcome=gettext("分表已核对"))
    return done(sheet, before=before)


@action("riskmap.return_sheet", may=Right.RISKMAP_CHECK, label=_("退回风险分表"))
def return_sheet(sheet, *, by, now, why):
    """Send a sheet that was handed in back, with a reason."""
    check(life.sheet_must_be(sheet.state, SheetState.HANDED_IN))
    return open_again(sheet, why, by=by, now=now)


@action("riskmap.reopen_sheet", may=Right.RISKMAP_CHECK, label=_("重新打开风险分表"))
def reopen_sheet(sheet, *, by, now, why):
    """Take the check of a sheet back, with a reason: it counts no longer, and is handed in again."""
    check(life.sheet_must_be(sheet.state, SheetState.CHECKED))
    return open_again(sheet, why, by=by, now=now)


@action("riskmap.withdraw_sheet", may=Right.RISKMAP_EDIT, label=_("撤销风险分表"))
def withdraw_sheet(sheet, *, by, now, why):
    """Delete a sheet that was opened by mistake and not handed in, with a reason: the change row keeps what it was."""
    check(life.sheet_must_be(sheet.state, SheetState.OPEN))
    check(None if why.strip() else Refusal.NO_REASON)
    before, key = note(sheet, "organisation", "year", "due_on"), sheet.pk
    settle_follow_ups(sheet, by=by, now=now, outcome=why)
    sheet.delete()
    sheet.pk = key
    return Done(sheet, before, dict.fromkeys(before))


def open_again(sheet, why, *, by, now):
    """A sheet is open once more, and its people are reminded of it."""
    check(None if why.strip() else Refusal.NO_REASON)
    before = note(sheet, *STEP)
    sheet.state = SheetState.OPEN
    sheet.handed_in_by = sheet.handed_in_at = sheet.checked_by = sheet.checked_at = None
    sheet.due_count = sheet.checked_count = None
    sheet.save()
    settle_follow_ups(sheet, by=by, now=now, outcome=why)
    due = max(sheet.due_on, timezone.localdate(now))
    remind_of(sheet, gettext("%(sheet)s：提交"), by=by, now=now, due=due)
    return done(sheet, before=before)


def remind_of(sheet, title, *, by, now, due):
    """Have the organisation's people reminded of the sheet's next step."""
    open_follow_up(
        sheet, key=f"riskmap/sheet/{sheet.pk}/{sheet.state}/{now:%Y%m%d%H%M%S%f}", title=title % {"sheet": sheet},
        organisation=sheet.organisation, due=due, link=sheet.get_absolute_url(), by=by, now=now,
    )  # fmt: skip

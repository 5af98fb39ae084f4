"""Departments' sheets: the list with what the district has of them, one sheet, a new one."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.queries import root
from anlan.domains.accounts.terms import Right
from anlan.domains.riskmap import actions, queries
from anlan.domains.riskmap.actions.papers import DISTRICT
from anlan.domains.riskmap.pages.forms import SheetForm
from anlan.domains.riskmap.rules.life import year_is_sound
from anlan.domains.riskmap.terms import RiskLevel, SheetState
from anlan.kit.documents import documents_of
from anlan.kit.followups import follow_ups_about
from anlan.kit.listing import Column, Listing
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm

STORY_LENGTH = 50
POINTS_LISTED = 500


def find_sheet(request, pk, right=Right.VIEW):
    """The sheet for the page's reader. Raises Http404 unless seen and `right` is held there."""
    row = get_object_or_404(queries.visible_sheets(request.user), pk=pk)
    if not request.user.may(right, row.organisation):
        raise Http404
    return row


def crumbs():
    """The way down to a sheet."""
    return [
        {"label": _("安全风险分布图"), "url": reverse("riskmap:map")},
        {"label": _("风险分表"), "url": reverse("riskmap:sheets")},
    ]


class SheetListing(Listing):
    """Sheets with how far each is."""

    title = gettext_lazy("风险分表")
    columns = [
        Column("year", gettext_lazy("年度"), sort="year"),
        Column("organisation", gettext_lazy("单位"), sort="organisation__path"),
        Column("due_on", gettext_lazy("截止日期"), sort="due_on"),
        Column("checked", gettext_lazy("已核对"), "number", value=lambda row: queries.progress_of(row).checked),
        Column("due", gettext_lazy("应核对"), "number", value=lambda row: queries.progress_of(row).due),
        Column("share", gettext_lazy("完成率"), "percent", value=lambda row: queries.progress_of(row).share),
        Column("state", gettext_lazy("状态"), "badge", sort="state", value=lambda row: row.get_state_display()),
    ]  # fmt: skip
    searched = ["organisation__name"]
    empty_text = gettext_lazy("还没有风险分表。为每个部门和街道建立本年度的分表，并写明截止日期。")
    file_name = "risk-sheets"
    template = "riskmap/sheets.html"


@require_safe
def sheets(request):
    """The list, and this year's sum."""
    rows, year = queries.visible_sheets(request.user), timezone.localdate().year
    listing = SheetListing(request, rows)
    this_year = list(rows.filter(year=year))
    listing.context |= {
        "may_add": request.user.may(Right.RISKMAP_EDIT), "year": year, "rolled": queries.roll_up(this_year),
    }  # fmt: skip
    return listing.respond()


@require_safe
def sheet(request, key):
    """One sheet: its points, how far it is, and its story."""
    row = find_sheet(request, key)
    person, state = request.user, row.state
    may_edit = person.may(Right.RISKMAP_EDIT, row.organisation)
    may_check = person.may(Right.RISKMAP_CHECK, row.organisation)
    points = queries.points_of_sheet(row).select_related("organisation", "checked_by").order_by("number")
    context = {
        "sheet": row, "title": str(row), "crumbs": crumbs(), "progress": queries.progress_of(row),
        "points": points[:POINTS_LISTED], "more": max(points.count() - POINTS_LISTED, 0),
        "may_hand_in": may_edit and state == SheetState.OPEN,
        "may_check": may_check and state == SheetState.HANDED_IN and row.handed_in_by_id != person.pk,
        "may_return": may_check and state == SheetState.HANDED_IN,
        "may_reopen": may_check and state == SheetState.CHECKED,
        "follow_ups": follow_ups_about(row), "changes": Change.objects.of(row)[:STORY_LENGTH],
    }  # fmt: skip
    return render(request, "riskmap/sheet.html", context)


def withdraw_sheet(request, key):
    """Ask, then delete a sheet that was opened by mistake; there is no page of it afterwards."""
    title = _("撤销分表")
    return confirm(
        request, actions.withdraw_sheet, find_sheet(request, key, Right.RISKMAP_EDIT), title=title, verb=title, danger=True,
        question=_("撤销后不再催办，也不计入汇总；风险点不受影响。请写明理由。"), said=_("分表已撤销。"), back=reverse("riskmap:sheets"),
    )  # fmt: skip


def open_sheet(request):
    """A new sheet."""
    if not request.user.may(Right.RISKMAP_EDIT):
        raise Http404
    form = SheetForm(request.POST or None, person=request.user, initial={"year": timezone.localdate().year})
    organisation = form.cleaned_data.pop("organisation", None) if form.is_valid() else None
    if change := attempt(form, actions.open_sheet, organisation, by=request.user):
        messages.success(request, _("分表已建立。"))
        return redirect(change.subject)
    title = _("建立分表")
    context = {
        "form": form,
        "title": title,
        "verb": title,
        "crumbs": crumbs(),
        "cancel_url": reverse("riskmap:sheets"),
    }
    return render(request, "kit/form.html", context)


@require_safe
def district_sheet(request, year):
    """The year's sheets side by side, their sum, the points by level and the list: A3, and the papers issued of it."""
    if year_is_sound(year, timezone.localdate()):
        raise Http404
    top = root()
    papers = [one for one in documents_of(top) if one.kind == DISTRICT.code and one.values["year"] == year]
    context = {
        "title": _("%(year)d 年安全风险分布汇总表") % {"year": year}, "told": queries.district_sheet(request.user, year),
        "today": timezone.localdate(), "by": request.user, "back_url": reverse("riskmap:sheets"), "year": year,
        "levels": RiskLevel, "papers": papers if request.user.may(Right.VIEW, top) else [],
        "may_issue": request.user.may(Right.RISKMAP_CHECK, top),
    }  # fmt: skip
    return render(request, "riskmap/district_sheet.html", context)


def issue_district_sheet(request, year):
    """Ask, then issue the year's sheet as one paper."""
    top = root()
    if year_is_sound(year, timezone.localdate()) or not request.user.may(Right.RISKMAP_CHECK, top):
        raise Http404
    return confirm(
        request, actions.issue_district_sheet, top, title=_("签发汇总表"), verb=_("签发汇总表"), danger=False, year=year,
        question=_("按现在的分表和风险点生成文书，给出文号和校验码。签发后不再变化。"), said=_("汇总表已签发。"),
        back=reverse("riskmap:district_sheet", args=[year]),
    )  # fmt: skip

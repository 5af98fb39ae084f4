"""Which places are not counted yet, and the plan 「增设计划」 by when they shall be."""

import csv

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.pages.thresholds import place_or_404
from anlan.domains.crowd.terms import PlanState
from anlan.domains.places.terms import PlaceKind
from anlan.kit.listing import Column, Listing, SearchForm, for_csv
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm
from anlan.kit.templatetags.look import percent


class CoverageFilter(SearchForm):
    """Filters of the places still without counters."""

    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部")), *PlaceKind.choices])
    plan = forms.ChoiceField(
        label=_("增设计划"), required=False, choices=[("", _("全部")), *PlanState.choices]
    )

    def narrow(self, queryset, values):
        """By kind of place, and by what is planned."""
        if values.get("kind"):
            queryset = queryset.filter(kind=values["kind"])
        today = timezone.localdate()
        wanted = {
            PlanState.UNPLANNED: {"planned_on": None},
            PlanState.PLANNED: {"planned_on__gte": today},
            PlanState.OVERDUE: {"planned_on__lt": today},
        }
        return queryset.filter(**wanted[values["plan"]]) if values.get("plan") else queryset


class CoverageListing(Listing):
    """Places still without a counter that counts, with what is planned for each."""

    title = _("计数覆盖与增设计划")
    filters = CoverageFilter
    searched = ["name", "code"]
    empty_text = _("没有符合条件而尚无计数的场所。")
    file_name = "coverage"
    template = "crowd/coverage.html"

    def __init__(self, request, covered, **context):
        self.today = timezone.localdate()
        plan = self.plain_columns() if request.GET.get("format") else self.drawn_columns()
        self.columns = [
            Column("code", _("编号"), sort="code"),
            Column("name", _("场所"), sort="name"),
            *plan,
            Column("kind", _("类型"), "badge", sort="kind", value=lambda row: row.get_kind_display()),
            Column("grade", pgettext_lazy("of a place", "等级"), "badge", sort="grade"),
            Column("organisation", _("主管部门"), value=lambda row: str(row.organisation)),
            Column(
                "gap", _("缺什么"),
                value=lambda row: _("设备未绑定计数") if row.pk in covered.unbound else _("没有客流设备"),
            ),
            Column("plan_note", _("增设说明")),
        ]  # fmt: skip
        super().__init__(request, covered.without, covered=covered, **context)

    def plain_columns(self):
        """What is planned, for exports."""
        return [
            Column("planned_on", _("计划完成日期")),
            Column(
                "plan_state", _("增设计划"), value=lambda row: PlanState.of(row.planned_on, self.today).label
            ),
        ]

    def drawn_columns(self):
        """What is planned, with the way to change it."""
        return [
            Column("planned_on", _("计划完成日期"), "html", sort="planned_on", value=self.draw_date),
            Column("plan", "", "html", value=self.draw_button),
        ]

    def draw_date(self, row):
        """The date, in red words and with a shape where it has passed."""
        state = PlanState.of(row.planned_on, self.today)
        return render_to_string("crowd/plan_date.html", {"planned_on": row.planned_on, "state": state})

    def draw_button(self, row):
        """The way to the plan of the place, for whoever may change it."""
        may_edit = self.request.user.may(Right.SENSORS_EDIT, row.organisation)
        return render_to_string("crowd/plan_button.html", {"place": row}) if may_edit else ""

    def link(self, row):
        """Entering a sensor for the place; where one may not, the place itself."""
        may_edit = self.request.user.may(Right.SENSORS_EDIT, row.organisation)
        if may_edit and row.pk not in self.context["covered"].unbound:
            return f"{reverse('crowd:sensor_add')}?place={row.pk}"
        return row.get_absolute_url()

    def geometry(self, row):
        """Where the place is."""
        if row.lon is None or row.lat is None:
            return None
        return {"type": "Point", "coordinates": [row.lon, row.lat]}


@require_safe
def coverage(request):
    """Which places are not counted yet, how many per cent are, and how many will be by when."""
    plan = queries.coverage_plan(request.user, today=timezone.localdate())
    return CoverageListing(request, queries.coverage(request.user), plan=plan).respond()


@require_safe
def coverage_progress(request):
    """The progress by department and month as CSV, with a byte-order mark for spreadsheets."""
    plan = queries.coverage_plan(request.user, today=timezone.localdate())
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="coverage-progress.csv"'
    out = csv.writer(answer)
    words = (_("主管部门"), _("应计数"), _("已计数"), _("现覆盖率"), _("逾期"), _("尚无计划"))
    out.writerow([*words, *(f"{month:%Y-%m}" for month in plan.months)])
    for row in (*plan.departments, plan.whole):
        known = (row.total, row.covered, percent(row.share), row.overdue, row.unplanned)
        name = str(row.group or _("合计"))
        out.writerow([for_csv(cell) for cell in (name, *known, *map(percent, row.shares))])
    return answer


class PlanForm(forms.Form):
    """By when, and how."""

    planned_on = forms.DateField(
        label=_("计划完成日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("设备登记并绑定计数后，计划自动完成。"),
    )  # fmt: skip
    note = forms.CharField(
        label=_("增设说明"), required=False, max_length=200, help_text=_("如设备种类、数量、经费来源。")
    )


def counter_plan(request, code):
    """Set or move the date by which the place shall be counted."""
    place = place_or_404(code, request.user)
    plan = queries.find_plan(place)
    is_planned = plan is not None and plan.planned_on is not None
    first = {"planned_on": plan.planned_on, "note": plan.note} if plan else None
    form = PlanForm(request.POST or None, initial=first)
    if attempt(form, actions.plan_counters, place, by=request.user):
        messages.success(request, _("增设计划已保存。"))
        return redirect("crowd:coverage")
    return render(request, "crowd/counter_plan.html", {
        "place": place, "form": form, "title": _("增设计划"), "lead": place.name, "verb": _("保存计划"),
        "may_drop": is_planned and request.user.may(Right.SENSORS_EDIT, place.organisation),
        "changes": Change.objects.of(plan) if plan else (), "cancel_url": reverse("crowd:coverage"),
        "crumbs": [{"label": CoverageListing.title, "url": reverse("crowd:coverage")}],
    })  # fmt: skip


def drop_plan(request, code):
    """Ask, then take the place off the plan."""
    return confirm(
        request, actions.drop_plan, place_or_404(code, request.user), title=_("取消增设计划"), verb=_("取消计划"),
        back=reverse("crowd:coverage"), question=_("取消后该场所显示为尚无计划。请写明理由。"), said=_("增设计划已取消。"),
    )  # fmt: skip

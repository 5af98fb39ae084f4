"""The list of hazards, one hazard, and the form that reports one."""

from dataclasses import replace
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.queries import ids_below
from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import actions, queries, rules
from anlan.domains.hazards.pages import major, reports
from anlan.domains.hazards.pages.criteria import CriterionSearchField, narrow_by_criterion
from anlan.domains.hazards.pages.forms import (
    ALL,
    DAY,
    FileForm,
    ReportForm,
    kind_choices,
    organisation_field,
    standard_choices,
)
from anlan.domains.hazards.terms import FIVE, Field, HazardGrade, HazardSource, HazardState, Step
from anlan.kit.days import start_of
from anlan.kit.followups import follow_ups_about
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt

LIST = [{"label": gettext_lazy("隐患清单"), "url": reverse_lazy("hazards:hazards")}]
STORY_LENGTH = 50
URGENT = (
    Step.CLOSE,
    Step.ACCEPT,
    Step.ORDER,
    Step.ORDER_MAJOR,
    Step.INTERIM,
    Step.ASK_VERIFICATION,
    Step.GRANT,
)
STANDING = [
    ("open", gettext_lazy("在办")), ("overdue", gettext_lazy("逾期")), ("listed", gettext_lazy("挂牌督办中")),
    *HazardState.choices,
]  # fmt: skip


class HazardFilter(SearchForm):
    """Filters of the list."""

    standing = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=[*ALL, *STANDING])
    grade = forms.ChoiceField(
        label=gettext_lazy("隐患级别"), required=False, choices=[*ALL, *HazardGrade.choices]
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("隐患类别"), required=False, choices=lambda: [*ALL, *kind_choices()]
    )
    source = forms.ChoiceField(
        label=gettext_lazy("来源"), required=False, choices=[*ALL, *HazardSource.choices]
    )
    criterion = CriterionSearchField(label=Field.CRITERION, required=False, max_length=1000)
    organisation = organisation_field(gettext_lazy("监管单位"), required=False)
    since = forms.DateField(label=gettext_lazy("上报自"), required=False, widget=DAY)
    until = forms.DateField(label=gettext_lazy("上报至"), required=False, widget=DAY)

    def narrow(self, queryset, values):
        """By each filter that is set; days are local and both included, an organisation with those below it."""
        if values.get("since"):
            queryset = queryset.filter(reported_at__gte=start_of(values["since"]))
        if values.get("until"):
            queryset = queryset.filter(reported_at__lt=start_of(values["until"] + timedelta(days=1)))
        if values.get("organisation"):
            queryset = queryset.filter(organisation__in=ids_below(values["organisation"]))
        if values.get("criterion"):
            queryset = narrow_by_criterion(queryset, values["criterion"])
        standing = values.get("standing")
        if standing == "open":
            queryset = queryset.filter(state__in=rules.ON_THE_WAY)
        elif standing == "overdue":
            waits = (HazardState.ORDERED, HazardState.RECTIFYING, HazardState.EXTENDING)
            queryset = queryset.filter(state__in=waits, due_at__lt=timezone.now(), closed_at=None)
        elif standing == "listed":
            queryset = queryset.filter(listed_at__isnull=False, delisted_at=None)
        elif standing:
            queryset = queryset.filter(state=standing)
        wanted = {name: values[name] for name in ("grade", "kind", "source") if values.get(name)}
        return queryset.filter(**wanted)


def say_due(row):
    """The last day, and that it is over."""
    if not row.due_at:
        return ""
    day = f"{timezone.localtime(row.due_at) - timedelta(seconds=1):%Y-%m-%d}"
    return _("%(day)s（逾期）") % {"day": day} if row.is_overdue(timezone.now()) else day


CRITERION_COLUMNS = [
    Column("criterion_says", Field.CRITERION),
    Column("criterion_basis", Field.CRITERION_BASIS),
]


class HazardListing(Listing):
    """Hazards, the newest first."""

    title = gettext_lazy("隐患清单")
    columns = [
        Column("what", gettext_lazy("隐患描述"), value=lambda row: row.what[:60]),
        Column("number", gettext_lazy("编号"), sort="number"),
        Column("state", gettext_lazy("状态"), "badge", value=lambda row: row.get_state_display()),
        Column("grade", gettext_lazy("隐患级别"), value=lambda row: row.get_grade_display()),
        Column("kind", gettext_lazy("隐患类别")),
        Column("where", gettext_lazy("位置"), value=lambda row: str(row.place or row.enterprise or row.address)),
        Column("responsible", gettext_lazy("整改责任单位"), value=lambda row: str(row.responsible or "")),
        Column("organisation", gettext_lazy("监管单位"), value=lambda row: str(row.organisation)),
        Column("recurs", gettext_lazy("同类复发"), "number"),
        Column("due_at", gettext_lazy("整改期限"), sort="due_at", value=say_due),
        Column("source", gettext_lazy("来源"), value=lambda row: row.get_source_display()),
        Column("reported_at", gettext_lazy("上报时间"), "time", sort="id"),
    ]  # fmt: skip
    filters = HazardFilter
    searched = ["number", "what", "address", "outer_number"]
    searched_whole = ["number"]
    counted_most, searched_most = 10_000, 100_000
    empty_text = gettext_lazy("没有符合条件的隐患。发现隐患请点“上报隐患”。")
    file_name = "hazards"
    template = "hazards/hazards.html"

    def __init__(self, *arguments, **context):
        super().__init__(*arguments, **context)
        names = queries.kind_names(on=timezone.localdate())  # asked once, not once a row
        own = {
            "kind": lambda row: names.get(row.kind, row.kind), "recurs": lambda row: self.recurring.get(row.pk),
        }  # fmt: skip
        self.columns = [replace(column, value=own.get(column.key, column.value)) for column in self.columns]

    @cached_property
    def recurring(self):
        """How often each hazard of the page recurred."""
        return queries.recurrences_of(list(self.page), now=timezone.now())

    def export_csv(self):
        """With each rolling window of recurrence, and the standard's criterion, which a page has no room for."""
        self.columns = [*self.plain_columns(), *self.window_columns(), *CRITERION_COLUMNS]
        return super().export_csv()

    def export_geojson(self):
        """Without what is counted for one page alone."""
        self.columns = [*self.plain_columns(), *CRITERION_COLUMNS]
        return super().export_geojson()

    def plain_columns(self):
        """The columns that a row answers by itself."""
        return [column for column in self.columns if column.key != "recurs"]

    def window_columns(self):
        """How many of the same kind the same unit had in each of the district's windows: counted once for all rows."""
        days, counted = queries.recurrence_windows(timezone.now())
        return [
            Column(
                f"recurs_{many}_days", _("同类复发（%(days)d 天内，件）") % {"days": many}, "number",
                value=lambda row, at=at: counted.get((queries.unit_of(row), row.kind), (0,) * len(days))[at]
                if queries.unit_of(row) else None,
            )
            for at, many in enumerate(days)
        ]  # fmt: skip

    def geometry(self, row):
        """Where it is."""
        if row.lon is None or row.lat is None:
            return None
        return {"type": "Point", "coordinates": [row.lon, row.lat]}


@require_safe
def hazards(request):
    """The list, with CSV and GeoJSON; suspicious reports of the public wait in a list of their own."""
    may_report = request.user.may(Right.HAZARDS_REPORT)
    rows = queries.visible_hazards(request.user).exclude(pk__in=queries.held_hazards())
    return HazardListing(request, rows, may_report=may_report).respond()


def hazard_or_404(request, pk):
    """The hazard that the reader sees. Raises Http404."""
    return get_object_or_404(queries.visible_hazards(request.user), pk=pk)


def crumbs(row):
    """The way down to a page about a hazard."""
    return [*LIST, {"label": row.number or _("未编号"), "url": row.get_absolute_url()}]


@require_safe
def hazard(request, pk):
    """One hazard: how it stands, what this person can do, the evidence, what lies near, its story."""
    row, now = hazard_or_404(request, pk), timezone.now()
    today, stages = timezone.localdate(now), queries.stages_for(row, request.user)
    steps = queries.steps_for(row, request.user, now=now)
    buttons = [(step.value, step.label, step in URGENT) for step, why_not in steps.items() if why_not is None]
    may_merge = Step.MERGE in steps
    context = {
        "hazard": row, "title": row.what[:60], "crumbs": LIST, "buttons": buttons,
        "why_not": [(step.label, why_not) for step, why_not in steps.items() if why_not],
        "kind": queries.name_kind(row.kind, on=today), "standard": dict(standard_choices()).get(row.standard, row.standard),
        "may_classify": request.user.may(Right.HAZARDS_VERIFY, row.organisation), "due": say_due(row), "is_overdue": row.is_overdue(now), "five": [(label, getattr(row, name)) for name, label in FIVE.items() if getattr(row, name)],
        "files": queries.files_by_stage(row), "file_form": FileForm(stages=stages) if stages else None,
        "near": queries.near_hazards(row, now=now) if may_merge else [],
        "merged": row.merged.all(), "recurrences": queries.recurrences(row, now=now),
        "extensions": row.extensions.select_related("asked_by", "decided_by"),
        "public": reports.part_of(row, request.user), "major": major.part_of(row, request.user),
        "listed_limit": queries.limit_line("listed_days", on=today),
        "follow_ups": [one for one in follow_ups_about(row) if one.is_open], "changes": Change.objects.of(row)[:STORY_LENGTH],
    }  # fmt: skip
    return render(request, "hazards/hazard.html", context)


def report(request):
    """The form that reports a hazard."""
    if not request.user.may(Right.HAZARDS_REPORT):
        raise Http404
    form = ReportForm(request.POST or None, request.FILES or None, person=request.user)
    organisation = form.cleaned_data.pop("organisation") if form.is_valid() else None
    if change := attempt(form, actions.report_hazard, organisation, by=request.user):
        messages.success(request, _("隐患已上报，等待核实。"))
        return redirect(change.subject)
    context = {
        "form": form, "title": _("上报隐患"), "verb": _("上报隐患"), "crumbs": LIST, "cancel_url": reverse("hazards:hazards"),
        "lead": _("紧急危险请先拨打 110、119 或 120。"),
    }  # fmt: skip
    return render(request, "hazards/report.html", context)

"""Risk points: the list, a point's page, and the forms that change it."""

import json

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.queries import ids_below
from anlan.domains.accounts.terms import Right
from anlan.domains.riskmap import actions, queries
from anlan.domains.riskmap.models import RiskPoint
from anlan.domains.riskmap.pages.forms import ALL, AssessForm, PointForm, ReviewForm, indent
from anlan.domains.riskmap.rules.columns import COLUMNS, FACTORS
from anlan.domains.riskmap.rules.levels import COLOURS, UNASSESSED, colour_of
from anlan.domains.riskmap.rules.life import is_review_due
from anlan.domains.riskmap.terms import PointState, RiskLevel, RiskMethod
from anlan.kit.followups import follow_ups_about
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt
from anlan.kit.templatetags.look import level_shape

STORY_LENGTH = 50


def find_point(request, number, right=Right.VIEW):
    """The point of this number for the page's reader. Raises Http404 unless seen and `right` is held there."""
    row = queries.find_point(number, request.user)
    if row is None or not request.user.may(right, row.organisation):
        raise Http404
    return row


def crumbs(*points):
    """The way down to a page about these points."""
    steps = [{"label": _("安全风险分布图"), "url": reverse("riskmap:map")}]
    steps += [{"label": _("风险点"), "url": reverse("riskmap:points")}]
    return steps + [{"label": one.name, "url": one.get_absolute_url()} for one in points]


def draw_form(request, point, form, *, title, verb, lead=""):
    """The page of a form about a point."""
    context = {"form": form, "title": title, "verb": verb, "lead": lead, "crumbs": crumbs(point)}
    return render(request, "kit/form.html", context | {"cancel_url": point.get_absolute_url()})


class PointFilter(SearchForm):
    """Filters of the list and of the map."""

    level = forms.ChoiceField(
        label=gettext_lazy("风险等级"), required=False,
        choices=[*ALL, *RiskLevel.choices, ("none", gettext_lazy("未评估"))],
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        RiskPoint._meta.get_field("organisation").related_model.objects.all(), label=gettext_lazy("责任单位"),
        required=False, empty_label=gettext_lazy("全部"), to_field_name="code",
    )  # fmt: skip
    category = forms.CharField(label=gettext_lazy("风险类别"), required=False, widget=forms.Select)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False,
        choices=[("", gettext_lazy("在图")), *PointState.choices, ("due", gettext_lazy("应复评"))],
    )  # fmt: skip

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        field = self.fields["organisation"]
        field.queryset = field.queryset.filter(person.reach(Right.VIEW, through=""), is_active=True)
        field.label_from_instance = indent
        # read only where the form is drawn: a viewport's answer is not to wait for it
        self.fields["category"].widget.choices = lambda: [
            *ALL, *((one, one) for one in queries.categories(person))
        ]  # fmt: skip

    def narrow(self, queryset, values):
        """By each filter that is set; an organisation takes in those below it."""
        state = values.get("state", "")
        if state == "due":
            queryset = queryset.filter(review_on__lte=timezone.localdate())
        if state == PointState.RETIRED:
            queryset = queryset.filter(state=state)
        else:
            queryset = queryset.exclude(state=PointState.RETIRED)
            queryset = queryset.filter(state=state) if state in PointState.values else queryset
        if level := values.get("level"):
            queryset = queryset.filter(Q(level=None) if level == "none" else Q(level=level))
        if values.get("organisation"):
            queryset = queryset.filter(organisation__in=ids_below(values["organisation"]))
        if values.get("category"):
            queryset = queryset.filter(category=values["category"])
        return queryset


def code_of(name):
    """A column's value: the code of the row that a key leads to."""
    return lambda row: getattr(getattr(row, name), "code", "")


def score_of(factor):
    """A column's value: the score of one factor of the newest assessment."""
    return lambda row: row.inputs.get(factor, "")


SAID = {
    "organisation": code_of("organisation"), "place": code_of("place"), "enterprise": code_of("enterprise"),
    "outline": lambda row: json.dumps(row.outline) if row.outline else "", **{factor: score_of(factor) for factor in FACTORS},
}  # fmt: skip
EXPORTED = [
    *(Column(one.name, one.label, value=SAID.get(one.name)) for one in COLUMNS if one.name != "person_name"),
    Column("level", gettext_lazy("风险等级"), value=lambda row: row.get_level_display()),
    Column("value", gettext_lazy("风险值")),
    Column("answering", gettext_lazy("责任单位"), value=lambda row: row.organisation.name),
    Column("review_on", gettext_lazy("复评日期")),
    Column("state", gettext_lazy("状态"), value=lambda row: row.get_state_display()),
]
DRAWN = ("geojson", "kml")  # formats that hold the outline as a drawing
KML_COLOURS = {
    "red": "#d6293e", "orange": "#d9680f", "yellow": "#b98900", "blue": "#1c6fe0", "undetermined": "#868e96",
}  # fmt: skip


class PointListing(Listing):
    """Risk points as their reader sees them; names of people are not in it."""

    title = gettext_lazy("风险点")
    columns = [
        Column("number", gettext_lazy("编号"), sort="number"),
        Column("name", gettext_lazy("风险点名称"), sort="name"),
        Column("category", gettext_lazy("风险类别"), sort="category"),
        Column("mark", "", "html", value=lambda row: level_shape(row.colour)),
        Column("level", gettext_lazy("风险等级"), sort="level", value=lambda row: row.get_level_display()),
        Column("value", gettext_lazy("风险值"), "number", sort="value"),
        Column("method", gettext_lazy("评估方法"), value=lambda row: row.method),
        Column("organisation", gettext_lazy("责任单位"), sort="organisation__path"),
        Column("post", gettext_lazy("责任岗位")),
        Column("place", gettext_lazy("场所")),
        Column("review_on", gettext_lazy("复评日期"), sort="review_on"),
        Column("state", gettext_lazy("状态"), "badge", sort="state", value=lambda row: row.get_state_display()),
    ]  # fmt: skip
    searched = ["number", "name", "category", "place__name", "enterprise__name"]
    empty_text = gettext_lazy("没有符合条件的风险点。先登记一个，再评估等级。")
    file_name = "risk-points"
    template = "riskmap/points.html"

    def filters(self, values):
        """The filter form, offering what the reader sees."""
        return PointFilter(values, person=self.request.user)

    offered = ("csv", "xlsx", "geojson", "kml")
    colours = {colour: KML_COLOURS[colour] for colour in (*COLOURS.values(), UNASSESSED)}

    def respond(self):
        """The page, or an export, whose columns are those that an import reads."""
        if wanted := self.request.GET.get("format"):
            self.columns = [one for one in EXPORTED if one.key != "outline" or wanted not in DRAWN]
        return super().respond()

    def geometry(self, row):
        """The outline, else the point, in WGS-84; with the outline the point stands in its columns."""
        if row.outline:
            return row.outline
        return None if row.lon is None else {"type": "Point", "coordinates": [row.lon, row.lat]}

    def mark(self, row):
        """What KML calls a row, its style, and the sign with the outline: programs show a name at the sign only."""
        drawn = self.geometry(row)
        if row.outline and row.lon is not None:
            sign = {"type": "Point", "coordinates": [row.lon, row.lat]}
            drawn = {"type": "GeometryCollection", "geometries": [sign, row.outline]}
        return row.name, row.colour, drawn


@require_safe
def points(request):
    """The list, with CSV, XLSX, GeoJSON and KML."""
    listing = PointListing(request, queries.visible_points(request.user, retired=True))
    listing.context |= {"may_add": request.user.may(Right.RISKMAP_EDIT)}
    return listing.respond()


@require_safe
def point(request, number):
    """Everything about a risk point."""
    row, today = find_point(request, number), timezone.localdate()
    may_edit = request.user.may(Right.RISKMAP_EDIT, row.organisation)
    may_check = request.user.may(Right.RISKMAP_CHECK, row.organisation)
    is_alive = row.state != PointState.RETIRED
    context = {
        "point": row, "title": row.name, "crumbs": crumbs(), "today": today,
        "is_due": is_alive and is_review_due(row.review_on, today),
        "assessments": [(one, colour_of(one.level)) for one in row.assessments.select_related("by")[:STORY_LENGTH]],
        "may_edit": may_edit and is_alive, "may_restore": may_edit and not is_alive,
        "may_check": may_check and row.state == PointState.DRAFT and row.written_by_id != request.user.pk,
        "may_return": may_check and row.state in {PointState.CHECKED, PointState.IN_FORCE},
        "may_put_in_force": may_edit and row.state == PointState.CHECKED,
        "follow_ups": follow_ups_about(row),
        "changes": Change.objects.of(row)[:STORY_LENGTH],
    }  # fmt: skip
    return render(request, "riskmap/point.html", context)


def add_point(request):
    """A new risk point."""
    if not request.user.may(Right.RISKMAP_EDIT):
        raise Http404
    form = PointForm(request.POST or None, person=request.user)
    organisation = form.cleaned_data.pop("organisation", None) if form.is_valid() else None
    if change := attempt(form, actions.register_point, organisation, by=request.user):
        messages.success(request, _("风险点已登记。接着评估风险等级。"))
        return redirect(change.subject)
    title = _("登记风险点")
    context = {
        "form": form,
        "title": title,
        "verb": title,
        "crumbs": crumbs(),
        "cancel_url": reverse("riskmap:points"),
    }
    return render(request, "kit/form.html", context)


def edit_point(request, number):
    """Other words for a point."""
    row = find_point(request, number, Right.RISKMAP_EDIT)
    first = {name: getattr(row, name) for name in PointForm.WORDS}
    first["enterprise"] = row.enterprise.code if row.enterprise else ""
    form = PointForm(request.POST or None, person=request.user, initial=first)
    if attempt(form, actions.edit_point, row, by=request.user):
        messages.success(request, _("修改已保存，等待另一人核对。"))
        return redirect(row)
    row = find_point(request, number)
    return draw_form(request, row, form, title=_("修改风险点"), verb=_("保存"))


def assess_point(request, number, method):
    """Scores by one method, from which the level follows."""
    row = find_point(request, number, Right.RISKMAP_EDIT)
    if method not in RiskMethod.values:
        raise Http404
    same = row.inputs if row.method == method else {}
    first = {factor: f"{score:g}" for factor, score in same.items()}
    form = AssessForm(request.POST or None, method=method, initial=first)
    if attempt(form, actions.assess_point, row, by=request.user, method=method):
        messages.success(request, _("已评估为%(level)s。") % {"level": row.get_level_display()})
        return redirect(row)
    row = find_point(request, number)
    lead = _("分值取自规则库“LEC 评分”表，等级取自“风险等级”表。")
    if method == RiskMethod.LS:
        lead = _("L、S 各取 1 至 5 分；矩阵法的等级划分待核实。")
    return draw_form(request, row, form, title=RiskMethod(method).label, verb=_("评估"), lead=lead)


def call_review(request, number):
    """Ask for a new assessment after an accident or a change."""
    row = find_point(request, number, Right.RISKMAP_EDIT)
    form = ReviewForm(request.POST or None)
    if attempt(form, actions.call_review, row, by=request.user):
        messages.success(request, _("已要求复评，今天到期。"))
        return redirect(row)
    row = find_point(request, number)
    return draw_form(request, row, form, title=_("要求复评"), verb=_("要求复评"))

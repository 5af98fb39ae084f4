"""The register: the list, the map, a place's page, and the forms that change it."""

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.places import actions, queries, rules
from anlan.domains.places.models import Place
from anlan.domains.places.pages.forms import (
    ALL,
    AddPlaceForm,
    AssessmentForm,
    GradeForm,
    PlaceForm,
    kind_choices,
    offer_organisations,
)
from anlan.domains.places.terms import INPUT_LABELS, AssessmentState, CapacityState, Grade
from anlan.kit.geo import compute_area_m2
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.pages import attempt, confirm

STORY_LENGTH = 50


def find_place(request, code, right=Right.VIEW):
    """The place of this code for the page's reader. Raises Http404 unless it is seen and `right` is held there."""
    place = queries.find_place(code, request.user)
    if place is None or (right != Right.VIEW and not request.user.may(right, place.organisation)):
        raise Http404
    return place


def find_kept(request, code):
    """The registered place whose parts the reader keeps, as supervisor or operator. Raises Http404."""
    place = find_place(request, code)
    if place.retired_at or not queries.answers_for(request.user, Right.PLACES_EDIT, place):
        raise Http404
    return place


def address_of(place):
    """The place's page in the register (its own page is composed by the site)."""
    return reverse("places:place", args=[place.code])


def crumbs(*places):
    """The way down to a page about these places."""
    steps = [{"label": _("大人流场所"), "url": reverse("places:places")}]
    return steps + [{"label": place.name, "url": address_of(place)} for place in places]


def draw_form(request, place, form, *, title, verb, template="kit/form.html", **more):
    """The page of a form about a place."""
    context = {
        "form": form,
        "title": title,
        "verb": verb,
        "crumbs": crumbs(place),
        "cancel_url": address_of(place),
    }
    return render(request, template, context | more)


# ── the list and the map ────────────────────────────────────────────────────────────────────────


class PlaceFilter(SearchForm):
    """Filters of the register."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False, choices=kind_choices)
    organisation = forms.ModelChoiceField(
        Place._meta.get_field("organisation").related_model.objects.all(),
        label=gettext_lazy("主管部门"), required=False, empty_label=gettext_lazy("全部"), to_field_name="code",
    )  # fmt: skip
    operator = forms.ChoiceField(
        label=gettext_lazy("运营单位"), required=False,
        choices=[*ALL, ("yes", gettext_lazy("有")), ("no", gettext_lazy("无"))],
    )  # fmt: skip
    grade = forms.ChoiceField(
        label=pgettext_lazy("of a place", "等级"), required=False,
        choices=[*ALL, *Grade.choices, ("none", gettext_lazy("未分级"))],
    )  # fmt: skip
    capacity = forms.ChoiceField(
        label=gettext_lazy("承载量"), required=False,
        choices=[*ALL, ("determined", CapacityState.DETERMINED.label), ("undetermined", CapacityState.UNDETERMINED.label)],
    )  # fmt: skip
    assessed = forms.ChoiceField(
        label=gettext_lazy("排查评估"), required=False,
        choices=[*ALL, ("overdue", AssessmentState.OVERDUE.label), ("never", AssessmentState.NEVER.label)],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("登记状态"), required=False,
        choices=[("", gettext_lazy("在册")), ("retired", gettext_lazy("已注销")), ("all", gettext_lazy("全部"))],
    )  # fmt: skip

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        offer_organisations(self.fields["organisation"], person)

    def narrow(self, queryset, values):
        """By each filter that is set; the department's filter takes in those below it."""
        state, organisation, capacity = (values.get(name) for name in ("state", "organisation", "capacity"))
        if state != "all":
            queryset = queryset.filter(retired_at__isnull=state != "retired")
        if organisation:
            queryset = queryset.filter(organisation__path__startswith=organisation.path)
        if capacity:
            due = Q() if capacity == "determined" else Q(is_capacity_due=True)
            queryset = queryset.filter(due, capacity_persons__isnull=capacity == "undetermined")
        if values.get("assessed") == "overdue":
            queryset = queryset.filter(assess_next_on__lt=timezone.localdate())
        elif values.get("assessed"):
            queryset = queryset.filter(assessed_on=None)
        if values.get("kind"):
            queryset = queryset.filter(kind=values["kind"])
        if values.get("operator"):
            queryset = queryset.filter(operator__isnull=values["operator"] == "no")
        if values.get("grade"):
            queryset = queryset.filter(grade="" if values["grade"] == "none" else values["grade"])
        return queryset


def say_capacity(place):
    """The list's word on a place's capacity."""
    if place.capacity_persons is not None:
        return CapacityState.DETERMINED.label
    return CapacityState.UNDETERMINED.label if place.is_capacity_due else CapacityState.NOT_DUE.label


def say_assessment(place):
    """The list's word on a place's assessments."""
    return queries.assessment_state(place.assessed_on, place.assess_next_on, timezone.localdate()).label


class PlaceListing(Listing):
    """The register as its reader sees it."""

    title = gettext_lazy("大人流场所")
    columns = [
        Column("code", gettext_lazy("编号"), sort="code"),
        Column("name", gettext_lazy("名称"), sort="name"),
        Column("kind", gettext_lazy("类型"), sort="kind", value=lambda place: place.get_kind_display()),
        Column("organisation", gettext_lazy("主管部门"), sort="organisation__path"),
        Column("operator", gettext_lazy("运营单位"), sort="operator__name"),
        Column("responsible_person", gettext_lazy("责任人")),
        Column("grade", pgettext_lazy("of a place", "等级"), "badge", sort="grade"),
        Column("capacity_persons", gettext_lazy("承载量（人）"), "number", sort="capacity_persons"),
        Column("capacity", gettext_lazy("核定状态"), value=say_capacity),
        Column("assessment", gettext_lazy("排查评估"), sort="assess_next_on", value=say_assessment),
    ]
    searched = ["code", "name", "name_en", "address", "responsible_person"]
    empty_text = gettext_lazy("没有符合条件的场所。先登记一处，或从表格批量导入。")
    file_name = "places"
    template = "places/places.html"

    def filters(self, values):
        """The filter form, offering the reader's own departments."""
        return PlaceFilter(values, person=self.request.user)

    def link(self, row):
        """The place's page in the register."""
        return address_of(row)

    def geometry(self, row):
        """The outline where there is one, else the point."""
        if row.outline:
            return row.outline
        return {"type": "Point", "coordinates": [row.lon, row.lat]} if row.lon is not None else None


def list_places(request):
    """The listing that this request's filters ask for."""
    seen = queries.visible_places(request.user, retired=True)
    listing = PlaceListing(
        request, queries.with_assessment(queries.with_capacity(seen, timezone.localdate()))
    )
    listing.context["may_add"] = request.user.may(Right.PLACES_EDIT)
    return listing


@require_safe
def places(request):
    """The register as a list, with CSV and GeoJSON."""
    return list_places(request).respond()


@require_safe
def places_map(request):
    """The register on a map, under the same filters as the list."""
    listing = list_places(request)
    drawn = [describe_for_map(place) for place in listing.queryset]
    placed = [one for one in drawn if one["lon"] is not None or one["outline"]]
    context = {
        "listing": listing,
        "places": placed,
        "unplaced": len(drawn) - len(placed),
        "title": listing.title,
    }
    return render(request, "places/map.html", context)


def describe_for_map(place):
    """A place as the map draws it, with what its drawer says."""
    said = {
        "url": address_of(place), "kind": place.get_kind_display(), "organisation": place.organisation.name,
        "operator": place.operator.name if place.operator else "", "grade": place.grade,
        "capacity": place.capacity_persons, "state": str(say_capacity(place)),
    }  # fmt: skip
    return queries.map_places([place])[0] | said


# ── one place ───────────────────────────────────────────────────────────────────────────────────


@require_safe
def place(request, code):
    """登记信息: all that is registered of a place, and its story."""
    row = find_place(request, code)
    today = timezone.localdate()
    context = {
        "place": row, "crumbs": crumbs(), "title": row.name, "ancestor": row.parent,
        "zones": describe_zones(row), "entrances": row.entrances.select_related("zone"),
        "exits_out": {one.pk for one in row.entrances.all() if rules.may_leave(one.state)},
        "parts": row.parts.filter(retired_at=None), "lines": row.rail_lines.all(),
        "state": queries.capacity_state(row, today), "determinations": describe_determinations(row, today, request.user),
        "decider": queries.decider_line(row), "area_m2": say_area(queries.known_area_m2(row)),
        "outline_m2": say_area(round(compute_area_m2(row.outline))) if row.outline else None,
        "may_edit": row.retired_at is None and request.user.may(Right.PLACES_EDIT, row.organisation),
        "may_restore": row.retired_at is not None and request.user.may(Right.PLACES_EDIT, row.organisation),
        "may_keep": row.retired_at is None and queries.answers_for(request.user, Right.PLACES_EDIT, row),
        "may_determine": row.retired_at is None and queries.check_determiner(request.user, row) is None,
        "assessments": row.assessments.select_related("assessed_by"),
        "assessed": describe_assessment(row, today),
        "changes": queries.story(row)[:STORY_LENGTH],
    }  # fmt: skip
    return render(request, "places/place.html", context)


def describe_zones(place):
    """The place's zones, each with its `area` in words."""
    zones = list(place.zones.all())
    for zone in zones:
        zone.area = say_area(zone.effective_area_m2) or "–"
    return zones


def say_area(area_m2):
    """Square metres with thousands separators, at most one decimal; empty where unknown."""
    return "" if area_m2 is None else f"{area_m2:,.1f}".removesuffix(".0")


def describe_assessment(place, today):
    """How the latest assessment stands today."""
    latest = place.assessments.first()
    return queries.assessment_state(latest and latest.assessed_on, latest and latest.next_on, today)


def describe_determinations(place, today, person):
    """Each determination with how it stands today, and whether `person` may publish or withdraw it.

    It is valid, expired, superseded, withdrawn, or not yet.
    """
    rows = list(place.determinations.select_related("determined_by", "zone"))
    told = []
    for row in rows:
        beside = [one for one in rows if (one.zone_id, one.kind) == (row.zone_id, row.kind)]
        newest = rules.pick_newest(beside, today)
        told.append({
            "row": row, "standing": stand(row, newest, today), "method": rules.METHODS[row.method],
            "inputs": say_inputs(row.inputs),
            "is_ones_own": queries.check_determiner(person, place, determined_by=row.determined_by) is None,
        })  # fmt: skip
    return sorted(told, key=lambda one: one["standing"] != "valid")


def say_inputs(inputs):
    """The inputs of a determination as (label, text)."""
    told = [
        (INPUT_LABELS.get(name, name), f"{value:,g}") for name, value in inputs.items() if name != "parts"
    ]
    for part in inputs.get("parts", ()):
        told.append((part.get("name", ""), f"{part['area_m2']:,g} m² ÷ {part['m2_per_person']:g}"))
    return told


def stand(row, newest, today):
    """How one determination stands."""
    if row.withdrawn_at:
        return "withdrawn"
    if row is not newest:
        return "superseded"
    return "expired" if row.valid_until and row.valid_until < today else "valid"


def add_place(request):
    """A new place."""
    if not request.user.may(Right.PLACES_EDIT):
        raise Http404
    form = AddPlaceForm(request.POST or None, person=request.user, initial=first_words(request))
    organisation = form.cleaned_data.pop("organisation", None) if form.is_valid() else None
    change = attempt(form, actions.register_place, organisation, by=request.user)
    if change:
        messages.success(
            request, _("场所“%(name)s”已登记。接着添加区域、出入口和承载量核定。") % {"name": change.subject}
        )
        return redirect(address_of(change.subject))
    context = {
        "form": form,
        "title": _("登记场所"),
        "verb": _("登记场所"),
        "crumbs": crumbs(),
        "cancel_url": reverse("places:places"),
    }
    return render(request, "kit/form.html", context)


def first_words(request):
    """What the address already says of a new place: its kind and parent."""
    parent = queries.find_place(request.GET.get("parent", ""), request.user)
    words = {
        "kind": request.GET.get("kind", ""),
        "is_capacity_due": request.GET.get("kind") != "station_exit",
    }
    return words | (
        {"parent": parent, "organisation": parent.organisation, "operator": parent.operator} if parent else {}
    )


def edit_place(request, code):
    """Other words for a place."""
    row = find_place(request, code, Right.PLACES_EDIT)
    words = {name: getattr(row, name) for name in PlaceForm.WORDS if name != "rail_lines"}
    words["rail_lines"] = list(row.rail_lines.all())
    form = PlaceForm(request.POST or None, person=request.user, itself=row.pk, initial=words)
    if attempt(form, actions.edit_place, row, by=request.user):
        messages.success(request, _("修改已保存。"))
        return redirect(address_of(row))
    return draw_form(request, find_place(request, code), form, title=_("修改登记信息"), verb=_("保存修改"))


def grade_place(request, code):
    """A grade, its reason and review date."""
    row = find_place(request, code, Right.PLACES_EDIT)
    words = {"grade": row.grade, "reason": row.grade_reason, "review_on": row.grade_review_on}
    form = GradeForm(request.POST or None, initial=words)
    if attempt(form, actions.grade_place, row, by=request.user):
        messages.success(request, _("分级已保存。"))
        return redirect(address_of(row))
    lead = _("等级决定检查频次和监测等级：A 级最高。")
    return draw_form(request, row, form, title=_("场所分级"), verb=_("保存分级"), lead=lead)


def assess_place(request, code):
    """Record an assessment; the operating side its own."""
    row = find_kept(request, code)
    supervises = request.user.may(Right.PLACES_EDIT, row.organisation)
    side = row.organisation if supervises else row.operator
    words = {"assessed_on": timezone.localdate(), "assessed_by": side}
    form = AssessmentForm(request.POST or None, only=None if supervises else side, initial=words)
    if attempt(form, actions.assess_place, row, by=request.user):
        messages.success(request, _("排查评估已登记。"))
        return redirect(address_of(row))
    return draw_form(request, row, form, title=_("登记排查评估"), verb=_("登记排查评估"))


def retire_place(request, code):
    """Take a place off the register."""
    row = find_place(request, code, Right.PLACES_EDIT)
    return confirm(
        request, actions.retire_place, row, title=_("注销场所"), verb=_("注销场所"), back=address_of(row),
        question=_("注销“%(name)s”？记录保留，可以恢复。") % {"name": row}, said=_("场所已注销。"),
    )  # fmt: skip


def restore_place(request, code):
    """Put a retired place back."""
    row = find_place(request, code, Right.PLACES_EDIT)
    return confirm(
        request, actions.restore_place, row, title=_("恢复登记"), verb=_("恢复登记"), back=address_of(row),
        question=_("恢复“%(name)s”的登记？") % {"name": row}, said=_("场所已恢复登记。"),
    )  # fmt: skip

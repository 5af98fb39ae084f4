"""Patrols: the board of a day's rounds, one round, routes and how they are laid down, what was observed."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.models import PatrolRoute
from anlan.domains.crowd.queries.observations import observation_limit
from anlan.domains.crowd.terms import PATROL_IS_NO_INSPECTION, ObservationKind, PatrolDays, RoundState
from anlan.domains.places.queries import visible_places
from anlan.kit.followups import follow_ups_about
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm

BOARD = [{"label": _("巡逻"), "url": reverse_lazy("crowd:patrols")}]
ROUTES = [*BOARD, {"label": _("巡逻路线"), "url": reverse_lazy("crowd:patrol_routes")}]
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
ALL = [("", _("全部"))]
BLANK_STOPS = 5


# ── the board ───────────────────────────────────────────────────────────────────────────────────


class RoundFilter(SearchForm):
    """Filters of the board: the day is asked for by the page itself."""

    day = forms.DateField(label=_("日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[*ALL, *RoundState.choices])

    def narrow(self, queryset, values):
        """By state."""
        return queryset.filter(state=values["state"]) if values.get("state") else queryset


def say_stops(row):
    """How many of a round's stops were checked in: 2/3."""
    return f"{row.n_done}/{len(row.stop_ids)}" if row.stop_ids else "–"


class RoundListing(Listing):
    """The rounds of a day in the order of their time."""

    title = _("巡逻")
    columns = [
        Column("planned_at", _("计划时间"), "time", sort="planned_at"),
        Column("name", _("巡逻路线"), value=str),
        Column("organisation", _("巡逻单位"), value=lambda row: row.organisation.name),
        Column("state", _("状态"), "badge", sort="state", value=lambda row: row.get_state_display()),
        Column("stops", _("已打卡/巡逻点"), value=say_stops),
        Column("by", _("巡逻人"), value=lambda row: str(row.by or "")),
        Column("started_at", _("开始时间"), "time", sort="started_at"),
        Column("ended_at", _("结束时间"), "time", sort="ended_at"),
    ]
    filters = RoundFilter
    searched = ["route__name", "organisation__name"]
    empty_text = _("这一天没有巡逻班次。请在“巡逻路线”中排班，或直接开始临时巡逻。")
    file_name = "patrols"
    template = "crowd/patrols.html"


@require_safe
def patrols(request):
    """The board: the rounds of a day, today where none is asked for."""
    asked = RoundFilter(request.GET)
    day = asked.cleaned_data.get("day") if asked.is_valid() else None
    day = day or timezone.localdate()
    rows = queries.rounds_of_day(request.user, day)
    tally = {state.label: 0 for state in RoundState}
    for row in rows:
        tally[row.get_state_display()] += 1
    context = {
        "day": day,
        "tally": tally,
        "missed_label": RoundState.MISSED.label,
        "lead": PATROL_IS_NO_INSPECTION,
    }
    context["may_walk"] = request.user.may(Right.PATROLS_WALK)
    return RoundListing(request, rows, **context).respond()


@require_safe
def patrol_round(request, pk):
    """One round: its stops with their check-ins, what was observed and found, what was missed."""
    row = queries.find_round(pk, request.user)
    if row is None:
        raise Http404
    looks = list(row.check_ins.select_related("stop", "place", "by"))
    by_stop = {}
    for look in looks:
        by_stop.setdefault(look.stop_id, []).append(look)
    stops = [(stop, by_stop.get(stop.pk, [])) for stop in queries.stops_of(row)]
    return render(request, "crowd/patrol_round.html", {
        "title": str(row), "row": row, "stops": stops, "others": by_stop.get(None, []),
        "observations": row.observations.select_related("place", "zone", "by").order_by("at"),
        "findings": row.findings.all(), "follow_ups": follow_ups_about(row), "changes": Change.objects.of(row),
        "far_m": observation_limit("far_m", on=timezone.localdate()), "crumbs": BOARD,
        "may_walk": request.user.may(Right.PATROLS_WALK, row.organisation), "lead": PATROL_IS_NO_INSPECTION,
    })  # fmt: skip


# ── routes ──────────────────────────────────────────────────────────────────────────────────────


class RouteListing(Listing):
    """The routes, those in use first."""

    title = _("巡逻路线")
    columns = [
        Column("name", _("路线名称"), sort="name"),
        Column("organisation", _("巡逻单位"), value=lambda row: row.organisation.name),
        Column("days", _("巡逻日"), value=lambda row: row.get_days_display()),
        Column("hours", _("时段"), value=lambda row: f"{row.starts_at:%H:%M}–{row.ends_at:%H:%M}"),
        Column("every_min", _("间隔（分钟）"), "number", sort="every_min"),
        Column("n_stops", _("巡逻点"), "number"),
        Column("state", _("状态"), "badge", value=lambda row: _("已停用") if row.stopped_at else _("在用")),
    ]
    searched = ["name", "organisation__name"]
    empty_text = _("还没有巡逻路线。")
    file_name = "patrol-routes"
    template = "crowd/patrol_routes.html"


@require_safe
def patrol_routes(request):
    """The list of routes."""
    rows = queries.visible_routes(request.user)
    may_plan = request.user.may(Right.PATROLS_PLAN)
    return RouteListing(request, rows, may_plan=may_plan, crumbs=BOARD).respond()


@require_safe
def patrol_route(request, pk):
    """One route: its stops, its hours, its latest rounds."""
    row = route_or_404(request, pk)
    rounds = queries.visible_rounds(request.user).filter(route=row).order_by("-planned_at", "-id")[:20]
    return render(request, "crowd/patrol_route.html", {
        "title": row.name, "row": row, "stops": row.stops_in_use.select_related("place", "zone"), "rounds": rounds,
        "may_plan": request.user.may(Right.PATROLS_PLAN, row.organisation), "changes": Change.objects.of(row),
        "crumbs": ROUTES,
    })  # fmt: skip


def route_or_404(request, pk):
    """The route of this number that the reader sees."""
    return get_object_or_404(queries.visible_routes(request.user), pk=pk)


class RouteForm(forms.Form):
    """What a route is besides its stops."""

    name = forms.CharField(label=_("路线名称"), max_length=80)
    days = forms.ChoiceField(label=_("巡逻日"), choices=PatrolDays.choices)
    starts_at = forms.TimeField(label=_("开始时间"), widget=TIME)
    ends_at = forms.TimeField(label=_("结束时间"), widget=TIME, help_text=_("早于开始时间的，视为次日。"))
    every_min = forms.IntegerField(label=_("间隔（分钟）"), initial=120, min_value=5, max_value=1440)
    lasts_min = forms.IntegerField(label=_("每班时长（分钟）"), initial=60, min_value=1, max_value=1440)
    grace_min = forms.IntegerField(label=_("允许迟到（分钟）"), initial=15, min_value=0, max_value=240)
    note = forms.CharField(label=_("巡逻要求"), required=False, max_length=300)


class NewRouteForm(RouteForm):
    """The same for an organisation that is to be chosen."""

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        field = PatrolRoute._meta.get_field("organisation").formfield()
        field.queryset = field.queryset.filter(person.reach(Right.PATROLS_PLAN, through=""), is_active=True)
        self.fields["organisation"] = field
        self.order_fields(["name", "organisation"])


class StopForm(forms.Form):
    """A stop: a place, one of its zones by code, or a point of its own with a name."""

    place = forms.ModelChoiceField(label=_("场所"), queryset=None, required=False)
    zone = forms.CharField(label=_("区域编号"), required=False, max_length=20)
    name = forms.CharField(label=_("巡逻点名称"), required=False, max_length=120)
    dwell_min = forms.IntegerField(label=_("停留（分钟）"), required=False, min_value=0, max_value=600)
    lon = forms.FloatField(label=_("经度"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("纬度"), required=False, min_value=-90, max_value=90)

    def __init__(self, *args, places, **options):
        super().__init__(*args, **options)
        self.fields["place"].queryset = places
        self.fields["place"].empty_label = _("不属于登记的场所")

    def clean(self):
        """A stop has a place or a name; a zone is one of the place; a point has both degrees."""
        values = super().clean()
        place, code = values.get("place"), values.get("zone")
        values["zone"] = place.zones.filter(code=code).first() if place and code else None
        if code and values["zone"] is None:
            self.add_error("zone", _("该场所没有编号为“%(code)s”的区域。") % {"code": code})
        if (values.get("lon") is None) != (values.get("lat") is None):
            self.add_error("lat", _("经度和纬度须一并填写。"))
        if not place and not values.get("name"):
            self.add_error("name", _("请选择场所，或填写巡逻点名称。"))
        return values

    def as_stop(self):
        """What `add_route` takes of a filled-in stop."""
        values = self.cleaned_data
        zone, place = values["zone"], values.get("place")
        name = values.get("name") or (zone.name if zone else place.name)
        told = {"name": name, "place": place, "zone": zone, "dwell_min": values.get("dwell_min") or 0}
        return told | {"lon": values.get("lon"), "lat": values.get("lat")}


def make_stops(request, route=None):
    """The form of a route's stops, with blank ones below; blank ones count for nothing."""
    known = [
        {
            "place": stop.place_id, "zone": stop.zone and stop.zone.code, "name": stop.name, "dwell_min": stop.dwell_min,
            "lon": stop.lon, "lat": stop.lat,
        }
        for stop in (route.stops_in_use.select_related("place", "zone") if route else ())
    ]  # fmt: skip
    make = forms.formset_factory(StopForm, extra=BLANK_STOPS, can_delete=True, max_num=65)
    places = visible_places(request.user).order_by("name")
    return make(
        request.POST or None, initial=known, prefix="stops", form_kwargs={"places": places},
    )  # fmt: skip


def read_stops(stops):
    """The filled-in stops that are not taken out, in their order."""
    kept = [
        one for one in stops.forms if one.has_changed() or one.initial
    ]  # a stop that stands as it was has not changed
    return [one.as_stop() for one in kept if not one.cleaned_data.get("DELETE")]


def draw_route_form(request, form, stops, *, title, back):
    """The form of a route with its stops."""
    context = {"form": form, "stops": stops, "title": title, "cancel_url": back, "crumbs": ROUTES}
    return render(request, "crowd/patrol_route_form.html", context)


def add_route(request):
    """Lay down a route."""
    form, stops = NewRouteForm(request.POST or None, person=request.user), make_stops(request)
    sound = request.method == "POST" and stops.is_valid()
    if sound and (change := attempt(form, add_at, None, by=request.user, stops=read_stops(stops))):
        messages.success(request, _("路线已保存，班次将自动排定。"))
        return redirect(change.subject)
    back = reverse("crowd:patrol_routes")
    return draw_route_form(request, form, stops, title=_("新建巡逻路线"), back=back)


def add_at(_nothing, *, by, now, organisation, **words):
    """Lay a route down for the organisation that the form names."""
    return actions.add_route(organisation, by=by, now=now, **words)


def edit_route(request, pk):
    """Change a route."""
    row = route_or_404(request, pk)
    names = ("name", "days", "starts_at", "ends_at", "every_min", "lasts_min", "grace_min", "note")
    form = RouteForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    stops = make_stops(request, row)
    sound = request.method == "POST" and stops.is_valid()
    if sound and attempt(form, actions.edit_route, row, by=request.user, stops=read_stops(stops)):
        messages.success(request, _("路线已修改，尚未开始的班次已重新排定。"))
        return redirect(row)
    return draw_route_form(request, form, stops, title=_("修改巡逻路线"), back=row.get_absolute_url())


def stop_route(request, pk):
    """Ask, then plan no more rounds of a route."""
    row = route_or_404(request, pk)
    return confirm(
        request, actions.stop_route, row, title=_("停用巡逻路线"), verb=_("停用"), back=row,
        question=_("停用后不再排定“%(name)s”的班次，已有记录保留。") % {"name": row.name}, said=_("路线已停用。"),
    )  # fmt: skip


@require_POST
def resume_route(request, pk):
    """Plan rounds of a route again."""
    row = route_or_404(request, pk)
    if attempt(forms.Form(request.POST), actions.resume_route, row, by=request.user):
        messages.success(request, _("路线已恢复。"))
    else:
        messages.error(request, _("您没有权限恢复该路线。"))
    return redirect(row)


# ── what was observed ───────────────────────────────────────────────────────────────────────────


class ObservationFilter(SearchForm):
    """Filters of the list of observations."""

    kind = forms.ChoiceField(label=_("观测内容"), required=False, choices=[*ALL, *ObservationKind.choices])
    place = forms.CharField(label=_("场所编号"), required=False, max_length=40)

    def narrow(self, queryset, values):
        """By kind and place."""
        if values.get("kind"):
            queryset = queryset.filter(kind=values["kind"])
        return queryset.filter(place__code=values["place"]) if values.get("place") else queryset


def say_observer(row):
    """Who saw it, or on whose behalf it was sent."""
    return str(row.by) if row.by else row.on_behalf_of


class ObservationListing(Listing):
    """What people on the spot have reported, newest first."""

    title = _("现场观测")
    columns = [
        Column("at", _("观测时间"), "time", sort="at"),
        Column("place", _("场所"), sort="place__name", value=lambda row: row.place.name),
        Column("zone", _("区域"), value=lambda row: row.zone.name if row.zone else ""),
        Column("kind", _("观测内容"), "badge", sort="kind", value=lambda row: row.get_kind_display()),
        Column("value", _("数值"), value=lambda row: "" if row.value is None else f"{row.value:g}"),
        Column("note", _("说明"), "sentence"),
        Column("by", _("观测人"), value=say_observer),
        Column("noted_at", _("上报时间"), "time", sort="noted_at"),
    ]
    filters = ObservationFilter
    searched = ["place__name", "place__code", "note"]
    empty_text = _("还没有现场观测。")
    file_name = "observations"

    def link(self, row):
        return row.round.get_absolute_url() if row.round else row.place.get_absolute_url()


@require_safe
def observations(request):
    """The list of observations."""
    return ObservationListing(request, queries.visible_observations(request.user), crumbs=BOARD).respond()

"""Incidents: the list, the command post, its brief and its story, and every deed."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.pages import incident_deeds as deeds
from anlan.domains.emergency.pages.deeds import buttons, show_deed
from anlan.domains.emergency.pages.files import files_of
from anlan.domains.emergency.pages.incident_forms import EntryForm, OpeningForm
from anlan.domains.emergency.rules import incidents as rules
from anlan.domains.emergency.rules import reports as report_rules
from anlan.domains.emergency.rules.orders import NEED_OPEN
from anlan.domains.emergency.terms.incidents import EntryKind, IncidentKind, IncidentLevel, IncidentState
from anlan.domains.emergency.terms.reports import ReportSort
from anlan.domains.places.queries import find_place
from anlan.kit.followups import follow_ups_about
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt

LIST = [{"label": _("突发事件"), "url": reverse_lazy("emergency:incidents")}]
GROUPS = [("", _("全部")), ("open", _("处置中")), ("closed", _("已结束"))]
ALL = [("", _("全部"))]
POST_ENTRIES = 60  # the rest stands on the timeline's own page
BRIEF_ENTRIES = 8  # so that the brief stays on one page
FORMATS = {"json": "application/json", "md": "text/markdown"}


class IncidentFilter(SearchForm):
    """Filters of the list of incidents."""

    group = forms.ChoiceField(label=_("状态"), required=False, choices=GROUPS)
    state = forms.ChoiceField(label=_("进程"), required=False, choices=[*ALL, *IncidentState.choices])
    kind = forms.ChoiceField(label=_("事件类别"), required=False, choices=[*ALL, *IncidentKind.choices])
    level = forms.ChoiceField(label=_("事件级别"), required=False, choices=[*ALL, *IncidentLevel.choices])
    scene = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def narrow(self, queryset, values):
        """By group and state, kind, level; of the live scene unless another is asked for."""
        for name in ("state", "kind", "level"):
            if values.get(name):
                queryset = queryset.filter(**{name: values[name]})
        if values.get("group"):
            closed = [str(state) for state in rules.CLOSED]
            open_ones = values["group"] == "open"
            queryset = queryset.exclude(state__in=closed) if open_ones else queryset.filter(state__in=closed)
        return queryset.filter(scene=values.get("scene") or "live")


class IncidentListing(Listing):
    """Incidents, the newest first."""

    title = _("突发事件")
    columns = [
        Column("number", _("编号"), sort="number"),
        Column("title", _("事件名称"), sort="title"),
        Column("kind", _("事件类别"), "badge", sort="kind", value=lambda row: row.get_kind_display()),
        Column("level", _("事件级别"), "badge", sort="level", value=lambda row: row.get_level_display() or _("未定级")),
        Column("state", _("进程"), "badge", sort="state", value=lambda row: row.get_state_display()),
        Column("spot", _("发生地点")),
        Column("known_at", _("接报时间"), "time", sort="known_at"),
        Column("organisation", _("主责单位"), sort="organisation__path", value=lambda row: str(row.organisation)),
    ]  # fmt: skip
    filters = IncidentFilter
    searched = ["number", "title", "where", "place__name", "cases__number"]
    empty_text = _("没有突发事件。接到报告后，点“登记突发事件”；预警处置单也可以直接转为突发事件。")
    file_name = "incidents"
    template = "emergency/incidents.html"

    def narrow(self, queryset):
        """A case number that is searched may stand twice: each incident is shown once."""
        return super().narrow(queryset).distinct()

    def geometry(self, row):
        """Where it happened, else where its place lies."""
        lon, lat = (row.lon, row.lat) if row.lon is not None else (
            (row.place.lon, row.place.lat) if row.place else (None, None)
        )  # fmt: skip
        return None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}


@require_safe
def incidents(request):
    """The list."""
    rows = queries.visible_incidents(request.user)
    return IncidentListing(request, rows, may_run=request.user.may(Right.INCIDENTS_RUN)).respond()


def add_incident(request):
    """Open one: by hand, from an alarm (?alarm=), from a call (?call=), at a place (?place=)."""
    alarm, call, place = sources(request)
    form = OpeningForm(request.POST or None, row=None, person=request.user)
    form.initial = first_words(request, alarm, call, place)
    words = {
        "alarms": [alarm] if alarm else [],
        "call": call,
        "scene": (alarm or call).scene if alarm or call else "live",
    }
    if change := attempt(form, open_at, None, by=request.user, **words):
        messages.success(request, _("突发事件已登记，报告时限开始计时。"))
        return redirect(change.subject)
    context = {"title": _("登记突发事件"), "form": form, "verb": _("登记突发事件"), "crumbs": LIST}
    lead = _("由预警处置单 %(alarm)s 转来。") % {"alarm": alarm} if alarm else ""
    return render(
        request, "emergency/deed.html", context | {"lead": lead, "cancel_url": reverse("emergency:incidents")}
    )


def sources(request):
    """(alarm, call, place) that the address names, as far as the reader sees them."""
    wanted = {name: request.GET.get(name, "") for name in ("alarm", "call", "place")}
    alarm = queries.find_alarm(request.user, int(wanted["alarm"])) if wanted["alarm"].isdecimal() else None
    calls = queries.visible_calls(request.user).filter(incident=None)
    call = calls.filter(pk=int(wanted["call"])).first() if wanted["call"].isdecimal() else None
    return alarm, call, find_place(wanted["place"], request.user) if wanted["place"] else None


def first_words(request, alarm, call, place):
    """What is known already when the form is opened."""
    first = {"known_at": timezone.localtime(), "organisation": request.user.organisation_id, "place": place}
    if alarm:
        first |= {"title": alarm.title, "place": alarm.place, "organisation": alarm.organisation_id,
                  "happened_at": timezone.localtime(alarm.raised_at)}  # fmt: skip
    if call:
        first |= {"described": call.what, "place": call.place, "where": call.where, "organisation": call.organisation_id,
                  "known_at": timezone.localtime(call.called_at)}  # fmt: skip
    return first


def open_at(_nothing, *, by, now, organisation, **words):
    """Open in the organisation that the form names."""
    return actions.open_incident(organisation, by=by, now=now, **words)


def row_or_404(request, pk):
    """The incident that the reader sees."""
    return get_object_or_404(queries.visible_incidents(request.user), pk=pk)


@require_safe
def incident(request, pk):
    """The command post: what is known, what is due, who does what, what happened."""
    row, now = row_or_404(request, pk), timezone.now()
    held, past = queries.roles_of(row)
    may_run = request.user.may(Right.INCIDENTS_RUN, row.organisation)
    known, signed = queries.sorts_of(row)
    shown = board(row, now)
    shown |= files_of(row, request.user)
    return render(request, "emergency/incident.html", shown | steps_of(row, request.user) | part_buttons(shown, held, row, request.user) | {
        "title": row.title, "crumbs": LIST, "now": now, "may_run": may_run,
        "past": past, "reports": queries.reports_of(row), "calls": queries.calls_of(row),
        "alarms": [one.alarm for one in row.alarm_links.select_related("alarm")],
        "other_places": [one.place for one in row.other_places.select_related("place")],
        "lead_incident": queries.lead_of(row) if row.merged_into_id else None, "members": queries.family(row)[1:],
        "entries": queries.timeline(row, newest=POST_ENTRIES)[::-1], "follow_ups": follow_ups_about(row), "most": POST_ENTRIES, "may_write": [
            sort for sort in ReportSort if sort != ReportSort.ORAL and not report_rules.check_writing(sort, known, signed)
        ],
        "scene": {"kind": "exercise", "title": row.scene} if row.scene != "live" else None,
    })  # fmt: skip


def board(row, now):
    """What the command post and the brief both show."""
    orders = queries.orders_of(row, now)
    return {
        "row": row, "limits": queries.limits_of(row, now), "figures": queries.say_figures(row), "orders": orders,
        "cases": queries.cases_of(row), "needs": queries.needs_of(row), "objectives": queries.objectives_of(row),
        "checks": queries.checks_of(row, now), "spot": row.spot,
    }  # fmt: skip


def part_buttons(shown, held, row, person):
    """The parts of the command post, each with the buttons that this person may press: (part, [(name, Deed)])."""

    def each(kind, parts, names_of, of=lambda part: part):
        table = deeds.PARTS[kind][1]
        return [(part, buttons(table, names_of(part), person, of(part))) for part in parts]

    needs = {True: ("meet", "drop"), False: ()}
    return {
        "orders": each("order", shown["orders"], lambda line: [str(step) for step in line.steps], lambda line: line.order),
        "needs": each("need", shown["needs"], lambda need: needs[need.state in NEED_OPEN]),
        "objectives": each("objective", shown["objectives"], lambda one: ("meet", "drop") if one.state == "open" else ()),
        "held": each("role", held, lambda _one: ("hand_over", "end")),
        "checks": each("check", shown["checks"], lambda line: () if line.check.stopped_at else ("answer", "stop"), lambda line: line.check),
        "instructions": [
            (one, buttons(deeds.PARTS["instruction"][1], ("relay",), person, one), each("relay", one.relays.all(), relay_names))
            for one in queries.instructions_of(row)
        ],
    }  # fmt: skip


def relay_names(relay):
    """What is still to be done with a relayed instruction."""
    return {"relayed": ("read", "finish"), "read": ("finish",)}.get(relay.state, ())


def steps_of(row, person):
    """The steps that the table knows from here: the way forward, and the rest."""
    names = [str(step) for step in rules.steps_from(row.state)]
    ahead = [name for name in deeds.FORWARD if name in names]
    rest = [name for name in names if name not in ahead]
    return {
        "forward": buttons(deeds.INCIDENT, ahead, person, row),
        "rest": buttons(
            deeds.INCIDENT, [*rest, *(("improve",) if row.is_closed else deeds.EDITS)], person, row
        ),
    }


@require_safe
def brief(request, pk):
    """One page for leaders, to be printed on A4."""
    row, now = row_or_404(request, pk), timezone.now()
    held, _past = queries.roles_of(row)
    latest = queries.timeline(row, newest=BRIEF_ENTRIES)[::-1]
    context = {"title": _("事件简报"), "crumbs": crumbs_to(row), "now": now, "held": held, "latest": latest}
    return render(request, "emergency/incident_brief.html", board(row, now) | context)


class StoryListing(Listing):
    """The timeline as a table; `queryset` is a list of entries."""

    title = _("时间线")
    file_name = "timeline"
    columns = [
        Column("at", _("时间"), value=lambda entry: queries.stamp(entry.at)),
        Column("late", _("补记"), value=lambda entry: _("补记") if entry.is_late else ""),
        Column("kind", _("类别"), value=lambda entry: entry.kind.label),
        Column("label", _("事项")), Column("subject", _("对象")), Column("text", _("内容")),
        Column("by", _("办理人")), Column("on_behalf_of", _("代谁登记")),
        Column("noted_at", _("登记时间"), value=lambda entry: queries.stamp(entry.noted_at)),
        Column("number", _("编号")),
        Column("corrections", _("更正"), value=lambda entry: "；".join(entry.corrections)),
    ]  # fmt: skip


class Rows(list):
    """A list that is read as the listing reads a queryset."""

    def iterator(self, chunk_size=None):
        return iter(self)


@require_safe
def story(request, pk):
    """The timeline by itself, to be printed, or as CSV, JSON or Markdown."""
    row = row_or_404(request, pk)
    entries, wanted = queries.timeline(row), request.GET.get("format")
    if wanted == "csv":
        listing = StoryListing.__new__(StoryListing)
        listing.queryset = Rows(entries)
        listing.file_name = f"incident-{row.number}"
        return listing.export_csv()
    if wanted in FORMATS:
        write = {"json": queries.as_json, "md": queries.as_markdown}[wanted]
        answer = HttpResponse(write(row, entries), content_type=f"{FORMATS[wanted]}; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="incident-{row.number}.{wanted}"'
        return answer
    kind = request.GET.get("kind", "")
    shown = [entry for entry in entries if not kind or entry.kind == kind]
    context = {
        "title": _("时间线"),
        "row": row,
        "entries": shown,
        "crumbs": crumbs_to(row),
        "kinds": EntryKind,
        "kind": kind,
    }
    may_run = request.user.may(Right.INCIDENTS_RUN, row.organisation)
    return render(request, "emergency/incident_story.html", context | {"may_run": may_run})


def crumbs_to(row):
    """The way to an incident."""
    return [*LIST, {"label": str(row), "url": row.get_absolute_url()}]


def incident_deed(request, pk, name):
    """A deed of the incident itself."""
    row = row_or_404(request, pk)
    return show_deed(request, row, deeds.INCIDENT, name, back=row.get_absolute_url(), crumbs=crumbs_to(row))


def correct_entry(request, pk, change):
    """Say what is wrong with an entry of the timeline."""
    row = row_or_404(request, pk)
    entry = next((one for one in queries.changes_of(row) if one.pk == change), None)
    if entry is None:
        raise Http404("no such entry in this timeline")
    form = EntryForm(request.POST if request.method == "POST" else None, row=row, person=request.user)
    if attempt(form, actions.correct_entry, row, by=request.user, entry=Change.objects.get(pk=entry.pk)):
        messages.success(request, _("更正已记入时间线，原记录保留。"))
        return redirect(reverse("emergency:incident_story", args=[row.pk]))
    shown = queries.entry_of(entry, ())
    lead = f"{queries.stamp(shown.at)} {shown.label} {shown.subject} {shown.text}"
    context = {
        "title": _("更正记录"),
        "lead": lead,
        "verb": _("记入更正"),
        "form": form,
        "crumbs": crumbs_to(row),
    }
    return render(request, "emergency/deed.html", context | {"cancel_url": row.get_absolute_url()})


def part_deed(request, kind, pk, name):
    """A deed of something that belongs to an incident, or of a call."""
    model, table = deeds.PARTS.get(kind, (None, None))
    if model is None:
        raise Http404(f"no kind {kind!r}")
    row = get_object_or_404(model, pk=pk)
    if kind == "call":
        get_object_or_404(queries.visible_calls(request.user), pk=pk)
        back, crumbs = row.get_absolute_url(), [{"label": _("来电登记"), "url": reverse("emergency:calls")}]
    else:
        seen = row_or_404(request, row.incident.pk)
        back = row.get_absolute_url() if kind == "report" else queries.lead_of(seen).get_absolute_url()
        crumbs = crumbs_to(seen)
    return show_deed(request, row, table, name, back=back, crumbs=crumbs)


@require_safe
def case(request):
    """Where a case number of 110, 119, 120 … leads: its incident, or its call."""
    found = queries.find_case(request.GET.get("kind", ""), request.GET.get("number", ""))
    if found and found.incident:
        return redirect(row_or_404(request, queries.lead_of(found.incident).pk))
    call = queries.visible_calls(request.user).filter(case=found).first() if found else None
    if call is None:
        raise Http404("no incident or call under this number that you may see")
    return redirect(call)

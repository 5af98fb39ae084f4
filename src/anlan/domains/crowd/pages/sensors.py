"""Sensors: the list with their health, entering and setting one up, and trying a payload on it."""

import json
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anlan.devices.refusal import Refusal
from anlan.devices.sources import SOURCES
from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.terms import DeviceKind, SensorState
from anlan.domains.places.queries import visible_places
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm
from anlan.kit.templatetags.look import spoken

TRY_BYTES = 2**20
STORY_ROWS = 50


def now_ms():
    return int(timezone.now().timestamp() * 1000)


def find_or_404(code, person):
    """The sensor of this code that `person` sees."""
    sensor = queries.find_sensor(code, person)
    if sensor is None:
        raise Http404
    return sensor


# ── the list ────────────────────────────────────────────────────────────────────────────────────


class SensorFilter(SearchForm):
    """Filters of the list of sensors; retired ones show only when asked for."""

    state = forms.ChoiceField(
        label=_("状态"), required=False,
        choices=[("", _("全部在用")), *SensorState.choices, ("retired", _("已停用"))],
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("型号类别"), required=False, choices=[("", _("全部")), *DeviceKind.choices]
    )
    place = forms.CharField(label=_("场所编号"), required=False, max_length=40)

    def narrow(self, queryset, values):
        """By kind, place, and whether in use; the state of those in use is narrowed by the listing."""
        if values.get("kind"):
            queryset = queryset.filter(kind=values["kind"])
        if values.get("place"):
            queryset = queryset.filter(place__code=values["place"])
        return (
            queryset.exclude(retired_at=None)
            if values.get("state") == "retired"
            else queryset.filter(retired_at=None)
        )


class SensorListing(Listing):
    """Sensors with what their readings say of them now."""

    title = _("客流设备")
    filters = SensorFilter
    searched = ["code", "name", "place__name"]
    empty_text = _("还没有客流设备。先登记一台设备，再按设置页的步骤接入读数。")
    file_name = "sensors"

    def __init__(self, request, queryset, **context):
        self.health, self.since = {}, {}
        self.columns = [
            Column("code", _("编号"), sort="code"),
            Column("name", _("名称"), sort="name"),
            Column("state", _("状态"), "badge", value=self.read_state)
            if request.GET.get("format")
            else Column("state", _("状态"), "html", value=self.draw_state),
            Column("reason", _("说明"), value=lambda row: spoken(self.health[row.code].reason)),
            Column("since", _("自何时"), "time", value=lambda row: self.since.get(row.pk)),
            Column("care", _("处理"), value=lambda row: self.health[row.code].care),
            Column("last", _("最近读数"), "time", value=lambda row: self.health[row.code].last_received_at),
            Column("place", _("所在场所"), sort="place__name", value=lambda row: row.place.name),
            Column("kind", _("型号类别"), sort="kind", value=lambda row: row.get_kind_display()),
            Column("bound", _("计数绑定"), "number", value=lambda row: len(row.bindings.all())),
        ]
        super().__init__(request, queryset, **context)

    def narrow(self, queryset):
        """Also by the state of health, which is known to the engine and not to the database."""
        queryset = super().narrow(queryset)
        bare = queryset.values_list("code", "interval_s", named=True)
        self.health = queries.health_of(bare, now_ms=now_ms())
        self.since = queries.unwell_since(queryset)
        state = self.request.GET.get("state", "")
        if state not in SensorState.values:
            return queryset
        return queryset.filter(code__in=[code for code, one in self.health.items() if one.state == state])

    def read_state(self, row):
        """The state in words, for exports."""
        return str(_("已停用")) if row.retired_at else SensorState(self.health[row.code].state).label

    def draw_state(self, row):
        """The state as a dot and a word."""
        state = "retired" if row.retired_at else self.health[row.code].state
        return render_to_string("crowd/health.html", {"state": state})


@require_safe
def sensors(request):
    """The list of sensors, with how many are online."""
    listing = SensorListing(request, queries.visible_sensors(request.user))
    may_edit = request.user.may(Right.SENSORS_EDIT)
    return listing.respond() if request.GET.get("format") else render(
        request, "crowd/sensors.html",
        {
            "listing": listing, "states": queries.count_states(listing.health), "may_edit": may_edit,
            "waiting": queries.count_waiting(request.user), "is_running": queries.live_scene() is not None,
        },
    )  # fmt: skip


# ── entering and settings ───────────────────────────────────────────────────────────────────────


class SettingsForm(forms.Form):
    """What is known of a sensor besides its code."""

    name = forms.CharField(label=_("名称"), max_length=120, help_text=_("写清位置，如“3号口入闸上方”。"))
    kind = forms.ChoiceField(
        label=_("型号类别"), choices=DeviceKind.choices, help_text=_("决定怎样读懂设备的报文。")
    )
    place = forms.ModelChoiceField(label=_("所在场所"), queryset=None)
    zone_name = forms.CharField(
        label=_("设备时区"), max_length=40, initial="Asia/Shanghai",
        help_text=_("设备报文中的时间不带时区时，按此时区理解。"),
    )  # fmt: skip
    interval_s = forms.IntegerField(
        label=_("上报间隔（秒）"),
        min_value=1,
        max_value=86400,
        initial=60,
        help_text=_("超过三个间隔没有读数即显示失联。"),
    )
    mqtt_topic = forms.CharField(
        label=_("MQTT 主题"),
        max_length=200,
        required=False,
        help_text=_("设备自带主题时填写；留空用标准主题。"),
    )
    mapping = forms.CharField(
        label=_("字段映射（JSON）"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "font-monospace"}),
        help_text=_("“字段映射”类设备必填：说明报文中哪些字段是通道、时间和人数；Irisys、Milesight（LoRaWAN）按需填写；其他设备留空。"),
    )  # fmt: skip

    def __init__(self, *args, person, sensor=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = editable_places_for_sensors(person)
        if sensor is not None:
            names = ("name", "kind", "place", "zone_name", "interval_s", "mqtt_topic")
            self.initial = {name: getattr(sensor, name) for name in names}
            self.initial["mapping"] = (
                json.dumps(sensor.mapping, ensure_ascii=False, indent=2) if sensor.mapping else ""
            )

    def clean_mapping(self):
        """The mapping parsed; None where it is empty."""
        text = self.cleaned_data["mapping"].strip()
        if not text:
            return None
        try:
            return json.loads(text)
        except (json.JSONDecodeError, RecursionError) as why:
            raise forms.ValidationError(_("不是有效的 JSON：%(why)s") % {"why": why}) from None


class SensorForm(SettingsForm):
    """A new sensor."""

    code = forms.CharField(
        label=_("编号"), max_length=80, help_text=_("设备的序列号，或自定编号；登记后不能更改。")
    )
    field_order = ["code", "name", "kind", "place"]


def editable_places_for_sensors(person):
    """Places in use whose sensors `person` may set up."""
    return visible_places(person).filter(person.reach(Right.SENSORS_EDIT))


def add_sensor(request):
    """Enter a sensor; then its page leads through the set-up."""
    given = {"place": request.GET.get("place")} if request.GET.get("place") else None
    form = SensorForm(request.POST or None, person=request.user, initial=given)
    if form.is_valid() and (
        change := attempt(form, enter_sensor, form.cleaned_data["place"], by=request.user)
    ):
        messages.success(request, _("设备已登记。请按下面的步骤接入读数。"))
        return redirect(change.subject)
    return render(
        request, "crowd/sensor_form.html", {"form": form, "title": _("登记设备"), "verb": _("登记设备")}
    )


def enter_sensor(at, *, by, now, place, **settings):
    return actions.register_sensor(at, by=by, now=now, **settings)


def edit_sensor(request, code):
    """Change a sensor's settings."""
    sensor = find_or_404(code, request.user)
    form = SettingsForm(request.POST or None, person=request.user, sensor=sensor)
    if attempt(form, actions.edit_sensor, sensor, by=request.user):
        messages.success(request, _("设置已保存。"))
        return redirect(sensor)
    context = {"form": form, "title": _("修改设备设置"), "verb": _("保存设置"), "sensor": sensor}
    return render(request, "crowd/sensor_form.html", context)


def retire_sensor(request, code):
    """Ask, then take the sensor out of use."""
    sensor = find_or_404(code, request.user)
    return confirm(
        request, actions.retire_sensor, sensor, title=_("停用设备"), verb=_("停用设备"), back=sensor,
        question=_("停用后不再接收该设备的读数，历史保留，可恢复使用。"), said=_("设备已停用。"),
    )  # fmt: skip


@require_POST
def restore_sensor(request, code):
    """Take the sensor back into use."""
    sensor = find_or_404(code, request.user)
    try:
        actions.restore_sensor(sensor, by=request.user, now=timezone.now())
        messages.success(request, _("设备已恢复使用。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(sensor)


# ── the page of one sensor ──────────────────────────────────────────────────────────────────────


@require_safe
def sensor(request, code):
    """A sensor: its health, and the steps of setting it up."""
    return show_sensor(request, find_or_404(code, request.user))


def show_sensor(request, row, **more):
    """The sensor's page; `more` is what a step has to say (a token once, the outcome of a test)."""
    last, now = queries.last_payload(row.code), timezone.now()
    context = {
        "sensor": row,
        "title": row.name,
        "may_edit": request.user.may(Right.SENSORS_EDIT, row.organisation),
        "health": queries.health_of([row], now_ms=now_ms())[row.code],
        "episodes": queries.episodes_of(row),
        "is_running": queries.live_scene() is not None,
        "may_call": row.kind in SOURCES,
        "answering": queries.answer_of(row.code) if row.source else None,
        "bindings": queries.bindings_of(row),
        "channels": queries.channels_seen(row),
        "last": last,
        "last_text": last and queries.as_text(last.body),
        "last_lines": last and queries.as_lines(last.readings),
        "days": queries.daily_totals(row, until=now, days=7),
        "waiting": queries.count_waiting(request.user, row),
        "changes": Change.objects.of(row)[:STORY_ROWS],
        "example": example_of(request, row, now),
        "try_form": TryForm(),
    }
    return render(request, "crowd/sensor.html", context | more)


def example_of(request, row, now):
    """Addresses and one example reading for this sensor, to be copied into its settings or a terminal.

    The example's times are the district's, with their offset.
    """
    end = timezone.localtime(now).replace(second=0, microsecond=0)
    reading = {
        "channel": "1", "kind": "interval", "start": (end - timedelta(minutes=1)).isoformat(), "end": end.isoformat(),
        "in": 12, "out": 7,
    }  # fmt: skip
    return {
        "native_url": request.build_absolute_uri("/ingest/v1/readings"),
        "kind_url": request.build_absolute_uri(f"/ingest/v1/{row.kind}/{row.code}"),
        "topic": row.mqtt_topic or f"anlan/v1/{row.code}/readings",
        "host": request.get_host().partition(":")[0],
        "reading": json.dumps(reading),
        "content_type": {"hikvision": "application/xml", "csv_replay": "text/csv"}.get(
            row.kind, "application/json"
        ),
    }


@require_POST
@never_cache
def give_credential(request, code):
    """Issue a credential of the sensor's own; its token is on this answer and never again."""
    row = find_or_404(code, request.user)
    try:
        token = actions.give_credential(row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(row)
    return show_sensor(request, row, token=token)


# ── trying a payload ────────────────────────────────────────────────────────────────────────────


class TryForm(forms.Form):
    """A payload, pasted or as a file."""

    text = forms.CharField(
        label=_("粘贴报文"), required=False, max_length=TRY_BYTES, strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "font-monospace"}),
    )  # fmt: skip
    file = forms.FileField(label=_("或选择文件（不超过 1 MiB）"), required=False)

    def clean(self):
        """Exactly one of the two, within its size."""
        text, file = self.cleaned_data.get("text"), self.cleaned_data.get("file")
        if bool(text) == bool(file):
            raise forms.ValidationError(_("请粘贴报文，或选择一个文件（二选一）。"))
        if file and file.size > TRY_BYTES:
            raise forms.ValidationError(_("文件超过 1 MiB，请截取一部分再试。"))
        return self.cleaned_data

    def body(self):
        """The payload's bytes."""
        file = self.cleaned_data.get("file")
        return file.read() if file else self.cleaned_data["text"].encode("utf-8", "replace")


@require_POST
def try_payload(request, code):
    """Decode a payload with the sensor's settings and show what came of it; nothing is stored."""
    row = find_or_404(code, request.user)
    form = TryForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_sensor(request, row, try_form=form)
    body = form.body()
    try:
        readings = queries.decode_payload(row, body)
    except Refusal as why:
        reason = str(why)
        tried = {"sort": queries.name_refusal(reason), "refusal": reason, "text": queries.as_text(body)}
        return show_sensor(request, row, try_form=form, tried=tried)
    lines = queries.as_lines(readings[:200])
    tried = {"lines": lines, "number": len(readings), "text": queries.as_text(body)}
    return show_sensor(request, row, try_form=form, tried=tried)

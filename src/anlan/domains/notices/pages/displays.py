"""Displays: the list with their health, one, adding (the address is shown once), changing, retiring."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.notices import actions, queries, rules
from anlan.domains.notices.pages.forms import DisplayForm, NewDisplayForm
from anlan.domains.notices.terms import DisplayHealth
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm

LIST = [{"label": _("电子屏"), "url": reverse_lazy("notices:displays")}]


def say_health(row):
    return queries.health_of(row, now=timezone.now()).label


class DisplayFilter(SearchForm):
    """Filters of the list of displays."""

    health = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *DisplayHealth.choices]
    )

    def narrow(self, queryset, values):
        """By how they fare now."""
        since = timezone.now() - rules.OFFLINE_AFTER
        used = {"retired_at": None}
        wanted = {
            DisplayHealth.ONLINE: used | {"seen_at__gte": since},
            DisplayHealth.OFFLINE: used | {"seen_at__lt": since},
            DisplayHealth.NEVER: used | {"seen_at": None},
            DisplayHealth.RETIRED: {"retired_at__isnull": False},
        }
        return queryset.filter(**wanted[values["health"]]) if values.get("health") else queryset


class DisplayListing(Listing):
    """Screens and how they fare."""

    title = _("电子屏")
    columns = [
        Column("name", _("名称"), sort="name"),
        Column("health", _("状态"), "badge", value=say_health),
        Column(
            "place",
            _("所在场所"),
            sort="place__name",
            value=lambda row: row.place.name if row.place else row.site,
        ),
        Column(
            "organisation", _("管理单位"), sort="organisation__path", value=lambda row: row.organisation.name
        ),
        Column("signs", _("每行字数"), "number"),
        Column("lines", _("行数"), "number"),
        Column("showing", _("正在显示"), value=lambda row: row.showing or _("备用文字")),
        Column("seen_at", _("最近心跳"), "time", sort="seen_at"),
    ]
    filters = DisplayFilter
    searched = ["name", "site", "place__name"]
    empty_text = _("还没有电子屏。登记一块，把生成的网址在屏幕自带的浏览器中打开即可。")
    file_name = "displays"
    template = "notices/displays.html"


@require_safe
def displays(request):
    """The list of displays."""
    rows = queries.visible_displays(request.user)
    return DisplayListing(request, rows, may_edit=request.user.may(Right.CHANNELS_EDIT)).respond()


def display_or_404(request, pk):
    return get_object_or_404(queries.visible_displays(request.user), pk=pk)


@require_safe
def display(request, pk):
    """One display: what it shows, what it showed, its settings."""
    row, now = display_or_404(request, pk), timezone.now()
    return draw(request, row, now)


def draw(request, row, now, *, token=""):
    frames = queries.frames_of(row, now=now) or queries.fallback_of(row)
    address = request.build_absolute_uri(reverse("notices:screen", args=[token])) if token else ""
    return render(request, "notices/display.html", {
        "title": row.name, "row": row, "crumbs": LIST, "health": queries.health_of(row, now=now), "frames": frames,
        "address": address, "showings": row.showings.select_related("notice").order_by("-last_at")[:20], "now": now,
        "may_edit": request.user.may(Right.CHANNELS_EDIT, row.organisation), "changes": Change.objects.of(row)[:20],
    })  # fmt: skip


@never_cache
def add_display(request):
    """Register a screen; the answer shows its address, this once."""
    form = NewDisplayForm(request.POST or None, person=request.user)
    if change := attempt(form, add_at, None, by=request.user):
        messages.success(request, _("电子屏已登记。"))
        return draw(request, change.subject, timezone.now(), token=change.subject.token)
    return render(request, "kit/form.html", {
        "title": _("登记电子屏"), "form": form, "verb": _("登记并生成网址"), "crumbs": LIST,
        "cancel_url": reverse("notices:displays"),
    })  # fmt: skip


def add_at(_nothing, *, by, now, organisation, **settings):
    """Register for the organisation that the form names."""
    return actions.add_display(organisation, by=by, now=now, **settings)


def edit_display(request, pk):
    """Change the settings of a screen."""
    row = display_or_404(request, pk)
    names = ("name", "site", "signs", "lines", "orientation", "is_bilingual", "fallback_zh", "fallback_en")
    first = {name: getattr(row, name) for name in names} | {"place": row.place_id}
    form = DisplayForm(request.POST or None, person=request.user, initial=first)
    if attempt(form, actions.edit_display, row, by=request.user):
        messages.success(request, _("设置已保存，屏幕在数秒内更新。"))
        return redirect(row)
    return render(request, "kit/form.html", {
        "title": _("修改电子屏"), "form": form, "verb": _("保存设置"), "cancel_url": row.get_absolute_url(), "crumbs": LIST,
    })  # fmt: skip


@never_cache
@require_POST
def renew_display(request, pk):
    """Give it a new address; the answer shows it, this once."""
    row = display_or_404(request, pk)
    try:
        change = actions.renew_display(row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(row)
    messages.success(request, _("已换发。原网址立即失效。"))
    return draw(request, change.subject, timezone.now(), token=change.subject.token)


def retire_display(request, pk):
    """Ask for the reason, then take it out of use."""
    row = display_or_404(request, pk)
    return confirm(
        request, actions.retire_display, row, title=_("停用电子屏"), question=_("停用后，该屏的网址不再显示任何内容。"),
        verb=_("停用"), back=row, said=_("电子屏已停用。"),
    )  # fmt: skip


@require_POST
def restore_display(request, pk):
    """Take it into use again."""
    row = display_or_404(request, pk)
    try:
        actions.restore_display(row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("电子屏已恢复使用。"))
    return redirect(row)

"""Alerts of others: the list, one, and the feeds they come from."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.notices import actions, queries
from anlan.domains.notices.pages.forms import FeedForm, NewFeedForm
from anlan.domains.notices.terms import BulletinState, Hazard
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt

BULLETINS = [{"label": _("外部预警"), "url": reverse_lazy("notices:bulletins")}]
FEEDS = [*BULLETINS, {"label": _("预警源"), "url": reverse_lazy("notices:feeds")}]
ALL = [("", _("全部"))]


class BulletinFilter(SearchForm):
    """Filters of the list of alerts."""

    state = forms.ChoiceField(label=_("状态"), required=False, choices=[*ALL, *BulletinState.choices])

    def narrow(self, queryset, values):
        """By state."""
        return queryset.filter(state=values["state"]) if values.get("state") else queryset


class BulletinListing(Listing):
    """Alerts from outside, the newest first."""

    title = _("外部预警")
    columns = [
        Column("headline", _("标题"), "sentence", value=str),
        Column("degree", _("严重程度"), "badge"),
        Column("sender_name", _("发布单位"), value=lambda row: row.sender_name or row.sender),
        Column("status", _("报文状态")),
        Column("msg_type", _("信息类型")),
        Column("state", _("状态"), "badge", value=lambda row: row.get_state_display()),
        Column("signature", _("签名"), value=lambda row: row.get_signature_display()),
        Column("sent_at", _("发布时间"), "time", sort="sent_at"),
        Column("expires_at", _("失效时间"), "time", sort="expires_at"),
        Column("feed", _("来源"), value=lambda row: row.feed.name),
    ]
    filters = BulletinFilter
    searched = ["headline", "sender", "sender_name", "identifier"]
    empty_text = _("还没有收到外部预警。先登记预警源：气象、应急部门的 CAP 或 12379 地址。")
    file_name = "bulletins"
    template = "notices/bulletins.html"


@require_safe
def bulletins(request):
    """The list of alerts from outside."""
    return BulletinListing(request, queries.visible_bulletins(request.user)).respond()


@require_safe
def bulletin(request, pk):
    """One alert as it came."""
    row = get_object_or_404(queries.visible_bulletins(request.user), pk=pk)
    may_draft = request.user.may(Right.NOTICES_DRAFT, row.organisation)
    return render(
        request,
        "notices/bulletin.html",
        {"title": str(row), "row": row, "crumbs": BULLETINS, "may_draft": may_draft},
    )


@require_POST
def draft_from_bulletin(request, pk):
    """Draft a tip from an alert: its words as a beginning, its link as the source."""
    row = get_object_or_404(queries.visible_bulletins(request.user), pk=pk)
    now = timezone.now()
    try:
        change = actions.draft_notice(
            row.organisation, by=request.user, now=now, hazard=Hazard.OTHER, headline_zh=row.headline[:60],
            description_zh=row.description[:1000], instruction_zh=row.instruction[:1000], area_zh=row.area[:200],
            expires_at=row.expires_at if row.expires_at and row.expires_at > now else None,
            source={"kind": "notices.bulletin", "id": str(row.pk), "name": str(row), "url": row.get_absolute_url()},
        )  # fmt: skip
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(row)
    messages.success(request, _("已用外部预警的文字拟稿。请改成对公众的提示，不要照抄预警级别。"))
    return redirect("notices:edit", change.subject.pk)


class FeedListing(Listing):
    """Feeds and how they fare."""

    title = _("预警源")
    columns = [
        Column("name", _("名称"), sort="name"),
        Column("kind", _("格式"), value=lambda row: row.get_kind_display()),
        Column("url", _("网址")),
        Column("is_active", _("启用"), "yes"),
        Column("read_at", _("最近成功"), "time", sort="read_at"),
        Column("fault", _("最近问题"), "sentence"),
    ]
    searched = ["name", "url"]
    empty_text = _("还没有预警源。登记一个网址，系统按间隔读取。")
    file_name = "alert-feeds"
    template = "notices/feeds.html"


@require_safe
def feeds(request):
    """The list of feeds."""
    rows = queries.visible_feeds(request.user)
    return FeedListing(
        request, rows, may_edit=request.user.may(Right.CHANNELS_EDIT), crumbs=BULLETINS
    ).respond()


def feed(request, pk):
    """One feed: its settings, which whoever may sets, and its story."""
    row = get_object_or_404(queries.visible_feeds(request.user), pk=pk)
    names = ("name", "kind", "url", "every_s", "is_active")
    form = FeedForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    if attempt(form, actions.edit_feed, row, by=request.user):
        messages.success(request, _("预警源已保存，将重新读取。"))
        return redirect(row)
    return render(request, "notices/feed.html", {
        "title": row.name, "row": row, "form": form, "crumbs": FEEDS, "changes": Change.objects.of(row)[:20],
        "may_edit": request.user.may(Right.CHANNELS_EDIT, row.organisation), "count": row.bulletins.count(),
    })  # fmt: skip


def add_feed(request):
    """Another address to read."""
    form = NewFeedForm(request.POST or None, person=request.user)
    if change := attempt(form, add_at, None, by=request.user):
        messages.success(request, _("预警源已登记。"))
        return redirect(change.subject)
    return render(request, "kit/form.html", {
        "title": _("登记预警源"), "form": form, "verb": _("登记"), "cancel_url": reverse("notices:feeds"), "crumbs": FEEDS,
    })  # fmt: skip


def add_at(_nothing, *, by, now, organisation, **settings):
    """Register for the organisation that the form names."""
    return actions.add_feed(organisation, by=by, now=now, **settings)

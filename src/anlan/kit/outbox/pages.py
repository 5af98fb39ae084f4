"""Pages of the channels: the list with how each fares, one of them, setting up, testing, and taking out of use."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.channels.table import KINDS
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change, Channel, Contact, Message
from anlan.kit.outbox import actions
from anlan.kit.outbox.reading import healths, name_kind, say, state_of
from anlan.kit.outbox.telling import has_address, is_group
from anlan.kit.pages import VIEW_RIGHT, attempt, confirm
from anlan.kit.terms import ChannelState

LIST = [{"label": _("发送渠道"), "url": reverse_lazy("kit:channels")}]


def visible_channels(person):
    """The channels of the organisations that a person may view."""
    return Channel.objects.filter(person.reach(VIEW_RIGHT)).select_related("organisation")


def channel_or_404(request, code, *, right=VIEW_RIGHT):
    """The channel of this code where the reader holds `right`."""
    row = get_object_or_404(visible_channels(request.user), code=code)
    if not request.user.may(right, row.organisation):
        raise Http404
    return row


class ChannelFilter(SearchForm):
    """Filters of the list of channels."""

    kind = forms.ChoiceField(label=_("类别"), required=False)
    off = forms.BooleanField(label=_("含已停用"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["kind"].choices = [("", _("全部")), *((code, name_kind(code)) for code in KINDS)]

    def narrow(self, queryset, values):
        """By kind; those out of use only where asked for."""
        if values.get("kind"):
            queryset = queryset.filter(kind=values["kind"])
        return queryset if values.get("off") else queryset.filter(is_active=True)


class ChannelListing(Listing):
    """Channels with their health."""

    title = _("发送渠道")
    columns = [
        Column("name", _("名称"), sort="name"),
        Column("state", _("状态"), "badge", value=lambda row: state_of(row).label),
        Column("sent", _("24 小时发出"), "number", value=lambda row: row.health.sent),
        Column("failed", _("失败"), "number", value=lambda row: row.health.failed),
        Column("unknown", _("结果不明"), "number", value=lambda row: row.health.unknown),
        Column("pending", _("待发送"), "number", value=lambda row: row.health.pending),
        Column("last_ok_at", _("最近成功"), "time", sort="last_ok_at"),
        Column("last_failed_at", _("最近失败"), "time", sort="last_failed_at"),
        Column("last_said", _("最近失败原因"), "sentence", value=lambda row: say(row.last_said)),
        Column("kind", _("类别"), sort="kind", value=lambda row: name_kind(row.kind)),
        Column("organisation", _("所属机构"), sort="organisation__path", value=lambda row: str(row.organisation)),
    ]  # fmt: skip
    filters = ChannelFilter
    searched = ["name", "code"]
    empty_text = _("还没有发送渠道。消息只有经渠道才能送到人：请先新增一个，再用“测试”确认。")
    file_name = "channels"
    template = "kit/channels.html"

    def narrow(self, queryset):
        """The channels asked for, each with its health."""
        rows = list(super().narrow(queryset))
        self.by_pk = {one.channel.pk: one for one in healths(rows, timezone.now())}
        return queryset.filter(pk__in=self.by_pk)

    def rows(self, page=None):
        page = page or self.page
        self.give_health(page.object_list)
        return super().rows(page)

    def give_health(self, channels):
        for channel in channels:
            channel.health = self.by_pk[channel.pk]

    def export_csv(self):
        self.queryset = Healthy(list(self.queryset), self.give_health)
        return super().export_csv()


class Healthy(list):
    """Channels with their health, read like a queryset by the export."""

    def __init__(self, channels, give_health):
        give_health(channels)
        super().__init__(channels)

    def iterator(self, chunk_size):
        return iter(self)


@require_safe
def channels(request):
    """The list of channels."""
    return ChannelListing(
        request, visible_channels(request.user), may_edit=request.user.may(actions.EDIT)
    ).respond()


@require_safe
def channel(request, code):
    """One channel: how it fares, its settings with the secrets masked, a test, its latest messages, its story."""
    row = channel_or_404(request, code)
    (health,) = healths([row], timezone.now())
    may_edit = request.user.may(actions.EDIT, row.organisation)
    context = {
        "title": row.name, "channel": row, "health": health, "settings": show_settings(row), "may_edit": may_edit,
        "crumbs": LIST, "changes": Change.objects.of(row)[:20], "kind": KINDS.get(row.kind), "is_group": is_group(row),
        "latest": Message.objects.filter(channel=row)[:10],
        "form": TestForm(row, request.user) if may_edit and row.is_active else None,
        "last_said": say(row.last_said), "is_failing": health.state == ChannelState.FAILING,
    }  # fmt: skip
    return render(request, "kit/channel.html", context)


def show_settings(row):
    """(label, value) of each setting as a page may show it."""
    kind = KINDS.get(row.kind)
    pairs = []
    for setting in kind.settings if kind else ():
        value = row.settings.get(setting.name, "")
        if setting.is_secret and value:
            value = _("已设置（不显示）")
        if setting.kind == "yes_no":
            value = _("是") if value == "yes" else _("否")
        label = (
            actions.name_setting(setting).partition("（")[0].partition(" (")[0]
        )  # the note is for the form
        pairs.append((label, value))
    return pairs


class TestForm(forms.Form):
    """Whom the test goes to, where the kind sends to one recipient."""

    __test__ = False

    def __init__(self, row, person, *args):
        super().__init__(*args)
        if has_address(row):
            label = say_address(KINDS[row.kind])
            self.fields["to"] = forms.CharField(label=label, max_length=200, initial=own_address(row, person))


def own_address(row, person):
    """The person's own address on a channel, if there is one: whoever tests it should see it arrive."""
    own = Contact.objects.filter(person=person, channel=row, is_active=True).first()
    return own.address if own else ""


def say_address(kind):
    """What an address of a kind is, in the reader's language."""
    return str(actions.in_language(kind.to_zh, kind.to_en))


@require_POST
def test_channel(request, code):
    """Queue a real message, and go and watch it."""
    row = channel_or_404(request, code, right=actions.EDIT)
    form = TestForm(row, request.user, request.POST)
    change = attempt(form, actions.test_channel, row, by=request.user)
    if change:
        return redirect(Message.objects.get(key=change.after["test"]))
    for errors in form.errors.values():
        messages.error(request, " ".join(errors))
    return redirect(row)


test_channel.__test__ = False


class ChannelForm(forms.Form):
    """A channel's name and the settings of its kind; a secret that is kept already may stay empty."""

    name = forms.CharField(
        label=_("名称"), max_length=120, help_text=_("如：城运中心值班群。出现在列表和消息记录中。")
    )

    def __init__(self, kind, *args, kept=None, **options):
        super().__init__(*args, **options)
        kept = kept or {}
        self.settings = [setting.name for setting in kind.settings]
        for setting in kind.settings:
            self.fields[f"set_{setting.name}"] = make_field(setting, kept.get(setting.name, ""))
        if not kind.to_zh and not kind.is_draft:
            self.fields["is_for_staff"] = forms.BooleanField(
                label=_("用于工作通知"), required=False, initial=True,
                help_text=_("通知本机构及下级机构时也发到这里。面向公众的渠道不要勾选。"),
            )  # fmt: skip

    def clean(self):
        """The settings as one dict, beside the channel's own words."""
        values = super().clean()
        typed = {name: values.pop(f"set_{name}", None) for name in self.settings}
        return values | {"settings": typed, "is_for_staff": values.get("is_for_staff", False)}


def make_field(setting, kept):
    """The form field of one setting of a kind."""
    label = actions.name_setting(setting)
    if setting.kind == "yes_no":
        return forms.BooleanField(label=label, required=False, initial=(kept or setting.default) == "yes")
    if setting.is_secret:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        note = _("已设置。留空则不变。") if kept else ""
        return forms.CharField(
            label=label,
            required=setting.is_required and not kept,
            widget=widget,
            max_length=2000,
            help_text=note,
        )
    return forms.CharField(
        label=label, required=setting.is_required and not setting.default, max_length=2000,
        initial=kept or setting.default, widget=forms.TextInput(attrs={"inputmode": "numeric"} if setting.kind == "whole" else {}),
    )  # fmt: skip


class NewChannelForm(ChannelForm):
    """The same for a channel that does not exist yet: whose it is, and its code."""

    organisation = forms.ModelChoiceField(label=_("所属机构"), queryset=None)
    code = forms.CharField(
        label=_("编码"), max_length=40, help_text=_("英文字母、数字和连字符，如 duty-group。设定后不变。")
    )

    def __init__(self, kind, *args, person, **options):
        super().__init__(kind, *args, **options)
        organisations = Channel._meta.get_field("organisation").related_model.objects.filter(is_active=True)
        self.fields["organisation"].queryset = organisations.filter(person.reach(actions.EDIT, through=""))
        self.fields["organisation"].initial = person.organisation
        self.order_fields(["organisation", "code", "name"])


@require_safe
def channel_kinds(request):
    """Which kind of channel to set up."""
    insist_editor(request)
    rows = [
        {"name": name_kind(code), "url": reverse("kit:channel_add", args=[code]), "kind": kind, "address": kind.to_zh and say_address(kind)}
        for code, kind in KINDS.items()
    ]  # fmt: skip
    return render(
        request, "kit/channel_kinds.html", {"title": _("新增发送渠道"), "rows": rows, "crumbs": LIST}
    )


def insist_editor(request):
    """Raise Http404 for whoever may edit channels nowhere."""
    if not request.user.may(actions.EDIT):
        raise Http404


def add_channel(request, kind):
    """Set up a channel of a kind."""
    insist_editor(request)
    known = KINDS.get(kind)
    if known is None:
        raise Http404(f"no kind of channel {kind!r}")
    form = NewChannelForm(known, request.POST or None, person=request.user)
    if change := attempt(form, add_to, None, by=request.user, kind=kind):
        messages.success(request, _("渠道已保存。请发一条测试消息确认。"))
        return redirect(change.subject)
    title = _("新增发送渠道：%(kind)s") % {"kind": name_kind(kind)}
    return draw_form(request, form, title=title, back=reverse("kit:channels"))


def add_to(_nothing, *, by, now, organisation, **words):
    """Add to the organisation that the form names."""
    return actions.add_channel(organisation, by=by, now=now, **words)


def change_channel(request, code):
    """Other words or settings for a channel."""
    row = channel_or_404(request, code, right=actions.EDIT)
    if row.kind not in KINDS:
        raise Http404(f"no kind of channel {row.kind!r}")
    first = {"name": row.name, "is_for_staff": row.is_for_staff}
    form = ChannelForm(KINDS[row.kind], request.POST or None, kept=row.settings, initial=first)
    if attempt(form, actions.change_channel, row, by=request.user):
        messages.success(request, _("渠道已修改。请发一条测试消息确认。"))
        return redirect(row)
    return draw_form(request, form, title=_("修改发送渠道"), back=row.get_absolute_url())


def draw_form(request, form, *, title, back):
    """The form of a channel."""
    context = {"form": form, "title": title, "verb": _("保存渠道"), "cancel_url": back, "crumbs": LIST}
    return render(request, "kit/form.html", context)


def retire_channel(request, code):
    """Ask, then send nothing by it any more."""
    row = channel_or_404(request, code, right=actions.EDIT)
    return confirm(
        request, actions.retire_channel, row, title=_("停用发送渠道"), verb=_("停用渠道"), back=row, said=_("渠道已停用。"),
        question=_("停用后不再经“%(name)s”发送；尚未发出的消息记为发送失败。请写明理由。") % {"name": row},
    )  # fmt: skip


@require_POST
def restore_channel(request, code):
    """Let it send again."""
    row = channel_or_404(request, code, right=actions.EDIT)
    try:
        actions.restore_channel(row, by=request.user, now=timezone.now())
        messages.success(request, _("渠道已恢复启用。请发一条测试消息确认。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(row)

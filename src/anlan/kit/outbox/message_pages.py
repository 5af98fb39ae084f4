"""Pages of the outbox: the list of messages, one of them with its story, sending again, noting what was found out."""

from datetime import datetime, time

from django import forms
from django.apps import apps
from django.contrib import messages as notes
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change, Channel, Message
from anlan.kit.outbox import actions
from anlan.kit.outbox.reading import UNDER_WAY, say
from anlan.kit.pages import VIEW_RIGHT, attempt
from anlan.kit.terms import FoundOutcome, MessageState

LIST = [{"label": _("发件箱"), "url": reverse_lazy("kit:messages")}]


def visible_messages(person):
    """Messages on the channels of organisations that a person may view, and those to the person."""
    seen = Channel.objects.filter(person.reach(VIEW_RIGHT)).values_list("pk", flat=True)
    rows = Message.objects.filter(Q(channel__in=list(seen)) | Q(person=person))
    return rows.prefetch_related("channel__organisation")  # no join: a deep page would join all that it skips


class MessageFilter(SearchForm):
    """Filters of the outbox."""

    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *MessageState.choices]
    )
    channel = forms.CharField(label=_("渠道编码"), required=False, max_length=40)
    about = forms.CharField(label=_("事项"), required=False, max_length=130)
    since = forms.DateField(label=_("自"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, queryset, values):
        """By state, by the channel's code, by what it is about (kind/id), and since a local day."""
        if values.get("state"):
            queryset = queryset.filter(state=values["state"])
        if values.get("channel"):
            queryset = queryset.filter(channel__code=values["channel"])
        if values.get("about"):
            kind, _slash, number = values["about"].partition("/")
            queryset = queryset.filter(about_kind=kind, **({"about_id": number} if number else {}))
        if values.get("since"):
            first = timezone.make_aware(datetime.combine(values["since"], time.min))
            queryset = queryset.filter(queued_at__gte=first)
        return queryset


class MessageListing(Listing):
    """What was to be told, newest first."""

    title = _("发件箱")
    columns = [
        Column("queued_at", _("提交时间"), "time", sort="id"),
        Column("title", _("标题"), "sentence"),
        Column("recipient", _("收件人"), value=lambda row: row.recipient or row.channel.name),
        Column("channel", _("发送渠道"), value=lambda row: row.channel.name),
        Column("state", _("状态"), "badge", sort="state", value=lambda row: row.get_state_display()),
        Column("settled_at", _("最近变化"), "time"),
        Column("said", _("回应"), "sentence", value=lambda row: say(row.said)),
        Column("tries", _("尝试次数"), "number"),
    ]
    filters = MessageFilter
    searched = ["title", "recipient", "to"]
    empty_text = _("没有符合条件的消息。预警、值班和信息发布产生的消息会列在这里。")
    file_name = "outbox"


@require_safe
def messages(request):
    """The list of messages."""
    return MessageListing(request, visible_messages(request.user)).respond()


def message_or_404(request, pk):
    """The message of this number that the reader sees."""
    return get_object_or_404(visible_messages(request.user), pk=pk)


@require_safe
def message(request, pk):
    """One message: where it stands, step by step, and what can be done about it."""
    row = message_or_404(request, pk)
    organisation = row.channel.organisation
    may_again = request.user.may(actions.EDIT, organisation) or request.user.may(actions.ANSWER, organisation)
    newer = Message.objects.filter(again_of=row).first()
    context = {
        "title": row.title, "message": row, "steps": steps_of(row), "said": say(row.said), "crumbs": LIST,
        "is_open": row.state in UNDER_WAY, "about_url": address_of_subject(row), "newer": newer,
        "may_again": may_again and actions.refuse_again(row) is None,
        "may_note": request.user.may(actions.EDIT, organisation) and row.state == MessageState.UNKNOWN,
        "changes": Change.objects.of(row)[:20],
        "to": row.to if row.person_id == request.user.pk else actions.mask(row.to) if row.to else "",
    }  # fmt: skip
    return render(request, "kit/message.html", context)


def steps_of(row):
    """(when, what, the service's words) of each step, in their order."""
    steps = [(row.queued_at, _("提交"), "")]
    steps += [
        (datetime.fromisoformat(one["at"]), MessageState(one["state"]).label, say(one.get("said")))
        for one in row.story
    ]
    return steps


def address_of_subject(row):
    """Where the row that a message tells of has its page; empty text for one without."""
    try:
        subject = apps.get_model(row.about_kind)._default_manager.filter(pk=row.about_id).first()
    except (LookupError, ValueError):
        return ""
    return subject.get_absolute_url() if hasattr(subject, "get_absolute_url") else ""


class AgainForm(forms.Form):
    """Why it is sent once more."""

    why = forms.CharField(
        label=_("理由"), max_length=500,
        help_text=_("结果不明的消息可能已经送达：请先与收件人或服务商核实，以免重复。"),
    )  # fmt: skip


def send_again(request, pk):
    """Ask, then queue it once more under a new key."""
    row = message_or_404(request, pk)
    form = AgainForm(request.POST or None)
    if change := attempt(form, actions.send_again, row, by=request.user):
        notes.success(request, _("已再次提交发送。"))
        return redirect(change.subject)
    return draw_form(request, row, form, title=_("再次发送"), verb=_("再次发送"))


class FoundForm(forms.Form):
    """What was found out, and where."""

    state = forms.ChoiceField(label=_("核实结果"), choices=FoundOutcome.choices, widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("依据"), max_length=500, help_text=_("如：在短信平台控制台查得，或已与收件人电话核实。")
    )


def note_outcome(request, pk):
    """Keep what a person found out about an unknown message."""
    row = message_or_404(request, pk)
    if not request.user.may(actions.EDIT, row.channel.organisation):
        raise Http404
    form = FoundForm(request.POST or None)
    if attempt(form, actions.note_outcome, row, by=request.user):
        notes.success(request, _("结果已登记。"))
        return redirect(row)
    return draw_form(request, row, form, title=_("登记发送结果"), verb=_("登记结果"))


def draw_form(request, row, form, *, title, verb):
    """A form about a message."""
    crumbs = [*LIST, {"label": row.title, "url": row.get_absolute_url()}]
    context = {
        "form": form,
        "title": title,
        "verb": verb,
        "crumbs": crumbs,
        "cancel_url": row.get_absolute_url(),
    }
    return render(request, "kit/form.html", context)

"""Pages of how a person is reached: one's own contacts, and those of the people whom one manages."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.channels.table import KINDS
from anlan.kit.actions import Refused
from anlan.kit.models import Change, Channel, Contact, Message
from anlan.kit.outbox import actions
from anlan.kit.outbox.pages import say_address
from anlan.kit.outbox.reading import state_of
from anlan.kit.outbox.telling import channels_for, contacts_of
from anlan.kit.pages import attempt, confirm

TIME = {"type": "time"}


def person_or_404(request, pk):
    """The person of this number: oneself, or somebody whom the reader manages."""
    person = get_object_or_404(get_user_model().objects.select_related("organisation"), pk=pk)
    if actions.refuse_stranger(person, request.user):
        raise Http404
    return person


def contact_or_404(request, pk):
    """The contact of this number, of oneself or of somebody whom the reader manages."""
    row = get_object_or_404(Contact.objects.select_related("person__organisation", "channel"), pk=pk)
    if actions.refuse_stranger(row.person, request.user):
        raise Http404
    return row


def address_of(person, reader):
    """The page of a person's contacts, as the reader knows it."""
    return reverse("kit:contacts") if person.pk == reader.pk else reverse("kit:contacts_of", args=[person.pk])


def crumbs_of(person, reader):
    """The way back: the person, and the contacts."""
    is_own = person.pk == reader.pk
    way = [] if is_own else [{"label": str(person), "url": person.get_absolute_url()}]
    return [
        *way,
        {"label": _("我的联系方式") if is_own else _("联系方式"), "url": address_of(person, reader)},
    ]


@require_safe
def contacts(request):
    """One's own contacts."""
    return show_contacts(request, request.user)


@require_safe
def contacts_of_person(request, pk):
    """The contacts of somebody whom one manages."""
    return show_contacts(request, person_or_404(request, pk))


def show_contacts(request, person):
    """The contacts of a person, in the order in which they are tried."""
    is_own = person.pk == request.user.pk
    rows = Contact.objects.filter(person=person, is_active=True).select_related("channel")
    reached = {one.pk for one in contacts_of(person)}
    context = {
        "title": _("我的联系方式") if is_own else _("联系方式"), "person": person, "is_own": is_own,
        "crumbs": crumbs_of(person, request.user)[:-1], "has_channels": bool(channels_for(person.organisation)),
        "rows": [(one, one.pk in reached, state_of(one.channel).label) for one in rows], "is_reachable": bool(reached),
        "changes": Change.objects.filter(
            subject_kind="kit.contact", subject_id__in=[str(pk) for pk in Contact.objects.filter(person=person).values_list("pk", flat=True)]
        ).select_related("by")[:20],
    }  # fmt: skip
    return render(request, "kit/contacts.html", context)


class ContactForm(forms.Form):
    """An address, its place in the order, and when it is to stay quiet."""

    address = forms.CharField(
        label=_("地址"), max_length=200, help_text=_("该渠道上的手机号、账号或邮箱，不含空格。")
    )
    order = forms.IntegerField(
        label=_("次序"), min_value=1, max_value=99, initial=1,
        help_text=_("一般提醒只发到次序最小的一个；紧急消息发到全部。"),
    )  # fmt: skip
    quiet_from = forms.TimeField(
        label=_("免打扰开始"), required=False, widget=forms.TimeInput(attrs=TIME, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label=_("免打扰结束"), required=False, widget=forms.TimeInput(attrs=TIME, format="%H:%M"),
        help_text=_("期间的一般提醒推迟到结束时发送；紧急消息不受影响。可以跨越零点。"),
    )  # fmt: skip


class ChannelChoice(forms.ModelChoiceField):
    """Channels by name and by what an address is there."""

    def label_from_instance(self, channel):
        return _("%(name)s（%(address)s）") % {"name": channel, "address": say_address(KINDS[channel.kind])}


class NewContactForm(ContactForm):
    """The same on a channel that is to be chosen."""

    channel = ChannelChoice(label=_("发送渠道"), queryset=None, empty_label=None)

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        usable = [one.pk for one in channels_for(person.organisation)]
        self.fields["channel"].queryset = Channel.objects.filter(pk__in=usable)
        self.order_fields(["channel"])


def add_contact(request, pk):
    """One more address for a person."""
    person = person_or_404(request, pk)
    form = NewContactForm(request.POST or None, person=person)
    if attempt(form, actions.add_contact, person, by=request.user):
        messages.success(request, _("联系方式已保存。请测试一次。"))
        return redirect(address_of(person, request.user))
    return draw_form(request, person, form, title=_("新增联系方式"))


def change_contact(request, pk):
    """Another address, order, or quiet hours."""
    row = contact_or_404(request, pk)
    first = {name: getattr(row, name) for name in ("address", "order", "quiet_from", "quiet_to")}
    form = ContactForm(request.POST or None, initial=first)
    if attempt(form, actions.change_contact, row, by=request.user):
        messages.success(request, _("联系方式已修改。"))
        return redirect(address_of(row.person, request.user))
    return draw_form(request, row.person, form, title=_("修改联系方式"))


def draw_form(request, person, form, *, title):
    """The form of a contact."""
    context = {
        "form": form, "title": title, "verb": _("保存联系方式"), "crumbs": crumbs_of(person, request.user),
        "cancel_url": address_of(person, request.user),
    }  # fmt: skip
    return render(request, "kit/form.html", context)


def retire_contact(request, pk):
    """Ask, then reach the person by it no more."""
    row = contact_or_404(request, pk)
    return confirm(
        request, retire, row, title=_("停用联系方式"), verb=_("停用"), back=address_of(row.person, request.user),
        question=_("停用后不再经“%(name)s”通知此人。") % {"name": row.channel}, said=_("联系方式已停用。"),
    )  # fmt: skip


def retire(row, *, by, now, why):
    return actions.retire_contact(row, by=by, now=now, why=why)


@require_POST
def test_contact(request, pk):
    """Queue a real message to the contact, and go and watch it."""
    row = contact_or_404(request, pk)
    try:
        change = actions.test_contact(row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(address_of(row.person, request.user))
    sent = Message.objects.get(key=change.after["test"])
    if row.person_id == request.user.pk:
        return redirect(sent)
    messages.success(request, _("测试消息已提交发送。"))
    return redirect(address_of(row.person, request.user))


test_contact.__test__ = False

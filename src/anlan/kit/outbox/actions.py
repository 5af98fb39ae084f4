"""What people do to channels, contacts and messages: each one action with its change row. Secrets stay out of it."""

import re

from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from anlan.channels.table import KINDS
from anlan.kit.actions import action, check, done, note
from anlan.kit.models import Channel, Contact, Message
from anlan.kit.outbox.queueing import queue
from anlan.kit.outbox.telling import channels_for, has_address
from anlan.kit.terms import LIVE, FoundOutcome, MessageState, OutboxRefusal

EDIT, MANAGE, ANSWER = "channels.edit", "accounts.manage", "alarms.answer"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
AGAIN = (MessageState.FAILED, MessageState.UNKNOWN, MessageState.EXPIRED)
UNDER_WAY = (MessageState.QUEUED, MessageState.SENDING)


# ── channels ────────────────────────────────────────────────────────────────────────────────────


@action("channels.add", may=EDIT, label=_("新增发送渠道"))
def add_channel(organisation, *, by, now, code, kind, name, settings, is_for_staff=True):
    """Set up a channel of a known kind for an organisation; `settings` as typed, by name. Raises Refused."""
    known = KINDS.get(kind)
    check(None if known else OutboxRefusal.KIND_UNKNOWN)
    check(None if CODE.fullmatch(code) else OutboxRefusal.CODE_FORM)
    check(OutboxRefusal.CODE_TAKEN % {"code": code} if Channel.objects.filter(code=code).exists() else None)
    check(None if name.strip() else OutboxRefusal.NAME_MISSING)
    channel = Channel.objects.create(
        code=code, kind=kind, name=name.strip(), organisation=organisation, is_for_staff=is_for_staff,
        settings=read_settings(known, settings, {}),
    )  # fmt: skip
    told = {"settings": tell_settings(known, {}, channel.settings)}
    return done(channel, after=note(channel, "code", "name", "is_for_staff") | told)


@action("channels.change", may=EDIT, label=_("修改发送渠道"))
def change_channel(channel, *, by, now, name, settings, is_for_staff=True):
    """Give a channel other words or settings; a secret that is left empty stays as it is. Raises Refused."""
    known = KINDS.get(channel.kind)
    check(None if known else OutboxRefusal.KIND_UNKNOWN)
    check(None if name.strip() else OutboxRefusal.NAME_MISSING)
    before, old = note(channel, "name", "is_for_staff"), channel.settings
    channel.name, channel.is_for_staff = name.strip(), is_for_staff
    channel.settings = read_settings(known, settings, old)
    same = before == note(channel, "name", "is_for_staff") and old == channel.settings
    check(OutboxRefusal.SAME if same else None)
    channel.save(update_fields=["name", "is_for_staff", "settings"])
    told = {"settings": tell_settings(known, old, channel.settings)} if old != channel.settings else {}
    return done(channel, before=before, after=told)


@action("channels.retire", may=EDIT, label=_("停用发送渠道"))
def retire_channel(channel, *, by, now, why):
    """Send nothing by it any more, with the reason; what still waits on it fails and says so."""
    check(None if why.strip() else OutboxRefusal.NO_REASON)
    return switch(channel, is_active=False)


@action("channels.restore", may=EDIT, label=_("恢复启用发送渠道"))
def restore_channel(channel, *, by, now):
    """Let it send again."""
    return switch(channel, is_active=True)


def switch(row, *, is_active):
    """Put a channel or a contact into use or out of it."""
    check(OutboxRefusal.ALREADY_SO if row.is_active == is_active else None)
    before = note(row, "is_active")
    row.is_active = is_active
    row.save(update_fields=["is_active"])
    return done(row, before=before)


@action("channels.test", may=EDIT, label=_("测试发送渠道"))
def test_channel(channel, *, by, now, to=""):
    """Queue a real message, which takes the way that all take; the change's `message` is its row."""
    check(None if channel.is_active else OutboxRefusal.CHANNEL_OFF)
    check(OutboxRefusal.ADDRESS_MISSING if has_address(channel) and not to.strip() else None)
    key = f"test/{channel.pk}/{now.isoformat()}"
    queue(
        channel, key=key, channel=channel, to=to.strip(), recipient=str(by) if to else "", now=now, is_urgent=True,
        title=str(_("测试消息")), text=say_test(by, now),
    )  # fmt: skip
    return done(channel, after={"test": key})


def say_test(by, now):
    """The text of a test message, in the tester's language."""
    return str(_("这是安澜平台的测试消息，由 %(name)s 于 %(at)s 发出，无需处理。")) % {
        "name": by, "at": f"{now.astimezone():%Y-%m-%d %H:%M:%S}"
    }  # fmt: skip


test_channel.__test__ = False  # pytest takes its name for a test's


def read_settings(kind, typed, old):
    """The settings as they are kept: what was typed, judged by the kind's list; an empty secret stays. Raises Refused."""
    kept = {}
    for setting in kind.settings:
        value = typed.get(setting.name)
        value = value.strip() if isinstance(value, str) else value
        if setting.is_secret and value in (None, ""):
            value = old.get(setting.name, "")
        if setting.kind == "yes_no":
            kept[setting.name] = "yes" if value in (True, "yes") else "no"
            continue
        value = setting.default if value in (None, "") else str(value)
        label = name_setting(setting)
        check(OutboxRefusal.SETTING_MISSING % {"name": label} if setting.is_required and not value else None)
        check(judge_setting(setting, label, value) if value else None)
        kept[setting.name] = value
    return kept


def judge_setting(setting, label, value):
    """What is wrong with a value that was typed, or None."""
    fault = None
    if setting.kind == "url" and not re.match(r"https?://[^\s/]+", value):
        fault = OutboxRefusal.SETTING_URL
    if setting.kind == "whole" and not value.isdecimal():
        fault = OutboxRefusal.SETTING_WHOLE
    return OutboxRefusal.SETTING_WRONG % {"name": label, "why": fault} if fault else None


def name_setting(setting):
    """A setting's label in the reader's language."""
    return in_language(setting.zh, setting.en)


def in_language(zh, en):
    """The one of two texts that the reader understands; what stands in `anlan.channels` knows no gettext."""
    return en if (get_language() or "").startswith("en") else zh


def tell_settings(kind, old, new):
    """What differs between two settings, in both languages, for the change row: secrets only by that they changed."""
    said = {}
    for name, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            parts = [
                tell_setting(one, new.get(one.name))
                for one in kind.settings
                if old.get(one.name) != new.get(one.name)
            ]
            said[name] = str(_("；")).join(parts)
    return said


def tell_setting(setting, value):
    """One setting in words."""
    shown = _("已设置（不显示）") if setting.is_secret and value else value
    if setting.kind == "yes_no":
        shown = _("是") if value == "yes" else _("否")
    return f"{name_setting(setting)}{_('：')}{shown or '–'}"


# ── contacts ────────────────────────────────────────────────────────────────────────────────────


@action("contacts.add", label=_("新增联系方式"))
def add_contact(person, *, by, now, channel, address, order=1, quiet_from=None, quiet_to=None):
    """Reach a person by one more address; one that was taken out of use comes back. Raises Refused."""
    check(refuse_stranger(person, by))
    check(None if channel in channels_for(person.organisation) else OutboxRefusal.CHANNEL_OUT_OF_REACH)
    address = address.strip()
    check(judge_address(address, quiet_from, quiet_to))
    row = Contact.objects.filter(person=person, channel=channel, address=address).first()
    check(OutboxRefusal.CONTACT_TWICE if row and row.is_active else None)
    row = row or Contact(person=person, channel=channel, address=address)
    row.order, row.quiet_from, row.quiet_to, row.is_active = order, quiet_from, quiet_to, True
    row.save()
    return done(row, after={"address": mask(address)} | tell_times(row))


@action("contacts.change", label=_("修改联系方式"))
def change_contact(contact, *, by, now, address, order, quiet_from=None, quiet_to=None):
    """Another address, place in the order, or quiet hours. Raises Refused."""
    check(refuse_stranger(contact.person, by))
    address = address.strip()
    check(judge_address(address, quiet_from, quiet_to))
    twin = Contact.objects.filter(person=contact.person, channel=contact.channel, address=address)
    check(OutboxRefusal.CONTACT_TWICE if twin.exclude(pk=contact.pk).exists() else None)
    before = {"address": mask(contact.address)} | tell_times(contact)
    old = note(contact, "address", "order", "quiet_from", "quiet_to")
    contact.address, contact.order, contact.quiet_from, contact.quiet_to = (
        address,
        order,
        quiet_from,
        quiet_to,
    )
    check(OutboxRefusal.SAME if old == note(contact, *old) else None)
    contact.save(update_fields=list(old))
    did = done(contact, after={"address": mask(address)} | tell_times(contact))
    did.before = before
    return did


@action("contacts.retire", label=_("停用联系方式"))
def retire_contact(contact, *, by, now):
    """Reach a person by it no more."""
    check(refuse_stranger(contact.person, by))
    return switch(contact, is_active=False)


@action("contacts.test", label=_("测试联系方式"))
def test_contact(contact, *, by, now):
    """Queue a real message to a contact: nobody else is told. The change's `test` is its key."""
    check(refuse_stranger(contact.person, by))
    check(None if contact.is_active and contact.channel.is_active else OutboxRefusal.CHANNEL_OFF)
    key = f"test/contact/{contact.pk}/{now.isoformat()}"
    queue(
        contact.channel, key=key, channel=contact.channel, to=contact.address, recipient=str(contact.person),
        person=contact.person, now=now, is_urgent=True, title=str(_("测试消息")), text=say_test(by, now),
    )  # fmt: skip
    return done(contact, after={"test": key})


test_contact.__test__ = False


def refuse_stranger(person, by):
    """Why `by` may not alter how `person` is reached, or None: oneself may, and who manages people there."""
    if by is not None and (by.pk == person.pk or by.may(MANAGE, person.organisation)):
        return None
    return OutboxRefusal.NOT_YOURS


def judge_address(address, quiet_from, quiet_to):
    """What is wrong with a contact, or None."""
    if not address:
        return OutboxRefusal.ADDRESS_MISSING
    if re.search(r"\s", address):
        return OutboxRefusal.ADDRESS_WRONG
    return OutboxRefusal.QUIET_HALF if (quiet_from is None) != (quiet_to is None) else None


def mask(address):
    """An address by which its owner knows it and nobody else can use it: 138****0000, a***@example.org."""
    name, at, host = address.partition("@")
    shown = f"{name[:3]}****{name[-4:]}" if len(name) > 8 else f"{name[:1]}***"
    return f"{shown}{at}{host}"


def tell_times(contact):
    """Order and quiet hours of a contact as plain values."""
    times = {name: getattr(contact, name) for name in ("quiet_from", "quiet_to")}
    return {"order": contact.order} | {name: at and f"{at:%H:%M}" for name, at in times.items()}


# ── messages ────────────────────────────────────────────────────────────────────────────────────


@action("outbox.send_again", label=_("再次发送"))
def send_again(message, *, by, now, why):
    """Queue a message that failed, expired or is unknown once more, under a new key. Raises Refused where it is not.

    Whoever answers alarms or edits channels there may; the change's subject is the new message.
    """
    message = Message.objects.select_for_update(of=("self",)).select_related("channel").get(pk=message.pk)
    organisation = message.channel.organisation
    may = by is not None and (by.may(EDIT, organisation) or by.may(ANSWER, organisation))
    check(None if may else OutboxRefusal.MAY_NOT)
    check(refuse_again(message))
    check(None if why.strip() else OutboxRefusal.NO_REASON)
    root, _again, number = message.key.partition("/again/")
    key = f"{root}/again/{int(number or 0) + 1}"
    fresh = Message(
        key=key, scene=message.scene, channel=message.channel, person=message.person, to=message.to,
        recipient=message.recipient, about_kind=message.about_kind, about_id=message.about_id, title=message.title,
        text=message.text, link=message.link, words=message.words, is_urgent=message.is_urgent, queued_at=now,
        next_try_at=now, again_of=message,
    )  # fmt: skip
    fresh.save(force_insert=True)
    return done(fresh, after={"again_of": message.pk})


def refuse_again(message):
    """Why a message is not sent again, or None."""
    if message.scene != LIVE:
        return OutboxRefusal.REHEARSED
    if message.state in UNDER_WAY:
        return OutboxRefusal.NOT_SETTLED
    if message.state not in AGAIN:
        return OutboxRefusal.WENT_OUT
    if Message.objects.filter(again_of=message).exists():
        return OutboxRefusal.NEWER
    return None if message.channel.is_active else OutboxRefusal.CHANNEL_OFF


@action("outbox.note_outcome", may=EDIT, label=_("登记发送结果"))
def note_outcome(message, *, by, now, state, why):
    """What a person found out about an unknown message in the service's own console: delivered or failed."""
    check(None if why.strip() else OutboxRefusal.NO_REASON)
    check(None if state in FoundOutcome.values else OutboxRefusal.NOT_UNKNOWN)
    before = note(message, "state")
    story = [*message.story, {"at": now, "state": state, "said": why.strip()[:300], "by": str(by)}]
    own = Message.objects.filter(pk=message.pk, state=MessageState.UNKNOWN)
    known = own.update(state=state, settled_at=now, said=why.strip()[:300], ask_at=None, story=story)
    check(None if known else OutboxRefusal.NOT_UNKNOWN)
    message.refresh_from_db()
    return done(message, before=before)

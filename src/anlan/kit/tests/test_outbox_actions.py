"""What people do to channels, contacts and messages: who may, what is refused, and what the change row tells."""

from datetime import UTC, datetime, time
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from anlan.domains.accounts.models import Role, RoleHolding
from anlan.kit.actions import Refused
from anlan.kit.models import Change, Channel, Contact, Message
from anlan.kit.outbox import actions, queue
from anlan.kit.tests.outbox import Post, add_channel, add_kind, plain_sender

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TYPED = {"url": "https://gate.example/send", "secret": "s3cret-key", "most": "", "is_bold": True}


def give(person, organisation, *rights):
    role = Role.objects.create(code=f"r{Role.objects.count()}", name="试", rights=["view", *rights])
    RoleHolding.objects.create(person=person, role=role, organisation=organisation)
    person.forget_holdings()


@pytest.fixture
def office(town, monkeypatch):
    """The clerk may edit the branch's channels, the guest may answer alarms there."""
    post = Post()
    add_kind(monkeypatch, "robot", post)
    add_kind(monkeypatch, "sms", post, to_zh="手机号")
    give(town.clerk, town.branch, "channels.edit")
    give(town.guest, town.branch, "alarms.answer")
    return SimpleNamespace(**vars(town), post=post)


def add(office, **words):
    words = {
        "by": office.clerk,
        "now": NOW,
        "code": "duty",
        "kind": "robot",
        "name": "值班群",
        "settings": TYPED,
    } | words
    return actions.add_channel(office.branch, **words)


# ── channels ────────────────────────────────────────────────────────────────────────────────────


def test_a_channel_is_set_up_and_no_secret_stands_in_its_change_row(office):
    change = add(office)
    channel = Channel.objects.get()
    assert channel.settings == {"url": TYPED["url"], "secret": "s3cret-key", "most": "20", "is_bold": "yes"}
    assert "s3cret" not in str(change.after) and "已设置（不显示）" in change.after["settings"]["zh"]
    assert "address：" not in change.after["settings"]["zh"] and "address" in change.after["settings"]["en"]
    assert change.organisation == office.branch


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"kind": "vanished"}, "没有这类渠道"),
        ({"code": "a b"}, "编码只能用"),
        ({"code": "-"}, "编码只能用"),
        ({"name": " "}, "名称"),
        ({"settings": TYPED | {"url": ""}}, "请填写“地址”"),
        ({"settings": TYPED | {"secret": ""}}, "请填写“密钥”"),
        ({"settings": TYPED | {"url": "ftp://x"}}, "http"),
        ({"settings": TYPED | {"url": "javascript:alert(1)"}}, "http"),
        ({"settings": TYPED | {"most": "-3"}}, "非负整数"),
    ],
)
def test_what_is_wrong_with_a_channel_is_said(office, words, said):
    with pytest.raises(Refused, match=said):
        add(office, **words)
    assert not Channel.objects.exists() and not Change.objects.exists()


def test_a_code_is_given_once(office):
    add(office)
    with pytest.raises(Refused, match="已被使用"):
        add(office)


def test_who_may_not_edit_channels_there_is_refused(office):
    for person in (office.guest, office.boss):
        with pytest.raises(Refused):
            add(office, by=person)


def test_a_secret_left_empty_stays_and_changing_it_is_told_without_it(office):
    channel = add(office).subject
    typed = {"url": "https://other.example", "secret": "", "is_bold": True}
    change = actions.change_channel(channel, by=office.clerk, now=NOW, name="值班群", settings=typed)
    channel.refresh_from_db()
    assert channel.settings["secret"] == "s3cret-key" and channel.settings["url"] == "https://other.example"
    assert "密钥" not in change.after["settings"]["zh"] and "other.example" in change.after["settings"]["zh"]
    change = actions.change_channel(
        channel, by=office.clerk, now=NOW, name="值班群", settings=typed | {"secret": "n3w"}
    )
    assert change.after["settings"] == {"zh": "密钥：已设置（不显示）", "en": change.after["settings"]["en"]}
    assert "n3w" not in str(Change.objects.values())
    with pytest.raises(Refused, match="没有需要保存"):
        actions.change_channel(channel, by=office.clerk, now=NOW, name="值班群", settings=typed)


def test_retiring_asks_why_and_is_undone_by_restoring(office):
    channel = add(office).subject
    with pytest.raises(Refused, match="理由"):
        actions.retire_channel(channel, by=office.clerk, now=NOW, why=" ")
    actions.retire_channel(channel, by=office.clerk, now=NOW, why="换群")
    with pytest.raises(Refused, match="没有变化"):
        actions.retire_channel(channel, by=office.clerk, now=NOW, why="换群")
    with pytest.raises(Refused, match="已停用"):
        actions.test_channel(channel, by=office.clerk, now=NOW)
    actions.restore_channel(channel, by=office.clerk, now=NOW)
    assert Channel.objects.get().is_active


def test_a_test_takes_the_way_of_every_message(office):
    channel = add(office).subject
    change = actions.test_channel(channel, by=office.clerk, now=NOW)
    message = Message.objects.get(key=change.after["test"])
    assert (message.state, message.is_urgent, message.channel) == ("queued", True, channel)
    plain_sender().wind(NOW)
    assert office.post.keys == [message.key] and office.clerk.name in office.post.sent[0].text
    sms = add(office, code="sms", kind="sms").subject
    with pytest.raises(Refused, match="地址"):
        actions.test_channel(sms, by=office.clerk, now=NOW, to=" ")
    actions.test_channel(sms, by=office.clerk, now=NOW, to="13800000000")
    assert Message.objects.filter(channel=sms).get().to == "13800000000"


def test_settings_are_named_in_the_readers_language(office):
    with override("en"), pytest.raises(Refused, match="secret"):
        add(office, settings=TYPED | {"secret": ""})


# ── contacts ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sms(office):
    return add_channel(office.root, "sms", "sms")


def reach(office, sms, **words):
    return actions.add_contact(
        office.guest, **{"by": office.guest, "now": NOW, "channel": sms, "address": "13800001234"} | words
    )


@pytest.mark.parametrize("who", ["guest", "clerk", "boss"])
def test_one_adds_ones_own_contact_and_who_manages_people_that_of_others(office, sms, who):
    change = reach(office, sms, by=getattr(office, who), quiet_from=time(22), quiet_to=time(7))
    contact = Contact.objects.get()
    assert (contact.person, contact.channel, contact.order) == (office.guest, sms, 1)
    assert change.organisation == office.branch
    assert change.after == {"address": "138****1234", "order": 1, "quiet_from": "22:00", "quiet_to": "07:00"}
    assert "13800001234" not in str(Change.objects.values()), (
        "a change row stays for ever: no whole number in it"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"address": " "}, "请填写地址"),
        ({"address": "1 2"}, "空格"),
        ({"quiet_from": time(22)}, "同时填写"),
    ],
)
def test_what_is_wrong_with_a_contact_is_said(office, sms, words, said):
    with pytest.raises(Refused, match=said):
        reach(office, sms, **words)


def test_a_stranger_a_robot_and_a_channel_elsewhere_are_refused(office, sms):
    for act in (
        lambda: actions.add_contact(office.clerk, by=office.guest, now=NOW, channel=sms, address="1380000"),
        lambda: reach(office, sms, by=None),
    ):
        with pytest.raises(Refused):
            act()
    for channel in (add_channel(office.annex, "sms-a", "sms"), add_channel(office.root, "robot", "robot")):
        with pytest.raises(Refused, match="不能用于此人"):
            reach(office, channel)


def test_the_same_contact_is_there_once_and_comes_back_after_it_was_retired(office, sms):
    contact = reach(office, sms).subject
    with pytest.raises(Refused, match="已有"):
        reach(office, sms)
    actions.retire_contact(contact, by=office.guest, now=NOW)
    with pytest.raises(Refused, match="已停用"):
        actions.test_contact(Contact.objects.get(), by=office.guest, now=NOW)
    assert reach(office, sms).subject.pk == contact.pk and Contact.objects.get().is_active


def test_a_contact_is_changed_with_both_numbers_masked(office, sms):
    contact = reach(office, sms).subject
    change = actions.change_contact(contact, by=office.guest, now=NOW, address="13900005678", order=2)
    assert (change.before["address"], change.after["address"]) == ("138****1234", "139****5678")
    assert (change.before["order"], change.after["order"]) == (1, 2)
    with pytest.raises(Refused, match="没有需要保存"):
        actions.change_contact(contact, by=office.guest, now=NOW, address="13900005678", order=2)
    other = reach(office, sms).subject
    with pytest.raises(Refused, match="已有"):
        actions.change_contact(other, by=office.guest, now=NOW, address="13900005678", order=1)
    with pytest.raises(Refused, match="只能修改自己"):
        give_to = SimpleNamespace(pk=-1, may=lambda *words: False)
        actions.change_contact(contact, by=give_to, now=NOW, address="1", order=1)


def test_a_contact_is_tested_by_a_real_message_to_it_alone(office, sms):
    contact = reach(office, sms).subject
    change = actions.test_contact(contact, by=office.guest, now=NOW)
    message = Message.objects.get()
    assert (message.key, message.to, message.person) == (change.after["test"], "13800001234", office.guest)


@pytest.mark.parametrize(
    ("address", "shown"),
    [("13800001234", "138****1234"), ("anna@example.org", "a***@example.org"), ("boss", "b***"), ("", "***")],
)
def test_addresses_are_masked(address, shown):
    assert actions.mask(address) == shown


# ── messages ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def message(office):
    channel = add(office).subject

    def put(state, scene="live", **words):
        row = queue(
            office.branch,
            key="alarm/1/1",
            channel=channel,
            title="题",
            text="文",
            now=NOW,
            scene=scene,
            **words,
        )
        Message.objects.filter(pk=row.pk).update(state=state)
        row.refresh_from_db()
        return row

    return put


def test_sending_again_is_a_new_key_and_only_once_for_each(office, message):
    row = message("unknown", link="https://x", is_urgent=True)
    with pytest.raises(Refused, match="理由"):
        actions.send_again(row, by=office.guest, now=NOW, why=" ")
    change = actions.send_again(row, by=office.guest, now=NOW, why="对方说没有收到")
    fresh = change.subject
    assert (fresh.key, fresh.state, fresh.again_of, fresh.link, fresh.is_urgent) == (
        "alarm/1/1/again/1",
        "queued",
        row,
        "https://x",
        True,
    )
    with pytest.raises(Refused, match="已经再次发送"):
        actions.send_again(row, by=office.clerk, now=NOW, why="再来")
    with pytest.raises(Refused, match="尚未结束"):
        actions.send_again(fresh, by=office.clerk, now=NOW, why="再来")
    Message.objects.filter(pk=fresh.pk).update(state="failed")
    assert actions.send_again(fresh, by=office.clerk, now=NOW, why="再来").subject.key == "alarm/1/1/again/2"


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "accepted", "delivered", "read"])
def test_what_is_under_way_or_went_out_is_not_sent_again(office, message, state):
    row = message(state)
    with pytest.raises(Refused):
        actions.send_again(row, by=office.clerk, now=NOW, why="试")


def test_an_exercise_is_not_sent_again_nor_by_who_may_not_nor_on_a_retired_channel(office, message):
    rehearsed = message("rehearsed", scene="exercise:1")
    with pytest.raises(Refused, match="演练"):
        actions.send_again(rehearsed, by=office.clerk, now=NOW, why="试")
    Message.objects.all().delete()
    row = message("failed")
    with pytest.raises(Refused, match="权限"):
        actions.send_again(row, by=office.boss, now=NOW, why="试")
    Channel.objects.update(is_active=False)
    with pytest.raises(Refused, match="停用"):
        actions.send_again(row, by=office.clerk, now=NOW, why="试")


def test_what_a_person_found_out_settles_an_unknown_message(office, message):
    row = message("unknown")
    Message.objects.update(ask_at=NOW)
    with pytest.raises(Refused, match="理由"):
        actions.note_outcome(row, by=office.clerk, now=NOW, state="delivered", why=" ")
    with pytest.raises(Refused):
        actions.note_outcome(row, by=office.clerk, now=NOW, state="queued", why="试")
    change = actions.note_outcome(row, by=office.clerk, now=NOW, state="delivered", why="控制台查得")
    row.refresh_from_db()
    assert (row.state, row.said, row.ask_at) == ("delivered", "控制台查得", None)
    assert (change.before, change.after) == ({"state": "unknown"}, {"state": "delivered"})
    with pytest.raises(Refused, match="结果不明"):
        actions.note_outcome(row, by=office.clerk, now=NOW, state="failed", why="试")

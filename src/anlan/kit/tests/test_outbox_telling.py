"""Telling people and organisations: contacts in their order, quiet hours, group channels, and nobody who hears."""

from datetime import UTC, datetime, time

import pytest
from django.utils import timezone

from anlan.kit.models import Contact, Message
from anlan.kit.outbox import channels_for, contacts_of, queue, reach, routes, tell, tell_organisation
from anlan.kit.outbox.telling import end_of_quiet
from anlan.kit.tests.outbox import Post, add_channel, add_kind, plain_sender

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 16:00 local time
WORDS = {"title": "题", "text": "文", "now": NOW}


@pytest.fixture
def ways(town, monkeypatch):
    """SMS and e-mail of the root with an address each, a group robot of the root; the clerk has both contacts."""
    post = Post()
    add_kind(monkeypatch, "sms", post, to_zh="手机号")
    add_kind(monkeypatch, "mail", post, to_zh="邮箱")
    add_kind(monkeypatch, "robot", post)
    add_kind(monkeypatch, "weibo", post, is_draft=True)
    town.post, town.sms, town.mail = (
        post,
        add_channel(town.root, "sms", "sms"),
        add_channel(town.root, "mail", "mail"),
    )
    town.robot = add_channel(town.root, "robot", "robot")
    town.by_sms = Contact.objects.create(person=town.clerk, channel=town.sms, address="13800000000", order=2)
    town.by_mail = Contact.objects.create(
        person=town.clerk, channel=town.mail, address="clerk@example.org", order=1
    )
    return town


def about(town):
    return {"about": town.branch} | WORDS


def test_what_is_not_urgent_goes_to_the_first_contact_only_and_once(ways):
    (message,) = tell(ways.clerk, key="k", **about(ways))
    assert (message.channel, message.to, message.person, message.recipient) == (
        ways.mail,
        "clerk@example.org",
        ways.clerk,
        "某clerk",
    )
    Contact.objects.filter(pk=ways.by_mail.pk).update(order=9)
    assert [one.pk for one in tell(ways.clerk, key="k", **about(ways))] == [message.pk], (
        "another order tells nobody twice"
    )
    assert [one.channel for one in tell(ways.clerk, key="k2", **about(ways))] == [ways.sms]


def test_what_is_urgent_goes_to_every_contact(ways):
    told = tell(ways.clerk, key="k", is_urgent=True, **about(ways))
    assert [one.channel for one in told] == [ways.mail, ways.sms] and all(one.is_urgent for one in told)
    assert [one.pk for one in tell(ways.clerk, key="k", is_urgent=True, **about(ways))] == [
        one.pk for one in told
    ]


def test_two_people_under_one_key_are_two_messages(ways):
    Contact.objects.create(person=ways.boss, channel=ways.sms, address="13900000000")
    tell(ways.clerk, key="k", **about(ways))
    tell(ways.boss, key="k", **about(ways))
    assert Message.objects.count() == 2


def test_nobody_hears_without_a_contact_in_use_on_a_channel_in_use(ways):
    assert (
        tell(ways.guest, key="k", is_urgent=True, **about(ways)) == [] and not reach(ways.guest).is_reachable
    )
    Contact.objects.filter(pk=ways.by_mail.pk).update(is_active=False)
    type(ways.sms).objects.filter(pk=ways.sms.pk).update(is_active=False)
    assert contacts_of(ways.clerk) == []
    assert reach(ways.boss).contacts == []


def test_somebody_whose_account_is_closed_is_not_told(ways):
    ways.clerk.is_active = False
    assert tell(ways.clerk, key="k", is_urgent=True, **about(ways)) == []


@pytest.mark.parametrize(
    ("begin", "end", "local", "until"),
    [
        (time(22), time(7), (24, 23, 0), (25, 7)),
        (time(22), time(7), (25, 3, 0), (25, 7)),
        (time(22), time(7), (25, 7, 0), None),
        (time(22), time(7), (24, 21, 59), None),
        (time(12), time(14), (24, 12, 0), (24, 14)),
        (time(12), time(14), (24, 14, 0), None),
        (time(8), time(8), (24, 8, 0), None),
        (None, None, (24, 3, 0), None),
    ],
)
def test_quiet_hours_end_at_their_end(begin, end, local, until):
    day, hour, minute = local
    now = timezone.make_aware(datetime(2026, 11, day, hour, minute))
    wanted = until and timezone.make_aware(datetime(2026, 11, *until))
    assert end_of_quiet(Contact(quiet_from=begin, quiet_to=end), now) == wanted


def test_the_quiet_hours_hold_what_is_not_urgent_and_nothing_else(ways):
    Contact.objects.update(quiet_from=time(12), quiet_to=time(18))
    (held,) = tell(ways.clerk, key="k", **about(ways))
    assert timezone.localtime(held.next_try_at).hour == 18
    assert all(one.next_try_at == NOW for one in tell(ways.clerk, key="u", is_urgent=True, **about(ways)))
    sender = plain_sender()
    sender.wind(NOW)
    assert sorted(ways.post.keys) == sorted(f"u/c{one.pk}" for one in (ways.by_mail, ways.by_sms))
    sender.wind(held.next_try_at)
    assert ways.post.keys[-1] == held.key


def test_an_organisation_hears_by_its_own_group_channels_else_by_the_nearest_above(ways):
    assert routes(ways.branch) == routes(ways.root) == [ways.robot]
    assert [one.channel for one in tell_organisation(ways.branch, key="k", **about(ways))] == [ways.robot]
    own = add_channel(ways.branch, "robot-b", "robot")
    add_channel(ways.branch, "weibo-b", "weibo")
    add_channel(ways.branch, "robot-public", "robot", is_for_staff=False)
    add_channel(ways.branch, "robot-off", "robot", is_active=False)
    add_channel(ways.branch, "odd", "vanished")
    assert routes(ways.branch) == [own] and routes(ways.annex) == [ways.robot]
    type(own).objects.filter(kind="robot").update(is_active=False)
    assert tell_organisation(ways.branch, key="k2", **about(ways)) == []


def test_people_are_reached_by_the_channels_of_their_organisation_and_those_above(ways):
    own = add_channel(ways.branch, "sms-b", "sms")
    assert channels_for(ways.branch) == [ways.mail, ways.sms, own] and channels_for(ways.root) == [
        ways.mail,
        ways.sms,
    ]


@pytest.mark.parametrize("act", [tell, tell_organisation])
def test_an_exercise_tells_nobody_for_real(ways, act):
    whom = ways.clerk if act is tell else ways.branch
    told = act(whom, key="k", is_urgent=True, scene="exercise:1", **about(ways))
    assert told and {(one.state, one.title) for one in told} == {("rehearsed", "【演练】题")}
    plain_sender().wind(NOW)
    assert ways.post.sent == []


def test_long_names_and_titles_are_cut_not_refused(ways):
    message = queue(
        ways.branch, key="k", channel=ways.robot, title="长" * 300, text="文", now=NOW, recipient="名" * 200
    )
    assert (len(message.title), len(message.recipient)) == (200, 120)

"""The daily digest: once a day, by day, on workdays, only where there is something, and as each wants it."""

from datetime import date, datetime, time, timedelta

import pytest

from anlan.domains.accounts.models import Role
from anlan.kit import digests, followups
from anlan.kit.actions import Refused
from anlan.kit.digests import Digester, DigestLine, DigestPart
from anlan.kit.digests.composing import next_digest
from anlan.kit.followups import my_follow_ups, reminding
from anlan.kit.models import Change, Channel, Contact, Digest, DigestWish, Message
from anlan.rulebook.clock import ZONE

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


TUESDAY = at("2026-11-24 08:30")


def something(person, *, since, until, now):
    """A contributor that has one thing for the clerk."""
    lines = (DigestLine("签发通知", "今天", "/notices/1/"),) if person.username == "clerk" else ()
    return [DigestPart("待签发", lines), DigestPart("空", ())]


@pytest.fixture
def reachable(town):
    """The clerk has an address on a channel."""
    channel = Channel.objects.create(code="app", kind="wecom_app", name="企业微信", organisation=town.root)
    Contact.objects.create(person=town.clerk, channel=channel, address="clerk@example.invalid", order=1)
    return town


def told():
    return list(Digest.objects.values_list("person__username", "day"))


def test_one_a_day_and_only_where_there_is_something(reachable):
    digester = Digester([something], path="/my-matters/")
    digester.send(TUESDAY - MINUTE)
    assert told() == []
    for minutes in range(0, 600, 7):
        digester.send(TUESDAY + minutes * MINUTE)
    assert told() == [("clerk", date(2026, 11, 24))]
    Digester([something]).send(TUESDAY + 60 * MINUTE)  # after a restart
    assert len(told()) == 1 and Change.objects.filter(what="digests.make").count() == 1
    digester.send(TUESDAY + DAY)
    assert len(told()) == 2


def test_the_message_says_what_and_leads_there(reachable):
    Digester([something], path="/my-matters/").send(TUESDAY)
    message = Message.objects.get()
    assert message.title == "每日汇总：1 件事项" and not message.is_urgent
    assert message.text == "【待签发】\n· 签发通知（今天）"
    assert message.link.endswith("/my-matters/") and message.send_by == at("2026-11-24 21:00")
    digest = Digest.objects.get()
    assert digest.messages == 1 and digest.parts[0]["lines"][0]["url"] == "/notices/1/"
    assert (message.about_kind, message.about_id) == ("kit.digest", str(digest.pk))


def test_whoever_cannot_be_reached_is_known(town):
    Digester([something]).send(TUESDAY)
    assert Digest.objects.get().messages == 0


@pytest.mark.parametrize("hour", ["00:10", "05:59", "21:00", "23:30"])
def test_never_at_night(reachable, hour):
    Digester([something]).send(at(f"2026-11-24 {hour}"))
    assert told() == []


def test_late_is_better_than_not_at_all(reachable):
    Digester([something]).send(at("2026-11-24 20:59"))
    assert len(told()) == 1


@pytest.mark.parametrize(
    ("day", "comes"),
    [
        ("2026-11-28", False),
        ("2026-10-01", False),
        ("2026-09-20", True),
    ],  # a Saturday, a holiday, a make-up Sunday
)
def test_on_workdays(reachable, day, comes):
    Digester([something]).send(at(f"{day} 09:00"))
    assert bool(told()) == comes


def test_as_each_wants_it(reachable):
    clerk = reachable.clerk
    digests.choose_digest(clerk, by=clerk, now=TUESDAY, is_on=True, at=time(10), on_rest_days=True)
    digester = Digester([something])
    digester.send(TUESDAY)
    assert told() == []
    digester.send(at("2026-11-24 10:00"))
    digester.send(at("2026-11-28 10:00"))
    assert len(told()) == 2
    digests.choose_digest(clerk, by=clerk, now=TUESDAY, is_on=False, at=time(10), on_rest_days=True)
    digester.send(at("2026-11-30 10:00"))
    assert len(told()) == 2
    assert Change.objects.filter(what="digests.choose").count() == 2


def test_nobody_chooses_for_another_nor_at_night(town):
    with pytest.raises(Refused, match="本人"):
        digests.choose_digest(
            town.clerk, by=town.boss, now=TUESDAY, is_on=False, at=time(9), on_rest_days=False
        )
    with pytest.raises(Refused, match="夜间"):
        digests.choose_digest(
            town.clerk, by=town.clerk, now=TUESDAY, is_on=True, at=time(23), on_rest_days=False
        )


def test_people_out_of_use_hear_nothing(reachable):
    reachable.clerk.is_active = False
    reachable.clerk.save()
    Digester([something]).send(TUESDAY)
    assert told() == []


def test_in_the_reader_s_language(reachable):
    reachable.clerk.language = "en"
    reachable.clerk.save()
    Digester([something]).send(TUESDAY)
    assert Message.objects.get().title.startswith("Daily digest")


def test_before_a_holiday_it_reaches_to_the_next_workday(db):
    wish, always = DigestWish(), DigestWish(on_rest_days=True, at=time(9))
    assert next_digest(date(2026, 11, 24), wish) == at("2026-11-25 08:30")
    assert next_digest(date(2026, 9, 30), wish) == at("2026-10-08 08:30")
    assert next_digest(date(2026, 9, 30), always) == at("2026-10-01 09:00")


# ---- what follow-ups say ------------------------------------------------------------------------------------


def test_follow_ups_each_once_under_what_matters_most(town):
    Role.objects.filter(code="manager").update(rights=["view", "followups.run"])
    opened = at("2026-10-20 09:00")

    def task(number, due, **words):
        words = {"by": town.boss, "now": opened, "organisation": town.branch} | words
        return followups.open_follow_up(
            town.annex, key=f"t/{number}", title=f"事项{number}", due=due, **words
        )

    task(1, date(2026, 11, 19))  # four days overdue on the 24th: above hears of it
    task(2, date(2026, 11, 24))
    task(3, date(2026, 12, 1))  # seven days ahead
    task(4, date(2027, 1, 20), now=TUESDAY - 60 * MINUTE)  # new
    task(5, date(2027, 1, 20))  # neither
    task(6, date(2026, 11, 24), owner=town.guest)
    for hours in range(24 * 36):
        reminding.remind(opened + hours * 60 * MINUTE)
    now = TUESDAY
    said = {
        person.username: {
            part.title: [line.text for line in part.lines]
            for part in digests.compose(person, [my_follow_ups], now=now)
        }
        for person in (town.clerk, town.guest, town.boss)
    }
    assert said == {
        "clerk": {"已逾期": ["事项1"], "近日到期": ["事项2"], "即将到期": ["事项3"], "新交办": ["事项4"]},
        "guest": {"近日到期": ["事项6"]},
        "boss": {"下级逾期": ["事项1"]},
    }
    parts = digests.compose(town.clerk, [my_follow_ups], now=now)
    assert parts[0].lines[0].note == "2026-11-19 到期，逾期 5 天" and parts[0].is_late
    assert parts[1].lines[0].note == "2026-11-24 到期"

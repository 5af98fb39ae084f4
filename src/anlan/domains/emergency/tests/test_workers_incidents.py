"""The clocks of incidents, wound: report limits, teams in the field, orders past their time; each told once."""

import pytest

from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.models import TeamCheck
from anlan.domains.emergency.tests.incident_town import NOW, after, build, open_one, report
from anlan.domains.emergency.workers import incidents as workers
from anlan.kit.models import Change, Channel, Contact, Message

WEBHOOK = {"url": "http://127.0.0.1:1/", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}


@pytest.fixture
def town(db):
    town = build()
    channel = Channel.objects.create(
        code="mail", kind="email", name="邮件", organisation=town.top, settings={}
    )
    for person in (town.officer, town.leader):
        Contact.objects.create(
            person=person, channel=channel, address=f"{person.username}@example.org", order=1
        )
    return town


def wind(*minutes):
    for one in minutes:
        for sweep in workers.sweeps():
            sweep.run(after(one))


def told(what):
    return list(Change.objects.filter(what=what).order_by("id"))


def test_report_limits_are_reminded_each_once(town):
    incident = open_one(town)
    wind(0, 14)
    assert not told("emergency.remind_report")
    wind(15, 15, 16, 25, 30, 30)
    rungs = [(one.after["rule"], one.after["rung"]) for one in told("emergency.remind_report")]
    assert rungs == [("SH-ORAL", "half"), ("SH-ORAL", "-5"), ("SH-ORAL", "due"), ("SH-WRITE", "half")]
    texts = list(Message.objects.order_by("id").values_list("text", flat=True))
    assert "口头报告时限还有 15 分钟" in texts[0] and len(texts) == 4
    actions.tell_orally(incident, by=town.officer, now=after(31), sent_to="市总值班室", words="已报")
    oral, written = queries.limits_of(incident, after(31))
    assert (oral.stand.state, oral.late_min, oral.due.is_unconfirmed) == ("met_late", 1, True)
    assert (written.stand.state, written.due.at, written.due.mark) == ("running", after(60), "M")
    report(town, incident, now=after(50), sent_at=after(55))
    wind(60, 70, 200)
    assert len(told("emergency.remind_report")) == 4
    assert queries.limits_of(incident, after(99))[1].stand.state == "met"


def test_a_worker_that_slept_tells_late_and_only_the_newest(town):
    open_one(town)
    wind(95)
    rungs = [(one.after["rule"], one.after["rung"]) for one in told("emergency.remind_report")]
    assert rungs == [("SH-ORAL", "+60"), ("SH-WRITE", "+30")]
    assert (
        "已超过时限 65 分钟" in Message.objects.first().text
        or "已超过时限 65 分钟" in Message.objects.last().text
    )


def test_a_changed_moment_of_knowing_starts_the_clock_anew(town):
    incident = open_one(town)
    wind(31)
    actions.correct_incident(incident, by=town.officer, now=after(32), why="录音", known_at=after(-20))
    assert queries.limits_of(type(incident).objects.get(), after(32))[0].due.at == after(10)
    wind(33)
    assert len(told("emergency.remind_report")) > 2


def test_an_agreed_follow_up_is_reminded_once_and_forgotten_when_sent(town):
    incident = open_one(town)
    report(town, incident)
    actions.set_next_report(incident, by=town.officer, now=NOW, next_report_at=after(60))
    wind(59, 60, 61, 62)
    assert [one.after["rung"] for one in told("emergency.remind_report")] == ["next"]
    report(town, incident, "follow_up", now=after(63))
    incident.refresh_from_db()
    assert incident.next_report_at is None


def test_a_silent_team_is_told_of_and_again_upward(town):
    incident = open_one(town)
    report(town, incident)
    check = actions.start_check(
        incident, by=town.officer, now=NOW, team="一组", people=8, every_min=10, grace_min=2
    ).subject
    wind(5, 10, 11)
    assert not told("emergency.miss_check")
    wind(12, 12, 13, 22, 22)
    assert [one.after["misses"] for one in told("emergency.miss_check")] == [1, 2]
    assert [message.is_urgent for message in Message.objects.filter(about_kind="emergency.teamcheck")] == [
        True,
        True,
    ]
    actions.answer_check(
        check, by=town.officer, now=after(23), answer="fine", present=8, on_behalf_of="带队人"
    )
    wind(24, 34)
    line = queries.check_line(TeamCheck.objects.get(), after(34))
    assert (line.stand, line.check.misses) == ("due", 0)
    wind(35)
    assert [one.after["misses"] for one in told("emergency.miss_check")] == [1, 2, 1]
    actions.stop_check(check, by=town.officer, now=after(36), why="归队")
    wind(80)
    assert len(told("emergency.miss_check")) == 3
    assert "check" in {entry.kind for entry in queries.timeline(incident) if entry.is_machine}


def test_a_commander_is_told_as_well_and_who_cannot_be_reached_is_named(town):
    incident = open_one(town)
    actions.assign_role(incident, by=town.officer, now=NOW, role="commander", person=town.gardener)
    wind(15)
    assert told("emergency.remind_report")[0].after["told_to"] == ["gardener（没有可用的联系方式）"]


def test_orders_and_instructions_past_their_time_are_told_once(town):
    incident = open_one(town)
    report(town, incident)
    act = {"by": town.officer, "now": NOW}
    order = actions.issue_order(incident, text="设卡", to_person=town.leader, due_at=after(10), **act).subject
    instruction = actions.enter_instruction(incident, leader="区领导", text="速办", **act).subject
    relay = actions.relay_instruction(instruction, to=town.police, due_at=after(20), **act).subject
    wind(10, 11, 12, 21, 22)
    assert len(told("emergency.remind_order")) == len(told("emergency.remind_relay")) == 1
    assert told("emergency.remind_order")[0].after["told_to"] == ["officer", "leader"]
    actions.finish_order(order, by=town.leader, now=after(23), feedback="已设卡")
    actions.finish_relay(relay, by=town.sergeant, now=after(23), feedback="已办")
    wind(60)
    assert len(told("emergency.remind_order")) == 1


def test_an_exercise_never_reaches_a_live_channel(town):
    open_one(town, scene="exercise:1")
    wind(15)
    assert {message.scene for message in Message.objects.all()} == {"exercise:1"}


def test_closed_incidents_are_left_alone(town):
    incident = open_one(town)
    actions.declare_false(incident, by=town.officer, now=after(1), why="误报")
    wind(15, 30, 60, 120)
    assert not Message.objects.exists()

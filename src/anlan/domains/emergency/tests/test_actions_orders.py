"""The command post and teams in the field, with a wound clock: roles, objectives, orders, needs, checks."""

import pytest

from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.models import Order
from anlan.domains.emergency.tests.incident_town import NOW, after, build, open_one
from anlan.kit.actions import Refused
from anlan.kit.models import Change, Channel, Contact, Message


@pytest.fixture
def town(db):
    return build()


@pytest.fixture
def incident(town):
    return open_one(town)


def test_a_role_is_handed_over_with_what_was_told(town, incident):
    act = {"by": town.officer, "now": NOW}
    first = actions.assign_role(incident, role="commander", person=town.leader, **act).subject
    with pytest.raises(Refused, match="现由leader担任"):
        actions.assign_role(incident, role="commander", holder="乙", **act)
    with pytest.raises(Refused, match="说明"):
        actions.hand_over_role(first, holder="乙", situation="", **act)
    second = actions.hand_over_role(
        first, by=town.officer, now=after(30), holder="乙", holder_organisation="市局", situation="北口仍拥挤"
    ).subject
    assert (second.handed_from, second.since, second.situation) == (first, after(30), "北口仍拥挤")
    with pytest.raises(Refused, match="不再担任"):
        actions.hand_over_role(first, by=town.officer, now=after(31), holder="丙", situation="x")
    held, past = queries.roles_of(incident)
    assert (held, past) == ([second], [first])
    with pytest.raises(Refused, match="角色名称"):
        actions.assign_role(incident, role="other", holder="甲", **act)
    with pytest.raises(Refused, match="选择人员"):
        actions.assign_role(incident, role="police", **act)


def test_an_order_is_received_fed_back_and_done_by_whom_it_concerns(town, incident):
    order = actions.issue_order(
        incident, by=town.officer, now=NOW, text="设卡", to=town.police, due_at=after(30)
    ).subject
    for person, on_behalf_of in (
        (town.fireman, ""),
        (town.fireman, "甲"),
        (town.officer, ""),
        (town.reader, "甲"),
    ):
        with pytest.raises(Refused, match="由公安分局办理"):
            actions.receive_order(order, by=person, now=after(1), on_behalf_of=on_behalf_of)
    order = actions.receive_order(order, by=town.sergeant, now=after(2)).subject
    order = actions.feed_back_order(
        order,
        by=town.officer,
        now=after(20),
        feedback="两处已设",
        on_behalf_of="带队民警",
        happened_at=after(15),
    ).subject
    assert (order.received_at, order.fed_back_at, order.feedback) == (after(2), after(15), "两处已设")
    line = queries.orders_of(incident, after(31))[0]
    assert line.is_overdue
    order = actions.finish_order(order, by=town.sergeant, now=after(32), feedback="全部到位").subject
    assert not queries.orders_of(incident, after(33))[0].is_overdue
    with pytest.raises(Refused, match="不能完成"):
        actions.finish_order(order, by=town.sergeant, now=after(34), feedback="x")
    with pytest.raises(Refused, match="不能撤回"):
        actions.withdraw_order(order, by=town.officer, now=after(34), why="x")


def test_an_order_that_cannot_be_done_says_why(town, incident):
    order = actions.issue_order(
        incident, by=town.officer, now=NOW, text="调车", to_person=town.fireman
    ).subject
    with pytest.raises(Refused, match="理由"):
        actions.refuse_order(order, by=town.fireman, now=NOW, feedback=" ")
    assert (
        actions.refuse_order(order, by=town.fireman, now=NOW, feedback="车都在外").subject.state == "refused"
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [({"text": " ", "receiver": "甲"}, "内容"), ({"text": "设卡"}, "接收"), ({"text": "设卡", "receiver": "甲", "due_at": after(-1)}, "时限")],
)  # fmt: skip
def test_an_unsound_order_is_refused(town, incident, words, why):
    with pytest.raises(Refused, match=why):
        actions.issue_order(incident, by=town.officer, now=NOW, **words)
    assert not Order.objects.exists()


def test_nothing_is_ordered_once_it_is_over(town, incident):
    actions.declare_false(incident, by=town.officer, now=NOW, why="误报")
    with pytest.raises(Refused, match="误报撤销"):
        actions.issue_order(incident, by=town.officer, now=NOW, text="设卡", receiver="甲")
    actions.note_incident(incident, by=town.officer, now=NOW, text="补充说明")


def test_needs_and_objectives(town, incident):
    act = {"by": town.officer, "now": NOW}
    need = actions.raise_need(incident, what="救护车", quantity=4, unit="辆", **act).subject
    states = [actions.meet_need(need, met_quantity=n, **act).subject.state for n in (1, 4, 0)]
    assert states == ["partly", "met", "open"]
    actions.drop_need(need, why="不再需要", **act)
    with pytest.raises(Refused, match="不能再修改"):
        actions.meet_need(need, met_quantity=1, **act)
    goal = actions.set_objective(incident, text="半小时内疏散", **act).subject
    with pytest.raises(Refused, match="理由"):
        actions.close_objective(goal, state="dropped", why="", **act)
    assert actions.close_objective(goal, state="met", **act).subject.closed_at == NOW
    with pytest.raises(Refused, match="不能再修改"):
        actions.close_objective(goal, state="met", **act)


def test_a_team_answers_for_itself_or_by_phone(town, incident):
    words = {"team": "一组", "people": 8, "every_min": 15, "team_organisation": town.police}
    check = actions.start_check(incident, by=town.officer, now=NOW, **words).subject
    with pytest.raises(Refused, match="无需重复"):
        actions.start_check(incident, by=town.officer, now=NOW, **words)
    with pytest.raises(Refused, match="代为登记"):
        actions.answer_check(check, by=town.fireman, now=after(1), answer="fine", present=8)
    actions.answer_check(check, by=town.sergeant, now=after(10), answer="fine", present=7)
    line = queries.checks_of(incident, after(11))[0]
    assert (line.stand, line.is_short, line.due_at) == ("fine", True, after(25))
    with pytest.raises(Refused, match="早于最近"):
        actions.answer_check(
            check,
            by=town.officer,
            now=after(12),
            answer="fine",
            present=8,
            on_behalf_of="甲",
            happened_at=after(5),
        )
    with pytest.raises(Refused, match="异常"):
        actions.answer_check(check, by=town.sergeant, now=after(12), answer="trouble", present=8)
    actions.answer_check(
        check, by=town.sergeant, now=after(12), answer="trouble", present=8, words="一人中暑"
    )
    assert queries.checks_of(incident, after(13))[0].is_urgent


def test_whom_an_order_is_for_is_told_at_once_and_only_in_its_scene(town, incident):
    channel = Channel.objects.create(
        code="mail", kind="email", name="邮件", organisation=town.top, settings={}
    )
    Contact.objects.create(person=town.fireman, channel=channel, address="a@example.org", order=1)
    order = actions.issue_order(
        incident, by=town.officer, now=NOW, text="调车", to_person=town.fireman
    ).subject
    message = Message.objects.get()
    assert ("调车" in message.text, message.is_urgent, message.scene) == (True, True, "live")
    assert Change.objects.of(order).get().after["told_to"] == ["fireman"]
    rehearsed = open_one(town, scene="exercise:1")
    actions.issue_order(rehearsed, by=town.officer, now=NOW, text="调车", to_person=town.fireman)
    assert Message.objects.order_by("id").last().scene == "exercise:1"


def test_each_action_leaves_one_change(town, incident):
    before = Change.objects.count()
    actions.issue_order(incident, by=town.officer, now=NOW, text="设卡", receiver="甲")
    actions.raise_need(incident, by=town.officer, now=NOW, what="铁马", quantity=1)
    actions.start_check(incident, by=town.officer, now=NOW, team="一组", people=8)
    assert Change.objects.count() == before + 3

"""Follow-ups: opened once, counted from their records, reminded by the ladder, settled by whom it concerns."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError

from anlan.domains.accounts.models import Role
from anlan.kit import deadlines, tables
from anlan.kit import followups as door
from anlan.kit.actions import Refused
from anlan.kit.followups import actions, climbing, reminding
from anlan.kit.followups.reading import due_now
from anlan.kit.models import Change, DistrictRow, FollowUp, Reminder
from anlan.kit.terms import FollowUpState
from anlan.kit.tests.conftest import add_person
from anlan.rulebook.clock import ZONE

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


NOW = at(
    "2026-09-18 16:00"
)  # the Friday before a make-up Sunday and the Mid-Autumn and National Day holidays


@pytest.fixture
def office(town):
    """The town with the right to work on follow-ups; `task()` opens one for the branch about the annex."""
    Role.objects.filter(code="manager").update(rights=["view", "followups.run", "tables.edit"])
    worker = add_person("worker", town.branch, Role.objects.get(code="viewer"))

    def task(**words):
        words = {
            "key": "t/1",
            "title": "整改消防通道",
            "organisation": town.branch,
            "due": date(2026, 10, 18),
        } | words
        return door.open_follow_up(town.annex, by=town.boss, now=NOW, **words)

    return SimpleNamespace(**vars(town), worker=worker, task=task)


def rungs(task):
    return list(task.reminders.order_by("id").values_list("round", "days", "is_told"))


def wind(until, *, since=NOW, step=HOUR):
    """Look every hour, as the worker does every minute."""
    now = since
    while now <= until:
        reminding.remind(now)
        now += step


def again(task):
    return FollowUp.objects.get(pk=task.pk)


# ---- opening --------------------------------------------------------------------------------------------


def test_opening_again_under_the_same_key_changes_nothing(office):
    task = office.task()
    assert office.task(title="另一个", due=date(2027, 1, 1)) == task
    assert FollowUp.objects.count() == 1 and Change.objects.filter(what="followups.open").count() == 1
    assert (again(task).title, again(task).last_day) == ("整改消防通道", date(2026, 10, 18))
    assert task.about_kind == "accounts.organisation" and task.about_name == "别馆"
    assert list(door.follow_ups_about(office.annex)) == [task]


def test_a_statutory_date_is_counted_by_the_clock_and_names_its_rules(office):
    due = deadlines.due_of("EV-DECIDE", NOW, on=NOW.date())
    task = office.task(due=due)
    assert task.last_day == date(2026, 9, 29) and task.rule_id == "EV-DECIDE"
    assert task.judged_by == deadlines.version(on=NOW.date())


def test_a_moment_may_be_set(office):
    task = office.task(due=NOW + 3 * HOUR)
    assert task.due_at == NOW + 3 * HOUR


def test_a_date_that_has_passed_is_due_at_once(office):
    assert office.task(due=NOW - 2 * DAY, key="t/2").due_at == NOW - 2 * DAY
    assert office.task(due=date(2026, 9, 1)).last_day == NOW.date()


def test_the_owner_is_of_the_organisation(office):
    with pytest.raises(Refused, match="不属于责任单位"):
        office.task(owner=office.boss)
    office.worker.is_active = False
    with pytest.raises(Refused, match="已停用"):
        office.task(owner=office.worker)
    with pytest.raises(Refused, match="事项名称"):
        office.task(title=" ")
    assert not FollowUp.objects.exists()


# ---- the ladder, by a wound clock over a holiday week -------------------------------------------------------


def test_the_whole_ladder_over_the_holidays(office):
    task = office.task(due=date(2026, 10, 18))
    wind(at("2026-10-27 00:00"))
    assert [days for _round, days, _told in rungs(task)] == [-7, -1, 0, 1, 3, 7]
    when = {one.days: one.at.astimezone(ZONE) for one in task.reminders.all()}
    assert when[-7] == at("2026-10-11 00:00") and when[0] == at("2026-10-18 00:00")
    assert when[1] == at("2026-10-19 01:00"), (
        "the first look after midnight: the last moment is still in time"
    )
    before = Change.objects.count()
    wind(at("2026-10-27 00:00"), since=at("2026-10-20 00:00"))
    assert Change.objects.count() == before, "looking again notes nothing more"
    assert again(task).remind_at is None


def test_working_days_skip_the_holidays(office):
    """20 working days from 18 September, with its make-up Sundays, end on 23 October."""
    task = office.task(due=deadlines.due_of("PL-FILE-ENT", NOW, on=NOW.date()))
    last = again(task).last_day
    wind(at("2026-11-10 00:00"))
    assert [days for _round, days, _told in rungs(task)] == [-30, -7, -1, 0, 1, 3, 7]
    given = {one.days: one.at.astimezone(ZONE).date() for one in task.reminders.all()}
    assert given[0] == last and given[7] == last + 7 * DAY


def test_after_a_standstill_only_the_latest_is_told(office):
    task = office.task()
    wind(at("2026-10-11 01:00"))
    reminding.remind(at("2026-10-22 09:00"))
    assert rungs(task) == [(1, -7, True), (1, -1, False), (1, 0, False), (1, 1, False), (1, 3, True)]
    assert Change.objects.filter(what="followups.remind").count() == 2


def test_overdue_is_heard_of_above(office):
    task = office.task()
    wind(at("2026-10-27 00:00"))
    heard = dict(task.reminders.values_list("days", "escalated_to__code"))
    assert heard == {-7: None, -1: None, 0: None, 1: None, 3: "root", 7: "root"}
    assert Change.objects.filter(what="followups.remind", after__escalated_to="总部").count() == 2


def test_a_settled_one_reminds_nobody(office):
    task = office.task()
    door.do_follow_up(task, by=office.clerk, now=NOW + HOUR, outcome="已清理")
    wind(at("2026-10-27 00:00"), step=DAY)
    assert rungs(task) == []


# ---- extending and pausing ----------------------------------------------------------------------------------


def test_an_extension_moves_the_date_and_starts_the_ladder_anew(office):
    task = office.task()
    wind(at("2026-10-17 08:00"))
    door.extend_follow_up(task, by=office.clerk, now=at("2026-10-17 09:00"), days=10, why="等待材料")
    assert again(task).last_day == date(2026, 10, 28)
    wind(at("2026-10-29 02:00"), since=at("2026-10-17 09:00"))
    assert rungs(task) == [
        (1, -7, True),
        (1, -1, True),
        (2, -30, False),  # had come before the extension was granted
        (2, -7, True),
        (2, -1, True),
        (2, 0, True),
        (2, 1, True),
    ]
    change = Change.objects.get(what="followups.extend")
    assert (
        change.after["days"] == 10 and change.why == "等待材料" and change.after["last_day"] == "2026-10-28"
    )


@pytest.mark.parametrize(
    ("days", "why", "now", "said"),
    [
        (5, " ", "2026-10-01 09:00", "理由"), (0, "甲", "2026-10-01 09:00", "1 至 365"), (366, "甲", "2026-10-01 09:00", "1 至 365"),
        (5, "甲", "2026-10-19 00:01", "已过截止时间"),
    ],
)  # fmt: skip
def test_an_extension_is_refused(office, days, why, now, said):
    task = office.task()
    with pytest.raises(Refused, match=said):
        door.extend_follow_up(task, by=office.clerk, now=at(now), days=days, why=why)
    assert again(task).last_day == date(2026, 10, 18) and not task.extensions.exists()


def test_the_law_s_bounds_are_said_in_words(office):
    task = office.task(due=deadlines.due_of("EV-DECIDE", NOW, on=NOW.date()))
    with pytest.raises(Refused, match="没有允许延长"):
        door.extend_follow_up(task, by=office.clerk, now=NOW + DAY, days=5, why="等待材料")
    seized = office.task(key="t/2", due=deadlines.due_of("EN-SEIZE", NOW, on=NOW.date()))
    with pytest.raises(Refused, match="总天数"):
        door.extend_follow_up(seized, by=office.clerk, now=NOW + DAY, days=31, why="案情复杂")
    door.extend_follow_up(seized, by=office.clerk, now=NOW + DAY, days=20, why="案情复杂")
    with pytest.raises(Refused, match="次数"):
        door.extend_follow_up(seized, by=office.clerk, now=NOW + 2 * DAY, days=5, why="案情复杂")
    ahead = office.task(key="t/3", due=deadlines.due_of("EV-APPLY", NOW + 60 * DAY, on=NOW.date()))
    with pytest.raises(Refused, match="不能延长或中止"):
        door.pause_follow_up(ahead, by=office.clerk, now=NOW, why="等待")
    assert not ahead.pauses.exists()


def test_a_pause_stops_the_clock_and_the_reminders(office):
    task = office.task()
    door.pause_follow_up(task, by=office.clerk, now=at("2026-10-10 09:00"), why="等待鉴定")
    assert (again(task).due_at, again(task).last_day) == (None, None)
    wind(at("2026-11-20 00:00"), since=at("2026-10-10 09:00"), step=DAY)
    assert rungs(task) == []
    with pytest.raises(Refused, match="先恢复"):
        door.pause_follow_up(task, by=office.clerk, now=at("2026-11-20 00:00"), why="再等")
    with pytest.raises(Refused, match="先恢复"):
        door.extend_follow_up(task, by=office.clerk, now=at("2026-11-20 00:00"), days=3, why="再等")
    door.resume_follow_up(task, by=office.clerk, now=at("2026-11-20 09:00"))
    assert again(task).last_day == date(2026, 11, 28)  # 41 days later
    with pytest.raises(Refused, match="没有中止"):
        door.resume_follow_up(task, by=office.clerk, now=at("2026-11-21 09:00"))
    wind(at("2026-11-22 00:00"), since=at("2026-11-20 10:00"))
    assert rungs(task) == [(1, -30, True), (1, -7, True)]


# ---- settling -----------------------------------------------------------------------------------------------


def test_its_owner_does_it_without_any_right(office):
    task = office.task(owner=office.worker)
    with pytest.raises(Refused, match="办理结果"):
        door.do_follow_up(task, by=office.worker, now=NOW, outcome=" ")
    door.do_follow_up(task, by=office.worker, now=NOW + DAY, outcome="已清理")
    task = again(task)
    assert (task.state, task.outcome, task.settled_by, task.settled_at) == (
        "done",
        "已清理",
        office.worker,
        NOW + DAY,
    )
    with pytest.raises(Refused, match="已是“已办结”"):
        door.do_follow_up(task, by=office.clerk, now=NOW + DAY, outcome="又清理")


def test_others_do_not(office):
    task = office.task()
    for person in (office.guest, office.worker):
        with pytest.raises(Refused, match="责任人"):
            door.do_follow_up(task, by=person, now=NOW, outcome="已清理")
        for act in (
            door.extend_follow_up,
            door.pause_follow_up,
            door.drop_follow_up,
            door.hand_over_follow_up,
        ):
            with pytest.raises(Refused, match="权限"):
                act(
                    task,
                    by=person,
                    now=NOW,
                    why="甲",
                    **({"days": 3} if act is door.extend_follow_up else {}),
                )


def test_what_is_not_enough_is_returned_by_another(office):
    task = office.task()
    with pytest.raises(Refused, match="只有已办结"):
        door.return_follow_up(task, by=office.boss, now=NOW, why="不到位")
    door.do_follow_up(task, by=office.clerk, now=NOW, outcome="已清理")
    task = again(task)
    with pytest.raises(Refused, match="同一人"):
        door.return_follow_up(task, by=office.clerk, now=NOW, why="不到位")
    door.return_follow_up(task, by=office.boss, now=NOW + DAY, why="仍有杂物")
    task = again(task)
    assert task.state == FollowUpState.RETURNED and task.is_open and task.outcome == "已清理"
    wind(at("2026-10-11 01:00"), since=at("2026-10-10 00:00"))
    assert rungs(task) == [(1, -7, True)]


def test_the_domain_settles_what_it_opened(office):
    office.task()
    assert door.settle_follow_up("t/none", by=office.worker, now=NOW) is None
    assert door.settle_follow_up("t/1", by=office.worker, now=NOW, outcome="随隐患销号").state == "done"
    assert door.settle_follow_up("t/1", by=office.worker, now=NOW) is None


def test_dropping_needs_a_reason(office):
    task = office.task()
    with pytest.raises(Refused, match="理由"):
        door.drop_follow_up(task, by=office.clerk, now=NOW, why="")
    door.drop_follow_up(task, by=office.clerk, now=NOW, why="场所已关闭")
    assert again(task).state == "dropped"


def test_handing_over(office):
    task = office.task()
    door.hand_over_follow_up(task, by=office.clerk, now=NOW + DAY, owner=office.worker, why="分工")
    task = again(task)
    assert (task.owner, task.new_at) == (office.worker, NOW + DAY)
    with pytest.raises(Refused, match="没有变化"):
        door.hand_over_follow_up(task, by=office.clerk, now=NOW, owner=office.worker, why="分工")
    with pytest.raises(Refused, match="不属于责任单位"):
        door.hand_over_follow_up(
            task, by=office.clerk, now=NOW, organisation=office.annex, owner=office.worker, why="分工"
        )
    door.hand_over_follow_up(task, by=office.clerk, now=NOW, organisation=office.annex, why="职责所在")
    assert again(task).organisation == office.annex
    assert list(door.mine(office.worker)) == []


# ---- whose --------------------------------------------------------------------------------------------------


def test_mine_and_ours(office):
    owned, unowned = office.task(owner=office.worker), office.task(key="t/2")
    drill = office.task(key="t/3", scene="drill-1")
    assert list(door.mine(office.worker)) == [owned]
    assert list(door.mine(office.clerk)) == [unowned], "what nobody owns is his who may work on it"
    assert list(door.mine(office.boss)) == []
    assert set(door.of_my_organisation(office.boss)) == {owned, unowned}
    assert set(door.of_my_organisation(office.guest)) == {owned, unowned}
    assert drill in door.visible_follow_ups(office.guest)


# ---- when the rules change --------------------------------------------------------------------------------


def test_a_new_holiday_moves_the_date_and_leaves_its_trace(office):
    task = office.task(due=deadlines.due_of("EV-DECIDE", NOW, on=NOW.date()))
    reminding.recount(NOW + HOUR)
    assert not Change.objects.filter(what="followups.recount").exists()
    tables.set_row(
        tables.TABLES["calendar.days"], by=office.boss, now=NOW + HOUR, row_key="2026-09-28",
        values={"kind": "rest", "name": "台风停工"}, clause="示例〔2026〕9号", why="台风",
    )  # fmt: skip
    reminding.recount(NOW + 2 * HOUR)
    assert again(task).last_day == date(2026, 9, 30)
    change = Change.objects.get(what="followups.recount")
    assert (change.before["last_day"], change.after["last_day"]) == ("2026-09-29", "2026-09-30")
    reminding.recount(NOW + 3 * HOUR)
    assert Change.objects.filter(what="followups.recount").count() == 1
    assert DistrictRow.objects.count() == 1


def test_a_rule_put_out_of_force_afterwards_takes_no_date_away(office):
    task = office.task(due=deadlines.due_of("EV-DECIDE", NOW, on=NOW.date()))
    tables.set_row(
        tables.TABLES[deadlines.TABLE], by=office.boss, now=NOW, row_key="EV-DECIDE", clause="示例〔2026〕9号", why="试",
        values={"amount": 7, "unit": "day", "counting": "working", "in_force": "False"},
    )  # fmt: skip
    reminding.recount(NOW + HOUR)
    wind(at("2026-09-30 02:00"))
    assert again(task).last_day == date(2026, 9, 29)
    assert [days for _round, days, _told in rungs(task)] == [-7, -1, 0, 1]


def test_reminder_rows_are_unique(office):
    task = office.task()
    wind(at("2026-10-11 01:00"), since=at("2026-10-11 00:00"))
    reminding.note_rungs(
        task,
        by=None,
        now=NOW,
        key="followups.remind/x",
        rungs=[climbing.NewRung(-1, True)],
        due=due_now(task, NOW),
    )
    with pytest.raises(IntegrityError):
        Reminder.objects.create(follow_up=task, round=1, days=-1, due_at=NOW, at=NOW)
    assert actions.RIGHT == door.RIGHT

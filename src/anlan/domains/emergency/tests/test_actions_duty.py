"""What people do about duty: posts, rosters, swaps, handovers, roll-calls, the log, sheets, calendars."""

from datetime import timedelta

import pytest

from anlan.domains.emergency.actions import duty as posts
from anlan.domains.emergency.actions import duty_checks as checks
from anlan.domains.emergency.actions import rosters
from anlan.domains.emergency.models import CalledPerson, DutyLogEntry, DutyShift, DutySwap, Roster
from anlan.domains.emergency.queries import duty as queries
from anlan.domains.emergency.queries.duty_calendar import find_calendar
from anlan.domains.emergency.tests.alarmed import add_organisation, add_person
from anlan.domains.emergency.tests.duty_room import MONDAY, NOW, STANDS, at, build_room, minutes, rota
from anlan.kit.actions import Refused
from anlan.kit.models import Change


@pytest.fixture
def room(db, monkeypatch):
    return build_room(monkeypatch)


def names(room, moment):
    return [one.person.name for one in queries.on_duty(room.post, moment)]


def says(text):
    return pytest.raises(Refused, match=text)


# ── posts ───────────────────────────────────────────────────────────────────────────────────────


def test_the_nearest_post_of_a_kind_serves(room):
    street = add_organisation("D-STREET", "街道", room.office)
    assert queries.find_posts("duty_room", street) == [room.post]
    assert queries.find_posts("duty_room", room.trade) == []
    words = {"name": "街道值班室", "kind": "duty_room"}
    own = posts.add_post(street, by=room.editor, now=NOW, code="STREET", **words).subject
    assert queries.find_posts("duty_room", street) == [own]
    posts.retire_post(own, by=room.editor, now=NOW, why="合并")
    assert queries.find_posts("duty_room", street) == [room.post]
    with says("已停用"):
        rota(room, post=own)
    posts.restore_post(own, by=room.editor, now=NOW)
    assert queries.find_posts("duty_room", street) == [own]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"code": "a b"}, "编码"),
        ({"code": "ROOM"}, "已被使用"),
        ({"name": " "}, "名称"),
        ({"roll_call_days": 99}, "31 天"),
    ],
)
def test_a_post_that_cannot_be_is_refused(room, words, said):
    with says(said):
        posts.add_post(
            room.office, by=room.editor, now=NOW, **{"code": "X", "name": "甲", "kind": "agency"} | words
        )


def test_only_who_edits_duty_there_edits(room):
    with says("没有此项权限"):
        rota(room, by=room.anne)
    with says("没有此项权限"):
        rota(room, by=room.stranger)


# ── rosters ─────────────────────────────────────────────────────────────────────────────────────


def test_a_roster_says_who_is_on_and_leaves_one_change(room):
    before = Change.objects.count()
    rota(room)
    assert Change.objects.count() == before + 1
    assert (
        names(room, at(2, 8)) == []
        and names(room, at(2, 9)) == ["anne"]
        and names(room, at(4, 9)) == ["carl"]
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"teams": ""}, "班组"), ({"teams": "nobody"}, "不是本单位"), ({"teams": "anne、anne"}, "出现了两次"),
        ({"teams": "stranger"}, "不是本单位"), ({"shifts": "25:00 8"}, "读不懂"), ({"shifts": "08:30 25"}, "24 小时"),
        ({"shifts": ""}, "至少写一个班次"), ({"shifts": "08:30 24\n17:30 8"}, "重叠"), ({"name": " "}, "名称"),
        ({"ends_on": MONDAY - timedelta(days=1)}, "结束日期"), ({"starts_on": MONDAY - timedelta(days=9)}, "已过"),
    ],
)  # fmt: skip
def test_a_roster_that_makes_no_sense_is_refused_with_its_reason(room, words, said):
    with says(said):
        rota(room, **words)
    assert not Roster.objects.exists()


def test_two_people_of_one_name_are_told_apart_by_their_sign_in_names(room):
    other = add_person("anne2", room.office, STANDS)
    type(other).objects.filter(pk__in=[other.pk, room.anne.pk]).update(name="安")
    with says("多人"):
        rota(room, teams="安")
    rota(room, teams="anne2、bert")
    assert [one.person.username for one in queries.on_duty(room.post, at(2))] == ["anne2", "bert"]


def test_a_seat_is_taken_over_without_a_hole_and_never_shared(room):
    old = rota(room)
    with says("重叠"):
        rota(room, name="新表", teams="dora", starts_on=MONDAY + timedelta(days=2))
    rota(room, name="新表", teams="dora", starts_on=MONDAY + timedelta(days=2), takes_over=True)
    old.refresh_from_db()
    assert old.ends_on == MONDAY + timedelta(days=1)
    assert names(room, at(4, 8, 29)) == ["bert"] and names(room, at(4, 8, 30)) == ["dora"]
    rota(room, name="第二席", teams="leader", seat=2)
    assert names(room, at(5)) == ["dora", "leader"]


def test_a_roster_that_has_begun_is_only_ended(room):
    row = rota(room)
    words = {"name": "三班倒", "role": "duty_officer", "seat": 1, "shifts": "08:30 24", "teams": "dora", "turn": "shift",
             "starts_on": MONDAY, "ends_on": None}  # fmt: skip
    rosters.change_roster(row, by=room.editor, now=NOW, **words)
    assert names(room, at(2)) == ["dora"]
    with says("已过"):
        rosters.change_roster(row, by=room.editor, now=at(5), **words | {"teams": "anne"})
    with says("已过"):
        rosters.end_roster(row, by=room.editor, now=at(5), why="调整", ends_on=MONDAY)
    rosters.end_roster(row, by=room.editor, now=at(5), why="调整", ends_on=at(5).date())
    assert names(room, at(6, 8)) == ["dora"] and names(room, at(6, 9)) == []


def test_a_roster_that_has_not_begun_can_be_called_off(room):
    row = rota(room)
    rosters.end_roster(row, by=room.editor, now=NOW, why="不用了", ends_on=MONDAY - timedelta(days=1))
    assert names(room, at(3)) == []


def test_who_left_is_not_on_duty(room):
    rota(room)
    room.anne.is_active = False
    room.anne.save()
    assert names(room, at(2)) == [] and queries.watches(room.post, at(2), at(3))[0].person == room.anne


def test_a_fixed_shift_lies_over_the_rota_until_it_is_withdrawn(room):
    rota(room)
    words = {"person": room.dora, "since": at(2, 12), "until": at(2, 20), "role": "duty_officer"}
    row = rosters.add_shift(room.post, by=room.editor, now=NOW, **words).subject
    assert [names(room, at(2, hour)) for hour in (11, 13, 21)] == [["anne"], ["dora"], ["anne"]]
    with says("已登记"):
        rosters.add_shift(room.post, by=room.editor, now=NOW, **words)
    with says("已有值班"):
        rosters.add_shift(room.post, by=room.editor, now=NOW, **words | {"person": room.bert})
    with says("已经过去"):
        rosters.add_shift(room.post, by=room.editor, now=at(3), **words)
    with says("结束时间应晚于"):
        rosters.add_shift(room.post, by=room.editor, now=NOW, **words | {"until": at(2, 12)})
    with says("不是本单位"):
        rosters.add_shift(room.post, by=room.editor, now=NOW, **words | {"person": room.stranger})
    rosters.withdraw_shift(row, by=room.editor, now=NOW, why="不需要")
    assert names(room, at(2, 13)) == ["anne"]


# ── swaps ───────────────────────────────────────────────────────────────────────────────────────


def swap_words(room, **more):
    return {"giver": room.anne, "taker": room.bert, "since": at(2, 8, 30), "until": at(3, 8, 30), "reason": "家中有事"} | more  # fmt: skip


def test_a_swap_holds_only_once_the_other_agrees(room):
    rota(room)
    back = {"back_since": at(3, 8, 30), "back_until": at(4, 8, 30)}
    swap = rosters.ask_swap(room.post, by=room.anne, now=NOW, **swap_words(room, **back)).subject
    assert names(room, at(2)) == ["anne"]
    for person in (room.anne, room.editor, room.carl):
        with says("对方本人"):
            rosters.accept_swap(swap, by=person, now=NOW)
    rosters.accept_swap(swap, by=room.bert, now=NOW)
    assert (
        names(room, at(2)) == ["bert"] and names(room, at(3)) == ["anne"] and names(room, at(4)) == ["carl"]
    )
    on = queries.on_duty(room.post, at(2))[0]
    assert on.instead_of == room.anne and on.swaps == (swap.pk,)
    with says("已经办结"):
        rosters.refuse_swap(swap, by=room.bert, now=NOW, answer="迟了")


def test_either_may_ask_refuse_and_withdraw(room):
    rota(room)
    by_taker = rosters.ask_swap(room.post, by=room.bert, now=NOW, **swap_words(room)).subject
    with says("理由"):
        rosters.refuse_swap(by_taker, by=room.anne, now=NOW)
    rosters.refuse_swap(by_taker, by=room.anne, now=NOW, answer="不用")
    again = rosters.ask_swap(room.post, by=room.anne, now=NOW, **swap_words(room)).subject
    with says("双方"):
        rosters.withdraw_swap(again, by=room.bert, now=NOW)
    rosters.withdraw_swap(again, by=room.anne, now=NOW)
    assert names(room, at(2)) == ["anne"]
    with says("双方"):
        rosters.ask_swap(room.post, by=room.carl, now=NOW, **swap_words(room))


def test_a_leader_assigns_without_asking_and_an_officer_may_not(room):
    rota(room)
    with says("没有此项权限"):
        rosters.assign_swap(room.post, by=room.anne, now=NOW, **swap_words(room, taker=room.dora))
    rosters.assign_swap(room.post, by=room.editor, now=NOW, **swap_words(room, taker=room.dora))
    assert names(room, at(2)) == ["dora"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"reason": " "}, "理由"), ({"taker": "anne"}, "同一人"), ({"since": at(4, 9), "until": at(4, 12)}, "没有值班"),
        ({"until": at(2, 8)}, "结束时间"), ({"taker": "stranger"}, "不是本单位"),
        ({"since": at(2, 9), "until": at(3, 12)}, "已有值班"),
        ({"back_since": at(4, 9), "back_until": at(4, 10)}, "没有值班"),
    ],
)  # fmt: skip
def test_a_swap_that_cannot_be_is_refused(room, words, said):
    rota(room)
    named = {key: getattr(room, value) if key == "taker" else value for key, value in words.items()}
    with says(said):
        rosters.assign_swap(room.post, by=room.editor, now=NOW, **swap_words(room, **named))


def test_a_swap_agreed_after_the_rota_changed_is_judged_anew(room):
    rota(room)
    swap = rosters.ask_swap(room.post, by=room.anne, now=NOW, **swap_words(room)).subject
    rosters.assign_swap(room.post, by=room.editor, now=NOW, **swap_words(room, taker=room.dora))
    with says("没有值班"):
        rosters.accept_swap(swap, by=room.bert, now=NOW)


def test_of_two_who_settle_a_swap_at_once_the_second_is_told(room):
    rota(room)
    swap = rosters.ask_swap(room.post, by=room.anne, now=NOW, **swap_words(room)).subject
    stale = DutySwap.objects.get(pk=swap.pk)
    rosters.accept_swap(swap, by=room.bert, now=NOW)
    with says("其他人刚刚办理"):
        rosters.refuse_swap(stale, by=room.editor, now=NOW, answer="人手不足")
    assert names(room, at(2)) == ["bert"]


# ── one's own shift ─────────────────────────────────────────────────────────────────────────────


def test_one_confirms_and_comes_on_for_a_shift_of_ones_own(room):
    rota(room)
    posts.confirm_shift(room.post, by=room.anne, now=NOW, since=at(2, 8, 30))
    posts.come_on(room.post, by=room.anne, now=at(2, 8, 25), since=at(2, 8, 30))
    row = DutyShift.objects.get()
    assert (row.confirmed_at, row.on_at, row.until) == (NOW, at(2, 8, 25), at(3, 8, 30))
    with says("没有值班"):
        posts.confirm_shift(room.post, by=room.bert, now=NOW, since=at(2, 8, 30))
    with says("相同"):
        posts.confirm_shift(room.post, by=room.anne, now=NOW, since=at(2, 8, 30))


# ── handover ────────────────────────────────────────────────────────────────────────────────────


def hand_over(room, *, by=None, now=None, **words):
    told = {"due_at": at(3, 8, 30), "notes": "无", "open_rows": [], "why": ""}
    return checks.hand_over(room.post, by=by or room.anne, now=now or at(3, 8, 25), **told | words).subject


def test_two_people_sign_a_handover(room):
    rota(room)
    row = hand_over(room)
    with says("不能是同一人"):
        checks.take_over(row, by=room.anne, now=at(3, 8, 31), why="替")
    checks.take_over(row, by=room.bert, now=at(3, 8, 31), why="")
    assert (row.off_by, row.on_by) == (room.anne, room.bert)
    with says("已经接班"):
        checks.take_over(row, by=room.carl, now=at(3, 8, 40), why="替")
    with says("已经交班"):
        hand_over(room)


def test_who_is_not_on_the_roster_signs_only_with_a_reason(room):
    rota(room)
    with says("值班表上"):
        hand_over(room, by=room.dora)
    with says("交班说明"):
        hand_over(room, notes=" ")
    row = hand_over(room, by=room.dora, why="安妮就医")
    assert row.off_why == "安妮就医"
    with says("值班表上"):
        checks.take_over(row, by=room.carl, now=at(3, 9), why="")
    with says("没有此项权限"):
        checks.take_over(row, by=room.reader, now=at(3, 9), why="替")


def test_what_was_signed_cannot_be_changed_before_the_second_signature(room):
    rota(room)
    row = hand_over(room, notes="3 号门钥匙在柜中")
    row.notes = "无"
    row.save()
    with says("不同"):
        checks.take_over(row, by=room.bert, now=at(3, 8, 31), why="")


# ── the log ─────────────────────────────────────────────────────────────────────────────────────


def test_the_log_marks_what_is_late_and_corrections_stand_beside(room):
    words = {"kind": "received", "text": "来电反映广场拥挤"}
    first = checks.write_log(
        room.post, by=room.anne, now=at(2), happened_at=at(2) - minutes(5), **words
    ).subject
    late = checks.write_log(
        room.post, by=room.anne, now=at(2), happened_at=at(2) - minutes(31), **words
    ).subject
    fixed = checks.write_log(
        room.post, by=room.bert, now=at(2), happened_at=at(2), corrects=first, **words | {"text": "更正"}
    ).subject
    assert [first.is_late, late.is_late, fixed.corrects] == [False, True, first]
    assert DutyLogEntry.objects.get(pk=first.pk).text == "来电反映广场拥挤"
    with says("不能晚于现在"):
        checks.write_log(room.post, by=room.anne, now=at(2), happened_at=at(2) + minutes(1), **words)
    with says("填写内容"):
        checks.write_log(room.post, by=room.anne, now=at(2), happened_at=at(2), kind="other", text=" ")


# ── roll-calls ──────────────────────────────────────────────────────────────────────────────────


def test_only_the_called_answers_in_time_or_late(room):
    rota(room, teams="anne、bert")
    call = checks.call_roll(room.post, by=room.editor, now=at(2), within_min=5).subject
    anne, bert = CalledPerson.objects.filter(roll_call=call).order_by("person__username")
    with says("被点名的本人"):
        checks.answer_call(anne, by=room.bert, now=at(2))
    checks.answer_call(anne, by=room.anne, now=at(2) + minutes(5))
    checks.answer_call(bert, by=room.bert, now=at(2) + minutes(6))
    assert [anne.state, bert.state] == ["answered", "late"]
    with says("无需再答"):
        checks.answer_call(anne, by=room.anne, now=at(2) + minutes(7))


def test_nobody_on_duty_cannot_be_called_by_hand(room):
    with says("没有人值班"):
        checks.call_roll(room.post, by=room.editor, now=at(2))
    rota(room)
    with says("1 至 120"):
        checks.call_roll(room.post, by=room.editor, now=at(2), within_min=0)


# ── sheets and calendars ────────────────────────────────────────────────────────────────────────


def test_a_sheet_is_signed_once_with_words_or_as_a_zero_report(room):
    words = {"kind": "morning", "day": MONDAY, "since": at(1), "until": at(2), "content": {}, "is_zero": True}
    row = checks.make_sheet(room.post, by=None, now=at(2), **words).subject
    with says("零报告"):
        checks.sign_sheet(row, by=room.anne, now=at(2), words="", is_zero=False)
    checks.sign_sheet(row, by=room.anne, now=at(2), words="", is_zero=True)
    assert row.is_zero and row.signed_by == room.anne and len(row.digest) == 64
    with says("已经签发"):
        checks.sign_sheet(row, by=room.bert, now=at(2), words="补", is_zero=False)


def test_a_calendar_is_given_to_oneself_and_ends_when_revoked(room):
    row = checks.give_calendar(room.anne, by=room.anne, now=NOW).subject
    assert find_calendar(row.token).pk == row.pk and row.token not in str(Change.objects.values())
    with says("自己"):
        checks.give_calendar(room.anne, by=room.bert, now=NOW)
    with says("双方|可以办理"):
        checks.give_calendar(room.reader, by=room.reader, now=NOW, post=room.post)
    with says("可以办理"):
        checks.revoke_calendar(row, by=room.bert, now=NOW)
    checks.revoke_calendar(row, by=room.anne, now=NOW)
    assert find_calendar(row.token) is None

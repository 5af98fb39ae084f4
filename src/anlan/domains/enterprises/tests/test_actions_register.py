"""Enterprises registered, changed, merged with both numbers kept; requests of their own; pledges."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from anlan.domains.enterprises import actions, queries, workers
from anlan.domains.enterprises.models import Enterprise
from anlan.domains.enterprises.rules.codes import check_sign
from anlan.domains.enterprises.terms import EnterpriseState, PledgeState, RequestState
from anlan.domains.enterprises.tests.conftest import CODE, NOW
from anlan.kit.actions import Refused
from anlan.kit.followups import follow_ups_about
from anlan.kit.models import Change

SOUND_CODE = "91310106MA0000001" + check_sign("91310106MA0000001")


def register(town, code=CODE, name="示例商贸有限公司", **words):
    return actions.register_enterprise(
        town.TRADE, by=town.clerk, now=NOW, code=code, name=name, **words
    ).subject


def test_an_enterprise_is_registered_once_under_its_code(town):
    row = register(town, staff_count=120)
    assert row.supervisor == town.TRADE
    with pytest.raises(Refused, match="已登记"):
        register(town, name="另一家")
    with pytest.raises(Refused, match="校验位"):
        register(town, code=CODE[:-1] + "4")
    with pytest.raises(Refused, match="权限"):
        actions.register_enterprise(town.STREET, by=town.clerk, now=NOW, name="街道的")


def test_without_a_code_it_has_a_temporary_number_until_the_code_is_known(town):
    first, second = register(town, code="", name="甲"), register(town, code="", name="乙")
    assert [first.code, second.code] == ["T000000001", "T000000002"]
    actions.edit_enterprise(first, by=town.clerk, now=NOW, code=CODE)
    assert queries.find_enterprise(CODE) == first
    assert queries.find_enterprise("T000000001") == first and first.temporary_number == "T000000001"
    actions.edit_enterprise(second, by=town.clerk, now=NOW, code=SOUND_CODE)
    assert register(town, code="", name="丙").code == "T000000003"
    assert queries.find_enterprise("") is None


def waiting(row):
    """What is still followed about an enterprise: (title, last day)."""
    return sorted((one.title, one.last_day) for one in follow_ups_about(row) if one.is_open)


def test_a_grade_and_an_insurance_that_run_out_are_followed_until_they_are_renewed(town):
    today = timezone.localdate(NOW)
    soon, later = today + timedelta(days=20), today + timedelta(days=60)
    row = register(town, standard_grade="3", standard_until=soon, insurer="示例保险", insured_until=later)
    for _run in range(2):
        workers.follow_days(NOW)
    assert waiting(row) == [("示例商贸有限公司：安全生产标准化等级到期前复评", soon)]
    workers.follow_days(NOW + timedelta(days=35))
    assert [day for _title, day in waiting(row)] == [soon, later]
    actions.edit_enterprise(row, by=town.clerk, now=NOW, standard_until=later + timedelta(days=900))
    assert waiting(row) == [("示例商贸有限公司：安全生产责任保险到期前续保", later)]
    actions.close_enterprise(row, by=town.clerk, now=NOW, why="停业")
    assert waiting(row) == []
    workers.follow_days(NOW + timedelta(days=35))
    assert waiting(row) == []


def test_a_merged_enterprise_keeps_its_number_and_leads_to_the_other(town):
    one, other = (
        register(town),
        register(town, code="", name="示例商贸有限责任公司", former_number="310106000000017"),
    )
    assert list(queries.duplicates_of(one)) == [other]
    site = actions.add_site(other, by=town.clerk, now=NOW, address="示例路 1 号").subject
    change = actions.merge_enterprise(other, by=town.clerk, now=NOW, into=one, why="同一家")
    for number in (CODE, "T000000001", "310106000000017"):
        assert queries.find_enterprise(number) == one
    assert list(one.sites.all()) == [site]
    actions.unmerge_enterprise(
        other, by=town.clerk, now=NOW, moved_sites=change.after["moved_sites"], why="不是同一家"
    )
    assert list(other.sites.all()) == [site]
    assert queries.find_enterprise("T000000001") == other


def test_merging_with_itself_or_beyond_ones_reach_is_refused(town):
    one = register(town)
    far = actions.register_enterprise(town.STREET, by=town.boss, now=NOW, name="街道的").subject
    for into, word in ((one, "自己"), (far, "监管范围")):
        with pytest.raises(Refused, match=word):
            actions.merge_enterprise(one, by=town.clerk, now=NOW, into=into, why="试试")


def test_a_closed_enterprise_is_not_changed_until_it_is_back(town):
    row = register(town)
    actions.close_enterprise(row, by=town.clerk, now=NOW, why="注销登记")
    with pytest.raises(Refused, match="不能修改"):
        actions.edit_enterprise(row, by=town.clerk, now=NOW, name="新名")
    actions.reopen_enterprise(row, by=town.clerk, now=NOW, why="误操作")
    actions.edit_enterprise(row, by=town.clerk, now=NOW, name="新名")


def test_an_enterprise_asks_and_the_supervisor_answers(town):
    row = register(town)
    with pytest.raises(Refused, match="不是您所在企业"):
        actions.ask_update(row, by=town.keeper, now=NOW, asked={"address": "新址"})
    actions.give_account(row, by=town.clerk, now=NOW, account=town.SHOP)
    assert queries.own_enterprise(town.keeper) == row
    with pytest.raises(Refused, match="不能由企业自行更新"):
        actions.ask_update(row, by=town.keeper, now=NOW, asked={"name": "新名"})
    asked = {"address": "新址", "insured_until": date(2027, 6, 30), "staff_count": 12}
    request = actions.ask_update(row, by=town.keeper, now=NOW, asked=asked).subject
    with pytest.raises(Refused, match="还在审核"):
        actions.ask_update(row, by=town.keeper, now=NOW, asked={"address": "别处"})
    request.refresh_from_db()
    actions.accept_request(request, by=town.clerk, now=NOW)
    row.refresh_from_db()
    assert (row.address, row.insured_until, row.staff_count) == ("新址", date(2027, 6, 30), 12)
    assert request.state == RequestState.ACCEPTED
    with pytest.raises(Refused, match="已办理"):
        actions.refuse_request(request, by=town.clerk, now=NOW, why="晚了")


def test_a_pledge_holds_a_year_and_may_be_broken(town):
    row, today = register(town), date(2026, 11, 24)
    with pytest.raises(Refused, match="还没有承诺书文本"):
        actions.record_pledge(row, by=town.clerk, now=NOW, signer="负责人", post="经理", signed_on=today)
    actions.lay_down_text(town.root, by=town.boss, now=NOW, text="我单位承诺……", valid_from=date(2026, 1, 1))
    pledge = actions.record_pledge(
        row, by=town.clerk, now=NOW, signer="负责人", post="经理", signed_on=today
    ).subject
    assert pledge.valid_until == date(2027, 11, 24)
    assert queries.pledge_standing(row, on=today) == (pledge, True)
    assert queries.pledge_standing(row, on=date(2027, 11, 25)) == (pledge, False)
    actions.break_pledge(pledge, by=town.clerk, now=NOW, broken_on=today, why="隐患逾期未改")
    assert queries.pledge_standing(row, on=today) == (pledge, False)
    assert pledge.state == PledgeState.BROKEN
    with pytest.raises(Refused, match="日期"):
        actions.record_pledge(
            row, by=town.clerk, now=NOW, signer="负责人", post="经理", signed_on=today + timedelta(days=1)
        )


def test_licences_and_responsibilities(town):
    row = register(town)
    licence = actions.add_licence(row, by=town.clerk, now=NOW, kind="食品经营许可证", number="JY1").subject
    with pytest.raises(Refused, match="相同类别和编号"):
        actions.add_licence(row, by=town.clerk, now=NOW, kind="食品经营许可证", number="JY1")
    actions.withdraw_licence(licence, by=town.clerk, now=NOW, why="录错了")
    actions.add_licence(row, by=town.clerk, now=NOW, kind="食品经营许可证", number="JY1")
    lines = [
        {"post": "店长", "person": "", "duty": "每日开门前检查疏散通道"},
        {"post": "", "person": "", "duty": ""},
    ]
    assert actions.keep_responsibilities(row, by=town.clerk, now=NOW, lines=lines).subject.version == 1
    with pytest.raises(Refused, match="至少"):
        actions.keep_responsibilities(row, by=town.clerk, now=NOW, lines=lines[1:])


def test_each_deed_leaves_one_change(town):
    row = register(town)
    actions.edit_enterprise(row, by=town.clerk, now=NOW, address="示例路 2 号")
    assert [change.what for change in Change.objects.of(row)] == ["enterprises.edit", "enterprises.register"]
    assert Enterprise.objects.get().state == EnterpriseState.ACTIVE


@pytest.mark.parametrize("leaves", ["closed", "merged"])
def test_days_that_hold_still_are_followed_again_after_a_return(town, leaves):
    by, soon = {"by": town.clerk}, NOW.date() + timedelta(days=10)
    row = register(town, standard_grade="3", standard_until=soon, insurer="示例保险", insured_until=soon)
    workers.follow_days(NOW)
    followed = waiting(row)
    for days in (1, 3):
        away, back = NOW + timedelta(days=days), NOW + timedelta(days=days + 1)
        if leaves == "closed":
            actions.close_enterprise(row, now=away, why="停业", **by)
        else:
            other = register(town, name=f"另一家{days}", code="")
            actions.merge_enterprise(row, now=away, into=other, why="同一家", **by)
        assert waiting(row) == []
        if leaves == "closed":
            actions.reopen_enterprise(row, now=back, why="恢复", **by)
        else:
            actions.unmerge_enterprise(row, now=back, moved_sites=[], why="不是同一家", **by)
        workers.follow_days(back)
        assert waiting(row) == followed and len(followed) == 2

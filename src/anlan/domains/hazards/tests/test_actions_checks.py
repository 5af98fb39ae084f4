"""What writes of checklists and self-checks refuse, and what they leave behind."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from anlan.domains.accounts.models import Organisation
from anlan.domains.enterprises.models import Enterprise, Site
from anlan.domains.hazards import workers
from anlan.domains.hazards.actions.checklists import import_version, publish_version, withdraw_checklist
from anlan.domains.hazards.actions.keepers import issue_link, revoke_link
from anlan.domains.hazards.actions.selfchecks import (
    begin_check,
    hand_in_check,
    keep_check_photo,
    save_answers,
)
from anlan.domains.hazards.models import ChecklistVersion, DueCheck, SelfCheck
from anlan.domains.hazards.queries.checks import check_rates
from anlan.domains.hazards.queries.keepers import Keeper, own_keepers, suits
from anlan.domains.hazards.queries.rhythms import rhythm_of
from anlan.domains.hazards.tests.conftest import NOW, picture
from anlan.domains.hazards.tests.test_permissions_checks import questions, shop  # noqa: F401 a fixture
from anlan.domains.places.models import Place
from anlan.domains.riskmap.models import RiskPoint
from anlan.kit.actions import Refused
from anlan.kit.models import FollowUp
from anlan.kit.tables import TABLES
from anlan.kit.tables.actions import set_row

SIGNED = {"signer": "店长", "post": "店长", "is_confirmed": True, "seen": {"what"}}


@pytest.fixture
def town_of(shop):  # noqa: F811 the fixture
    return shop


def refused(act, *arguments, **words):
    with pytest.raises(Refused) as said, transaction.atomic():
        act(*arguments, **words)
    return str(said.value)


def test_one_version_is_in_use_and_the_earlier_one_stays(town_of):
    town = town_of
    publish_version(town.draft_version, by=town.boss, now=NOW)
    states = dict(ChecklistVersion.objects.values_list("number", "state"))
    assert states == {1: "replaced", 2: "published"}
    assert "只有待发布" in refused(publish_version, town.draft_version, by=town.boss, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChecklistVersion.objects.update(state="published")
    assert "3 处错误" in refused(
        import_version, town.checklist, by=town.boss, now=NOW, questions=[], faults=[1, 2, 3]
    )
    withdraw_checklist(town.draft_version, by=town.boss, now=NOW)
    unit = town.unit
    assert "不适用" in refused(begin_check, town.draft_version, by=town.keeper, now=NOW, keeper=unit)


def test_what_was_handed_in_takes_nothing_more(town_of):
    town = town_of
    own = {"by": town.keeper, "now": NOW}
    assert "已经提交" in refused(save_answers, town.done, now=NOW, answers={})
    assert "已经提交" in refused(hand_in_check, town.done, **own, **SIGNED)
    assert "已经提交" in refused(
        keep_check_photo, town.done, **own, field="what", name="a.png", body=picture()
    )
    assert "不需要照片" in refused(
        keep_check_photo, town.draft, **own, field="what", name="a.png", body=picture()
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        SelfCheck.objects.filter(pk=town.done.pk).update(sha256="")


def test_nobody_signs_for_another_unit_and_nobody_forgets_to_sign(town_of):
    town = town_of
    for who in ("clerk", "other", "boss", "guest"):
        assert "不能为" in refused(hand_in_check, town.draft, by=getattr(town, who), now=NOW, **SIGNED)
    assert "签名" in refused(hand_in_check, town.draft, by=town.keeper, now=NOW, **SIGNED | {"signer": " "})
    assert "勾选" in refused(
        hand_in_check, town.draft, by=town.keeper, now=NOW, **SIGNED | {"is_confirmed": False}
    )
    assert "不属于" in refused(hand_in_check, town.draft, by=None, now=NOW, **SIGNED)


def test_a_link_that_was_revoked_meanwhile_hands_nothing_in(town_of):
    town = town_of
    revoke_link(town.link, by=town.boss, now=NOW)
    assert "已停用" in refused(hand_in_check, town.draft, by=None, now=NOW, link=town.link, **SIGNED)
    assert "已经停用" in refused(revoke_link, town.link, by=town.boss, now=NOW)
    words = {"by": town.boss, "now": NOW, "keeper": town.unit, "holder": "店长"}
    for days in (0, 731):
        assert "有效期" in refused(issue_link, town.shop, **words, days=days)


@pytest.fixture
def factory(town_of):
    """An enterprise with an account, whose gravest risk point in force is of level two, at a place of its own."""
    town = town_of
    account = Organisation.objects.create(
        parent=town.TRADE, code="FACT", name="示例厂", path=f"{town.TRADE.path}000009"
    )
    place = Place.objects.create(code="F1", name="示例厂区", kind="office_building", organisation=town.TRADE)
    made = Enterprise.objects.create(
        code="91310101MA1FPX1234", name="示例厂", name_key="示例厂", supervisor=town.TRADE, account=account, registered_at=NOW,
        changed_at=NOW,
    )  # fmt: skip
    Site.objects.create(enterprise=made, place=place, name="厂区")
    for number, level, state in (("R1", 2, "in_force"), ("R2", 1, "draft")):
        RiskPoint.objects.create(
            number=number, name=number, enterprise=made, organisation=town.TRADE, level=level, state=state, written_by=town.boss,
            changed_at=NOW,
        )  # fmt: skip
    town.factory = made
    return town


def test_an_enterprise_checks_itself_by_its_gravest_risk(factory):
    unit = Keeper("enterprise", factory.factory)
    line = rhythm_of(unit, on=NOW.date())
    assert line.values["days"] == 15 and line.is_unconfirmed
    assert [place.code for place in unit.places] == ["F1"] and unit.account.code == "FACT"
    factory.checklist.place_kinds = ["mall"]
    assert not suits(factory.checklist, unit)
    factory.checklist.place_kinds = ["office_building"]
    assert suits(factory.checklist, unit) and not suits(factory.checklist, Keeper("place", factory.shop))


def test_each_unit_has_one_date_at_a_time_and_none_once_it_is_gone(factory):
    for _time in range(2):
        workers.require_checks(NOW)
    due = {str(row.place or row.enterprise): row for row in DueCheck.objects.all()}
    assert set(due) == {"示例商店", "示例厂"}
    assert FollowUp.objects.filter(key__startswith="hazards/self-check/").count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        DueCheck.objects.create(
            enterprise=factory.factory, organisation=factory.TRADE, days=1, opened_at=NOW, due_on=NOW
        )
    Enterprise.objects.update(state="closed")
    Place.objects.filter(code="S1").update(retired_at=NOW)
    workers.require_checks(NOW)
    assert not DueCheck.objects.filter(settled_at=None).exists()
    assert not any(one.is_open for one in FollowUp.objects.filter(key__startswith="hazards/self-check/"))
    assert (
        check_rates(
            factory.clerk,
            since=NOW.date(),
            until=NOW.date() + timedelta(days=99),
            on=NOW.date() + timedelta(days=99),
        )
        == []
    )


def open_date(town):
    """The date that stands for the shop, as (days, due on)."""
    return DueCheck.objects.values_list("days", "due_on").get(place=town.shop, settled_at=None)


def test_a_date_to_come_follows_the_grade_and_one_that_is_over_stands(town_of):
    town = town_of
    SelfCheck.objects.filter(state="done").delete()
    workers.require_checks(NOW)
    first, day = DueCheck.objects.get(place=town.shop), NOW.date()
    later = NOW + timedelta(days=3)
    Place.objects.filter(pk=town.shop.pk).update(grade="A")
    for _time in range(2):
        workers.require_checks(later)
    assert first.days == 30 and open_date(town) == (7, day + timedelta(days=7))
    first.refresh_from_db()
    assert first.settled_by is None and not FollowUp.objects.get(key=f"hazards/self-check/{first.pk}").is_open
    moved = DueCheck.objects.get(place=town.shop, settled_at=None)
    task = FollowUp.objects.get(key=f"hazards/self-check/{moved.pk}")
    assert task.is_open and task.last_day == moved.due_on
    Place.objects.filter(pk=town.shop.pk).update(grade="D")
    workers.require_checks(NOW + timedelta(days=8))
    assert open_date(town) == (7, day + timedelta(days=7))


@pytest.mark.parametrize(
    ("named", "settles"),
    [("", True), ("other", False), ("other、{code}", True)],
    ids=["any", "other", "named"],
)
def test_only_a_checklist_that_counts_settles_what_is_due(town_of, named, settles):
    town = town_of
    workers.require_checks(NOW)
    values = {"days": "30", "checklists": named.format(code=town.checklist.code)}
    words = {"row_key": "place/none", "values": values, "clause": "第三条", "why": "本区规定"}
    role = town.boss.holds.get().role
    role.rights = [*role.rights, "tables.edit"]
    role.save()
    set_row(
        TABLES["hazards.check_rhythms"], by=type(town.boss).objects.get(pk=town.boss.pk), now=NOW, **words
    )
    draft = town.draft
    draft.answers = {"what": "yes"}
    draft.save()
    hand_in_check(draft, by=town.keeper, now=NOW + timedelta(minutes=1), **SIGNED)
    assert DueCheck.objects.filter(place=town.shop, settled_by=draft).exists() == settles


def test_rates_count_in_time_late_and_missing(town_of):
    town, day = town_of, NOW.date()
    for days, done in ((0, NOW), (1, NOW + timedelta(days=5)), (2, None)):
        check = SelfCheck.objects.filter(state="done").first() if done else None
        place = Place.objects.create(code=f"P{days}", name=f"店{days}", kind="mall", organisation=town.TRADE)
        DueCheck.objects.create(
            place=place, organisation=town.TRADE, days=7, opened_at=NOW, due_on=day + timedelta(days=days), settled_by=check,
            settled_at=done,
        )  # fmt: skip
    (rate,) = check_rates(town.clerk, since=day, until=day + timedelta(days=9), on=day + timedelta(days=9))
    assert (rate.due, rate.in_time, rate.late, rate.missing) == (3, 1, 1, 1)
    assert check_rates(town.other, since=day, until=day, on=day) == []


def test_a_person_sees_his_own_units(factory):
    assert [one.name for one in own_keepers(factory.keeper)] == ["示例商店"]
    assert questions()[0]["name"] == "what"

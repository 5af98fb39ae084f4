"""Self-checks from a phone: the pack's checklists, taken once by the same rules as at the unit's page, else refused and kept."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.domains.enterprises.models import Enterprise
from anlan.domains.hazards.actions.checklists import (
    add_checklist,
    import_version,
    publish_version,
    withdraw_checklist,
)
from anlan.domains.hazards.actions.selfchecks import begin_check, require_check
from anlan.domains.hazards.models import DueCheck, Hazard, SelfCheck
from anlan.domains.hazards.queries import read_form_rows
from anlan.domains.hazards.queries.checks import is_unaltered, photos_of
from anlan.domains.hazards.queries.keepers import Keeper
from anlan.domains.hazards.tests.conftest import NOW, picture, town  # noqa: F401 – the fixture
from anlan.domains.hazards.tests.test_permissions_checks import shop  # noqa: F401 – a fixture
from anlan.domains.places.models import Place
from anlan.kit.attachments import attachments_of
from anlan.kit.models import Change, UploadRecord
from anlan.site.tests.test_field_pack import read
from anlan.site.tests.test_field_uploads import phone_of

MADE_AT = "2026-11-24T01:30:00.000Z"
SURVEY = [
    ("begin group", "exits", "出口", {}),
    ("select_one yn", "clear", "疏散通道畅通", {"required": "yes", "photo": "yes", "clause": "区规定第一条", "penalty": "区规定第九条", "hazard_kind": "exits"}),
    ("text", "why", "为什么不畅通", {"required": "yes", "relevant": "${clear} = 'no'"}),
    ("end group", "", "", {}),
    ("select_one yn", "lamp", "应急灯完好", {"required": "yes", "hazard_kind": "fire"}),
    ("integer", "staff", "值班人数", {"constraint": ". > 0"}),
]  # fmt: skip
CHOICES = [("yn", "yes", "是"), ("yn", "no", "否"), ("yn", "na", "不适用")]


def questions():
    survey = [(at, {"type": kind, "name": name, "label": label} | more) for at, (kind, name, label, more) in enumerate(SURVEY, 2)]  # fmt: skip
    choices = [
        (at, dict(zip(("list_name", "name", "label"), row, strict=True))) for at, row in enumerate(CHOICES, 2)
    ]
    found, faults = read_form_rows(survey, choices, now=NOW)
    assert not faults
    return found


@pytest.fixture
def unit(shop, monkeypatch):  # noqa: F811
    """The shop with a second checklist in force, of which the first version was replaced; pages stand at NOW."""
    monkeypatch.setattr("anlan.site.field.doors.timezone.now", lambda: NOW)
    boss = {"by": shop.boss, "now": NOW - timedelta(days=9)}
    shop.walk = add_checklist(shop.TRADE, **boss, code="walk", name="巡查自查").subject
    shop.old = import_version(shop.walk, **boss, questions=questions()).subject
    publish_version(shop.old, **boss)
    shop.walk_version = import_version(shop.walk, **boss, questions=questions()).subject
    publish_version(shop.walk_version, by=shop.boss, now=NOW - timedelta(days=1))
    shop.phone = phone_of(shop.keeper).prepare()
    return shop


def body(**words):
    told = {
        "checklist": "walk", "version": 2, "place": "S1", "begun_at": "2026-11-24T01:00:00Z", "signer": "店长", "post": "店长",
        "answers": {"clear": "yes", "lamp": "yes", "staff": "2"}, "seen": ["clear", "lamp", "staff"], "is_confirmed": True,
    }  # fmt: skip
    return told | words


FAILED = {
    "answers": {"clear": "no", "why": "堆货", "lamp": "no", "staff": "2"}, "seen": ["clear", "why", "lamp", "staff"],
    "notes": {"clear": "东门内两箱", "lamp": " ", "staff": "不是不合格项"},
}  # fmt: skip


DOOR, LAMP, SIGNED = (str(uuid.UUID(int=number)) for number in (71, 72, 73))
PHOTOS = {"photos": {DOOR: "clear", LAMP: "lamp"}}
FILES = [
    ("door.png", picture(), "", DOOR),
    ("lamp.png", picture("blue"), "", LAMP),
    ("signature.png", picture("white"), "", SIGNED),
]


def send(phone, *, files=(), **words):
    """What became of a self-check with files, and of these."""
    phone.forget()
    phone.write("self_check", body(**words), files=files, made_at=MADE_AT)
    status, said = phone.send()
    assert status == 200, said
    return said["records"][0], said["files"]


def fields():
    return SelfCheck.objects.filter(version__checklist__code="walk", state="done")


def test_the_pack_has_the_checklists_of_the_units_for_which_one_acts(unit):
    Place.objects.create(code="S2", name="别的店", kind="mall", organisation=unit.TRADE)
    require_check(unit.shop, by=None, now=NOW, keeper=unit.unit)
    told = read(unit.keeper)[0]
    (own,) = [one for one in told["targets"] if "checklists" in one]
    assert (own["code"], own["checklists"]) == ("S1", ["fire", "walk"])
    assert (
        own["check_due_on"] == f"{DueCheck.objects.get().due_on}"
        and own["checked_on"] == f"{timezone.localdate(unit.done.done_at)}"
    )
    walk = told["checklists"][1]
    assert (walk["code"], walk["version"], walk["name"]) == ("walk", 2, "巡查自查")
    (clear,) = [one for one in walk["questions"][0]["parts"] if one["name"] == "clear"]
    assert (clear["clause"], clear["penalty"]) == ("区规定第一条", "区规定第九条")
    assert walk["trees"]["why"]["relevant"] == ["=", None, [["name", "clear", []], ["text", "no", []]]]
    (left,) = [one["code"] for one in read(unit.clerk)[0]["targets"] if "checklists" in one]
    assert left == "S2", "the department answers for what nobody operates, and for nobody else"
    for who in (unit.other, unit.guest):
        others = read(who)[0]
        assert others["checklists"] == [] and not any("checklists" in one for one in others["targets"])


def test_what_failed_becomes_hazards_with_note_clause_and_photo(unit):
    require_check(unit.shop, by=None, now=NOW - timedelta(days=1), keeper=unit.unit)
    record, files = send(unit.phone, files=FILES, **FAILED, **PHOTOS)
    assert record["state"] == "taken" and "2 项不合格" in record["reason"], record
    assert [one["state"] for one in files] == ["kept"] * 3
    row = fields().get()
    assert (row.version, row.place, row.by, row.signer, row.n_failed) == (
        unit.walk_version,
        unit.shop,
        unit.keeper,
        "店长",
        2,
    )
    assert (str(row.uid), f"{row.done_at:%H:%M}", f"{row.begun_at:%H:%M}") == (
        record["uid"],
        "01:30",
        "01:00",
    )
    assert row.answers == {
        "clear": "no",
        "why": "堆货",
        "lamp": "no",
        "staff": 2,
        "notes:": {"clear": "东门内两箱"},
    }
    assert is_unaltered(row) and set(photos_of(row)) == {"clear", "lamp"}
    assert [one.name for one in attachments_of(row)] == ["door.png", "lamp.png", "signature.png"]
    door, lamp = Hazard.objects.filter(findings__check_of=row).order_by("pk")
    assert "疏散通道畅通（否）" in door.what and "区规定第一条" in door.what and "东门内两箱" in door.what
    assert (door.kind, door.source, door.organisation, door.responsible) == (
        "exits",
        "self_check",
        unit.TRADE,
        unit.SHOP,
    )
    assert lamp.kind == "fire" and [one.evidence.count() for one in (door, lamp)] == [1, 1]
    assert DueCheck.objects.get().settled_by == row
    assert "移动巡查" in Change.objects.of(row).get(what="hazards.take_field_check").why
    page = unit.phone.client.get(record["address"]).content.decode()
    assert "东门内两箱" in page and 'alt="signature.png"' in page
    for one in attachments_of(row):
        assert unit.phone.client.get(f"{record['address']}photos/{one.pk}/").status_code == 200
        assert phone_of(unit.other).client.get(f"{record['address']}photos/{one.pk}/").status_code == 404


def test_it_arrives_once_whatever_is_sent_again(unit):
    unit.phone.write("self_check", body(**FAILED, **PHOTOS), files=FILES, made_at=MADE_AT)
    first = unit.phone.send()
    assert unit.phone.send()[1]["records"] == first[1]["records"]
    assert fields().count() == 1 and Hazard.objects.filter(source="self_check").count() == 3


def test_the_same_failure_joins_the_hazard_that_is_on_its_way(unit):
    for _ in range(2):
        assert send(unit.phone, files=FILES, **FAILED, **PHOTOS)[0]["state"] == "taken"
    assert sorted(fields().values_list("findings__is_new", flat=True)) == [False, False, True, True]


def test_what_was_begun_at_the_units_page_stays(unit):
    draft = begin_check(unit.walk_version, by=unit.keeper, now=NOW, keeper=unit.unit).subject
    assert send(unit.phone)[0]["state"] == "taken" and fields().count() == 1
    draft.refresh_from_db()
    assert draft.state == "draft" and draft.answers == {}


REFUSED = [
    ({"version": 9}, "第 9 版"), ({"checklist": "none"}, "“none”"), ({"place": "NONE"}, "“NONE”"), ({"place": None}, "找不到"),
    ({"place": None, "enterprise": "91310101MA1FPX1234"}, "找不到"), ({"version": 1}, "已停用或已被新版替代"),
    ({"checklist": "fire", "version": 2}, "第 2 版"), ({"signer": " "}, "签名"), ({"is_confirmed": False}, "勾选"),
    ({"answers": {"clear": "yes"}}, "1 处"), ({"answers": {"clear": "yes", "lamp": "yes", "staff": "0"}}, "1 处"),
    ({"answers": {"clear": "no", "why": "x", "lamp": "yes"}}, "1 题"), ({"answers": {"clear": 5}}, "无法识别"),
    (FAILED, "1 处"), ({"begun_at": "yesterday"}, "无法识别"), ({"seen": ["x"] * 2001}, "无法识别"),
]  # fmt: skip


@pytest.mark.parametrize(("differs", "why"), REFUSED, ids=range(len(REFUSED)))
def test_what_the_rules_refuse_is_kept_with_its_reason(unit, differs, why):
    record, _files = send(unit.phone, **differs)
    assert record["state"] == "refused" and why in record["reason"], record
    assert not fields().exists() and UploadRecord.objects.get().is_waiting


def test_a_version_that_was_replaced_meanwhile_is_taken_and_a_withdrawn_one_is_not(unit):
    assert send(unit.phone, version=1, begun_at="2026-11-23T01:00:00Z")[0]["state"] == "taken"
    withdraw_checklist(unit.walk_version, by=unit.boss, now=NOW)
    record, _files = send(unit.phone)
    assert record["state"] == "refused" and "已停用" in record["reason"]
    assert fields().get().version == unit.old


@pytest.mark.parametrize("who", ["clerk", "boss", "patrol", "guest"])
def test_nobody_checks_for_another_unit(unit, who):
    record, _files = send(phone_of(getattr(unit, who)).prepare())
    assert record["state"] == "refused" and "不能为“示例商店”自查" in record["reason"]
    assert not fields().exists()


def test_a_photo_that_is_none_leaves_the_check_and_one_of_another_answer_is_refused_alone(unit):
    files = [*FILES[:2], ("x.png", b"no picture", "", SIGNED)]
    record, told = send(unit.phone, files=files, **FAILED, photos=PHOTOS["photos"] | {SIGNED: "staff"})
    assert record["state"] == "taken"
    assert [one["state"] for one in told] == ["kept", "kept", "refused"]


def test_a_check_signed_before_anything_was_due_settles_nothing(unit):
    require_check(unit.shop, by=None, now=NOW, keeper=unit.unit)
    assert send(unit.phone)[0]["state"] == "taken"
    assert DueCheck.objects.get().settled_by is None


def test_the_list_of_what_waits_shows_what_was_answered(unit):
    send(unit.phone, **FAILED, signer=" ")
    page = unit.phone.client.get(f"/field/records/{UploadRecord.objects.get().pk}/").content.decode()
    assert "lamp：no" in page and "东门内两箱" in page and "{&#x27;" not in page


def test_the_pages_of_a_place_show_its_checks_and_what_is_due(unit):
    require_check(unit.shop, by=None, now=NOW, keeper=unit.unit)
    send(unit.phone)
    page = unit.phone.client.get("/place/S1/").content.decode()
    assert fields().get().get_absolute_url() in page and f"{DueCheck.objects.get().due_on}" in page
    assert f"/hazards/keepers/place/{unit.shop.pk}/" in page
    assert (
        f"/hazards/keepers/place/{unit.shop.pk}/"
        not in phone_of(unit.clerk).client.get("/place/S1/").content.decode()
    )
    assert json.dumps(read(unit.keeper)[0])


def test_an_enterprise_is_checked_by_its_own_people_and_its_page_shows_it(unit):
    made = Enterprise.objects.create(
        code="91310101MA1FPX1234", name="示例厂", name_key="示例厂", supervisor=unit.TRADE, account=unit.SHOP, registered_at=NOW, changed_at=NOW,
    )  # fmt: skip
    require_check(made, by=None, now=NOW - timedelta(days=40), keeper=Keeper("enterprise", made))
    (told,) = [one for one in read(unit.keeper)[0]["targets"] if one["kind"] == "enterprise"]
    assert told["checklists"] == ["fire", "walk"] and told["check_due_on"] < f"{NOW.date()}"
    assert "已逾期" in unit.phone.client.get(f"/enterprise/{made.code}/").content.decode()
    assert send(unit.phone, place=None, enterprise=made.code)[0]["state"] == "taken"
    page = unit.phone.client.get(f"/enterprise/{made.code}/").content.decode()
    assert fields().get().enterprise == made and fields().get().get_absolute_url() in page
    assert "未安排" in page and f"/hazards/keepers/enterprise/{made.pk}/" in page

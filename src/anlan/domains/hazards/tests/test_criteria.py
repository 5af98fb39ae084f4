"""Classification by criteria of the editable standards: chosen, found by words, changed on record, filtered, exported, counted."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.crowd.models import CheckIn, PatrolRound
from anlan.domains.hazards import actions, queries, rules
from anlan.domains.hazards.actions.criteria import classify_hazard
from anlan.domains.hazards.actions.patterns import keep_look
from anlan.domains.hazards.actions.selfchecks import begin_check, hand_in_check
from anlan.domains.hazards.models import Checklist, ChecklistVersion, Hazard, Pattern
from anlan.domains.hazards.queries.criteria import criteria, known_criteria
from anlan.domains.hazards.queries.inspections import read_inspections
from anlan.domains.hazards.queries.keepers import Keeper
from anlan.domains.hazards.rules.criteria import Criterion, criteria_in, look_for
from anlan.domains.hazards.tests.conftest import NOW, graded, report
from anlan.domains.hazards.tests.test_permissions_patterns import NUMBERS, UNTIL, find
from anlan.domains.places.models import Place
from anlan.kit.actions import Refused
from anlan.kit.days import start_of
from anlan.kit.models import Change

YES_NO = [{"name": "yes", "label": "是"}, {"name": "no", "label": "否"}]
DOOR = "check:fire/door"


def question(name, label, **more):
    """One question of yes and no whose "no" is a hazard."""
    base = dict.fromkeys(
        ("hint", "relevant", "constraint", "constraint_message", "calculation", "clause", "penalty"), ""
    )
    return base | {
        "kind": "select_one", "name": name, "label": label, "is_required": True, "is_photo_wanted": False,
        "choices": YES_NO, "list_name": "yes_no", "parts": [], "hazard_kind": "exits", "hazard_when": ["no"],
    } | more  # fmt: skip


@pytest.fixture
def listed(town):
    """The town with a published checklist of two criteria, one with a clause, and the shop as a place."""
    questions = [
        question("door", "安全出口没有上锁", clause="示例条款第一条"),
        question("path", "通道没有堆物"),
    ]
    town.checklist = Checklist.objects.create(code="fire", name="店铺自查", organisation=town.TRADE)
    town.version = ChecklistVersion.objects.create(
        checklist=town.checklist, number=1, questions=questions, sha256="0" * 64, state="published", imported_by=town.boss,
        imported_at=NOW,
    )  # fmt: skip
    town.place = Place.objects.create(
        code="S1", name="示例店", kind="mall", organisation=town.TRADE, operator=town.SHOP
    )
    return town


@pytest.fixture
def clerk(client, town):
    client.force_login(town.clerk, backend="django.contrib.auth.backends.ModelBackend")
    return client


def hand_in(town, *, now=NOW, door="no"):
    """A self-check of the shop."""
    row = begin_check(town.version, by=town.keeper, now=now, keeper=Keeper("place", town.place)).subject
    row.answers = {"door": door, "path": "yes"}
    row.save()
    signed = {"signer": "店长", "post": "店长", "is_confirmed": True, "seen": {"door", "path"}}
    return hand_in_check(row, by=town.keeper, now=now, **signed).subject


def csv_of(client, **query):
    answer = client.get("/hazards/", query | {"format": "csv"})
    return b"".join(answer.streaming_content).decode()


def test_criteria_are_standards_and_questions_that_can_be_hazards(listed):
    offered = [one.key for one in criteria(on=NOW.date())]
    assert offered == ["standard:fire", "standard:trade", DOOR, "check:fire/path"]
    assert known_criteria(on=NOW.date())[DOOR] == Criterion(DOOR, "安全出口没有上锁", "示例条款第一条")
    nested = question("group", "组", kind="group", hazard_kind="", parts=[question("inner", "内")])
    assert [one.key for one in criteria_in([nested], "c")] == ["check:c/inner"]


def test_a_criterion_is_found_by_key_label_or_words():
    known = [Criterion("standard:a", "通道畅通", "规范一"), Criterion("standard:ab", "通道标志", "")]
    assert look_for("standard:a", known) == known[:1] == look_for("通道畅通（规范一）", known)
    assert look_for("通道", known) == known and look_for("通道 规范一", known) == known[:1]
    assert look_for("灭火器", known) == [] == look_for(" ", known)


def test_a_failed_answer_classifies_its_hazard_by_itself(listed):
    hand_in(listed)
    row = Hazard.objects.get()
    assert (row.criterion, row.criterion_says, row.criterion_basis) == (
        DOOR,
        "安全出口没有上锁",
        "示例条款第一条",
    )


def test_the_finder_chooses_and_a_wrong_one_is_refused(listed):
    row = report(listed, criterion=DOOR)
    assert row.criterion_basis == "示例条款第一条"
    with pytest.raises(Refused, match="没有这一标准条款"):
        report(listed, criterion="check:fire/none")


def test_grading_keeps_the_criterion_or_takes_the_standard(town):
    assert (
        graded(town, "major").criterion == ""
    )  # the definition of a grade says nothing of what it falls under
    row = report(town)
    actions.accept_hazard(row, by=town.clerk, now=NOW)
    actions.grade_hazard(row, by=town.clerk, now=NOW, grade="major", standard="fire")
    assert row.criterion == "standard:fire" and row.criterion_basis == "GB 35181-2025"
    actions.grade_hazard(row, by=town.clerk, now=NOW, grade="major", standard="trade")
    assert row.criterion == "standard:fire"
    actions.grade_hazard(
        row, by=town.clerk, now=NOW, grade="major", standard="fire", criterion="standard:trade"
    )
    assert row.criterion == "standard:trade" and "第 10 号" in row.criterion_basis


def test_it_is_changed_on_record_by_whoever_may_judge(listed):
    row = report(listed)
    classify_hazard(row, by=listed.clerk, now=NOW, criterion=DOOR)
    change = Change.objects.of(row).filter(what="hazards.classify").get()
    assert change.before["criterion"] == "" and change.after["criterion_basis"] == "示例条款第一条"
    with pytest.raises(Refused, match="已按这一条款归类"):
        classify_hazard(row, by=listed.clerk, now=NOW, criterion=DOOR)
    with pytest.raises(Refused, match="权限"):
        classify_hazard(row, by=listed.patrol, now=NOW, criterion="")
    classify_hazard(row, by=listed.clerk, now=NOW, criterion="")
    row.refresh_from_db()
    assert (row.criterion, row.criterion_says, row.criterion_basis) == ("", "", "")


def test_the_page_classifies_by_words_and_says_what_is_unclear(listed, clerk):
    row = report(listed)
    address = reverse("hazards:classify", args=[row.pk])
    assert "示例条款第一条" in clerk.get(address).content.decode()  # offered to choose from
    assert "有几条符合" in clerk.post(address, {"criterion": "没有"}).content.decode()
    assert "没有找到" in clerk.post(address, {"criterion": "锅炉"}).content.decode()
    assert clerk.post(address, {"criterion": "上锁"}).status_code == 302
    page = clerk.get(row.get_absolute_url()).content.decode()
    assert "安全出口没有上锁" in page and "同条款隐患" in page


def test_the_list_is_narrowed_by_an_criterion_and_exports_it(listed, clerk):
    report(listed, what="甲处", criterion=DOOR)
    report(listed, what="乙处", criterion="standard:fire")
    report(listed, what="丙处")
    for typed in (DOOR, "安全出口没有上锁（示例条款第一条）", "上锁", "示例条款"):
        found = csv_of(clerk, criterion=typed)
        assert "甲处" in found and "乙处" not in found and "丙处" not in found, typed
    assert (
        "安全出口没有上锁（示例条款第一条）" in clerk.get("/hazards/", {"criterion": DOOR}).content.decode()
    )
    whole = csv_of(clerk)
    assert "标准条款" in whole and "GB 35181-2025" in whole


def test_the_export_has_each_window_of_recurrence(listed, clerk):
    rows = [graded(listed, place=listed.place, what=f"{one}处") for one in "甲乙丙"]
    now = timezone.now()
    for row, days in zip(rows, (10, 100, 200), strict=True):
        Hazard.objects.filter(pk=row.pk).update(accepted_at=now - timedelta(days=days))
    graded(listed, what="丁处", kind="fire")  # nobody is responsible yet
    lines = [line.split(",") for line in csv_of(clerk).replace("\ufeff", "").splitlines()]
    at = [number for number, name in enumerate(lines[0]) if name.startswith("同类复发")]
    assert [lines[0][one] for one in at] == [f"同类复发（{days} 天内，件）" for days in (90, 180, 365)]
    told = {line[0]: [line[one] for one in at] for line in lines[1:]}
    assert told["甲处"] == told["丙处"] == ["1", "2", "3"] and told["丁处"] == ["", "", ""]
    assert [number for _days, number in queries.recurrences(rows[0], now=now)] == [1, 2, 3]


# ── the night's look and the rates ──────────────────────────────────────────────────────────────


def test_the_weeks_and_the_units_are_counted_by_criterion(listed):
    for days in (3, 10):
        row = report(listed, criterion=DOOR, place=listed.place)
        Hazard.objects.filter(pk=row.pk).update(reported_at=start_of(UNTIL) - timedelta(days=days))
    ledger = queries.read_ledger(start_of(UNTIL) + timedelta(hours=3))
    counts = dict(zip(ledger.series, ledger.counts.tolist(), strict=True))
    assert counts[rules.Series(DOOR, "all")] == counts[rules.Series("exits", "all")] == [1]
    assert queries.units_by_kind(UNTIL, 4)[""] == (1, {"exits": 1, DOOR: 1})


def test_a_problem_of_an_criterion_is_said_and_leads_to_its_hazards(listed, clerk):
    row = report(listed, criterion=DOOR, what="锁着的门")
    report(listed, what="别的堆物")
    Hazard.objects.update(reported_at=start_of(UNTIL) - timedelta(days=5))
    signal = rules.patterns.Signal(
        rules.Series(DOOR, "area", f"{listed.TRADE.pk}"), "incipient", 0.0004, NUMBERS
    )
    find(listed, signals=[signal])
    pattern = Pattern.objects.get()
    assert list(queries.hazards_behind(pattern)) == [row]
    page = clerk.get(pattern.get_absolute_url()).content.decode()
    assert "自查项：安全出口没有上锁" in page and "锁着的门" in page and "别的堆物" not in page
    assert "criterion=check%3Afire%2Fdoor" in page
    assert "自查项：安全出口没有上锁" in clerk.get("/hazards/patterns/", {"kind": DOOR}).content.decode()


def check_in(town, place, at):
    """A check-in of a patrol of the department."""
    round = PatrolRound.objects.create(organisation=town.TRADE, state="ended", started_at=at)
    CheckIn.objects.create(uid=f"00000000-0000-4000-8000-{round.pk:012}", round=round, place=place, at=at, noted_at=at, by=town.patrol)  # fmt: skip


def test_looks_are_counted_once_each_by_where_they_were(listed):
    town, at = listed, start_of(UNTIL) - timedelta(days=9)
    hand_in(town, now=at)
    check_in(town, town.place, at)
    check_in(town, None, at)  # somewhere on a road
    check_in(town, town.place, start_of(UNTIL) - timedelta(days=365))  # before the 52 weeks
    left = Place.objects.create(
        code="D1", name="示范店", kind="mall", organisation=town.TRADE, is_demo=True, retired_at=at
    )
    check_in(town, left, at)
    for source in ("patrol", "public"):
        row = report(town, source=source, place=town.place)
        Hazard.objects.filter(pk=row.pk).update(reported_at=at)
    told = read_inspections(UNTIL)
    assert told["all"][""] == [
        3,
        1,
        {"exits": 2, DOOR: 1},
    ]  # the self-check's and the patrol's, not the public's
    assert told["area"] == {f"{town.TRADE.pk}": told["all"][""]}
    assert told["sector"] == {"mall": [2, 1, {"exits": 2, DOOR: 1}]}


def look_with(town, *, inspected):
    """A kept look with these counts of inspections by area."""
    ledger = queries.patterns.Ledger([], queries.patterns.np.zeros((0, 60)), {}, {}, UNTIL)
    keep_look(ledger, 0, 0, now=start_of(UNTIL))
    look = queries.last_look()
    look.inspected = {"all": {}, "area": inspected, "sector": {}}
    look.save()
    return look


def test_rates_are_of_checks_and_of_units_checked_and_small_ones_are_not_judged(town):
    inspected = {
        f"{town.TRADE.pk}": [400, 50, {"exits": 80, DOOR: 40}],
        f"{town.STREET.pk}": [4, 2, {"exits": 3}],
        f"{town.SHOP.pk}": [600, 90, {"exits": 60}],
    }
    look = look_with(town, inspected=inspected)
    wanted = {"least": 5, "person": town.boss}
    of_checks = {one.where: one for one in queries.rate_lines(look, "area", "exits", base="checks", **wanted)}
    trade, street = of_checks["商务委"], of_checks["云栖街道"]
    assert trade.exposure == 400 and 15 < trade.rate < 20 and trade.low < trade.rate < trade.high
    assert trade.verdict == "above" and street.verdict == "unknown"  # three finds in four checks tell nothing
    assert street.rate < 40  # and are drawn towards the whole, far from 75
    of_units = {one.where: one for one in queries.rate_lines(look, "area", "", base="inspected", **wanted)}
    assert (
        of_units["商务委"].exposure == 50 and of_units["商务委"].count == 80
    )  # criteria are not counted twice
    [line] = [one for one in queries.rate_lines(look, "area", DOOR, base="checks", **wanted) if one.count]
    assert (line.where, line.count) == ("商务委", 40)


def test_the_page_of_rates_says_which_denominator_and_why(town, clerk):
    look_with(town, inspected={f"{town.TRADE.pk}": [400, 50, {"exits": 80}]})
    page = clerk.get("/hazards/rates/", {"base": "checks"}).content.decode()
    assert "巡逻打卡次数" in page and "伽马—泊松" in page and "每百次检查（件）" in page
    assert "至少自查或巡查过一次" in clerk.get("/hazards/rates/", {"base": "inspected"}).content.decode()
    csv = clerk.get("/hazards/rates/", {"base": "checks", "format": "csv"}).content.decode()
    assert "检查次数（次）" in csv and "商务委,80,400" in csv

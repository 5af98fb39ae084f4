"""Points and sheets change by actions alone, and never without a second person."""

import io
from datetime import date, timedelta

import pytest
from django.utils.translation import override
from docx import Document as Docx

from anlan.domains.accounts.models import Person
from anlan.domains.places.models import Place
from anlan.domains.riskmap import actions, queries
from anlan.domains.riskmap.models import RiskPoint, RiskSheet
from anlan.domains.riskmap.terms import PointState, RiskCause, SheetState
from anlan.domains.riskmap.tests.conftest import LEC, NOW, SOUND
from anlan.kit import store
from anlan.kit.actions import Refused
from anlan.kit.documents import documents_of
from anlan.kit.followups import follow_ups_about
from anlan.kit.models import Change
from anlan.kit.terms import FollowUpState

TODAY = date(2026, 11, 24)


def open_reminders(row):
    return list(follow_ups_about(row).filter(state__in=FollowUpState.open_ones()))


def test_an_assessment_keeps_method_inputs_version_and_the_next_review(town, point):
    assert (point.level, point.value, point.colour) == (2, 270, "orange")
    kept = point.assessments.get()
    assert (
        kept.inputs == {"L": 3, "E": 6, "C": 15} and kept.rulebook_version and kept.cause == RiskCause.FIRST
    )
    assert kept.say_inputs() == "L 3 × E 6 × C 15 = 270"
    assert point.review_on == date(2027, 11, 24)
    assert [one.due_on if hasattr(one, "due_on") else one.title for one in open_reminders(point)]


def test_a_score_that_is_not_in_the_table_changes_nothing(town, point):
    with pytest.raises(Refused, match="评分表"):
        actions.assess_point(point, by=town.clerk, now=NOW, method="LEC", inputs={"L": 4, "E": 6, "C": 15})
    assert point.assessments.count() == 1


def test_an_accident_makes_the_review_due_and_the_new_assessment_keeps_its_cause(town, point):
    actions.call_review(point, by=town.clerk, now=NOW, cause=RiskCause.ACCIDENT, why="发生烫伤事故")
    assert (point.review_on, point.review_cause) == (TODAY, RiskCause.ACCIDENT)
    assert len(open_reminders(point)) == 1
    with pytest.raises(Refused, match="直接重新评估"):
        actions.call_review(point, by=town.clerk, now=NOW, cause=RiskCause.CHANGE, why="改造")
    later, words = NOW + timedelta(days=1), {"method": "LEC", "inputs": {"L": 10, "E": 6, "C": 15}}
    with pytest.raises(Refused, match="理由"):
        actions.assess_point(point, by=town.clerk, now=later, **words)
    actions.assess_point(point, by=town.clerk, now=later, why="按事故调查", **words)
    assert point.level == 1 and point.review_cause == ""
    assert [one.cause for one in point.assessments.all()] == [RiskCause.ACCIDENT, RiskCause.FIRST]
    assert len(open_reminders(point)) == 1


def test_the_writer_does_not_check_and_a_change_is_checked_again(town, point):
    with pytest.raises(Refused, match="另一人"):
        actions.check_point(point, by=town.clerk, now=NOW)
    actions.check_point(point, by=town.chief, now=NOW)
    actions.put_in_force(point, by=town.clerk, now=NOW)
    assert (point.state, point.checked_on) == (PointState.IN_FORCE, TODAY)
    actions.edit_point(point, by=town.chief, now=NOW, precautions="禁止无关人员入内")
    assert (point.state, point.checked_by) == (PointState.DRAFT, None)
    with pytest.raises(Refused, match="另一人"):
        actions.check_point(point, by=town.chief, now=NOW)
    actions.check_point(point, by=town.clerk, now=NOW)


def test_a_check_is_taken_back_with_a_reason(town, point):
    actions.check_point(point, by=town.chief, now=NOW)
    with pytest.raises(Refused, match="理由"):
        actions.return_point(point, by=town.chief, now=NOW, why=" ")
    actions.return_point(point, by=town.chief, now=NOW, why="看错了")
    assert point.state == PointState.DRAFT


def test_a_retired_point_comes_back_to_be_checked(town, point):
    actions.retire_point(point, by=town.clerk, now=NOW, why="设备拆除")
    assert not open_reminders(point)
    with pytest.raises(Refused, match="恢复"):
        actions.edit_point(point, by=town.clerk, now=NOW, name="别名")
    actions.restore_point(point, by=town.clerk, now=NOW, why="误撤")
    assert point.state == PointState.DRAFT


def test_a_point_at_a_place_takes_its_position(town):
    place = Place.objects.create(
        code="P1", name="商场", kind="mall", organisation=town.TRADE, lon=121.4, lat=31.2
    )
    made = actions.register_point(town.TRADE, by=town.clerk, now=NOW, name="扶梯", place=place).subject
    assert (made.lon, made.lat) == (121.4, 31.2)


@pytest.mark.parametrize(
    "bad", [{"name": " "}, {"lon": None}, {"lon": None, "lat": None}, {"lon": 31.2, "lat": 121.4}]
)
def test_unsound_words_are_refused(town, bad):
    with pytest.raises(Refused):
        actions.register_point(town.TRADE, by=town.clerk, now=NOW, **SOUND | bad)
    assert not RiskPoint.objects.exists()


def test_nobody_writes_for_another_department(town, point):
    with pytest.raises(Refused):
        actions.edit_point(point, by=town.other, now=NOW, name="别名")
    with pytest.raises(Refused, match="STREET"):
        actions.edit_point(point, by=town.clerk, now=NOW, organisation=town.STREET)


def test_names_of_people_stay_out_of_the_record_of_changes(town):
    made = actions.register_point(town.TRADE, by=town.clerk, now=NOW, **SOUND, person_name="张示例").subject
    actions.edit_point(made, by=town.clerk, now=NOW, person_name="李示例")
    assert not [
        one for one in Change.objects.all() if "示例" in f"{one.before}{one.after}".replace("示例锅炉房", "")
    ]


def test_a_sheet_is_handed_in_when_all_is_checked_and_checked_by_another(town, point):
    sheet = actions.open_sheet(
        town.TRADE, by=town.clerk, now=NOW, year=2026, due_on=date(2026, 12, 20)
    ).subject
    assert len(open_reminders(sheet)) == 1
    with pytest.raises(Refused, match="1 个风险点"):
        actions.hand_in_sheet(sheet, by=town.clerk, now=NOW)
    actions.check_point(point, by=town.chief, now=NOW)
    actions.hand_in_sheet(sheet, by=town.clerk, now=NOW)
    with pytest.raises(Refused, match="另一人"):
        actions.check_sheet(sheet, by=town.clerk, now=NOW)
    actions.check_sheet(sheet, by=town.chief, now=NOW)
    assert (sheet.state, sheet.checked_count, sheet.due_count) == (SheetState.CHECKED, 1, 1)
    assert not open_reminders(sheet)
    actions.reopen_sheet(sheet, by=town.chief, now=NOW, why="补登")
    assert (sheet.state, sheet.due_count) == (SheetState.OPEN, None)


def test_a_point_changed_after_handing_in_holds_the_check_up(town, point):
    sheet = actions.open_sheet(town.TRADE, by=town.clerk, now=NOW, year=2026, due_on=TODAY).subject
    actions.check_point(point, by=town.chief, now=NOW)
    actions.hand_in_sheet(sheet, by=town.clerk, now=NOW)
    actions.edit_point(point, by=town.clerk, now=NOW, name="改名")
    with pytest.raises(Refused, match="又被修改"):
        actions.check_sheet(sheet, by=town.chief, now=NOW)
    actions.return_sheet(sheet, by=town.chief, now=NOW, why="重新核对")
    assert sheet.state == SheetState.OPEN


def test_a_sheet_is_opened_once_for_a_sound_year_and_day(town):
    words = {"by": town.clerk, "now": NOW, "due_on": TODAY}
    actions.open_sheet(town.TRADE, year=2026, **words)
    for bad in ({"year": 2026}, {"year": 1999}, {"year": 2027, "due_on": date(2026, 11, 23)}):
        with pytest.raises(Refused):
            actions.open_sheet(town.TRADE, **words | bad)


def test_a_sheet_opened_by_mistake_goes_until_it_is_handed_in_and_may_be_opened_again(town, point):
    opened = {"by": town.clerk, "now": NOW, "year": 2026, "due_on": TODAY}
    sheet = actions.open_sheet(town.TRADE, **opened).subject
    with pytest.raises(Refused):
        actions.withdraw_sheet(sheet, by=town.clerk, now=NOW, why=" ")
    change = actions.withdraw_sheet(sheet, by=town.clerk, now=NOW, why="单位选错")
    assert (change.subject_id, change.before["year"], change.organisation) == (
        str(sheet.pk),
        2026,
        town.TRADE,
    )
    assert not open_reminders(sheet) and not RiskSheet.objects.exists()
    again = actions.open_sheet(town.TRADE, **opened).subject
    actions.check_point(point, by=town.chief, now=NOW)
    actions.hand_in_sheet(again, by=town.clerk, now=NOW)
    with pytest.raises(Refused):
        actions.withdraw_sheet(again, by=town.clerk, now=NOW, why="反悔")


def test_the_district_rolls_up_each_point_once(town, point):
    for organisation in (town.root, town.TRADE):
        actions.open_sheet(organisation, by=town.boss, now=NOW, year=2026, due_on=TODAY)
    rolled = queries.roll_up(list(queries.visible_sheets(town.boss)))
    assert rolled["all"] == (0, 1) and rolled["sheets"] == 1
    actions.check_point(point, by=town.chief, now=NOW)
    assert queries.roll_up(list(queries.visible_sheets(town.clerk)))["all"].share == 1


def test_each_action_leaves_one_change(town, point):
    before = Change.objects.filter(what__startswith="riskmap.").count()
    actions.assess_point(point, by=town.clerk, now=NOW, **LEC)
    assert Change.objects.filter(what__startswith="riskmap.").count() == before + 1


def test_a_change_that_bears_on_the_risk_calls_for_a_review_and_others_do_not(town, point):
    actions.edit_point(point, by=town.clerk, now=NOW, post="新班长", name="新名", precautions="勿靠近")
    assert (point.review_on, point.review_cause) == (date(2027, 11, 24), "")
    actions.edit_point(point, by=town.clerk, now=NOW, engineering="拆除安全阀")
    assert (point.review_on, point.review_cause) == (TODAY, RiskCause.CHANGE)
    assert len(open_reminders(point)) == 1
    actions.edit_point(point, by=town.clerk, now=NOW + timedelta(days=3), management="停用")
    assert point.review_on == TODAY  # the review that waits is not put off
    with pytest.raises(Refused, match="理由"):
        actions.assess_point(point, by=town.clerk, now=NOW, **LEC)
    actions.assess_point(point, by=town.clerk, now=NOW, why="安全阀拆除后", **LEC)
    assert point.review_cause == "" and point.assessments.first().cause == RiskCause.CHANGE


def test_a_later_room_calls_for_a_review_by_itself_after_an_accident(town, point):
    actions.call_review(point, by=None, now=NOW, cause=RiskCause.ACCIDENT, why="事故快报 1 号")
    assert point.review_on == TODAY and len(open_reminders(point)) == 1


def test_a_restored_point_is_reminded_of_its_review_again(town, point):
    actions.retire_point(point, by=town.clerk, now=NOW, why="误撤")
    assert not open_reminders(point)
    actions.restore_point(point, by=town.clerk, now=NOW + timedelta(days=1), why="恢复")
    assert len(open_reminders(point)) == 1


def test_another_organisation_takes_the_reminder_over(town, point):
    town.clerk.holds.create(role=town.boss.holds.get().role, organisation=town.STREET)
    clerk, later = Person.objects.get(pk=town.clerk.pk), NOW + timedelta(days=1)
    actions.edit_point(point, by=clerk, now=later, organisation=town.STREET)
    assert [one.organisation for one in open_reminders(point)] == [town.STREET]


OUTLINE = {"type": "Polygon", "coordinates": [[[121.44, 31.23], [121.442, 31.23], [121.442, 31.232], [121.44, 31.23]]]}  # fmt: skip


def test_an_outline_alone_gives_the_position_and_a_crossing_one_is_refused(town):
    made = actions.register_point(
        town.TRADE, by=town.clerk, now=NOW, name="化学品库", outline=OUTLINE
    ).subject
    assert 121.44 < made.lon < 121.442
    bow = OUTLINE | {"coordinates": [[[121.4, 31.2], [121.5, 31.3], [121.5, 31.2], [121.4, 31.3], [121.4, 31.2]]]}  # fmt: skip
    with pytest.raises(Refused, match="自相交"):
        actions.edit_point(made, by=town.clerk, now=NOW, outline=bow)


def test_the_districts_sheet_is_one_paper_with_what_it_sums(town, point):
    with pytest.raises(Refused, match="还没有风险分表"):
        actions.issue_district_sheet(town.root, by=town.boss, now=NOW, year=2026)
    actions.open_sheet(town.TRADE, by=town.clerk, now=NOW, year=2026, due_on=TODAY)
    actions.register_point(town.STREET, by=town.other, now=NOW, **SOUND | {"name": "北门"})
    with pytest.raises(Refused):
        actions.issue_district_sheet(town.root, by=town.clerk, now=NOW, year=2026)
    with override("en"):
        actions.issue_district_sheet(town.root, by=town.boss, now=NOW, year=2026)
    (paper,) = documents_of(town.root)
    assert paper.number == "示范区风险汇〔2026〕1号" and paper.code
    told = paper.values
    assert [(one["label"], one["n"]) for one in told["levels"]] == [
        ("重大风险", 0), ("较大风险", 1), ("一般风险", 0), ("低风险", 0), ("未评估", 1)
    ]  # fmt: skip
    assert (told["sheets"][0]["due"], told["sheets"][0]["checked"], told["sheets"][0]["share"]) == (
        1,
        0,
        "0%",
    )
    assert [one["name"] for one in told["points"]] == ["示例锅炉房", "北门"] and "未纳入分表 1 个" in told[
        "summary"
    ]
    book = Docx(io.BytesIO(store.get(paper.sha256)))
    assert round(book.sections[0].page_width.cm) == 42 and round(book.sections[0].page_height.cm) == 30
    assert "示例锅炉房" in "".join(cell.text for row in book.tables[2].rows for cell in row.cells)
    headings, first, *_rest = book.tables[2].rows
    assert headings.cells[7].text == "管控措施" and headings.cells[7].width > 4 * headings.cells[0].width
    assert first.cells[7].width == headings.cells[7].width
    assert "tblHeader" in headings._tr.xml and "tblHeader" not in first._tr.xml

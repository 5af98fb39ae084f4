"""Imports through their jobs: planned, carried out once, taken back; hostile files answered with row errors."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from anlan.domains.enterprises import actions, queries
from anlan.domains.enterprises.actions.imports import read_file, run_import, run_undo
from anlan.domains.enterprises.models import Enterprise
from anlan.domains.enterprises.rules.codes import check_sign
from anlan.domains.enterprises.terms import EnterpriseState
from anlan.domains.enterprises.tests.conftest import CODE, NOW
from anlan.kit import jobs
from anlan.kit.actions import Refused
from anlan.kit.models import Change
from anlan.kit.terms import ImportState

HEAD = ["统一社会信用代码", "企业名称", "监管单位编码", "规模", "从业人数", "安责险有效期至"]


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA = tmp_path


def sheet(*rows):
    book = Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def code(number):
    body = f"91310106MA{number:07d}"
    return body + check_sign(body)


def hand_in(town, body, name="list.xlsx"):
    row = actions.hand_in(town.TRADE, by=town.clerk, now=NOW, file_name=name, body=body).subject
    read_file({"handed_in": row.pk}, lambda *told: None, rest=lambda s: None)
    row.refresh_from_db()
    return row


def carry_out(town, row):
    actions.confirm_import(row, by=town.clerk, now=NOW)
    return run_import({"handed_in": row.pk}, lambda *told: None, rest=lambda s: None)


def test_rows_are_seen_then_registered_and_again_changes_nothing(town):
    row = hand_in(
        town, sheet([code(1), "甲", "TRADE", "小型", 12, "2027-06-30"], ["", "乙", "TRADE", "", "", ""])
    )
    assert row.counts == {"add": 2, "change": 0, "same": 0, "refuse": 0}
    assert not Enterprise.objects.exists()
    assert carry_out(town, row) == {"added": 2, "changed": 0, "left": 0}
    run_import({"handed_in": row.pk}, lambda *told: None)
    assert Enterprise.objects.count() == 2
    assert Change.objects.filter(what="enterprises.register").count() == 2
    first = queries.find_enterprise(code(1))
    assert (first.size, first.staff_count, str(first.insured_until)) == ("small", 12, "2027-06-30")
    again = hand_in(
        town, sheet([code(1), "甲", "TRADE", "中型", 12, ""], [code(1), "丙", "TRADE", "", "", ""])
    )
    assert again.counts == {"add": 0, "change": 1, "same": 0, "refuse": 1}
    carry_out(town, again)
    first.refresh_from_db()
    assert first.size == "medium"


def test_an_import_is_taken_back_but_for_what_was_touched(town):
    row = hand_in(town, sheet(*([code(n), f"企业{n}", "TRADE", "", "", ""] for n in range(3))))
    carry_out(town, row)
    actions.edit_enterprise(queries.find_enterprise(code(1)), by=town.clerk, now=NOW, address="示例路")
    row.refresh_from_db()
    row.job.state = "done"
    row.job.save()
    actions.undo_import(row, by=town.clerk, now=NOW)
    outcome = run_undo({"handed_in": row.pk}, lambda *told: None, rest=lambda s: None)
    assert (outcome["closed"], outcome["kept"]) == (2, 1)
    assert Enterprise.objects.filter(state=EnterpriseState.ACTIVE).get().code == code(1)


WRONG = [
    (["91", "甲", "TRADE", "", "", ""], "18 位"),
    (["=CMD()", "甲", "TRADE", "", "", ""], "公式"),
    ([code(2), "", "TRADE", "", "", ""], "必填"),
    ([code(2), "甲", "NOWHERE", "", "", ""], "没有编码为"),
    ([code(2), "甲", "STREET", "", "", ""], "没有编码为"),
    ([code(2), "甲", "TRADE", "巨型", "", ""], "不是可用的内容"),
    ([code(2), "甲", "TRADE", "", "很多", ""], "不是整数"),
    ([code(2), "甲", "TRADE", "", 1.5, ""], "不是整数"),
    ([code(2), "甲", "TRADE", "", "", "明年"], "不是日期"),
    ([code(2), "长" * 5000, "TRADE", "", "", ""], "超过"),
]


@pytest.mark.parametrize(("cells", "word"), WRONG)
def test_a_wrong_row_says_what_is_wrong_and_stops_no_other(town, cells, word):
    row = hand_in(town, sheet(cells, [code(9), "对的", "TRADE", "", "", ""]))
    assert row.counts["refuse"] == 1
    assert row.counts["add"] == 1
    assert any(word in text for _label, text in row.rows.get(finding="refuse").faults)


def test_ten_million_empty_rows_end_the_sheet_at_once(town):
    """A sheet that declares all its rows and holds two of them."""
    body = sheet([code(1), "甲", "TRADE", "", "", ""])
    source, target = zipfile.ZipFile(io.BytesIO(body)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                empty = b"".join(b'<row r="%d"/>' % n for n in range(3, 300_000))
                part = part.replace(b"</sheetData>", empty + b"</sheetData>")
            archive.writestr(name, part)
    assert hand_in(town, target.getvalue()).counts["add"] == 1


@pytest.mark.parametrize(
    ("name", "body", "word"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0", "旧版"),
        ("list.xlsx", b"no workbook", "完好"),
        ("list.docx", b"PK", "格式不能导入"),
        ("list.csv", "统一社会信用代码,企业名称\n".encode(), "监管单位编码"),
    ],
)
def test_a_file_that_is_none_is_refused_with_what_to_do(town, name, body, word):
    with pytest.raises(Refused, match=word):
        actions.hand_in(town.TRADE, by=town.clerk, now=NOW, file_name=name, body=body)


def test_who_may_not_register_there_hands_nothing_in(town):
    with pytest.raises(Refused, match="权限"):
        actions.hand_in(town.TRADE, by=town.guest, now=NOW, file_name="list.xlsx", body=sheet())


def test_a_discarded_import_is_over(town):
    row = hand_in(town, sheet([code(1), "甲", "TRADE", "", "", ""]))
    actions.discard_import(row, by=town.clerk, now=NOW)
    with pytest.raises(Refused, match="不能重复办理"):
        actions.confirm_import(row, by=town.clerk, now=NOW)
    assert row.state == ImportState.DISCARDED


def test_the_standards_example_is_taken_from_a_csv(town):
    body = f"统一社会信用代码,企业名称,监管单位编码\n{CODE},示例,TRADE\n".encode("gb18030")
    assert hand_in(town, body, "list.csv").counts["add"] == 1


def test_a_bomb_is_refused_before_it_is_unpacked(town):
    """Seven hundred megabytes of nothing in a file of less than one."""
    body, target = sheet([code(1), "甲", "TRADE", "", "", ""]), io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(body))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name))
        with archive.open("xl/media/bomb.bin", "w") as bomb:
            for _block in range(700):
                bomb.write(bytes(2**20))
    with pytest.raises(Refused, match="解压"):
        actions.hand_in(town.TRADE, by=town.clerk, now=NOW, file_name="list.xlsx", body=target.getvalue())


def test_merged_cells_leave_the_rows_below_the_first_without_what_is_required(town):
    """A merged cell holds its value in its first row alone: the others are told what they lack."""
    book = Workbook()
    for row in (HEAD, [code(1), "甲", "TRADE", "", "", ""], [code(2), "甲", "TRADE", "", "", ""]):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    target = io.BytesIO()
    book.save(target)
    row = hand_in(town, target.getvalue())
    assert (row.counts["add"], row.counts["refuse"]) == (1, 1)
    assert row.rows.get(number=3).faults[0][1] == "必填。"


def test_a_cancelled_import_keeps_what_was_done_and_goes_on_when_it_is_done_again(town):
    """Cancel raises out of the report; the rows done so far stand, and the rest follows without doubling them."""
    row = hand_in(town, sheet(*([code(n), f"企业{n}", "TRADE", "", "", ""] for n in range(5))))
    actions.confirm_import(row, by=town.clerk, now=NOW)

    def cancel(*told):
        raise jobs.Cancelled

    with pytest.raises(jobs.Cancelled):
        run_import({"handed_in": row.pk}, cancel, rest=lambda s: None)
    run_import({"handed_in": row.pk}, lambda *told: None, rest=lambda s: None)
    assert Enterprise.objects.count() == 5


def test_names_and_numbers_of_people_are_not_in_the_record_of_an_import(town):
    head = [*HEAD, "主要负责人", "主要负责人电话"]
    for phone in ("13811112222", "13833332222"):
        book = Workbook()
        book.active.append(head)
        book.active.append([code(1), "甲", "TRADE", "", "", "", "某负责人", phone])
        target = io.BytesIO()
        book.save(target)
        carry_out(town, hand_in(town, target.getvalue()))
    told = [f"{row.before}{row.after}" for row in Change.objects.filter(what__startswith="enterprises.")]
    assert not any("1381111" in one or "某负责人" in one for one in told)
    edit = Change.objects.get(what="enterprises.edit")
    assert edit.after == {"principal_phone": "138****2222（已更改）"}

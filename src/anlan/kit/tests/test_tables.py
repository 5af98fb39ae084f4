"""District-editable tables: what holds on a date, edits on record, their pages, files in and out."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from anlan.domains.accounts.terms import Right
from anlan.kit import tables
from anlan.kit.actions import Refused
from anlan.kit.models import Change, DistrictRow, Immutable
from anlan.kit.tables import Seed, Table, TableColumn, spec
from anlan.kit.templatetags.look import differences
from anlan.kit.terms import JobState
from anlan.kit.tests.conftest import NOW, add_person

TODAY = NOW.date()
CLAUSE, WHY = "静府办〔2026〕1号第三条", "现场情况"


@pytest.fixture
def limits():
    """A table of its own: two defaults, one read in the law and one unconfirmed."""
    table = Table(
        "test.limits", title="时限", key=TableColumn("step", "环节"),
        columns=(
            TableColumn("hours", "时限", "number", unit="小时", low=0, high=720),
            TableColumn("state", "状态", "word", words=JobState),
            TableColumn("since", "起算", "day", is_required=False),
            TableColumn("is_firm", "不可延长", "yes_no"),
        ),
        seeds=lambda on: [
            Seed("first", {"hours": 2.0, "state": "done", "since": None, "is_firm": True}, "T", "条例第九条"),
            Seed("last", {"hours": 24.0, "state": "done", "since": None, "is_firm": False}, "M"),
        ],
    )  # fmt: skip
    spec.register(table)
    yield table
    del spec.TABLES[table.name]


@pytest.fixture
def editor(town):
    """The boss, who may edit tables."""
    role = town.boss.holds.get().role
    role.rights = [*role.rights, "tables.edit"]
    role.save()
    town.boss.forget_holdings()
    return town.boss


def put(table, editor, key="first", hours="3", *, valid_from=None, now=NOW, **more):
    words = {"hours": hours, "state": "done", "since": "", "is_firm": "True"} | more
    return tables.set_row(
        table, by=editor, now=now, row_key=key, values=words, clause=CLAUSE, why=WHY, valid_from=valid_from
    )


def test_defaults_hold_until_the_district_says_otherwise(limits, editor):
    assert tables.read("test.limits", on=TODAY)["first"]["hours"] == 2
    assert tables.version("test.limits", on=TODAY) == 0
    put(limits, editor, since="2026-12-01")
    assert tables.read("test.limits", on=TODAY)["first"] == {
        "hours": 3.0, "state": "done", "since": "2026-12-01", "is_firm": True,
    }  # fmt: skip
    assert tables.read("test.limits", on=TODAY)["last"]["hours"] == 24
    assert list(tables.own_values("test.limits", on=TODAY)) == ["first"]
    assert tables.version("test.limits", on=TODAY) > 0


def test_what_held_on_an_earlier_date_is_still_known(limits, editor):
    put(limits, editor, hours="3", valid_from=TODAY - timedelta(days=9))
    put(limits, editor, hours="5", valid_from=TODAY + timedelta(days=9))
    put(limits, editor, hours="4", valid_from=TODAY)
    held = [
        tables.read("test.limits", on=TODAY + timedelta(days=n))["first"]["hours"] for n in (-10, -9, 0, 9)
    ]
    assert held == [2, 3, 4, 5]


def test_an_edit_is_one_change_row_in_both_languages(limits, editor):
    change = put(limits, editor)
    assert Change.objects.count() == 1 and (change.why, change.by) == (WHY, editor)
    assert change.organisation.parent_id is None
    with override("zh-hans"):
        shown = {label: (before, after) for label, before, after in differences(change)}
    assert shown["内容"] == ("2；已完成；是", "3；已完成；是") and shown["依据"] == ("条例第九条", CLAUSE)
    assert shown["规则表"][1] == "时限"
    assert change.after["values"]["en"] != change.after["values"]["zh"]


def test_the_default_can_be_had_back_and_an_edit_undone(limits, editor):
    put(limits, editor, hours="3")
    second = put(limits, editor, hours="4").subject
    tables.undo_row(second, by=editor, now=NOW, why="录错")
    assert tables.read("test.limits", on=TODAY)["first"]["hours"] == 3
    with pytest.raises(Refused, match="最近一次"):
        tables.undo_row(second, by=editor, now=NOW, why="再撤")
    tables.reset_row(limits, by=editor, now=NOW, row_key="first", why="废止")
    assert tables.read("test.limits", on=TODAY)["first"]["hours"] == 2
    with pytest.raises(Refused, match="默认值"):
        tables.reset_row(limits, by=editor, now=NOW, row_key="first", why="废止")
    tables.undo_row(tables.story("test.limits", "first")[0].subject, by=editor, now=NOW, why="仍适用")
    assert tables.read("test.limits", on=TODAY)["first"]["hours"] == 3
    assert DistrictRow.objects.count() == 5 == Change.objects.count()


def test_undoing_the_first_edit_leaves_the_default(limits, editor):
    row = put(limits, editor, valid_from=TODAY + timedelta(days=3)).subject
    tables.undo_row(row, by=editor, now=NOW, why="录错")
    assert tables.own_values("test.limits", on=TODAY + timedelta(days=30)) == {}


def test_an_unconfirmed_default_may_be_laid_down_as_it_is(limits, editor):
    put(limits, editor, key="last", hours="24", is_firm="False")
    assert tables.find_line("test.limits", "last", on=TODAY).mark == "D"
    with pytest.raises(Refused, match="没有需要保存"):
        put(limits, editor, hours="2")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"hours": "many"}, "时限"), ({"hours": "-1"}, "时限"), ({"hours": "nan"}, "时限"), ({"state": "magic"}, "状态"), ({"is_firm": "maybe"}, "不可延长"),
        ({"since": "2026-02-30"}, "起算"), ({"key": "third"}, "third"),
        ({"valid_from": date(1990, 1, 1)}, "生效日期"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_by_column(limits, editor, more, said):
    with pytest.raises(Refused, match=said):
        put(limits, editor, **more)
    assert not DistrictRow.objects.exists()


def test_an_edit_needs_reason_clause_and_right(limits, editor, town):
    words = {"row_key": "first", "values": {"hours": 3, "state": "done", "is_firm": True}, "now": NOW}
    for clause, why, said in ((" ", WHY, "条款"), (CLAUSE, " ", "理由")):
        with pytest.raises(Refused, match=said):
            tables.set_row(limits, by=editor, clause=clause, why=why, **words)
    for person in (town.clerk, town.guest):
        with pytest.raises(Refused, match="权限"):
            tables.set_row(limits, by=person, clause=CLAUSE, why=WHY, **words)


def test_the_right_is_one_that_a_role_may_hold():
    assert spec.EDIT_RIGHT in Right.values


def test_a_name_is_taken_once(limits):
    with pytest.raises(ValueError, match=r"test\.limits"):
        spec.register(limits)


def test_change_rows_of_a_table_are_never_altered(limits, editor):
    change = put(limits, editor)
    with pytest.raises(Immutable):
        change.delete()


# ── pages ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def signed_in(client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)

    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def typed(**more):
    words = {"hours": "3", "state": "done", "since": "", "is_firm": "True", "valid_from": str(TODAY)}
    return words | {"clause": CLAUSE, "why": WHY} | more


def test_a_row_is_edited_undone_and_reset_on_its_pages(limits, editor, signed_in):
    client = signed_in(editor)
    assert "时限" in client.get("/tables/").content.decode()
    answer = client.post("/tables/test.limits/row/first/", typed(), follow=True)
    assert "本区规定" in answer.content.decode() and CLAUSE in answer.content.decode()
    text = client.get("/tables/test.limits/row/first/").content.decode()
    assert WHY in text and "条例第九条" in text
    row = DistrictRow.objects.get()
    client.post(f"/tables/test.limits/undo/{row.pk}/", {"why": "录错"})
    assert tables.own_values("test.limits", on=TODAY) == {}
    client.post("/tables/test.limits/row/first/", typed())
    client.post("/tables/test.limits/row/first/reset/", {"why": "废止"})
    assert tables.own_values("test.limits", on=TODAY) == {}
    assert "恢复默认" in client.get("/changes/").content.decode()


@pytest.mark.parametrize("more", [{"hours": "many"}, {"clause": ""}, {"why": ""}, {"valid_from": "x"}])
def test_the_form_of_a_row_says_what_is_wrong(limits, editor, signed_in, more):
    answer = signed_in(editor).post("/tables/test.limits/row/first/", typed(**more))
    assert answer.status_code == 200 and "wrong" in answer.content.decode()
    assert not DistrictRow.objects.exists()


def test_the_page_leads_back_only_to_ourselves(limits, editor, signed_in):
    client = signed_in(editor)
    for back, place in (("/calendar/", "/calendar/"), ("https://example.org/", "/tables/test.limits/")):
        answer = client.post(f"/tables/test.limits/row/first/?next={back}", typed(hours=str(len(back))))
        assert answer.url == place


def test_readers_see_a_table_and_cannot_edit(limits, town, signed_in):
    client = signed_in(town.guest)
    assert "条例第九条" in client.get("/tables/test.limits/").content.decode()
    assert 'name="why"' not in client.get("/tables/test.limits/row/first/").content.decode()
    for address in ("row/first/", "row/first/reset/", "import/"):
        assert client.post(f"/tables/test.limits/{address}", typed()).status_code == 404
    assert client.get("/tables/nonsense/").status_code == 404
    assert client.get("/tables/test.limits/row/third/").status_code == 404


def test_whoever_may_edit_only_below_the_top_may_not(limits, town, signed_in):
    role = town.clerk.holds.get().role.__class__.objects.create(
        code="keeper", name="表", rights=["view", "tables.edit"]
    )
    low = add_person("low", town.branch, role)
    assert signed_in(low).post("/tables/test.limits/row/first/", typed()).status_code == 404


def test_rows_are_found_by_text_and_source(limits, editor, signed_in):
    put(limits, editor)
    client = signed_in(editor)

    def found(query):
        return [row["line"].key for row in client.get(f"/tables/test.limits/?{query}").context["page"]]

    assert found("") == ["first", "last"] and found("q=FIRST") == ["first"]
    assert found("source=own") == ["first"] and found("source=unconfirmed") == ["last"]


def hand_in(client, text):
    return client.post("/tables/test.limits/import/", {"body": SimpleUploadedFile("a.csv", text.encode())})


def test_an_export_can_be_handed_in_again_and_changes_nothing(limits, editor, signed_in):
    put(limits, editor)
    client = signed_in(editor)
    exported = client.get("/tables/test.limits/?format=csv").content.decode("utf-8-sig")
    assert {row.finding for row in hand_in(client, exported).context["planned"]} == {"same"}


def test_a_file_is_seen_row_by_row_then_kept_once(limits, editor, signed_in):
    client = signed_in(editor)
    text = (
        "环节,时限（小时）,状态,起算,不可延长,依据,理由\n"
        "first,6,已完成,,否,区规一,试行\n"
        "last,9999,done,,是,区规二,试行\n"
        "third,6,done,,是,区规三,试行\n"
        "first,7,done,,是,区规四,试行\n"
        "last,30,done,,是,,试行\n"
    )
    seen = hand_in(client, text)
    assert [row.finding for row in seen.context["planned"]] == [
        "change",
        "refuse",
        "refuse",
        "refuse",
        "refuse",
    ]
    assert not DistrictRow.objects.exists()
    client.post("/tables/test.limits/import/", {"text": seen.context["text"]})
    assert tables.read("test.limits", on=TODAY)["first"] == {
        "hours": 6.0, "state": "done", "since": None, "is_firm": False,
    }  # fmt: skip
    client.post("/tables/test.limits/import/", {"text": seen.context["text"]})
    assert DistrictRow.objects.count() == 1 == Change.objects.count()


def test_a_row_may_be_refused_as_a_whole(editor, signed_in):
    table = Table(
        "test.whole", title="整行", key=TableColumn("state", "状态", "word", words=JobState),
        columns=(TableColumn("low", "下限", "whole"), TableColumn("high", "上限", "whole")),
        seeds=lambda on: [Seed("done", {"low": 1, "high": 2}, "K")], right="tables.edit",
        refuse=lambda key, values: None if values["low"] <= values["high"] else "下限不能高于上限。",
    )  # fmt: skip
    spec.register(table)
    try:
        words = {"by": editor, "now": NOW, "row_key": "done", "clause": CLAUSE, "why": WHY}
        with pytest.raises(Refused, match="下限不能高于上限"):
            tables.set_row(table, values={"low": "5", "high": "2"}, **words)
        tables.set_row(table, values={"low": "2", "high": "2"}, **words)
        client = signed_in(editor)
        assert "已完成" in client.get("/tables/test.whole/").content.decode()
        answer = client.post(
            "/tables/test.whole/import/",
            {"body": SimpleUploadedFile("a.csv", "状态,下限,上限,依据,理由\ndone,9,3,一,二\n".encode())},
        )
        assert [row.finding for row in answer.context["planned"]] == ["refuse"]
    finally:
        del spec.TABLES[table.name]

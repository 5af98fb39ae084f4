"""Statements: every cell against a count by hand over thirty hazards, signature, correction, who draws them and when."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from anlan.domains.enterprises.models import Enterprise
from anlan.domains.hazards import actions, queries, workers
from anlan.domains.hazards.actions.statements import draw_statements
from anlan.domains.hazards.models import Statement
from anlan.domains.hazards.rules import statements as rules
from anlan.domains.hazards.terms import Refusal, StatementRefusal
from anlan.domains.hazards.tests.conftest import FIVE, picture
from anlan.kit.actions import Refused
from anlan.kit.days import start_of
from anlan.kit.documents import documents_of
from anlan.kit.followups import follow_ups_about
from anlan.kit.models import Job

# Local days of Shanghai: the third quarter of 2026 runs from 07-01 00:00 to 10-01 00:00.
BEFORE = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
WITHIN = datetime(2026, 8, 10, 2, 0, tzinfo=UTC)
FIRST_MOMENT = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)  # 2026-07-01 00:00 in Shanghai
LAST_MOMENT = datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC)  # 2026-09-30 23:59:59 in Shanghai
AFTER = datetime(2026, 9, 30, 16, 0, tzinfo=UTC)  # 2026-10-01 00:00 in Shanghai
DRAWN = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)


class Quarter:
    """Hazards brought through their lives at given moments."""

    def __init__(self, town):
        self.town = town
        self.clerk = {"by": town.clerk}

    def report(self, at, *, kind="exits", source="patrol", where=None, **words):
        told = {"what": "通道堆物", "kind": kind, "address": "示例路 1 号", "source": source} | words
        return actions.report_hazard(where or self.town.TRADE, by=self.town.patrol, now=at, **told).subject

    def accepted(self, at, **words):
        row = self.report(words.pop("reported_at", at), **words)
        actions.accept_hazard(row, now=at, by=(words.get("where") and self.town.other) or self.town.clerk)
        return row

    def graded(self, at, grade="general", **words):
        row, by = self.accepted(at, **words), self.town.other if "where" in words else self.town.clerk
        actions.grade_hazard(row, by=by, now=at, grade=grade, standard="major" if grade == "major" else "")
        return row

    def ordered(self, at, due_on, grade="general", funds_yuan=None, responsible=None, **words):
        row = self.graded(at, grade, **words)
        five = FIVE if grade == "major" else {}
        actions.order_rectification(
            row, now=at, by=self.town.other if "where" in words else self.town.clerk, due_on=due_on,
            responsible=responsible or self.town.SHOP, responsible_post="店长", funds_yuan=funds_yuan, **five,
        )  # fmt: skip
        return row

    def verifying(self, row, at):
        if row.state == "ordered":
            actions.secure_hazard(row, by=self.town.keeper, now=at, why="围挡")
        actions.keep_evidence(
            row, by=self.town.keeper, now=at, stage="after", name="a.png", body=picture("green")
        )
        actions.ask_verification(row, by=self.town.keeper, now=at)
        return row

    def closed(self, row, at):
        self.verifying(row, at)
        actions.close_hazard(row, now=at, why="好", **self.clerk)
        return row


DUE_LATER, DUE_IN = date(2026, 12, 31), date(2026, 9, 15)


@pytest.fixture
def quarter(town):
    """Thirty hazards around the third quarter of 2026, in the order of the count below."""
    q = Quarter(town)
    row = SimpleNamespace()
    # A. found before the quarter
    over = q.closed(q.ordered(BEFORE, DUE_LATER), BEFORE + timedelta(days=3))  # 1: over before, nowhere
    for _n in range(3):  # 2–4: carried, closed in the quarter
        q.closed(q.ordered(BEFORE, DUE_LATER), WITHIN)
    for _n in range(2):  # 5–6: carried, open and overdue at the end
        q.ordered(BEFORE, DUE_IN, kind="fire")
    row.major = q.ordered(
        BEFORE, DUE_LATER, "major", Decimal("120000.00")
    )  # 7: carried major, listed in the quarter
    actions.list_hazard(row.major, now=WITHIN, listed_until=date(2027, 3, 1), **q.clerk)
    row.reopened = q.closed(
        q.ordered(BEFORE, DUE_LATER), BEFORE + timedelta(days=1)
    )  # 8: closed before, reopened in it
    actions.reopen_hazard(row.reopened, now=WITHIN, why="又堆上了", **q.clerk)
    old = q.accepted(BEFORE, kind="gas")  # 9: carried ungraded, merged in the quarter
    actions.merge_hazard(old, now=WITHIN, into=row.major, **q.clerk)
    # B. found in the quarter
    for _n in range(4):  # 10–13: found and closed
        q.closed(q.ordered(WITHIN, DUE_LATER, source="inspection"), WITHIN + timedelta(days=2))
    for _n in range(3):  # 14–16: found, open, in time
        q.ordered(WITHIN, DUE_LATER, kind="electric", funds_yuan=Decimal("500.50"))
    q.ordered(WITHIN, date(2026, 9, 30))  # 17: due on the last day: not overdue at its midnight
    q.ordered(WITHIN, date(2026, 9, 29))  # 18: due the day before: overdue
    row.extended = q.ordered(WITHIN, DUE_IN)  # 19: more time granted to 2026-10-15
    actions.ask_extension(row.extended, by=town.keeper, now=WITHIN, days=30, why="缺料")
    actions.grant_extension(row.extended, now=WITHIN, why="同意", **q.clerk)
    again = q.closed(q.ordered(WITHIN, DUE_LATER), WITHIN)  # 20: found, closed, reopened, closed
    actions.reopen_hazard(again, now=WITHIN + timedelta(days=1), why="又堆上了", **q.clerk)
    actions.order_rectification(
        again, now=WITHIN + timedelta(days=1), responsible=town.SHOP, responsible_post="店长", due_on=DUE_LATER, **q.clerk
    )  # fmt: skip
    q.closed(again, WITHIN + timedelta(days=2))
    contested = q.closed(q.ordered(WITHIN, DUE_LATER), WITHIN)  # 21: closed, contested at the end: closed
    actions.contest_hazard(contested, by=town.patrol, now=WITHIN + timedelta(days=1), why="没好")
    q.closed(q.ordered(WITHIN, DUE_LATER, "major"), WITHIN + timedelta(days=5))  # 22: major found and closed
    double = q.accepted(WITHIN)  # 23: accepted and merged in the quarter: with the other alone
    actions.merge_hazard(double, now=WITHIN, into=row.extended, **q.clerk)
    row.street = q.graded(WITHIN, where=town.STREET)  # 24: the street's
    # C. boundaries
    q.accepted(FIRST_MOMENT, source="public")  # 25: its first moment: found, ungraded
    q.accepted(FIRST_MOMENT - timedelta(seconds=1))  # 26: a second before: carried, ungraded
    q.accepted(LAST_MOMENT)  # 27: its last second: found, ungraded
    row.next = q.accepted(AFTER, reported_at=LAST_MOMENT)  # 28: accepted at midnight: of the next quarter
    row.late = q.ordered(WITHIN, DUE_LATER)  # 29: closed at midnight after: open at the end
    # D. no hazards
    row.rejected = q.report(WITHIN)  # 30: rejected
    actions.reject_hazard(row.rejected, now=WITHIN, why="不在本区", **q.clerk)
    q.report(WITHIN)  # 31: still to be looked at
    # E. what comes after the quarter's end changes none of its numbers
    q.closed(row.late, AFTER)
    actions.secure_hazard(row.major, by=town.keeper, now=AFTER, why="围挡")
    actions.reopen_hazard(over, now=AFTER, why="又堆上了", **q.clerk)
    actions.grade_hazard(row.street, by=town.other, now=AFTER, grade="major", standard="major")
    return row


# Counted by hand for the district; the numbers in the comments are those of the fixture.
def test_every_cell_is_what_was_counted_by_hand(town, quarter):
    cells = queries.cells_of(queries.tally("2026-Q3"), town.root, "watched", "2026-Q3")
    assert cells["grades"] == {
        "general": {
            "carried": 5,  # 2–6
            "found": 14,  # 10–13, 14–16, 17, 18, 19, 20, 21, 24, 29
            "reopened": 2,  # 8, 20
            "closed": 10,  # 2–4, 10–13, 20 twice, 21
            "merged": 0,
            "open": 11,  # 5, 6, 8, 14–16, 17, 18, 19, 24, 29
            "overdue": 3,  # 5, 6, 18
            "extended": 1,  # 19
            "listed": 0, "settled": 0,
            "funds_yuan": "1501.50",  # 14–16
        },
        "major": {
            "carried": 1, "found": 1, "reopened": 0, "closed": 1, "merged": 0,  # 7; 22; 22
            "open": 1, "overdue": 0, "extended": 0, "listed": 1, "settled": 1, "funds_yuan": "120000.00",  # 7
        },
        "ungraded": {
            "carried": 2, "found": 2, "reopened": 0, "closed": 0, "merged": 1,  # 9, 26; 25, 27; 9
            "open": 3, "overdue": 0, "extended": 0, "listed": 0, "settled": 0, "funds_yuan": "0.00",  # 25, 26, 27
        },
        "total": {
            "carried": 8, "found": 17, "reopened": 2, "closed": 11, "merged": 1, "open": 15, "overdue": 3,
            "extended": 1, "listed": 1, "settled": 1, "funds_yuan": "121501.50",
        },
    }  # fmt: skip
    assert cells["kinds"] == {
        "electric": {"carried": 0, "found": 3, "closed": 0, "open": 3, "overdue": 0},  # 14–16
        "exits": {"carried": 5, "found": 14, "closed": 11, "open": 10, "overdue": 1},  # the others
        "fire": {"carried": 2, "found": 0, "closed": 0, "open": 2, "overdue": 2},  # 5–6
        "gas": {"carried": 1, "found": 0, "closed": 0, "open": 0, "overdue": 0},  # 9
    }
    assert cells["sources"] == {
        "inspection": {"carried": 0, "found": 4, "closed": 4, "open": 0, "overdue": 0},  # 10–13
        "patrol": {"carried": 8, "found": 12, "closed": 7, "open": 14, "overdue": 3},
        "public": {"carried": 0, "found": 1, "closed": 0, "open": 1, "overdue": 0},  # 25
    }
    assert rules.rate_of(cells["grades"]["total"]) == pytest.approx(11 / (8 + 17 + 2 - 1))


def test_what_is_carried_found_and_reopened_is_closed_merged_or_open(town, quarter):
    for span in ("2026-Q2", "2026-Q3", "2026"):
        for cells in queries.tally(span).values():
            for column in cells["grades"].values():
                came = column["carried"] + column["found"] + column["reopened"]
                assert came - column["closed"] - column["merged"] == column["open"], span


def test_one_quarter_carries_what_the_one_before_left_open(town, quarter):
    tallied = [
        queries.cells_of(queries.tally(span), town.root, "watched", span) for span in ("2026-Q2", "2026-Q3")
    ]
    assert tallied[0]["grades"]["total"]["open"] == tallied[1]["grades"]["total"]["carried"] == 8


def test_each_organisation_has_its_own_and_those_above_hold_them_together(town, quarter):
    tallied = queries.tally("2026-Q3")
    found = {
        (one.code, scope): queries.cells_of(tallied, one, scope, "2026-Q3")["grades"]["total"]["found"]
        for one in (town.root, town.TRADE, town.STREET, town.SHOP) for scope in ("watched", "unit")
    }  # fmt: skip
    assert found == {
        ("root", "watched"): 17, ("TRADE", "watched"): 16, ("STREET", "watched"): 1, ("SHOP", "watched"): 0,
        ("root", "unit"): 0, ("TRADE", "unit"): 0, ("STREET", "unit"): 0,
        ("SHOP", "unit"): 14,  # whoever was ordered to rectify: 10–22 and 29
    }  # fmt: skip


def test_they_are_drawn_up_once_when_the_span_has_ended(town, quarter):
    workers.ask_statements(DRAWN - timedelta(hours=9, seconds=1))  # 2026-09-30 23:59:59: the second quarter
    assert [row.asked["span"] for row in Job.objects.all()] == ["2026-Q2"]
    workers.ask_statements(DRAWN)
    workers.ask_statements(DRAWN)
    assert [row.asked["span"] for row in Job.objects.order_by("pk")] == ["2026-Q2", "2026-Q3"]
    asked = Job.objects.get(asked__span="2026-Q3").asked
    assert (
        sum(draw_statements(asked, lambda *words: None).values()) == 4
    )  # root, TRADE, STREET; SHOP as a unit
    assert sum(draw_statements(asked, lambda *words: None).values()) == 0
    statement = Statement.objects.get(organisation=town.SHOP)
    follow_up = follow_ups_about(statement).get()
    assert follow_up.last_day == date(2026, 10, 15) and follow_up.organisation == town.SHOP


def test_a_year_is_due_at_the_end_of_january(town, quarter):
    now = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)
    statement = actions.draw_statement(
        town.TRADE, by=town.clerk, now=now, scope="watched", span="2026"
    ).subject
    assert follow_ups_about(statement).get().last_day == date(2027, 1, 31)
    assert statement.cells["grades"]["total"]["carried"] == 0


def drawn(town, who="keeper"):
    return actions.draw_statement(
        town.SHOP, by=getattr(town, who), now=DRAWN, scope="unit", span="2026-Q3"
    ).subject


def refused(act, *words, **more):
    with pytest.raises(Refused) as error:
        act(*words, **more)
    return str(error.value)


def sign(statement, who, now=DRAWN, **words):
    digest = rules.digest_of(queries.words_of_statement(statement))
    told = {"post": "总经理", "digest": digest} | words
    return actions.sign_statement(statement, by=who, now=now, **told)


def test_signed_numbers_are_frozen_and_a_correction_is_a_new_version(town, quarter):
    first = drawn(town)
    assert refused(sign, first, town.keeper, post=" ") == str(StatementRefusal.NO_POST)
    assert refused(sign, first, town.keeper, digest="0" * 64) == str(StatementRefusal.NUMBERS_MOVED)
    assert refused(actions.correct_statement, first, by=town.keeper, now=DRAWN, why="错") == str(
        StatementRefusal.NOT_SIGNED_YET
    )
    sign(first, town.keeper)
    assert first.state == "signed" and queries.is_untouched(first) and first.signed_by == town.keeper
    paper = documents_of(first).get()
    assert paper.number == "示例商店隐统〔2026〕1号" and paper.code and paper.values["sha256"] == first.sha256
    assert not follow_ups_about(first).get().is_open
    assert refused(actions.redraw_statement, first, by=town.keeper, now=DRAWN)
    assert refused(actions.correct_statement, first, by=town.keeper, now=DRAWN, why=" ") == str(
        Refusal.NEEDS_REASON
    )
    second = actions.correct_statement(first, by=town.keeper, now=DRAWN, why="漏报一处").subject
    assert second.version == 2 and refused(
        actions.correct_statement, first, by=town.keeper, now=DRAWN, why="错"
    )
    kept = Statement.objects.get(pk=first.pk)
    assert kept.state == "signed" and kept.cells == first.cells
    sign(second, town.keeper)
    kept.refresh_from_db()
    assert kept.state == "replaced" and queries.is_untouched(kept)
    assert documents_of(kept).get().state == "void" and documents_of(second).get().state != "void"
    assert documents_of(second).get().number == "示例商店隐统〔2026〕2号"


def test_numbers_altered_behind_our_back_are_seen(town, quarter):
    statement = drawn(town)
    sign(statement, town.keeper)
    statement.cells["grades"]["total"]["open"] += 1
    assert not queries.is_untouched(statement)


def test_who_may_not_sign_does_not_and_no_running_span_is_drawn(town, quarter):
    statement = drawn(town)
    for who in (town.guest, town.patrol, town.other):
        refused(sign, statement, who)
    assert refused(drawn, town) == str(StatementRefusal.DRAWN_ALREADY)
    for span, refusal in (
        ("2026-Q4", "2026-Q4"),
        ("2026-Q5", str(StatementRefusal.SPAN_UNKNOWN)),
        ("2026", "2026"),
    ):
        said = refused(actions.draw_statement, town.SHOP, by=town.keeper, now=DRAWN, scope="unit", span=span)
        assert refusal in said


def test_an_unsigned_one_may_be_counted_again(town, quarter):
    statement = drawn(town)
    Statement.objects.filter(pk=statement.pk).update(cells={})
    actions.redraw_statement(statement, by=town.keeper, now=DRAWN)
    assert statement.cells["grades"]["total"]["found"] == 14


def test_nothing_is_drawn_where_nothing_was_ever_reported(town):
    workers.ask_statements(DRAWN)
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)), ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)  # fmt: skip
def test_spans_are_those_of_the_calendar(name, first, after):
    span = rules.read_span(name)
    assert (span.first, span.after) == (first, after)
    assert start_of(span.after).astimezone(UTC).hour == 16
    assert rules.read_span("2026-Q0") is rules.read_span("26") is rules.read_span("1999") is None


def test_the_spans_that_ended_last():
    assert [one.name for one in rules.ended_spans(date(2026, 10, 1))] == ["2026-Q3", "2025"]
    assert [one.name for one in rules.ended_spans(date(2027, 1, 1))] == ["2026-Q4", "2026"]
    assert [one.name for one in rules.ended_spans(date(2026, 12, 31))] == ["2026-Q3", "2025"]


def enterprise(town, number, **words):
    """An enterprise that TRADE watches over."""
    told = {"supervisor": town.TRADE, "registered_at": BEFORE, "changed_at": BEFORE} | words
    return Enterprise.objects.create(
        code=f"T{number:09d}", name=f"示例店{number}", name_key=f"示例店{number}", **told
    )


def found_at(statement):
    return statement.cells["grades"]["total"]["found"]


def test_an_enterprise_without_an_account_has_one_by_who_watches_over_it(town):
    shop, own, quiet = enterprise(town, 1), enterprise(town, 2, account=town.SHOP), enterprise(town, 3)
    quarter = Quarter(town)
    for where in (shop, shop, own, None):
        quarter.accepted(WITHIN, enterprise=where)
    words = {"by": town.clerk, "now": DRAWN, "scope": "unit", "span": "2026-Q3"}
    asked = {"at": DRAWN.isoformat(), "span": "2026-Q3"}
    assert (
        sum(draw_statements(asked, lambda *_words: None).values()) == 4
    )  # root and TRADE watch; SHOP; the one without
    assert sum(draw_statements(asked, lambda *_words: None).values()) == 0
    first = Statement.objects.get(enterprise=shop)
    assert first.organisation == town.TRADE and found_at(first) == 2 and "示例店1" in str(first)
    assert found_at(Statement.objects.get(organisation=town.SHOP)) == 1
    assert follow_ups_about(first).get().organisation == town.TRADE
    assert found_at(actions.draw_statement(town.TRADE, **words, enterprise=quiet).subject) == 0
    assert found_at(actions.draw_statement(town.TRADE, **words).subject) == 0  # its own is another

    assert "已生成" in refused(actions.draw_statement, town.TRADE, **words, enterprise=shop)
    assert "账号机构" in refused(actions.draw_statement, town.TRADE, **words, enterprise=own)
    other = words | {"by": town.other}
    assert "另一单位" in refused(actions.draw_statement, town.STREET, **other, enterprise=shop)
    sign(first, town.clerk)
    second = actions.correct_statement(first, by=town.clerk, now=DRAWN, why="补录").subject
    assert (second.enterprise, second.version, found_at(second)) == (shop, 2, 2)
    actions.redraw_statement(second, by=town.clerk, now=DRAWN)
    sign(second, town.clerk)
    first.refresh_from_db()
    assert first.state == "replaced" and queries.is_untouched(second)
    assert rules.digest_of(queries.words_of_statement(second)) != rules.digest_of(
        queries.words_of_statement(second) | {"enterprise": quiet.code}
    )


def test_it_is_drawn_up_at_the_page_by_its_code(client, town):
    shop = enterprise(town, 1)
    client.force_login(town.clerk)
    told = {"organisation": town.TRADE.pk, "scope": "unit", "span": "2026-Q3"}
    answer = client.post("/hazards/statements/draw/", told | {"enterprise": "T999999999"})
    assert "没有代码为" in answer.content.decode() and not Statement.objects.exists()
    answer = client.post("/hazards/statements/draw/", told | {"enterprise": shop.code.lower()}, follow=True)
    assert "由监管单位代为生成和签字" in answer.content.decode()
    assert Statement.objects.get().enterprise == shop

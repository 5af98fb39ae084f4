"""Limits as a district has them: the law's, its own from a date on, and dates that somebody set."""

from datetime import date, datetime, timedelta

import pytest
from django.utils.translation import override

from anlan import rulebook as book
from anlan.domains.accounts.models import Role
from anlan.kit import deadlines, tables
from anlan.kit.actions import Refused
from anlan.kit.tests.conftest import NOW
from anlan.rulebook.clock import ZONE, Extension, Fault, Pause, Unlawful, ladder

TODAY = date(2026, 11, 24)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def lay_down(town, rule_id, *, valid_from=None, **values):
    Role.objects.filter(code="manager").update(rights=["view", "tables.edit"])
    town.boss.forget_holdings()
    values = {"amount": 7, "unit": "day", "counting": "working", "in_force": "True"} | values
    return tables.set_row(
        tables.TABLES[deadlines.TABLE], by=town.boss, now=NOW, row_key=rule_id, values=values,
        clause="示例〔2026〕2号第四条", why="试", valid_from=valid_from,
    )  # fmt: skip


def test_the_law_s_limits_are_the_defaults(town):
    assert set(tables.read(deadlines.TABLE, on=TODAY)) == {row.key for row in book.rows("deadlines")}
    due = deadlines.due_of("EV-DECIDE", at("2026-09-18 16:00"), on=TODAY)
    assert due.last_day == date(2026, 9, 29) and due.mark == "T"


def test_a_district_s_limit_holds_for_what_starts_under_it(town):
    lay_down(town, "EV-DECIDE", amount=5, valid_from=date(2026, 11, 20))
    due = deadlines.due_of("EV-DECIDE", at("2026-11-20 10:00"), on=TODAY)
    assert due.last_day == date(2026, 11, 27)
    assert due.basis_zh == "示例〔2026〕2号第四条" and due.mark == "D"
    due = deadlines.due_of("EV-DECIDE", at("2026-11-19 10:00"), on=TODAY)
    assert due.last_day == date(2026, 11, 30) and due.mark == "T"


def test_what_starts_later_goes_by_the_rules_of_today(town):
    lay_down(town, "EV-APPLY", amount=30, counting="calendar", valid_from=date(2027, 1, 1))
    due = deadlines.due_of("EV-APPLY", at("2027-02-01 10:00"), on=TODAY)  # a gathering that lies ahead
    assert due.last_day == date(2027, 1, 12)


def test_what_is_not_in_force_is_not_counted(town):
    with pytest.raises(deadlines.NotInForce):
        deadlines.due_of("EN-REVIEW", at("2026-11-20 10:00"), on=TODAY)  # its decree fell away in January
    assert deadlines.due_of("EN-REVIEW", at("2026-01-10 10:00"), on=TODAY).last_day == date(2026, 1, 20)
    lay_down(town, "EV-DECIDE", in_force="False")
    with pytest.raises(deadlines.NotInForce):
        deadlines.due_of("EV-DECIDE", at("2026-11-24 10:00"), on=TODAY)
    with pytest.raises(KeyError):
        deadlines.due_of("EV-NOTHING", at("2026-11-24 10:00"), on=TODAY)


def test_only_days_are_working_days(town):
    with pytest.raises(Refused, match="只有以天计"):
        lay_down(town, "EV-DECIDE", unit="hour")


def test_the_version_tells_which_rules_a_date_was_counted_by(town):
    before = deadlines.version(on=TODAY)
    assert before == f"{book.version()}/0/0/0" and len(before) <= 80
    lay_down(town, "EV-DECIDE", amount=5)
    assert deadlines.version(on=TODAY) != before
    assert deadlines.version(on=TODAY - timedelta(days=1)) == before


def test_a_date_that_was_set_is_moved_by_pauses_and_extensions(town):
    start = at("2026-11-24 10:00")
    assert deadlines.due_set(date(2026, 12, 4), start).last_day == date(2026, 12, 4)
    pause = Pause(at("2026-11-25 09:00"), at("2026-11-28 09:00"), "等鉴定")
    later = Extension(5, at("2026-11-30 09:00"), "等材料")
    due = deadlines.due_set(date(2026, 12, 4), start, pauses=[pause], extensions=[later])
    assert due.last_day == date(2026, 12, 12)
    assert deadlines.due_set(date(2026, 11, 1), start).last_day == TODAY, "never before its start"
    assert not due.is_unconfirmed


def test_a_moment_that_was_set(town):
    start, until = at("2026-11-24 10:00"), at("2026-11-24 18:30")
    assert deadlines.due_set(until, start).at == until
    pause = Pause(at("2026-11-24 12:00"), at("2026-11-24 13:00"), "等人")
    assert deadlines.due_set(until, start, pauses=[pause]).at == at("2026-11-24 19:30")
    later = Extension(2, at("2026-11-24 12:00"), "等人")
    assert deadlines.due_set(until, start, extensions=[later]).at == at("2026-11-26 18:30")


def test_the_law_s_own_bounds_stay(town):
    with pytest.raises(Unlawful) as error:
        later = Extension(2, at("2026-11-24 12:00"), "等人")
        deadlines.due_of("EV-DECIDE", at("2026-11-24 10:00"), on=TODAY, extensions=[later])
    assert error.value.fault == Fault.NOT_EXTENDABLE


def test_the_ladder_of_a_date_that_was_set(town):
    due = deadlines.due_set(date(2026, 12, 4), at("2026-11-24 10:00"))
    assert [rung.days for rung in ladder(due, at("2026-12-06 08:00"))] == [-7, -1, 0, 1, 3, 7]


def test_a_row_reads_in_the_language_of_its_reader(town):
    line = deadlines.find_line("EV-DECIDE", on=TODAY)
    table = tables.TABLES[deadlines.TABLE]
    assert "《大型群众性活动安全管理条例》" in str(line.basis) and "书面决定" in table.name_of("EV-DECIDE")
    with override("en"):
        assert str(line.basis).startswith("Decree 505") and "written decision" in table.name_of("EV-DECIDE")

"""The district's calendar over the rulebook's."""

from datetime import date

import pytest

from anlan.kit import calendar, tables
from anlan.kit.terms import DayKind
from anlan.kit.tests.conftest import NOW
from anlan.rulebook import calendar as rulebook

TODAY = NOW.date()


@pytest.fixture
def boss(town):
    role = town.boss.holds.get().role
    role.rights = [*role.rights, "tables.edit"]
    role.save()
    town.boss.forget_holdings()
    return town.boss


def put(boss, table, key, **values):
    words = {"clause": "国办发明电〔2026〕99号", "why": "放假安排公布"}
    return tables.set_row(tables.TABLES[table], by=boss, now=NOW, row_key=key, values=values, **words)


def test_the_words_are_the_rulebooks():
    assert set(DayKind.values) == {kind.value for kind in rulebook.DayKind}


@pytest.mark.django_db
def test_without_the_district_the_rulebook_speaks():
    assert calendar.find_day(date(2026, 10, 10), today=TODAY).kind == "makeup"


def test_a_district_lays_down_a_day(boss):
    put(boss, calendar.DAYS, "2026-11-25", kind="rest", name="区庆")
    assert [day.kind for day in calendar.days(TODAY, date(2026, 11, 25), today=TODAY)] == ["eve", "rest"]
    assert calendar.find_day(TODAY, today=date(2026, 11, 23)).kind == "workday", "as it was known then"
    assert calendar.own_names(today=TODAY)[date(2026, 11, 25)] == "区庆"


def test_a_published_notice_ends_the_assumption(boss):
    year = next(year for year in range(2026, 2050) if not rulebook.is_announced(year))
    monday = date(year, 3, 2)
    assert calendar.find_day(monday, today=TODAY).is_assumed
    put(boss, calendar.YEARS, str(year), notice="放假安排通知")
    assert not calendar.find_day(monday, today=TODAY).is_assumed


def test_seeds_name_their_source():
    known = calendar.seed_of_day("2026-10-01")
    assert (known.values["kind"], known.values["name"], known.mark) == ("rest", "国庆节", "P")
    assert calendar.seed_of_day("2060-10-01").mark == "K"
    assert calendar.seed_of_year("2026").mark == "P" and calendar.seed_of_year("2060") is None
    assert {seed.key[:4] for seed in calendar.seeds_of_days(TODAY)} == {"2026", "2027"}


@pytest.mark.parametrize("key", ["2026-02-30", "tomorrow", ""])
def test_a_key_that_is_no_date_is_refused(boss, key):
    with pytest.raises(Exception, match="日期"):
        put(boss, calendar.DAYS, key, kind="rest")

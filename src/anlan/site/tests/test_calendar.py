"""The page of a year."""

import re
from datetime import UTC, datetime

import pytest

from anlan.domains.accounts import actions as accounts

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def browser(client, db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    admin = accounts.found("示范区", by=None, now=NOW, administrator="管理员").subject
    accounts.change_own_password(admin, by=admin, now=NOW, old=admin.one_time_password, new="lantern-Quay-37")
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def cell(text, day):
    return re.search(rf'<a class="day ([^"]*)"[^>]*data-on="{day}" title="([^"]*)"', text).groups()


def test_a_year_shows_every_day_with_its_kind(browser):
    text = browser.get("/calendar/").content.decode()
    assert len(re.findall(r'data-on="2026-', text)) == 365
    assert cell(text, "2026-11-24") == ("day-workday is-today", "2026-11-24 · 工作日")
    assert cell(text, "2026-10-01") == ("day-rest", "2026-10-01 · 休息日 · 国庆节")
    assert cell(text, "2026-10-10")[0] == "day-makeup" and cell(text, "2026-09-30")[0] == "day-eve"
    assert "全年工作日 248 天" in text and "尚未公布" not in text


def test_a_year_without_a_notice_says_so(browser):
    text = browser.get("/calendar/2050/").content.decode()
    assert "2050 年的放假安排尚未公布" in text and "推定" in cell(text, "2050-10-01")[1]


def test_a_day_is_changed_from_the_page_and_shown(browser):
    address = re.search(r'href="([^"]+)" data-on="2026-11-25"', browser.get("/calendar/").content.decode())[1]
    words = {
        "kind": "gathering",
        "name": "灯会",
        "valid_from": "2026-11-24",
        "clause": "区府办通知",
        "why": "全区活动",
    }
    answer = browser.post(address, words)
    assert answer.url == "/calendar/2026/"
    assert cell(browser.get("/calendar/").content.decode(), "2026-11-25") == (
        "day-gathering is-own", "2026-11-25 · 大型活动日 · 灯会",
    )  # fmt: skip


@pytest.mark.parametrize("year", [1990, 2101])
def test_years_beyond_the_calendar_are_not_there(browser, year):
    assert browser.get(f"/calendar/{year}/").status_code == 404

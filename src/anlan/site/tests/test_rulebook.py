"""The pages of the rulebook."""

from datetime import UTC, datetime

import pytest

from anlan import rulebook as book
from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts.models import Person
from anlan.kit import deadlines, tables

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def browser(client, db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    admin = accounts.found("示范区", by=None, now=NOW, administrator="管理员").subject
    accounts.change_own_password(admin, by=admin, now=NOW, old=admin.one_time_password, new="lantern-Quay-37")
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_every_table_has_its_page_and_its_file(browser):
    index = read(browser, "/rulebook/")
    for name in book.sheets():
        assert f"/rulebook/{name}/" in index
        assert read(browser, f"/rulebook/{name}/").count("<tr") == len(book.rows(name)) + 1
        assert len(read(browser, f"/rulebook/{name}/?format=csv").splitlines()) >= len(book.rows(name)) + 1


def test_rows_are_found_and_the_unconfirmed_told_apart(browser):
    text = read(browser, "/rulebook/deadlines/?q=查验")
    assert "EV-DECIDE" in text and "EV-APPLY" not in text
    text = read(browser, "/rulebook/deadlines/?source=unconfirmed")
    assert "SH-ORAL" in text and "EV-DECIDE" not in text and "缺少依据，待核实" in text
    assert "已失效" in text  # EN-REVIEW


def test_english_readers_see_english(browser):
    browser.cookies["django_language"] = "en"
    text = read(browser, "/rulebook/deadlines/")
    assert "Decree 505 Art 13" in text and "活动举办日20日前申请安全许可" not in text


@pytest.mark.parametrize("start", ["yesterday", "1890-01-01T00:00", "9999-12-31T00:00"])
def test_a_start_that_is_none_is_refused_with_words(browser, start):
    text = read(browser, f"/rulebook/deadlines/EV-DECIDE/?start={start}")
    assert 'class="wrong"' in text and "截止 <b>" not in text


def test_every_limit_can_be_counted(browser):
    for row in book.rows("deadlines"):
        assert "截止 <b>" in read(browser, f"/rulebook/deadlines/{row.key}/?start=2026-11-24T10:00"), row.key


@pytest.mark.parametrize("address", ["/rulebook/nothing/", "/rulebook/deadlines/NOTHING/"])
def test_what_is_not_there_is_not_found(browser, address):
    assert browser.get(address).status_code == 404


def test_a_limit_of_the_district_s_own_stands_beside_the_law_s(browser):
    """H8, X5: five working days instead of seven, by a clause of the district's, from a date on."""
    tables.set_row(
        tables.TABLES[deadlines.TABLE], by=Person.objects.get(), now=NOW, row_key="EV-DECIDE",
        values={"amount": 5, "unit": "day", "counting": "working", "in_force": "True"}, clause="示例〔2026〕2号第四条",
        why="提速",
    )  # fmt: skip
    assert "5；天；工作日；是" in read(browser, "/rulebook/deadlines/")
    text = read(browser, "/rulebook/deadlines/EV-DECIDE/?start=2026-11-24T10:00")
    assert "示例〔2026〕2号第四条" in text and "《大型群众性活动安全管理条例》第十四条" in text
    assert "<b>2026-12-01 24:00</b>" in text and "按默认规定截止 2026-12-03 24:00" in text
    text = read(browser, "/rulebook/deadlines/EV-DECIDE/?start=2026-11-20T10:00")
    assert "<b>2026-12-01 24:00</b>" in text, "set going before the district's rule: by the law"
    assert "5；天；工作日；是" in read(browser, "/rulebook/deadlines/?format=csv")

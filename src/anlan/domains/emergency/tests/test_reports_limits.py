"""Limits of reporting as the district has them, and which reports wait for a person's signature."""

from datetime import timedelta

import pytest

from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.tests import incident_town
from anlan.domains.emergency.tests.incident_town import NOW
from anlan.kit import deadlines, digests, tables
from anlan.site.matters import CONTRIBUTORS

LIMIT = {"amount": 20, "unit": "minute", "counting": "calendar", "in_force": "True"}


@pytest.fixture
def town(db):
    return incident_town.build()


def lay_down(town, rule_id, **values):
    boss = incident_town.add_person(f"boss-{rule_id}", town.top, ["view", "tables.edit"])
    table, before = tables.TABLES[deadlines.TABLE], NOW - timedelta(days=2)
    tables.set_row(
        table,
        by=boss,
        now=before,
        row_key=rule_id,
        values=LIMIT | values,
        clause="示例〔2026〕3号",
        why="提速",
    )


def limits(town, incident):
    return {line.rule_id: line.due for line in queries.limits_of(incident, NOW)}


def test_the_district_s_own_limit_counts_with_its_clause(town):
    incident = incident_town.open_one(town)
    by_default = limits(town, incident)
    assert by_default["SH-ORAL"].at == NOW + timedelta(minutes=30)
    lay_down(town, "SH-ORAL")
    own = limits(town, incident)
    assert own["SH-ORAL"].at == NOW + timedelta(minutes=20)
    assert own["SH-ORAL"].basis_zh == "示例〔2026〕3号" and not own["SH-ORAL"].is_unconfirmed
    assert own["SH-WRITE"] == by_default["SH-WRITE"]


def test_a_limit_out_of_force_is_not_counted(town):
    incident = incident_town.open_one(town)
    lay_down(town, "SH-ORAL", in_force="False")
    assert set(limits(town, incident)) == {"SH-WRITE"}


def test_who_may_sign_hears_of_a_report_until_it_is_signed(town):
    incident = incident_town.open_one(town)
    sections = {"situation": "广场人多，已派人。"}
    draft = actions.write_report(incident, by=town.leader, now=NOW, sort="first", sections=sections).subject
    other = incident_town.add_person("deputy", town.top, [*incident_town.RUNS, "incidents.sign"])
    assert queries.reports_to_sign(other) == []
    actions.submit_report(draft, by=town.officer, now=NOW)
    assert queries.reports_to_sign(other) == [draft]
    for person in (town.leader, town.officer, town.reader):  # its author, and two without the right
        assert queries.reports_to_sign(person) == [], person
    [part] = digests.compose(other, CONTRIBUTORS, now=NOW)
    assert part.title == "待签发" and part.lines[0].url == draft.get_absolute_url()

"""The reading API of alarms, incidents and notices: scoped for those who sign in, open for what is public."""

import json
from datetime import timedelta

import pytest

from anlan.domains.emergency import actions as emergency


@pytest.fixture
def raised(town):
    """Two alarms: one of the street's, one of the parks'."""
    return {
        code: town.act(
            emergency.raise_alarm, town.organisations[code], origin="phone", level="yellow", title=f"{code}路口",
            why="来电反映人多",
        )
        for code in ("STREET", "PARKS")
    }  # fmt: skip


def ask(browser, address):
    return json.loads(browser.ask(address).body)


def test_people_see_the_alarms_of_their_organisations(town, raised):
    found = ask(town.browser("street"), "/api/v1/alarms")
    assert [one["title"] for one in found] == ["STREET路口"]
    assert found[0]["state"] == "waiting" and found[0]["level"] == "yellow"
    assert len(ask(town.browser("admin"), "/api/v1/alarms")) == 2


def test_incidents_and_notices_are_lists(town):
    opened = town.act(
        emergency.open_incident,
        town.organisations["STREET"],
        title="示例事件",
        kind="security",
        where="示例路口",
        known_at=town.now - timedelta(minutes=1),
    )
    assert [one["number"] for one in ask(town.browser("street"), "/api/v1/incidents")] == [opened.number]
    assert ask(town.browser("street"), "/api/v1/public/notices") == []


@pytest.mark.parametrize("name", ["alarms", "incidents"])
def test_who_is_not_signed_in_is_told_so(town, client, name):
    assert client.get(f"/api/v1/{name}").status_code == 401

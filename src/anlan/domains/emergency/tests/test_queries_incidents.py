"""Who sees which incident, how a timeline is told, and that a story stays whole whatever is merged."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.models import Incident
from anlan.domains.emergency.tests.incident_town import NOW, after, build, open_one
from anlan.kit.models import Change


@pytest.fixture
def town(db):
    return build()


def numbers(rows):
    return [row.number for row in rows]


def test_an_incident_is_seen_by_those_whom_it_concerns(town):
    incident = open_one(town)
    assert numbers(queries.visible_incidents(town.reader)) == ["2026-0001"]
    assert not queries.visible_incidents(town.sergeant) and not queries.visible_incidents(town.gardener)
    actions.issue_order(incident, by=town.officer, now=NOW, text="设卡", to=town.police)
    actions.start_check(
        incident, by=town.officer, now=NOW, team="一组", people=8, team_organisation=town.fire
    )
    row = actions.enter_instruction(incident, by=town.officer, now=NOW, leader="区领导", text="速办").subject
    actions.relay_instruction(row, by=town.officer, now=NOW, to=town.parks)
    for person in (town.sergeant, town.fireman, town.gardener):
        assert numbers(queries.visible_incidents(person)) == ["2026-0001"]


def test_search_finds_by_case_number(town):
    open_one(town, case_kind="120", case_number="a-9")
    assert numbers(queries.search_incidents("A-9", town.reader)) == ["2026-0001"]
    assert numbers(queries.search_incidents("拥挤", town.reader)) == ["2026-0001"]
    assert queries.search_incidents("", town.reader) == [] == queries.search_incidents("A-9", town.sergeant)


def test_incidents_at_a_place(town):
    incident = open_one(town)
    assert list(queries.incidents_at(town.square)) == [incident]
    actions.declare_false(incident, by=town.officer, now=NOW, why="x")
    assert not queries.incidents_at(town.square)


def test_a_timeline_is_told_to_the_second_in_the_order_of_what_happened(town):
    incident = open_one(town)
    actions.note_incident(incident, by=town.officer, now=after(30), text="后记的", happened_at=after(5, 7))
    actions.issue_order(incident, by=town.officer, now=after(20), text="设卡", receiver="一组")
    entries = queries.timeline(incident)
    assert [(entry.kind, entry.at, entry.is_late) for entry in entries] == [
        ("state", NOW, False), ("note", after(5, 7), True), ("order", after(20), False),
    ]  # fmt: skip
    told = json.loads(queries.as_json(incident, entries))["entries"]
    assert told[1]["at"] == "2026-03-01T20:05:07+08:00" and told[1]["late"]
    assert "**2026\\-03\\-01" not in queries.as_markdown(incident, entries)
    assert "【补记】" in queries.as_markdown(incident, entries)
    assert queries.quote("<b>*[x](y)\n") == "\\<b\\>\\*\\[x\\]\\(y\\)"


STEPS = st.lists(
    st.tuples(st.sampled_from(["note", "order", "merge"]), st.integers(0, 2), st.integers(0, 2)), max_size=8
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_entry_is_ever_lost_by_merging(town, steps):
    opened = [open_one(town, title=f"第{n}起") for n in range(3)]
    for number, (deed, one, other) in enumerate(steps):
        at = {"by": town.officer, "now": after(number)}
        row, target = (Incident.objects.get(pk=opened[i].pk) for i in (one, other))
        before = {entry.change_id for entry in queries.timeline(queries.lead_of(row))}
        if deed == "note":
            actions.note_incident(row, text="记", **at)
        elif deed == "order":
            actions.issue_order(row, text="令", receiver="甲", **at)
        elif row.state != "merged" and target.state != "merged" and one != other:
            actions.merge_incident(row, into=target, why="同一起", **at)
        row = Incident.objects.get(pk=row.pk)
        assert before <= {entry.change_id for entry in queries.timeline(queries.lead_of(row))}
    mine = [Incident.objects.get(pk=one.pk) for one in opened]
    leads = {queries.lead_of(one) for one in mine}
    told = {entry.change_id for lead in leads for entry in queries.timeline(lead)}
    about = {str(one.pk) for one in mine}
    assert {
        change.pk
        for change in Change.objects.filter(subject_kind="emergency.incident")
        if change.subject_id in about
    } <= told
    assert {entry.number for lead in leads for entry in queries.timeline(lead)} == set(numbers(mine))

"""Who may decide what: the table of deciders, its default rows, a district's own, and what a person is offered."""

from datetime import UTC, datetime

import pytest

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.emergency.queries import deciding as queries
from anlan.domains.emergency.rules import deciding as rules
from anlan.domains.emergency.terms import GATED, Authority, Measure
from anlan.domains.places.models import Place
from anlan.domains.places.rules import may_leave
from anlan.domains.places.terms import PlaceKind
from anlan.kit import tables
from anlan.kit.actions import Refused

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TODAY = NOW.date()
ORDER, PROPOSE, NONE = Authority.ORDER, Authority.PROPOSE, Authority.NONE
DEFAULTS = {key: line for key, (line, _mark) in rules.seed_lines().items()}

OPERATES = rules.Actor("运营单位", frozenset({"operator"}))
ELSEWHERE = rules.Actor("运营单位")  # an operator, but not of this place
POLICE, COMMERCE, STREET = rules.Actor("公安机关"), rules.Actor("商务部门"), rules.Actor("街道")
SUPERVISES = rules.Actor("", frozenset({"supervisor"}))
ORGANISES = rules.Actor("", frozenset({"organiser"}))
STRANGER = rules.Actor("协会")


@pytest.mark.parametrize(
    ("kind", "actor", "has_operator", "authority"),
    [
        (PlaceKind.MALL, OPERATES, True, ORDER),
        (PlaceKind.MALL, ORGANISES, True, ORDER),  # at the ticket check
        (PlaceKind.MALL, ELSEWHERE, True, NONE),
        (PlaceKind.MALL, POLICE, True, PROPOSE),
        (PlaceKind.MALL, COMMERCE, True, PROPOSE),
        (PlaceKind.MALL, SUPERVISES, True, PROPOSE),
        (PlaceKind.MALL, STREET, True, PROPOSE),
        (PlaceKind.MALL, STRANGER, True, NONE),
        (PlaceKind.RAIL_STATION, OPERATES, True, ORDER),
        (PlaceKind.RAIL_STATION, POLICE, True, PROPOSE),
        (PlaceKind.STATION_EXIT, OPERATES, True, ORDER),
        (PlaceKind.STATION_EXIT, ORGANISES, True, NONE),
        (PlaceKind.ROAD, POLICE, False, ORDER),
        (PlaceKind.ROAD, STREET, False, PROPOSE),
        (PlaceKind.SQUARE, OPERATES, True, PROPOSE),  # on the street only the police
        (PlaceKind.SQUARE, POLICE, True, ORDER),
        (PlaceKind.AREA, SUPERVISES, False, PROPOSE),
        (PlaceKind.PARK, SUPERVISES, True, PROPOSE),
        (PlaceKind.PARK, POLICE, False, ORDER),  # nobody operates it
        (None, POLICE, False, ORDER),  # no registered place: as on the street
        (None, COMMERCE, False, PROPOSE),
        (None, OPERATES, False, PROPOSE),
    ],
)
def test_the_law_names_the_decider(kind, actor, has_operator, authority):
    for measure in GATED:
        ruling = rules.authority_of(measure, kind, actor, DEFAULTS, has_operator=has_operator)
        assert ruling.authority == authority


@pytest.mark.parametrize("measure", sorted(set(Measure) - GATED))
def test_anybody_who_answers_may_call_for_help_and_report(measure):
    for actor in (OPERATES, POLICE, STRANGER):
        assert rules.authority_of(measure, PlaceKind.ROAD, actor, DEFAULTS).authority == ORDER


def test_no_measure_ever_closes_a_door_to_people_leaving():
    assert set(rules.DOORS) == GATED
    for states in rules.DOORS.values():
        assert all(may_leave(state) for state in states)
        assert all(may_leave(state, evacuating=True) for state in states)


def test_only_what_was_read_in_the_law_is_shown_as_confirmed():
    read = {key for key, (_line, mark) in rules.seed_lines().items() if mark == "T"}
    assert read == {"limit_inflow.rail_station", "limit_inflow.station_exit"}
    for key, (line, mark) in rules.seed_lines().items():
        assert line.is_unconfirmed == (mark != "T"), key


def test_a_relation_is_never_read_from_what_an_organisation_calls_itself():
    """Whoever writes the word operator into the sort of an organisation does not thereby operate anything."""
    for sort in ("运营单位", "operator", "*", "所有单位"):
        assert (
            rules.authority_of(Measure.SUSPEND_ENTRY, PlaceKind.MALL, rules.Actor(sort), DEFAULTS).authority
            == NONE
        )


def test_words_come_back_from_a_cell_as_they_were_written():
    for line, _mark in rules.seed_lines().values():
        assert rules.read_words(rules.write_words(line.orders)) == line.orders
        assert rules.read_words(rules.write_words(line.proposes)) == line.proposes
    assert rules.read_words("公安, 主管部门；operator") == ("公安", "supervisor", "operator")
    assert rules.read_words("") == ()


def test_without_a_row_nobody_may():
    assert rules.authority_of(Measure.BATCHES, PlaceKind.MALL, OPERATES, {}).authority == NONE


# ---- the district -----------------------------------------------------------------------------------


@pytest.fixture
def district(db):
    """root ─ police ─ station house; root ─ commerce ─ a firm that runs the mall; a bureau of no known sort."""
    root = add("R", None, "区", "000001")
    police = add("POLICE", root, "公安机关", "000001000002")
    commerce = add("TRADE", root, "商务部门", "000001000003")
    found = {
        "root": root, "police": police, "house": add("HOUSE", police, "", "000001000002000004"),
        "commerce": commerce, "firm": add("FIRM", commerce, "运营单位", "000001000003000005"),
        "club": add("CLUB", root, "协会", "000001000006"),
    }  # fmt: skip
    found["mall"] = Place.objects.create(
        code="M", name="示范百货", kind="mall", organisation=commerce, operator=found["firm"]
    )
    found["square"] = Place.objects.create(code="Q", name="示范广场", kind="square", organisation=commerce)
    station = Place.objects.create(
        code="S", name="示范站", kind="rail_station", organisation=commerce, operator=found["firm"]
    )
    found["exit"] = Place.objects.create(
        code="S-1", name="1号口", kind="station_exit", organisation=commerce, parent=station
    )
    return found


def add(code, parent, sort, path):
    return Organisation.objects.create(code=code, name=code, parent=parent, sort=sort, path=path)


def person_at(organisation, *rights):
    role = Role.objects.create(code=f"r{organisation.pk}", name="角色", rights=["view", *rights])
    person = Person.objects.create(username=f"p{organisation.pk}", name="某甲", organisation=organisation)
    RoleHolding.objects.create(person=person, role=role, organisation=organisation)
    return person


def offered(district, whose, where):
    place = district[where] if where else None
    choices = queries.measures_for(person_at(district[whose]), place, TODAY)
    return {one.measure: one.authority for one in choices if one.measure in GATED}


@pytest.mark.parametrize(
    ("whose", "where", "authority"),
    [
        ("firm", "mall", ORDER), ("firm", "exit", ORDER), ("firm", "square", None), ("firm", None, None),
        ("police", "square", ORDER), ("house", "square", ORDER), ("police", "mall", PROPOSE), ("house", None, ORDER),
        ("commerce", "mall", PROPOSE), ("root", "mall", PROPOSE), ("club", "mall", None),
    ],
)  # fmt: skip
def test_each_is_offered_what_he_may(district, whose, where, authority):
    assert offered(district, whose, where) == (dict.fromkeys(GATED, authority) if authority else {})


def test_what_is_offered_reads_as_an_order_or_as_a_proposal(district):
    labels = {
        one.measure: one.label for one in queries.measures_for(person_at(district["firm"]), district["mall"], TODAY)
    }  # fmt: skip
    assert labels[Measure.LIMIT_INFLOW] == "实施限流"
    labels = {
        one.measure: one.label
        for one in queries.measures_for(person_at(district["police"]), district["mall"], TODAY)
    }
    assert labels[Measure.LIMIT_INFLOW] == "建议限流"
    assert labels[Measure.SUSPEND_ENTRY] == "建议暂停进入"
    assert labels[Measure.SEND_PEOPLE] == "增派力量"


def test_for_another_party_by_what_that_party_may(district):
    duty = person_at(district["root"])
    choices = queries.measures_for(duty, district["mall"], TODAY, organisation=district["firm"])
    assert {one.authority for one in choices} == {ORDER}


def test_a_refusal_names_who_may_decide(district):
    with pytest.raises(Refused, match=r"“限流”在“商场”由运营单位、主办单位决定.*依据"):
        queries.insist_measure(Measure.LIMIT_INFLOW, district["club"], district["mall"], TODAY)
    with pytest.raises(Refused, match="“暂停进入”在“广场”由公安决定，您所在机构只能建议"):
        queries.insist_measure(
            Measure.SUSPEND_ENTRY, district["commerce"], district["square"], TODAY, wanted=ORDER
        )
    ruling = queries.insist_measure(Measure.BATCHES, district["firm"], district["mall"], TODAY, wanted=ORDER)
    assert ruling.is_unconfirmed


def test_a_district_lays_down_its_own_row(district):
    boss = person_at(district["root"], "tables.edit")
    tables.set_row(
        tables.TABLES[queries.TABLE], by=boss, now=NOW, row_key="suspend_entry.square",
        values={"orders": "公安、主管部门", "orders_without_operator": "公安、主管部门", "proposes": "街道"},
        clause="示例〔2026〕1号第三条", why="广场由商务部门管理",
    )  # fmt: skip
    choices = {one.measure: one for one in queries.measures_for(person_at(district["commerce"]), district["square"], TODAY)}  # fmt: skip
    mine = choices[Measure.SUSPEND_ENTRY]
    assert mine.authority == ORDER and mine.ruling.basis == "示例〔2026〕1号第三条"
    assert not mine.ruling.is_unconfirmed
    assert choices[Measure.LIMIT_INFLOW].authority == PROPOSE


def test_the_table_reads_in_words_and_knows_no_other_rows(district):
    table = tables.TABLES[queries.TABLE]
    assert table.name_of("limit_inflow.road") == "限流 · 道路"
    assert table.name_of("send_people.any") == "增派力量 · 所有场所"
    with pytest.raises(Refused):
        tables.set_row(
            table, by=person_at(district["root"], "tables.edit"), now=NOW, row_key="lock_doors.mall",
            values={"orders": "公安", "orders_without_operator": "", "proposes": ""}, clause="甲", why="乙",
        )  # fmt: skip

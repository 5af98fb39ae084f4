from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.domains.places import actions, queries
from anlan.domains.places.models import CapacityDetermination


def codes(places):
    return {place.code for place in places}


@pytest.fixture
def add(district, now):
    """Do an action as the chief and return what it made."""
    return lambda action, subject, **words: action(subject, by=district.chief, now=now, **words).subject


def test_who_sees_which_places(park, mall, square, district):
    assert codes(queries.visible_places(district.chief)) == {"P-1", "M-1", "S-1"}
    assert codes(queries.visible_places(district.gardener)) == {"P-1"}
    assert codes(queries.visible_places(district.shopkeeper)) == {"M-1"}
    assert queries.find_place("M-1", district.gardener) is None
    assert queries.find_place("M-1", district.shopkeeper) == mall
    assert codes(queries.editable_places(district.reader)) == set()


def test_retired_places_are_seen_only_when_asked_for(park, district, now):
    actions.retire_place(park, by=district.chief, now=now, why="拆除")
    assert not queries.visible_places(district.chief).exists()
    assert queries.find_place("P-1", district.chief) == park


def test_search_finds_by_code_name_and_address_within_ones_reach(park, mall, district, add):
    add(actions.edit_place, mall, address="东园路 1 号")
    assert codes(queries.search("东园", district.chief)) == {"P-1", "M-1"}
    assert codes(queries.search("东园", district.gardener)) == {"P-1"}
    assert queries.search("  ", district.chief) == []


def test_capacities_prefer_the_instantaneous_one(park, mall, district, determined, now):
    today = now.date()
    determined(park, district.chief, kind="holding", value_persons=800)
    assert queries.capacities(today) == {(park.pk, None): 800}
    determined(park, district.chief, value_persons=700)
    determined(mall, district.chief, kind="daily", value_persons=9000)
    assert queries.capacities(today) == {(park.pk, None): 700}
    assert queries.capacities(today - timedelta(days=1)) == {}


def test_a_zone_has_its_own_capacity(park, district, determined, now, add):
    zone = add(actions.add_zone, park, code="Z1", name="草坪", effective_area_m2=500.0)
    determined(park, district.chief, zone=zone, value_persons=300)
    assert queries.capacities(now.date()) == {(park.pk, zone.pk): 300}
    assert queries.valid_capacity(park, kind="instantaneous", on=now.date()) is None


DAYS = st.integers(-40, 0)
ROWS = st.lists(
    st.tuples(st.sampled_from(["instantaneous", "holding"]), DAYS, st.none() | DAYS, st.booleans()),
    max_size=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, on=DAYS)
def test_list_and_engine_agree_on_which_capacity_holds(park, district, now, rows, on):
    """`with_capacity` says in SQL what `rules.pick_valid` says in Python."""
    CapacityDetermination.objects.all().delete()
    day = lambda number: now.date() + timedelta(days=number)  # noqa: E731
    for number, (kind, made, until, withdrawn) in enumerate(rows, 1):
        CapacityDetermination.objects.create(
            place=park, kind=kind, method="document", value_persons=number, determined_by=district.top,
            determined_on=day(made), valid_until=None if until is None else day(until),
            withdrawn_at=now if withdrawn else None,
        )  # fmt: skip
    listed = queries.with_capacity(queries.visible_places(district.chief), day(on)).get()
    assert listed.capacity_persons == queries.capacities(day(on)).get((park.pk, None))
    assert (queries.capacity_state(park, day(on)) == "determined") is (listed.capacity_persons is not None)


def test_the_states_of_a_place_towards_its_capacity(park, district, determined, now, add):
    today = now.date()
    assert queries.capacity_state(park, today) == "undetermined"
    determined(
        park, district.chief, determined_on=today - timedelta(days=9), valid_until=today - timedelta(days=1)
    )
    assert queries.capacity_state(park, today) == "expired"
    determined(park, district.chief)
    assert queries.capacity_state(park, today) == "determined"
    exempt = add(
        actions.register_place,
        district.top,
        code="X",
        name="工地",
        kind="building_site",
        is_capacity_due=False,
    )
    assert queries.capacity_state(exempt, today) == "not_due"


def test_progress_by_department_counts_what_is_due(park, mall, square, district, determined, now, add):
    determined(park, district.chief)
    add(
        actions.register_place,
        district.top,
        code="X",
        name="工地",
        kind="building_site",
        is_capacity_due=False,
    )
    rows = queries.capacity_progress(queries.visible_places(district.chief), now.date())
    told = [
        (row["organisation"].code, row["determined"], row["due"], row["left"], row["share"]) for row in rows
    ]
    assert told == [("D", 0, 2, 2, 0.0), ("D-PARKS", 1, 1, 0, 1.0)]
    assert codes(queries.undetermined(queries.visible_places(district.chief), now.date())) == {"M-1", "S-1"}


def test_the_engine_is_given_places_and_zones_in_four_queries(
    park, district, determined, now, add, django_assert_max_num_queries
):
    lawn = add(actions.add_zone, park, code="Z1", name="草坪", effective_area_m2=500.0)
    add(actions.add_zone, park, code="Z2", name="码头", effective_area_m2=250.0)
    add(actions.add_entrance, park, code="1", name="东门", form="door", clear_width_m=3.0, zone=lawn)
    west = add(actions.add_entrance, park, code="2", name="西门", form="door", clear_width_m=2.0)
    add(actions.set_entrance_state, west, state="entry_only")
    determined(park, district.chief, value_persons=600)
    determined(park, district.chief, kind="exit", value_persons=90)
    with django_assert_max_num_queries(5):
        spaces = {space.code: space for space in queries.watched_spaces(now.date())}
    assert list(spaces) == ["P-1", "P-1/Z1", "P-1/Z2"]
    whole, part = spaces["P-1"], spaces["P-1/Z1"]
    assert (whole.capacity_persons, whole.area_m2, whole.exit_per_min, whole.parent) == (600, 750.0, 90, None)
    assert (whole.exit_width_m, whole.narrowest_exit_m) == (3.0, 3.0)
    assert (part.parent, part.area_m2, part.capacity_persons, part.exit_width_m) == ("P-1", 500.0, None, 3.0)


def test_one_unknown_area_leaves_the_whole_unknown(park, now, add):
    add(actions.add_zone, park, code="Z1", name="草坪", effective_area_m2=500.0)
    add(actions.add_zone, park, code="Z2", name="码头")
    assert queries.known_area_m2(park) is None
    assert queries.watched_spaces(now.date())[0].area_m2 is None


def test_the_public_sees_only_what_is_public(park, mall, add):
    add(actions.edit_place, mall, is_public=True)
    assert codes(queries.public_places()) == {"M-1"}


def test_what_an_organisation_is_to_a_place(park, mall, district):
    assert queries.decider_parts(district.parks, park) == {"authority"}
    assert queries.decider_parts(district.mall, mall) == {"operator"}
    assert queries.decider_parts(district.police, mall) == {"police"}
    assert queries.decider_parts(district.top, park) == {"district"}


def test_the_story_of_a_place_holds_that_of_its_parts_only(park, mall, district, determined, add):
    add(actions.add_zone, mall, code="F1", name="一层")
    determined(park, district.chief)
    assert [change.what for change in queries.story(park)] == ["places.determine", "places.register"]

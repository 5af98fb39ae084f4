from datetime import timedelta

import pytest

from anlan.domains.places import actions, queries
from anlan.domains.places.models import CapacityDetermination, DeciderRule, Place, RailLine
from anlan.kit.actions import Refused
from anlan.kit.models import Change, FollowUp

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[121.4, 31.2], [121.41, 31.2], [121.41, 31.21], [121.4, 31.21], [121.4, 31.2]]],
}
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[121, 31], [121.1, 31.1], [121.1, 31], [121, 31.1], [121, 31]]],
}


@pytest.fixture
def act(district, now):
    """Do an action as the district's chief."""
    return lambda action, subject, **words: action(subject, **{"by": district.chief, "now": now} | words)


# ── the register ────────────────────────────────────────────────────────────────────────────────


def test_registering_leaves_one_change_with_what_was_said(park, district):
    change = Change.objects.of(park).get()
    assert change.what == "places.register"
    assert change.after["code"] == "P-1" and change.after["organisation"]["name"] == "绿化局"
    assert change.organisation == district.parks


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"code": "A/B"}, "编号"),
        ({"code": "P-1"}, "编号"),
        ({"name": ""}, "名称"),
        ({"kind": "castle"}, "类型"),
        ({"lon": 121.4}, "同时"),
        ({"lon": 31.2, "lat": 121.4}, "颠倒"),
        ({"outline": BOW_TIE}, "自相交"),
        ({"kind": "station_exit"}, "轨交站点"),
    ],
)
def test_an_unsound_place_is_refused_with_its_reason(act, park, district, words, said):
    told = {"code": "X-1", "name": "某处", "kind": "mall"} | words
    with pytest.raises(Refused, match=said):
        act(actions.register_place, district.top, **told)
    assert Place.objects.count() == 1


def test_an_outline_alone_gives_the_position(act, district):
    place = act(
        actions.register_place, district.top, code="X", name="某处", kind="mall", outline=SQUARE
    ).subject
    assert 121.4 < place.lon < 121.41 and 31.2 < place.lat < 31.21


def test_only_who_may_edit_there_registers(district, now):
    for person, organisation in [(district.gardener, district.top), (district.reader, district.parks)]:
        with pytest.raises(Refused, match="权限"):
            actions.register_place(organisation, by=person, now=now, code="X", name="某处", kind="mall")


def test_an_edit_records_only_what_differs(act, park):
    change = act(actions.edit_place, park, name="东大园", address="")
    assert change.before == {"name": "东园"} and change.after == {"name": "东大园"}


def test_rail_lines_of_a_station_are_on_record(act, district):
    line = act(actions.add_line, district.top, code="L1", name="一号线", colour="#E4002B").subject
    station = act(actions.register_place, district.top, code="R-1", name="东站", kind="rail_station").subject
    change = act(actions.edit_place, station, rail_lines=[line])
    assert change.after == {"rail_lines": ["一号线"]}
    with pytest.raises(Refused, match="1 个站点"):
        act(actions.remove_line, line)
    act(actions.edit_place, station, rail_lines=[])
    act(actions.remove_line, line)
    assert not RailLine.objects.exists()


@pytest.mark.parametrize("words", [{"code": "L 1"}, {"colour": "red"}, {"name": ""}])
def test_an_unsound_line_is_refused(act, district, words):
    with pytest.raises(Refused):
        act(actions.add_line, district.top, **{"code": "L1", "name": "一号线"} | words)


def test_a_place_goes_only_to_organisations_one_may_act_for(park, district, now):
    with pytest.raises(Refused, match="示范区"):
        actions.edit_place(park, by=district.gardener, now=now, organisation=district.top)
    park.refresh_from_db()
    assert park.organisation == district.parks


def test_a_place_never_lies_within_itself(act, park, district):
    part = act(
        actions.register_place, district.parks, code="P-2", name="西园", kind="park", parent=park
    ).subject
    with pytest.raises(Refused, match="自己"):
        act(actions.edit_place, park, parent=part)


def test_an_exit_belongs_to_its_station_and_needs_no_capacity_of_its_own(act, district):
    station = act(actions.register_place, district.top, code="R-1", name="东站", kind="rail_station").subject
    exit_words = {"code": "R-1-1", "name": "1号口", "kind": "station_exit", "parent": station}
    assert act(actions.register_place, district.top, **exit_words).subject.is_capacity_due is False
    with pytest.raises(Refused, match="1 个下级"):
        act(actions.retire_place, station, why="改建")


def test_a_place_leaves_the_register_with_a_reason_and_comes_back(act, park):
    with pytest.raises(Refused, match="理由"):
        act(actions.retire_place, park, why=" ")
    act(actions.retire_place, park, why="拆除")
    with pytest.raises(Refused, match="注销"):
        act(actions.edit_place, park, name="新名")
    act(actions.restore_place, park, why="误注销")
    assert Place.objects.get().retired_at is None


def test_a_grade_is_given_and_taken_away_with_its_reason(act, park, now):
    with pytest.raises(Refused, match="复评"):
        act(actions.grade_place, park, grade="A", reason="客流大")
    act(actions.grade_place, park, grade="A", reason="客流大", review_on=now.date() + timedelta(days=90))
    act(actions.grade_place, park, grade="", reason="误评")
    park.refresh_from_db()
    assert (park.grade, park.grade_review_on) == ("", None)


# ── zones and entrances ─────────────────────────────────────────────────────────────────────────


def test_zones_are_added_changed_and_removed_on_record(act, park):
    zone = act(
        actions.add_zone, park, code="Z1", name="草坪", effective_area_m2=1200.0, outline=SQUARE
    ).subject
    assert act(actions.edit_zone, zone, effective_area_m2=1500.0).after == {"effective_area_m2": 1500.0}
    act(actions.remove_zone, zone)
    told = [change.what for change in queries.story(park)]
    assert told == ["places.remove_zone", "places.edit_zone", "places.add_zone", "places.register"]


@pytest.mark.parametrize(
    "words",
    [{"code": "Z 1"}, {"effective_area_m2": 0.0}, {"effective_area_m2": float("nan")}, {"outline": BOW_TIE}],
)
def test_an_unsound_zone_is_refused(act, park, words):
    with pytest.raises(Refused):
        act(actions.add_zone, park, **{"code": "Z1", "name": "草坪"} | words)


def test_a_zone_in_use_stays(act, park, determined, district):
    zone = act(actions.add_zone, park, code="Z1", name="草坪", effective_area_m2=1200.0).subject
    determined(park, district.chief, zone=zone)
    with pytest.raises(Refused, match="仍被"):
        act(actions.remove_zone, zone)
    other = act(actions.add_zone, park, code="Z2", name="码头").subject
    act(actions.add_entrance, park, code="1", name="东门", form="gate", zone=other)
    with pytest.raises(Refused, match="仍被"):
        act(actions.remove_zone, other)


def test_the_last_way_out_is_never_closed(act, park, now):
    east = act(actions.add_entrance, park, code="1", name="东门", form="door", clear_width_m=3.0).subject
    west = act(actions.add_entrance, park, code="2", name="西门", form="door").subject
    act(actions.set_entrance_state, east, state="entry_only")
    for state in ("entry_only", "out_of_use"):
        with pytest.raises(Refused, match="最后一个"):
            act(actions.set_entrance_state, west, state=state, why="施工", until=now + timedelta(days=1))
    with pytest.raises(Refused, match="最后一个"):
        act(actions.remove_entrance, west)
    act(actions.set_entrance_state, east, state="open")
    act(actions.remove_entrance, west)


def test_out_of_use_keeps_its_reason_and_end_until_it_opens(act, park, now):
    east = act(actions.add_entrance, park, code="1", name="东门", form="door").subject
    act(actions.add_entrance, park, code="2", name="西门", form="door")
    until = now + timedelta(days=3)
    with pytest.raises(Refused, match="施工"):
        act(actions.set_entrance_state, east, state="out_of_use", until=until)
    act(actions.set_entrance_state, east, state="out_of_use", until=until, why="铺装")
    assert (east.state_reason, east.state_until) == ("铺装", until)
    act(actions.set_entrance_state, east, state="open")
    assert (east.state_reason, east.state_until) == ("", None)


def test_the_operator_suspends_entry_in_its_own_house_only(act, mall, park, district, now):
    own = act(actions.add_entrance, mall, code="1", name="正门", form="door").subject
    others = act(actions.add_entrance, park, code="1", name="东门", form="door").subject
    actions.set_entrance_state(own, by=district.shopkeeper, now=now, state="entry_suspended", why="客满")
    with pytest.raises(Refused, match="东园"):
        actions.set_entrance_state(
            others, by=district.shopkeeper, now=now, state="entry_suspended", why="客满"
        )


@pytest.mark.parametrize(
    "words",
    [
        {"clear_width_m": 0.0},
        {"clear_width_m": 101.0},
        {"gate_count": 4},
        {"form": "gate", "gate_count": 501},
        {"lon": 121.0},
        {"form": "hole"},
    ],
)
def test_an_unsound_entrance_is_refused(act, park, words):
    with pytest.raises(Refused):
        act(actions.add_entrance, park, **{"code": "1", "name": "东门", "form": "door"} | words)


def test_an_entrance_does_not_lead_into_another_places_zone(act, park, mall):
    zone = act(actions.add_zone, mall, code="F1", name="一层").subject
    with pytest.raises(Refused, match="不属于"):
        act(actions.add_entrance, park, code="1", name="东门", form="door", zone=zone)


# ── capacity ────────────────────────────────────────────────────────────────────────────────────


def test_who_the_table_names_determines_without_a_reason(park, mall, square, determined, district):
    determined(park, district.gardener, why="", determined_by=district.parks)
    determined(mall, district.shopkeeper, why="", determined_by=district.mall)
    determined(square, district.chief, why="", determined_by=district.police)


def test_another_decider_needs_a_reason_and_the_district_may_change_the_table(
    act, mall, determined, district
):
    with pytest.raises(Refused, match="运营单位"):
        determined(mall, district.chief, why="", determined_by=district.police)
    act(actions.set_decider, district.top, kind="mall", who=["police"], basis="示例规定第一条")
    determined(mall, district.chief, why="", determined_by=district.police)
    act(actions.reset_decider, DeciderRule.objects.get())
    with pytest.raises(Refused):
        determined(mall, district.chief, why="", determined_by=district.police)
    with pytest.raises(Refused):
        act(actions.set_decider, district.top, kind="mall", who=["king"], basis="…")


def test_a_value_is_held_against_area_and_computation(act, park, determined, district):
    act(actions.add_zone, park, code="Z1", name="草坪", effective_area_m2=100.0)
    parts = {"parts": [{"name": "草坪", "area_m2": 100.0, "m2_per_person": 0.5}]}
    with pytest.raises(Refused, match="5 人/m²"):
        determined(park, district.chief, value_persons=501)
    with pytest.raises(Refused, match="计算值 200"):
        determined(park, district.gardener, method="area", inputs=parts, value_persons=201, why="")
    row = determined(park, district.gardener, method="area", inputs=parts, value_persons=200, why="")
    assert CapacityDetermination.objects.get().inputs == parts == row.inputs


def test_determining_needs_the_right_on_one_of_both_sides(park, mall, determined, district):
    for place, person in [(park, district.reader), (park, district.shopkeeper), (mall, district.gardener)]:
        with pytest.raises(Refused, match="权限"):
            determined(place, person)


def test_publishing_and_withdrawing(act, park, determined, district, now):
    first = determined(park, district.chief, value_persons=900)
    second = determined(park, district.chief, value_persons=1000)
    with pytest.raises(Refused, match="哪里"):
        act(actions.publish_determination, second, published_at=now.date(), published_where="")
    act(actions.publish_determination, second, published_at=now.date(), published_where="官网")
    assert queries.valid_capacity(park, kind="instantaneous", on=now.date()) == second
    with pytest.raises(Refused, match="理由"):
        act(actions.withdraw_determination, second, why="")
    act(actions.withdraw_determination, second, why="面积有误")
    assert queries.valid_capacity(park, kind="instantaneous", on=now.date()) == first
    with pytest.raises(Refused, match="已撤销"):
        act(actions.withdraw_determination, second, why="再次")


def test_doing_it_again_with_the_same_key_changes_nothing(act, district):
    words = {"code": "X", "name": "某处", "kind": "mall", "key": "once"}
    assert act(actions.register_place, district.top, **words) == act(
        actions.register_place, district.top, **words
    )
    assert Place.objects.count() == 1


def test_a_determination_is_followed_until_it_is_made_anew(act, park, determined, district, now):
    """The register reminds of a capacity before it expires; the next one, or its withdrawal, ends the reminding."""
    expires = now.date() + timedelta(days=40)
    determined(park, district.chief, value_persons=900, valid_until=expires)
    task = FollowUp.objects.get()
    assert (task.organisation, task.is_open, task.last_day) == (park.organisation, True, expires)
    second = determined(park, district.chief, value_persons=950, valid_until=now.date() + timedelta(days=400))
    task.refresh_from_db()
    assert not task.is_open
    act(actions.withdraw_determination, second, why="核定依据有误")
    assert not any(one.is_open for one in FollowUp.objects.all())

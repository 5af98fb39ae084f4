"""What the operating side may do with the first role of operators: its own places' parts and capacity, no more."""

from datetime import timedelta

import pytest
from django.urls import reverse

from anlan.domains.accounts.rules import FIRST_RIGHTS
from anlan.domains.accounts.terms import FirstRole, Right
from anlan.domains.places import actions, queries
from anlan.domains.places.models import CapacityDetermination, Place
from anlan.domains.places.tests.conftest import add_person
from anlan.kit.actions import Refused
from anlan.kit.models import Change


@pytest.fixture
def keeper(district):
    """A person of the mall's company with the first role of operators."""
    return add_person("keeper", district.mall, list(FIRST_RIGHTS[FirstRole.OPERATOR]))


@pytest.fixture
def act(keeper, now):
    return lambda action, subject, **words: action(subject, by=keeper, now=now, **words).subject


@pytest.fixture
def client_of_keeper(client, keeper):
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def grounds(district, now):
    """A park that the mall's company runs: its capacity is the authority's to determine."""
    words = {"code": "P-2", "name": "中庭花园", "kind": "park", "operator": district.mall}
    return actions.register_place(district.parks, by=district.chief, now=now, **words).subject


DETERMINED = {
    "kind": "instantaneous",
    "method": "document",
    "inputs": {},
    "value_persons": 900,
    "document_number": "1",
}


def test_the_operator_keeps_its_own_zones_and_entrances(act, mall):
    zone = act(actions.add_zone, mall, code="Z1", name="中庭")
    act(actions.edit_zone, zone, effective_area_m2=900.0)
    gate = act(actions.add_entrance, mall, code="1", name="北门", form="door", zone=zone)
    act(actions.edit_entrance, gate, zone=None)
    act(actions.set_entrance_state, gate, state="exit_only", why="散场")
    act(actions.remove_entrance, gate)
    act(actions.remove_zone, zone)
    assert Change.objects.filter(by__username="keeper").count() == 7


def test_the_operator_touches_nothing_of_others(act, square, park, district, now):
    zone = actions.add_zone(square, by=district.chief, now=now, code="Z1", name="东片").subject
    gate = actions.add_entrance(
        square, by=district.chief, now=now, code="1", name="口", form="passage"
    ).subject
    words = {"assessed_on": now.date(), "assessed_by": district.mall, "summary": "好"}
    determined = DETERMINED | {"determined_by": district.mall, "determined_on": now.date()}
    told = Change.objects.count()
    for action, subject, more in [
        (actions.add_zone, square, {"code": "Z2", "name": "西片"}), (actions.edit_zone, zone, {"name": "x"}),
        (actions.remove_zone, zone, {}), (actions.add_entrance, park, {"code": "2", "name": "口", "form": "door"}),
        (actions.edit_entrance, gate, {"name": "x"}), (actions.remove_entrance, gate, {}),
        (actions.set_entrance_state, gate, {"state": "exit_only"}), (actions.assess_place, park, words),
        (actions.determine_capacity, square, determined), (actions.edit_place, park, {"name": "x"}),
    ]:  # fmt: skip
        with pytest.raises(Refused, match="没有此项权限"):
            act(action, subject, **more)
    assert Change.objects.count() == told


def test_what_the_supervising_side_registered_stays_its_own(act, mall, district):
    """Supervisor, operator, grade, name, register: the operator changes none of them, not even of its own place."""
    for action, words in [
        (actions.edit_place, {"organisation": district.mall}), (actions.edit_place, {"operator": None}),
        (actions.edit_place, {"name": "大百货"}), (actions.retire_place, {"why": "停业"}),
        (actions.grade_place, {"grade": "D", "reason": "客流小", "review_on": None}),
    ]:  # fmt: skip
        with pytest.raises(Refused, match="没有此项权限"):
            act(action, mall, **words)
    mall.refresh_from_db()
    assert (mall.organisation, mall.operator, mall.name, mall.grade) == (
        district.top,
        district.mall,
        "百货",
        "",
    )


def test_the_operator_registers_no_place_outside_itself(act, district, client_of_keeper):
    for organisation in (district.top, district.parks, district.police):
        with pytest.raises(Refused, match="没有此项权限"):
            act(
                actions.register_place,
                organisation,
                code="X-1",
                name="新处",
                kind="mall",
                operator=district.mall,
            )
    told = {"code": "X-1", "name": "新处", "kind": "mall", "organisation": district.top.pk, "datum": "wgs84"}
    assert "organisation" in client_of_keeper.post(reverse("places:add"), told).context["form"].errors
    rows = "编号,名称,类型,主管部门编码\nX-1,新处,商场,D\n".encode()
    handed_in = act(actions.hand_in, district.mall, file_name="a.csv", body=rows, datum="wgs84")
    (row,) = queries.plan_import(handed_in, handed_in_by(handed_in)).rows
    assert row.finding == "refuse" and not Place.objects.exists()


def handed_in_by(handed_in):
    return Change.objects.of(handed_in).get().by


def test_the_operator_determines_where_the_table_lets_operators(act, mall, grounds, district, now):
    words = DETERMINED | {"determined_by": district.mall, "determined_on": now.date()}
    row = act(actions.determine_capacity, mall, **words)
    act(actions.publish_determination, row, published_at=now.date(), published_where="入口公示牌")
    with pytest.raises(Refused, match="不由运营单位核定"):
        act(actions.determine_capacity, grounds, **words)
    act(actions.withdraw_determination, row, why="面积有误")
    assert list(CapacityDetermination.objects.all()) == [row]


def test_the_districts_own_line_of_the_table_holds_for_operators_too(act, mall, district, now):
    actions.set_decider(
        district.top, by=district.chief, now=now, kind="mall", who=["police"], basis="示例规定"
    )
    words = DETERMINED | {"determined_by": district.mall, "determined_on": now.date()}
    with pytest.raises(Refused, match="示例规定"):
        act(actions.determine_capacity, mall, **words)


def test_the_table_is_laid_down_at_the_top_alone(act, district):
    with pytest.raises(Refused, match="顶级机构"):
        act(actions.set_decider, district.mall, kind="park", who=["operator"], basis="自拟")


def test_the_operator_speaks_for_itself_alone(act, mall, district, now, determined):
    words = DETERMINED | {"determined_by": district.police, "determined_on": now.date(), "why": "代录"}
    with pytest.raises(Refused, match="本单位的核定"):
        act(actions.determine_capacity, mall, **words)
    others = determined(mall, district.chief, determined_by=district.police)
    with pytest.raises(Refused, match="本单位的核定"):
        act(actions.withdraw_determination, others, why="太低")
    with pytest.raises(Refused, match="本单位的核定"):
        act(actions.publish_determination, others, published_at=now.date(), published_where="官网")
    with pytest.raises(Refused, match="本单位所作的评估"):
        act(actions.assess_place, mall, assessed_on=now.date(), assessed_by=district.police, summary="好")
    act(actions.assess_place, mall, assessed_on=now.date(), assessed_by=district.mall, summary="好")


def test_the_pages_offer_the_operator_its_own_and_no_more(
    client_of_keeper, mall, square, grounds, district, determined
):
    def status(name, *args):
        return client_of_keeper.get(reverse(f"places:{name}", args=args)).status_code

    others = determined(mall, district.chief, determined_by=district.police)
    for name in ("place", "add_zone", "add_entrance", "assess", "determine"):
        assert status(name, "M-1") == 200, name
    for name in ("edit", "grade", "retire"):
        assert status(name, "M-1") == 404, name
    for name in ("place", "add_zone", "add_entrance", "assess", "determine"):
        assert status(name, "S-1") == 404, name
    assert status("determine", "P-2") == 404
    page = client_of_keeper.get(reverse("places:place", args=["M-1"])).content.decode()
    assert "新增区域" in page and "核定承载量" in page
    assert reverse("places:grade", args=["M-1"]) not in page
    assert reverse("places:withdraw", args=["M-1", others.pk]) not in page
    form = client_of_keeper.get(reverse("places:assess", args=["M-1"])).context["form"]
    assert list(form.fields["assessed_by"].queryset) == [district.mall]
    choice = reverse("places:determine", args=["M-1"]) + "?kind=instantaneous&method=document"
    assert list(client_of_keeper.get(choice).context["form"].fields["determined_by"].queryset) == [
        district.mall
    ]


def test_the_operator_imports_the_parts_of_its_own_places(act, mall, square, district, keeper):
    rows = "场所编号,编号,名称\nM-1,Z1,中庭\nS-1,Z1,东片\n".encode()
    handed_in = act(actions.hand_in, district.mall, kind="zones", file_name="a.csv", body=rows, datum="wgs84")
    assert [row.finding for row in queries.plan_import(handed_in, keeper).rows] == ["add", "refuse"]


def test_the_first_role_holds_what_it_needs_and_no_accounts_or_sensors():
    held = set(FIRST_RIGHTS[FirstRole.OPERATOR])
    assert {Right.VIEW, Right.COUNTS_CORRECT, Right.PLACES_EDIT, Right.PLACES_DETERMINE} <= held
    assert not held & {Right.ACCOUNTS_MANAGE, Right.SENSORS_EDIT, Right.TABLES_EDIT, Right.NOTICES_SIGN}


# ── assessments ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("assessed", "following", "said"),
    [(1, None, "今天"), (0, 0, "晚于本次"), (-3, -5, "晚于本次")],
)
def test_an_assessments_dates_are_in_order(mall, district, now, assessed, following, said):
    today = now.date()
    words = {"assessed_on": today + timedelta(assessed), "assessed_by": district.police, "summary": "好"}
    if following is not None:
        words["next_on"] = today + timedelta(following)
    with pytest.raises(Refused, match=said):
        actions.assess_place(mall, by=district.chief, now=now, **words)

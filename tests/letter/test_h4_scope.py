"""H4 「横向联系沟通」: many departments in one system, each sees and changes what is its own."""

import csv
import io
import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from tests.letter.browser import Browser
from tests.letter.town import PASSWORD

from anlan.domains.accounts.models import Person, Role
from anlan.site import live

# Whose rows each person sees; the district's administrator sees all, an operator what it operates.
SEES = {
    "admin": {"SQ", "M-1", "PK"},
    "parks": {"PK"},
    "trade": {"M-1"},
    "street": {"SQ"},
    "keeper": {"M-1"},
    "police": set(),
}
PLACE_PAGES = [
    "/place/{}/",
    "/places/{}/",
    "/place/{}/history.json",
    "/place/{}/history.csv",
    "/crowd/thresholds/{}/",
    "/crowd/recount/{}/",
]
SUPERVISORS, OPERATORS_TOO = {"admin", "parks", "trade"}, {"admin", "parks", "trade", "keeper"}
WRITES = {
    # address: who may, of those who see it; an operator keeps its own doors, zones and capacity
    "/places/{}/edit/": SUPERVISORS,
    "/places/{}/grade/": SUPERVISORS,
    "/places/{}/retire/": SUPERVISORS,
    "/places/{}/zones/add/": OPERATORS_TOO,
    "/places/{}/capacity/": OPERATORS_TOO,
    "/places/{}/assess/": OPERATORS_TOO,
    "/places/{}/entrances/1/state/": OPERATORS_TOO,
}


@pytest.fixture
def district(town):
    """Three places of three organisations, one of them run by a company; each counted and warned of."""
    for code, name, kind, organisation, operator in [
        ("SQ", "云栖广场", "square", "STREET", None),
        ("M-1", "示范百货", "mall", "TRADE", town.organisations["COMPANY"]),
        ("PK", "示范公园", "park", "PARKS", None),
    ]:
        place = town.place(
            code, name, kind, organisation, operator=operator, capacity=1000, lon=121.4, lat=31.2
        )
        town.entrance(place, "1", "北口")
        town.counter(place, f"CAM-{code}", measures="presence")
        town.report(f"CAM-{code}", town.present(850))
    return town


def codes(person, address, column="code"):
    """The codes in a list's export."""
    body = person.read(address, format="csv").body.decode("utf-8-sig")
    return {row[column] for row in csv.DictReader(io.StringIO(body))}


@pytest.mark.parametrize("username", SEES)
def test_lists_hold_what_is_ones_own(district, username):
    """Register, sensors, warnings, coverage, map, search, home, API and exports: the same scope everywhere."""
    person, own = district.browser(username), SEES[username]
    assert codes(person, "/places/", "编号") == own
    assert codes(person, "/crowd/sensors/", "编号") == {f"CAM-{code}" for code in own}
    names = {district.places[code].name for code in own}
    assert codes(person, "/crowd/warnings/", "场所") == names
    assert {one["code"] for one in person.client.get("/api/v1/places").json()} == own
    assert {one["code"] for one in person.client.get("/api/v1/spaces").json()} == own
    assert {one["space_code"] for one in person.client.get("/api/v1/warnings").json()} == own
    exported = json.loads(person.read("/places/", format="geojson").body)["features"]
    assert {one["properties"]["code"] for one in exported} == own
    for address in (
        "/",
        "/places/map/",
        "/places/progress/",
        "/crowd/thresholds/",
        "/crowd/coverage/",
        "/search/?q=示范",
    ):
        body = person.read(address).body.decode()
        foreign = {one.name for one in district.places.values()} - names
        assert not [name for name in foreign if name in body], address


@pytest.mark.parametrize("username", SEES)
def test_a_foreign_place_does_not_exist(district, username):
    """Every page of a place that is not one's own is 404 – the same answer as for a place that never was."""
    person = district.browser(username)
    for code in district.places:
        for address in PLACE_PAGES:
            expected = 200 if code in SEES[username] else 404
            assert person.ask(address.format(code)).status == expected, address.format(code)
        assert person.ask(f"/crowd/sensor/CAM-{code}/").status == (200 if code in SEES[username] else 404)


@pytest.mark.parametrize("username", SEES)
def test_who_has_no_right_changes_nothing(district, username):
    """Changing needs a right over the place: a duty officer has none, an operator only over its parts and capacity."""
    person = district.browser(username)
    person.read("/")
    for code in district.places:
        for address, allowed in WRITES.items():
            may = code in SEES[username] and username in allowed
            assert person.ask(address.format(code)).status == (200 if may else 404), address.format(code)
            if not may:
                assert (
                    person.forge(address.format(code), why="越权", state="out_of_use", grade="A").status
                    == 404
                )


@pytest.mark.django_db(transaction=True)  # the live door asks the database from a thread of its own
def test_the_wall_of_a_screen_shows_its_organisations_places_only(district):
    """A kiosk's read-only address shows the places of the organisation it was issued to, and opens no other page."""
    page = district.browser("admin").fill_in(
        "/accounts/screens/issue/", organisation="绿化局", name="公园大屏"
    )
    address = next(one for one in page.text.split() if "/wall/?token=" in one)
    screen = Browser()
    wall = screen.read(address[address.index("/wall/") :])
    feed = TestClient(Starlette(routes=live.routes()))
    snapshot = feed.get("/live/v1/live/snapshot", params={"token": wall.html.body.get("data-token")}).json()
    assert {space["code"] for space in snapshot["spaces"]} == {"PK"}
    assert {warning["code"] for warning in snapshot["warnings"]} == {"PK"}
    assert feed.get("/live/v1/live/snapshot", params={"token": "guessed"}).status_code == 401
    assert screen.ask("/wall/?token=guessed").status == 403
    assert screen.ask("/places/").status == 302  # to the sign-in page


def test_people_are_managed_by_their_own_organisation(district):
    """The commerce department adds a person to its company, who signs in, chooses a password, and sees the company's mall."""
    trade = district.browser("trade")
    page = trade.fill_in(
        "/accounts/people/add/",
        organisation="百货公司",
        name="新同事",
        username="colleague",
        role="场所运营单位",
    )
    one_time = page.fact("一次性密码")
    person = Browser("colleague", one_time)
    page = person.read("/accounts/password/")
    assert person.ask("/places/").status == 302  # first a password of one's own
    person.fill_in("/accounts/password/", old=one_time, new=PASSWORD, again=PASSWORD)
    assert codes(person, "/places/", "编号") == {"M-1"}
    offered = [
        one.text.strip()
        for one in trade.read("/accounts/people/add/").html.xpath("//select[@name='organisation']/option")
    ]
    assert "百货公司" in offered and "绿化局" not in offered
    assert {"百货公司", "商务委"} == codes(trade, "/accounts/people/", "机构")


def test_nobody_gives_what_he_does_not_hold(district):
    """A department gives roles within itself only: over the whole district it is neither offered nor accepted."""
    trade, keeper = district.browser("trade"), Person.objects.get(username="keeper")
    page = trade.read(f"/accounts/people/{keeper.pk}/")
    form = page.form("role", "organisation")
    assert "示范区" not in [(one.text or "").strip() for one in form.inputs["organisation"].iter("option")]
    role, top = Role.objects.get(code="administrator").pk, district.organisations[""].pk
    assert trade.forge(page.address, role=role, organisation=top).wrong
    assert codes(district.browser("keeper"), "/places/", "编号") == {"M-1"}
    street = district.browser("street")
    street.read("/")
    assert street.forge(page.address, role=role, organisation=top).status == 404


def test_the_record_of_changes_is_scoped_too(district):
    """What was done to the parks department's places is read by the parks department, not by commerce."""
    assert "示范公园" in district.browser("parks").read("/changes/").text
    assert "示范公园" not in district.browser("trade").read("/changes/").text


def test_five_wrong_passwords_lock_the_door_for_a_while(district):
    """Guessing is stopped, for that name from that place, and the page says until when."""
    guesser = Browser()
    for _ in range(5):
        page = guesser.fill_in("/accounts/sign-in/", username="parks", password="wrong-guess")
    assert page.status == 429 and "分钟" in page.text

"""SensorThings 1.1 at the front door, with a client that is not ours (frost_sta_client), and against what is hostile."""

import datetime as dt
import time
from urllib.parse import quote

import frost_sta_client as fsc
import httpx
import pytest
from frost_sta_client.model.ext.data_array_document import DataArrayDocument
from frost_sta_client.model.ext.data_array_value import DataArrayValue
from tests.browser.product import Product
from tests.doors.clients import Device, Person, interval, live_pass
from tests.doors.district import furnish

MINUTE = 60_000
PLAN = {
    "credentials": ["gateway"],
    "places": [{"code": "A", "capacity": 500}, {"code": "B"}],
    "sensors": [
        {"code": "GATE-1", "place": "A", "credential": "gateway"},
        {"code": "GATE:2", "place": "A", "credential": "gateway"},
        {"code": "CAM-1", "place": "A", "credential": "gateway", "measures": "presence"},
        {"code": "ALONE", "place": "B", "credential": "own"},
    ],
}


@pytest.fixture(scope="module")
def full_minute():
    """The start of a whole minute, ten minutes ago."""
    return (time.time_ns() // 1_000_000 // MINUTE - 10) * MINUTE


@pytest.fixture(scope="module")
def town(tmp_path_factory, full_minute):
    """(product, keys) of a running server with four sensors of two credentials; GATE-1 has reported five minutes."""
    product = Product(tmp_path_factory.mktemp("sensorthings"), ("--no-demo",))
    keys = furnish(product, PLAN)
    product.start()
    time.sleep(1.5)  # the scene has its topology
    assert Device(product, keys.tokens["gateway"]).send(five_minutes(full_minute))[0] == 202
    yield product, keys
    product.stop()


def five_minutes(full_minute):
    """What GATE-1 reports: the same however often it is sent, so that each test may stand alone."""
    return [
        interval("GATE-1", full_minute + (n + 1) * MINUTE, count_in=n + 1, count_out=1, length_ms=MINUTE)
        for n in range(5)
    ]


def clock(time_ms):
    return dt.datetime.fromtimestamp(time_ms / 1000, dt.UTC).isoformat()


def service(town, token):
    product, _ = town
    return fsc.SensorThingsService(
        f"{product.address}/sta/v1.1", auth_handler=fsc.AuthHandler("device", token)
    )


@pytest.fixture
def gateway(town):
    return service(town, town[1].tokens["gateway"])


@pytest.fixture
def http(town):
    """Plain HTTP with the gateway's token."""
    product, keys = town
    head = {"Authorization": f"Bearer {keys.tokens['gateway']}"}
    with httpx.Client(
        base_url=f"{product.address}/sta/v1.1", headers=head, trust_env=False, timeout=30
    ) as client:
        yield client


def stream_of(found, id_text):
    return next(one for one in found.datastreams().query().list() if one.id == id_text)


# ── with the public client ──────────────────────────────────────────────────────────────────────


def test_a_device_sees_its_own_things_and_no_others(town, gateway):
    assert [thing.name for thing in gateway.things().query().list()] == ["CAM-1", "GATE-1", "GATE:2"]
    alone = service(town, town[1].tokens["ALONE"])
    assert [thing.id for thing in alone.things().query().list()] == ["ALONE"]
    with pytest.raises(Exception, match="404"):
        alone.things().find("GATE-1")


def test_a_new_sensor_has_the_streams_it_is_bound_to_fill(gateway):
    streams = {one.id: one for one in gateway.datastreams().query().list()}
    assert {"GATE-1!1!in", "GATE-1!1!out", "CAM-1!1!occupancy"} <= streams.keys()
    assert streams["GATE-1!1!in"].unit_of_measurement.symbol == "{person}"
    thing = gateway.things().find("CAM-1")
    assert [one.id for one in thing.get_datastreams().query().list()] == ["CAM-1!1!occupancy"]


def test_native_readings_are_read_back_as_observations(town, gateway, full_minute):
    product, keys = town
    device = Device(product, keys.tokens["gateway"])
    assert device.send(five_minutes(full_minute))[0] == 202
    stream = stream_of(gateway, "GATE-1!1!in")
    query = stream.get_observations().query()
    heard = (
        query.filter(f"phenomenonTime ge {clock(full_minute).replace('+00:00', 'Z')}")
        .orderby("phenomenonTime", "asc")
        .list()
    )
    assert [one.result for one in heard] == [1, 2, 3, 4, 5]
    assert heard.get(0).phenomenon_time.startswith(clock(full_minute)[:16])
    newest = stream.get_observations().query().orderby("phenomenonTime", "desc").top(1).list()
    assert newest.get(0).result == 5
    paged = stream.get_observations().query().top(2).count().list()
    assert paged.count == 5 and len(paged.entities) == 2
    assert [one.result for one in paged] == [1, 2, 3, 4, 5], "the client follows the links from page to page"


def test_an_observation_is_created_once_and_found(gateway, full_minute):
    at = f"{clock(full_minute)}/{clock(full_minute + MINUTE)}"
    enters, leaves = fsc.Datastream(id="GATE:2!north!in"), fsc.Datastream(id="GATE:2!north!out")
    made, again = (fsc.Observation(result=7, phenomenon_time=at, datastream=enters) for _ in range(2))
    gateway.create(made)
    gateway.create(again)
    gateway.create(fsc.Observation(result=3, phenomenon_time=at, datastream=leaves))
    assert made.id == again.id == f"GATE:2!north!in!{full_minute}"
    assert gateway.observations().find(made.id).result == 7, "sent twice, counted once"
    assert gateway.observations().find(f"GATE:2!north!out!{full_minute}").result == 3, (
        "out does not replace in"
    )
    with pytest.raises(Exception, match="404"):
        gateway.observations().find(f"GATE:2!north!in!{full_minute + MINUTE}")


def test_a_data_array_is_created_row_by_row(gateway, full_minute):
    array = DataArrayValue()
    array.components = {array.Property.PHENOMENON_TIME, array.Property.RESULT}
    array.datastream = fsc.Datastream(id="CAM-1!1!occupancy")
    for n, result in enumerate([11, -1, "many", 14]):
        at = dt.datetime.fromtimestamp((full_minute + n * MINUTE + 30_000) / 1000, dt.UTC)
        array.add_observation(fsc.Observation(result=result, phenomenon_time=at))
    document = DataArrayDocument()
    document.add_data_array_value(array)
    made = gateway.observations().create(document)
    assert [one.self_link.rpartition("/")[2] for one in made] == [
        f"Observations('CAM-1!1!occupancy!{full_minute}')",
        f"Observations('CAM-1!1!occupancy!{full_minute + MINUTE}')",
        "error",
        f"Observations('CAM-1!1!occupancy!{full_minute + 3 * MINUTE}')",
    ]
    heard = stream_of(gateway, "CAM-1!1!occupancy").get_observations().query().filter("result gt 0").list()
    assert [one.result for one in heard] == [11, 14]


def test_a_public_client_walks_from_a_thing_to_its_place_and_its_format(gateway):
    thing = gateway.things().find("GATE-1")
    (place,) = thing.get_locations().query().list()
    assert place.id == "A" and place.encoding_type == "application/geo+json"
    assert place.location["type"] == "Point" and place.location["coordinates"][0] == 121.47
    assert [one.id for one in place.get_things().query().list()] == ["CAM-1", "GATE-1", "GATE:2"]
    assert thing.get_historical_locations().query().list().entities == []
    (instrument,) = gateway.sensors().query().list()
    assert instrument.id == "native" and instrument.encoding_type == "text/html" and instrument.metadata
    assert "GATE-1!1!in" in [one.id for one in instrument.get_datastreams().query().list()]
    occupancy = gateway.observed_properties().find("occupancy")
    assert [one.id for one in occupancy.get_datastreams().query().list()] == ["CAM-1!1!occupancy"]
    (feature,) = gateway.features_of_interest().query().list()
    assert feature.id == "A" and feature.feature["geometry"]["type"] == "Point"


# ── over plain HTTP ─────────────────────────────────────────────────────────────────────────────


def results(http, where, **options):
    """Results of GATE-1's minutes that a filter leaves."""
    words = {"$filter": where} | {f"${name}": value for name, value in options.items()}
    answer = http.get("/Datastreams('GATE-1!1!in')/Observations", params=words)
    assert answer.status_code == 200, answer.text
    return [one["result"] for one in answer.json()["value"]]


def test_filters_choose_as_the_standard_says(http, full_minute):
    at = [clock(full_minute + n * MINUTE) for n in range(6)]
    assert results(http, f"phenomenonTime ge {at[1]} and phenomenonTime lt {at[3]}") == [2, 3]
    assert results(http, f"phenomenonTime gt {at[1]} and phenomenonTime le {at[3]}") == [3, 4]
    assert results(http, f"phenomenonTime eq {at[2]}") == [3]
    assert results(http, f"resultTime le {at[2]}") == [1, 2]
    assert results(http, f"{at[3]} le phenomenonTime") == [4, 5]
    assert results(http, "result gt 1 and (result lt 3 or result ge 5)") == [2, 5]
    assert results(http, "not (result eq 3) and result ne 4") == [1, 2, 5]
    assert results(http, "result gt 0", orderby="result desc", top="2", skip="1") == [4, 3]
    raw = f"/Datastreams('GATE-1!1!in')/Observations?$filter=phenomenonTime ge {at[3]}"  # its + arrives as a blank
    assert [one["result"] for one in http.get(raw).json()["value"]] == [4, 5]


def test_relations_are_followed_expanded_and_cut_down(http):
    things = http.get(
        "/Things", params={"$expand": "Datastreams($select=name;$top=1)", "$select": "id", "$top": "1"}
    ).json()
    assert things["value"] == [{"@iot.id": "CAM-1", "Datastreams": [{"name": "CAM-1 1 occupancy"}]}]
    assert things["@iot.nextLink"].endswith("%24top=1&%24skip=1")
    newest = {
        "$expand": "Thing,ObservedProperty,Observations($top=1;$orderby=phenomenonTime desc)",
        "$filter": "id eq 'GATE-1!1!in'",
    }
    (stream,) = http.get("/Datastreams", params=newest).json()["value"]
    assert stream["Thing"]["@iot.id"] == "GATE-1" and stream["ObservedProperty"]["name"] == "passages in"
    assert [one["result"] for one in stream["Observations"]] == [5]
    assert "skip=1" in stream["Observations@iot.nextLink"]
    assert http.get(stream["Observations@iot.nextLink"]).json()["value"][0]["result"] == 4
    nested = http.get("/Things('GATE-1')", params={"$expand": "Datastreams/Observations"}).json()
    assert {one["name"]: len(one["Observations"]) for one in nested["Datastreams"]} == {
        "GATE-1 1 in": 5,
        "GATE-1 1 out": 5,
    }


def test_the_root_names_what_is_kept_of_the_standard(http):
    root = http.get("").json()
    assert [one["name"] for one in root["value"]] == [
        "Things",
        "Locations",
        "HistoricalLocations",
        "Datastreams",
        "Sensors",
        "ObservedProperties",
        "Observations",
        "FeaturesOfInterest",
    ]
    assert any(name.endswith("req/data-array/data-array") for name in root["serverSettings"]["conformance"])
    for one in root["value"]:
        assert http.get(one["url"]).status_code == (400 if one["name"] == "Observations" else 200)


LINKS = {
    "Things('GATE-1')": {"Locations", "HistoricalLocations", "Datastreams"},
    "Locations('A')": {"Things", "HistoricalLocations"},
    "Datastreams('GATE-1!1!in')": {"Thing", "Sensor", "ObservedProperty", "Observations"},
    "Sensors('native')": {"Datastreams"},
    "ObservedProperties('in')": {"Datastreams"},
    "Datastreams('GATE-1!1!in')/Observations": {"Datastream", "FeatureOfInterest"},
    "FeaturesOfInterest('A')": {"Observations"},
}
OWN = {
    "Things": {"name", "description", "properties"},
    "Locations": {"name", "description", "encodingType", "location"},
    "Datastreams": {"name", "description", "observationType", "unitOfMeasurement", "properties"},
    "Sensors": {"name", "description", "encodingType", "metadata"},
    "ObservedProperties": {"name", "definition", "description"},
    "Observations": {"phenomenonTime", "resultTime", "result"},
    "FeaturesOfInterest": {"name", "description", "encodingType", "feature"},
}


@pytest.mark.parametrize("path", LINKS)
def test_every_entity_has_the_properties_and_links_of_the_standard(http, path):
    body = http.get(f"/{path}").json()
    kind = path.rpartition("/")[2].partition("(")[0]
    one = body["value"][0] if "value" in body else body
    links = {name.partition("@")[0] for name in one if name.endswith("@iot.navigationLink")}
    own = {name for name in one if "@" not in name}
    assert links == LINKS[path] and own == OWN[kind]
    assert http.get(one["@iot.selfLink"]).json() == one
    for name in links:
        status = 501 if (kind, name) == ("FeaturesOfInterest", "Observations") else 200
        assert http.get(one[f"{name}@iot.navigationLink"]).status_code == status, name
        if status == 200:
            expanded = http.get(one["@iot.selfLink"], params={"$expand": name, "$select": "id"}).json()
            assert set(expanded) - {f"{name}@iot.nextLink"} == {"@iot.id", name}


def test_places_are_chosen_ordered_and_cut_as_others_are(town, http):
    person = Person(town[0], town[1].password).http
    root = "/sta/v1.1/FeaturesOfInterest"
    codes = {"$orderby": "id desc", "$select": "id", "$count": "true"}
    body = person.get(root, params=codes).json()
    assert body == {"@iot.count": 2, "value": [{"@iot.id": "B"}, {"@iot.id": "A"}]}
    assert person.get(root, params=codes | {"$skip": "1"}).json()["value"] == [{"@iot.id": "A"}]
    named = http.get("/Locations", params={"$filter": "id eq 'A'", "$expand": "Things($top=1)"}).json()
    assert [one["@iot.id"] for one in named["value"]] == ["A"] and len(named["value"][0]["Things"]) == 1
    assert http.get("/HistoricalLocations").json() == {"value": []}


def test_odd_channel_names_make_ids_that_lead_back(http, full_minute):
    for channel, written in [("a/b!c~d", "a~2b~1c~0d"), ("Tor 'Süd'", "Tor 'Süd'"), ("", ""), ("..", "..")]:
        id_text = f"GATE:2!{written}!in"
        sent = {
            "phenomenonTime": clock(full_minute + 20_000),
            "result": 2,
            "Datastream": {"@iot.id": id_text},
        }
        made = http.post("/Observations", json=sent)
        assert made.status_code == 201, made.text
        assert http.get(made.headers["location"]).json()["result"] == 2
        doubled = quote(id_text.replace("'", "''"), safe="")
        stream = http.get(f"/Datastreams('{doubled}')").json()
        assert stream["properties"] == {"sensor": "GATE:2", "channel": channel, "measure": "in"}
        assert http.get(stream["Observations@iot.navigationLink"]).json()["value"][0]["result"] == 2


def test_signed_in_people_and_passes_read_and_never_write(town, http, full_minute):
    product, keys = town
    person = Person(product, keys.password)
    assert len(person.http.get("/sta/v1.1/Things").json()["value"]) == 4
    refused = person.http.post(
        "/sta/v1.1/Observations", json={"result": 1, "Datastream": {"@iot.id": "GATE-1!1!in"}}
    )
    assert refused.status_code == 403
    watch = {"token": live_pass(product, keys.screen)}
    page = httpx.get(
        f"{product.address}/sta/v1.1/Things", params=watch | {"$top": "3"}, trust_env=False
    ).json()
    assert len(page["value"]) == 3
    assert len(httpx.get(page["@iot.nextLink"], trust_env=False).json()["value"]) == 1
    for head in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic !!"},
        {"Cookie": "sessionid=forged"},
    ):
        answer = httpx.get(f"{product.address}/sta/v1.1/Things", headers=head, trust_env=False)
        assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Basic")
        assert answer.json()["code"] == 401


def test_a_stranger_cannot_report_for_others(http, full_minute):
    at = clock(full_minute)
    sent = {"phenomenonTime": at, "result": 1}
    assert http.post("/Datastreams('ALONE!1!in')/Observations", json=sent).status_code == 403
    rows = [
        {
            "Datastream": {"@iot.id": id_text},
            "components": ["phenomenonTime", "result"],
            "dataArray": [[at, 1]],
        }
        for id_text in ("ALONE!1!in", "GATE-1!9!in", "nonsense")
    ]
    said = http.post("/CreateObservations", json=rows)
    assert (
        said.status_code == 201 and said.json()[::2] == ["error", "error"] and "GATE-1!9!in" in said.json()[1]
    )
    assert http.get("/Things('ALONE')").status_code == 404


BAD_GETS = [
    ("/Nothing", 404), ("/Things('GATE-1'", 404), ("/Things('GATE-1')/Places", 404), ("/Things/Datastreams", 404),
    ("/Datastreams('GATE-1')", 404), ("/Datastreams('GATE-1!1!sideways')", 404), ("/Observations('GATE-1!1!in!x')", 404),
    ("/Observations('GATE-1!1!in!99999999999999')", 404), ("/Observations('GATE-1!1!in!1')", 404), ("/Observations", 400),
    ("/Things('GATE-1')/Datastreams('CAM-1!1!occupancy')", 404), ("/Datastreams('GATE-1!1!in')/Thing('GATE-1')", 404),
    ("/HistoricalLocations('x')", 404), ("/Locations('B')", 404), ("/Sensors('axis')", 404), ("/FeaturesOfInterest('B')", 404),
    ("/FeaturesOfInterest('A')/Observations", 501), ("/FeaturesOfInterest?$expand=Observations", 501),
    ("/Locations('A')/Things('ALONE')", 404), ("/Sensors('native')/Datastreams('GATE-1!77!in')", 404),
    ("/ObservedProperties('in')/Datastreams('GATE-1!1!out')", 404), ("/Locations?$filter=location eq 'x'", 400),
    ("/Things?$top=-1", 400), ("/Things?$top=99999999999999", 400), ("/Things?$skip=x", 400), ("/Things?$count=maybe", 400),
    ("/Things?$orderby=size", 400), ("/Things?$orderby=name sideways", 400), ("/Things?$select=size", 400),
    ("/Things?$expand=Places", 400), ("/Things?$expand=Datastreams(", 400), ("/Things?$expand=Datastreams($top=x)", 400),
    ("/Things?$resultFormat=dataArray", 400), ("/Things?$filter=name", 400), ("/Things?$filter=name eq", 400),
    ("/Things?$filter=name eq 5", 400), ("/Things?$filter=name eq 'x' and", 400), ("/Things?$filter=name gt name", 400),
    ("/Things?$filter=(name eq 'x'", 400), ("/Things?$filter=name eq 'x", 400), ("/Things?$filter=size gt 5", 400),
    ("/Things?$filter=startswith(name,'G')", 400), ("/Things?$filter=" + "(" * 900, 400), ("/Things?$filter=" + "not " * 400, 400),
    ("/Things?$filter=" + "x" * 3000, 400), ("/Things?$expand=" + "Datastreams/Thing/" * 40, 400),
    ("/Datastreams('GATE-1!1!in')/Observations?$filter=phenomenonTime gt 2026-13-45T99:00:00Z", 400),
    ("/Datastreams('GATE-1!1!in')/Observations?$filter=phenomenonTime gt 2026-01-01T00:00:00", 400),
    ("/Datastreams('GATE-1!1!in')/Observations?$filter=phenomenonTime gt 'x'", 400),
    ("/Datastreams('GATE-1!1!in')/Observations?$filter=result gt 2026-01-01T00:00:00Z", 400),
    ("/" + "Things/" * 500, 404), ("/%00", 404), ("/%ff%fe", 404), ("/../../etc/passwd", 404),
]  # fmt: skip


@pytest.mark.parametrize(("path", "status"), BAD_GETS)
def test_what_cannot_be_answered_is_refused_with_a_reason(http, path, status):
    answer = http.get(path)
    assert answer.status_code == status, answer.text
    if path not in ("/../../etc/passwd",):
        assert answer.json()["code"] == status and answer.json()["message"]


EXTREMES = [
    "result gt 1e300", "result gt -5", "phenomenonTime ge 0001-01-01T00:00:00Z", "phenomenonTime le 9999-12-31T23:59:59Z",
    "phenomenonTime gt 9999-12-31T23:59:59Z", "phenomenonTime lt 1960-01-01T00:00:00Z",
]  # fmt: skip


@pytest.mark.parametrize("where", EXTREMES)
def test_extreme_limits_are_answered(http, where):
    answer = http.get("/Datastreams('GATE-1!1!in')/Observations", params={"$filter": where})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"5", b'"x"', b"[" * 100_000, b"\xff\xfe", b'{"result": 1e999}', b'{"result": true}',
        b'{"result": -1}', b'{"result": 1.5}', b'{"result": "5"}', b'{"result": null}', b'{"result": 1e12}', b"{}",
        b'{"result": 1, "phenomenonTime": "yesterday"}', b'{"result": 1, "phenomenonTime": 5}',
        b'{"result": 1, "phenomenonTime": "2026-01-01T00:00:00"}', b'{"result": 1, "phenomenonTime": "2001-01-01T00:00:00Z"}',
        b'{"result": 1, "phenomenonTime": "2099-01-01T00:00:00Z"}', b'{"result": 1, "phenomenonTime": "2026-01-02T00:00Z/2026-01-01T00:00Z"}',
        b'{"result": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_bodies_that_are_no_observation_are_refused(http, body):
    answer = http.post("/Datastreams('GATE-1!1!in')/Observations", content=body)
    assert answer.status_code == 400 and answer.json()["message"], (answer.status_code, answer.text)
    array = http.post("/CreateObservations", content=body)
    assert array.status_code == 400 or body == b"[]", (array.status_code, array.text)


def test_only_observations_can_be_created(http):
    assert http.post("/Things", json={"name": "x"}).status_code == 405
    assert http.delete("/Things('GATE-1')").status_code == 405
    assert http.patch("/Things('GATE-1')", json={}).status_code == 405
    unnamed = http.post("/Observations", json={"result": 1})
    assert unnamed.status_code == 400 and "Datastream" in unnamed.json()["message"]
    for components in (None, [], ["phenomenonTime"], [5], "result"):
        group = {"Datastream": {"@iot.id": "GATE-1!1!in"}, "components": components, "dataArray": [[1]]}
        assert http.post("/CreateObservations", json=[group]).status_code == 400
    assert http.get("/Things", headers={"Host": "a b<c"}).status_code == 400

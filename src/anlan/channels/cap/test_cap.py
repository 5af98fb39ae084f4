"""CAP: what we write is valid by the OASIS schema and by the rules; what others write is read, or refused with a reason."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from anlan.channels.cap import alert as model
from anlan.channels.cap.alert import SIGNED, Alert, AlertText, Area, as_moment, read_moment, reference
from anlan.channels.cap.read import read
from anlan.channels.cap.rules import faults
from anlan.channels.cap.write import write
from anlan.channels.markup import Unreadable

SHARED = Path(__file__).parents[5] / "shared/samples/devices/cap"
BEIJING = timezone(timedelta(hours=8))
SENT = datetime(2026, 5, 1, 19, 21, tzinfo=BEIJING)
RING = ((31.2, 121.4), (31.2, 121.5), (31.3, 121.5), (31.2, 121.4))
ZH = AlertText(
    "zh-CN", ("Safety",), "大人流", "Expected", "Moderate", "Observed",
    headline="示范广场限流提示", description="东口只出不进。", instruction="请从西口进入。", responses=("Avoid",),
    effective_at=SENT, expires_at=SENT + timedelta(hours=3), sender_name="示范区", web="https://anlan.example/n/7",
    areas=(Area("示范广场", (RING,), ((31.25, 121.45, 0.3),), ((model.DIVISION, "310106"),)),),
)  # fmt: skip
EN = AlertText(
    "en",
    ("Safety",),
    "large crowd",
    "Expected",
    "Moderate",
    "Observed",
    headline="Entry limited",
    areas=ZH.areas,
)


def ours(**words):
    given = {"identifier": "anlan-7-1", "sender": "anlan@district.example", "sent_at": SENT, "status": "Actual",
             "msg_type": "Alert", "scope": "Public", "infos": (ZH, EN)}  # fmt: skip
    return Alert(**(given | words))


@pytest.fixture(scope="module")
def schema():
    if not SHARED.exists():
        pytest.skip("no ../shared beside the repository")
    return etree.XMLSchema(etree.parse(SHARED / "cap12.xsd"))


# ── writing ─────────────────────────────────────────────────────────────────────────────────────


def test_an_alert_in_two_languages(schema):
    body = write(ours())
    root = etree.fromstring(body)
    assert schema.validate(root), schema.error_log
    text = body.decode()
    assert "<sent>2026-05-01T19:21:00+08:00</sent>" in text
    assert "<polygon>31.2,121.4 31.2,121.5 31.3,121.5 31.2,121.4</polygon>" in text
    assert "<circle>31.25,121.45 0.3</circle>" in text
    assert read(body).without_origin() == ours()
    assert read(body).faults == ()


def test_an_update_a_cancel_and_an_exercise(schema):
    first = ours()
    for words in (
        {"identifier": "anlan-7-2", "msg_type": "Update", "references": (reference(first),)},
        {"identifier": "anlan-7-3", "msg_type": "Cancel", "references": (reference(first),), "infos": ()},
        {
            "status": "Exercise",
            "note": "演练：五一大人流",
            "scope": "Restricted",
            "restriction": "仅限本区内部",
        },
    ):
        body = write(ours(**words))
        assert schema.validate(etree.fromstring(body)), schema.error_log
        assert read(body).without_origin() == ours(**words)


def test_hostile_words_are_inert(schema):
    hostile = "]]><script>alert(1)</script>\x00\x1b\ud800&amp;\uffff"
    info = AlertText(**(vars(ZH) | {"headline": hostile, "description": hostile, "hazard": hostile}))
    body = write(ours(infos=(info,)))
    root = etree.fromstring(body)
    assert schema.validate(root), schema.error_log
    assert not [element for element in root.iter() if etree.QName(element).localname == "script"]
    assert read(body).infos[0].headline == "]]><script>alert(1)</script>&amp;"


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 5, 1, tzinfo=UTC), "2026-05-01T00:00:00-00:00"),
        (datetime(2026, 5, 1, 0, 0, 0, 999999, BEIJING), "2026-05-01T00:00:00+08:00"),
        (datetime(2026, 5, 1, tzinfo=timezone(-timedelta(hours=3, minutes=30))), "2026-05-01T00:00:00-03:30"),
    ],
)
def test_moments(at, told):
    assert as_moment(at) == told
    assert read_moment(told) == at.replace(microsecond=0)


@pytest.mark.parametrize(
    "told",
    [
        "2026-05-01T00:00:00Z",
        "2026-05-01T00:00:00",
        "2026-05-01 00:00:00+08:00",
        "2026-02-30T00:00:00+08:00",
        "",
        "٢026-05-01T00:00:00+08:00",
    ],
)
def test_what_is_no_moment(told):
    assert read_moment(told) is None


# ── rules ───────────────────────────────────────────────────────────────────────────────────────


def with_info(**words):
    return ours(infos=(AlertText(**(vars(ZH) | words)),))


def with_area(**words):
    return with_info(areas=(Area(**(vars(ZH.areas[0]) | words)),))


@pytest.mark.parametrize(
    ("alert", "code"),
    [
        (ours(identifier="a b"), "identifier_form"),
        (ours(identifier=""), "identifier_form"),
        (ours(sender="示范区,安澜"), "sender_form"),
        (ours(sender="a&b"), "sender_form"),
        (ours(sent_at=datetime(2026, 5, 1)), "sent_form"),
        (ours(status="Drill"), "status_unknown"),
        (ours(msg_type="New"), "msgType_unknown"),
        (ours(scope="All"), "scope_unknown"),
        (ours(scope="Restricted"), "restriction_missing"),
        (ours(scope="Private"), "addresses_missing"),
        (ours(status="Exercise"), "exercise_note"),
        (ours(msg_type="Error", references=(reference(ours()),)), "error_note"),
        (ours(infos=()), "info_missing"),
        (ours(msg_type="Update"), "references_missing"),
        (ours(msg_type="Cancel", references=("anlan-7-1",)), "references_form"),
        (ours(msg_type="Cancel", references=("a,b,2026-05-01T00:00:00Z",)), "references_form"),
        (with_info(language="中文"), "language_form"),
        (with_info(categories=()), "category_missing"),
        (with_info(categories=("Crowd",)), "category_unknown"),
        (with_info(responses=("Run",)), "responseType_unknown"),
        (with_info(urgency="Now"), "urgency_unknown"),
        (with_info(severity="Yellow"), "severity_unknown"),
        (with_info(certainty="Sure"), "certainty_unknown"),
        (with_info(hazard=" "), "event_missing"),
        (with_info(headline="很" * 161), "headline_long"),
        (with_info(web="anlan.example/n/7"), "web_form"),
        (with_info(web="https://[::1"), "web_form"),
        (with_info(expires_at=SENT), "expires_early"),
        (with_info(expires_at=datetime(2026, 5, 2)), "expires_form"),
        (with_info(onset_at=SENT + timedelta(days=1)), "onset_late"),
        (with_info(hazard_codes=((" ", "11B06"),)), "value_name_missing"),
        (with_area(words=""), "area_desc_missing"),
        (with_area(polygons=(RING[:3],)), "polygon_short"),
        (with_area(polygons=((*RING[:3], (31.21, 121.4)),)), "polygon_open"),
        (with_area(polygons=(tuple((lon, lat) for lat, lon in RING),)), "point_swapped"),
        (with_area(polygons=(((0.0, 181.0), *RING[1:3], (0.0, 181.0)),)), "point_range"),
        (with_area(circles=((31.2, 121.4, -1.0),)), "circle_radius"),
        (with_area(circles=((float("nan"), 121.4, 1.0),)), "point_range"),
        (with_area(geocodes=(("GB/T 2260", ""),)), "geocode_empty"),
    ],
)
def test_each_rule_is_named_and_nothing_that_breaks_it_is_written(alert, code):
    found = faults(alert)
    assert code in [fault.code for fault in found]
    assert all(fault.zh and fault.en for fault in found)
    with pytest.raises(ValueError):
        write(alert)


def test_ours_breaks_none():
    assert faults(ours()) == []


# ── every alert that keeps the rules is valid by the schema, and comes back as it went ─────────

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="￾￿"),
    min_size=1, max_size=30,
)  # fmt: skip
names = st.text("abcXYZ019.-_@:/中", min_size=1, max_size=20)
moments = st.datetimes(
    datetime(1000, 1, 2), datetime(9990, 1, 1),
    timezones=st.sampled_from([UTC, BEIJING, timezone(-timedelta(hours=9, minutes=30))]),
).map(lambda at: at.replace(microsecond=0))  # fmt: skip
degrees = st.tuples(st.integers(-89_999_999, 89_999_999), st.integers(-179_999_999, 179_999_999)).map(
    lambda pair: (pair[0] / 1e6, pair[1] / 1e6)
)
rings = st.lists(degrees, min_size=3, max_size=5).map(lambda points: (*points, points[0]))
pairs = st.lists(st.tuples(texts, texts), max_size=2).map(tuple)
areas = st.builds(
    Area, texts, st.lists(rings, max_size=2).map(tuple),
    st.lists(st.tuples(degrees, st.integers(0, 20_000_000)).map(lambda c: (*c[0], c[1] / 1e3)), max_size=1).map(tuple), pairs,
)  # fmt: skip


@st.composite
def infos(draw):
    at, hours = draw(moments), draw(st.integers(1, 99))
    return AlertText(
        draw(st.sampled_from(["zh-CN", "en", "en-US"])),
        tuple(draw(st.lists(st.sampled_from(model.CATEGORIES), min_size=1, max_size=3))),
        draw(texts), draw(st.sampled_from(model.URGENCIES)), draw(st.sampled_from(model.SEVERITIES)),
        draw(st.sampled_from(model.CERTAINTIES)), draw(texts), draw(texts), draw(texts),
        tuple(draw(st.lists(st.sampled_from(model.RESPONSES), max_size=2))), draw(texts), draw(pairs),
        at, at, at + timedelta(hours=hours), draw(texts), "https://anlan.example/n/7", draw(texts), draw(pairs),
        tuple(draw(st.lists(areas, max_size=2))),
    )  # fmt: skip


@st.composite
def alerts(draw):
    msg_type = draw(st.sampled_from(model.MSG_TYPES))
    references = draw(
        st.lists(st.tuples(names, names, moments.map(as_moment)).map(",".join), min_size=1, max_size=3)
    )
    return Alert(
        draw(names), draw(names), draw(moments), draw(st.sampled_from(model.STATUSES)), msg_type,
        draw(st.sampled_from(model.SCOPES)), tuple(draw(st.lists(infos(), min_size=1, max_size=2))),
        () if msg_type == "Alert" else tuple(references), draw(texts), draw(texts),
        tuple(draw(st.lists(texts, max_size=2))), draw(texts), draw(texts),
    )  # fmt: skip


@given(alert=alerts())
def test_what_keeps_the_rules_is_valid_and_comes_back(schema, alert):
    assert faults(alert) == []
    body = write(alert)
    assert schema.validate(etree.fromstring(body)), schema.error_log
    assert read(body).without_origin() == alert
    assert read(body).faults == ()


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared beside the repository")
@pytest.mark.parametrize(
    ("name", "codes", "hazard"),
    [
        ("earthquake.cap", [], "Earthquake"),
        ("thunderstorm.cap", [], "SEVERE THUNDERSTORM"),
        ("weather.cap", [], "Flash Flood Watch"),
        ("no_optional_fields.cap", ["info_missing"], None),
        ("invalid.cap", ["scope_unknown"], "Storm"),
    ],
)
def test_published_alerts(name, codes, hazard):
    body = (SHARED / name).read_bytes()
    alert = read(body)
    assert [fault.code for fault in alert.faults] == codes
    assert (alert.infos[0].hazard if alert.infos else None) == hazard
    assert alert.raw == body and alert.signature == ""


def document(
    inner="",
    head='<?xml version="1.0"?>',
    space="urn:oasis:names:tc:emergency:cap:1.2",
    sent="2026-05-01T19:21:00+08:00",
):
    text = (
        f'{head}<alert xmlns="{space}"><identifier>i</identifier><sender>s</sender><sent>{sent}</sent>'
        f"<status>Actual</status><msgType>Cancel</msgType><scope>Public</scope><references>s,h,{sent}</references>{inner}</alert>"
    )
    return text.encode()


def test_a_signature_is_seen_and_the_bytes_are_kept():
    body = document('<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="NAADS Signature"/>')
    alert = read(body)
    assert alert.signature == SIGNED == "present, not verified"
    assert alert.raw == body


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (document(head="<!DOCTYPE alert>"), "DOCTYPE"),
        (document("<note>&b;</note>", head=BOMB), "DOCTYPE|XML"),
        (document(head='<!DOCTYPE alert SYSTEM "file:///etc/passwd">'), "DOCTYPE"),
        (document().decode().replace("<?xml", "<!DOCTYPE alert><?xml", 1).encode("utf-16"), "XML|DOCTYPE"),
        (
            document(head='<?xml version="1.0" encoding="utf-16"?><!DOCTYPE alert>')
            .decode()
            .encode("utf-16"),
            "DOCTYPE",
        ),
        (b"x" * 1_100_000, "1024 KB"),
        (b"", "XML"),
        (b"{}", "XML"),
        (b"<a" + b"<a" * 5000, "XML"),
        (b"<a>" * 5000 + b"</a>" * 5000, "XML"),
        (document(space=""), "CAP"),
        (document(space="urn:oasis:names:tc:emergency:cap:1.0"), "CAP"),
        (b"<html/>", "CAP"),
        (document(sent="2026-05-01T11:21:00Z"), "sent"),
    ],
)
def test_what_is_not_read_says_why(body, reason):
    with pytest.raises(Unreadable, match=reason) as refused:
        read(body)
    assert refused.value.zh


def test_cap_1_1_is_read():
    assert read(document(space="urn:oasis:names:tc:emergency:cap:1.1")).identifier == "i"


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        ("<area><areaDesc>x</areaDesc><polygon>31.2 121.4</polygon></area>", "polygon_form"),
        ("<area><areaDesc>x</areaDesc><polygon>nan,1 1,1 1,2 nan,1</polygon></area>", "polygon_form"),
        ("<area><areaDesc>x</areaDesc><circle>31.2,121.4</circle></area>", "circle_form"),
        ("<expires>2026-05-01T19:21:00Z</expires>", "expires_form"),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_is_read(inner, code):
    info = (
        "<info><category>Met</category><event>wind</event><urgency>Past</urgency><severity>Minor</severity>"
        f"<certainty>Likely</certainty>{inner}</info>"
    )
    alert = read(document(info))
    assert code in [fault.code for fault in alert.faults]
    assert alert.infos[0].hazard == "wind"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    try:
        read(body)
    except Unreadable as refused:
        assert refused.zh and refused.en

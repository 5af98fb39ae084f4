"""The 12379 profile: a published message is read, our drafts keep its rules, both forms of identifiers are known."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.channels.cap import rules as cap_rules
from anlan.channels.cap.alert import Alert, AlertText, Area, Method
from anlan.channels.markup import Unreadable
from anlan.channels.newrs.read import read
from anlan.channels.newrs.rules import BEIJING, IDENTIFIER, faults, make_identifier
from anlan.channels.newrs.write import write

OURS = Path(__file__).parent / "samples/crowd_yellow_draft.xml"
SHARED = Path(__file__).parents[5] / "shared/samples/devices/cap-cn/henan_wind_blue_update.xml"
SENT = datetime(2026, 5, 1, 19, 21, tzinfo=BEIJING)
CODE = "31010600000000"


def draft(**words):
    info = AlertText(
        "zh-CN", (), "大风", "Unknown", "Moderate", "Unknown", headline="示范区发布大风黄色预警",
        description="预计今晚有大风。", instruction="请勿在广告牌下停留。", hazard_codes=(("eventType", "11B06"),),
        effective_at=SENT, sender_name="示范区", colour="Yellow",
        areas=(Area("示范区", geocodes=(("GB/T 2260", "310106000000"),)),),
    )  # fmt: skip
    given = {"identifier": make_identifier(CODE, SENT), "sender": "示范区", "sent_at": SENT, "status": "Draft",
             "msg_type": "Alert", "scope": "Public", "sender_code": CODE, "methods": (Method("SMS", "大风。"),),
             "infos": (AlertText(**(vars(info) | words.pop("info", {}))),)}  # fmt: skip
    return Alert(**(given | words))


@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared beside the repository")
def test_a_published_message():
    body = SHARED.read_bytes()
    alert = read(body)
    assert (alert.identifier, alert.sender_code) == ("41000041600000_20200205105119", "41000041600000")
    assert (alert.sender, alert.msg_type, alert.status) == ("河南省气象局", "Update", "Actual")
    assert alert.sent_at == datetime(2020, 2, 5, 10, 45, tzinfo=BEIJING)
    assert alert.references == ("41000041600000_20200204121842",)
    assert [method.name for method in alert.methods] == ["SPEAKER", "SMS", "WEB"]
    assert alert.methods[1].audience_groups == (
        "d90a8856-1183-47b0-8d8d-29b0dbee6216", "5080d87d-fd9e-4016-8d8d-2a86df9ab50a",
    )  # fmt: skip
    (info,) = alert.infos
    assert (info.hazard, info.colour, info.severity) == ("大风", "Blue", "Minor")
    assert info.hazard_codes == (("eventType", "11B06"),)
    assert info.effective_at == datetime(2020, 2, 5, 10, 57, 42, tzinfo=BEIJING)
    assert info.expires_at is None
    assert info.areas == (Area("河南省", geocodes=(("GB/T 2260", "410000000000"),)),)
    assert alert.raw == body and alert.faults == ()


def test_our_sample():
    """The long identifier, `audienceprt` written rightly for once, longitude first."""
    alert = read(OURS.read_bytes())
    assert alert.identifier == "31010600000000_20260501192100_0"
    assert alert.methods == (Method("SMS", "示范广场大人流，请从西口进入。", ("group-1",)),)
    assert alert.infos[0].severity == "Moderate"
    assert alert.infos[0].areas[0].polygons == (((31.2, 121.4), (31.2, 121.5), (31.3, 121.5), (31.2, 121.4)),)
    assert alert.faults == () and faults(alert) == []


def test_a_draft_is_written_and_comes_back():
    body = write(draft())
    assert b"<sendTime>2026-05-01 19:21:00+08:00</sendTime>" in body
    assert b"<audenceprt/>" in body and b"<geocode>310106000000</geocode>" in body
    assert read(body).without_origin() == draft()


def test_both_ends_of_the_border_say_the_same():
    """What came by 12379 may go on as CAP once a category and the references' form are given."""
    alert = read(OURS.read_bytes())
    info = AlertText(**(vars(alert.infos[0]) | {"categories": ("Met",)}))
    assert cap_rules.faults(Alert(**(vars(alert) | {"infos": (info,)}))) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"identifier": "31010600000000_20260501192100"}, "identifier_form"),
        ({"identifier": make_identifier("31010700000000", SENT)}, "senderCode_differs"),
        ({"sender_code": "3101"}, "senderCode_form"),
        ({"sender": " "}, "sender_missing"),
        ({"msg_type": "Ack"}, "msgType_unknown"),
        ({"msg_type": "Cancel"}, "references_missing"),
        ({"msg_type": "Update", "references": ("a,b,c",)}, "references_form"),
        ({"infos": ()}, "info_missing"),
        ({"info": {"colour": "Moderate"}}, "severity_unknown"),
        ({"info": {"hazard_codes": (("eventType", "gale"),)}}, "eventType_form"),
        ({"info": {"headline": ""}}, "headline_missing"),
        ({"info": {"description": ""}}, "description_missing"),
        ({"info": {"effective_at": None}}, "effective_missing"),
        ({"info": {"areas": ()}}, "areaDesc_missing"),
        ({"info": {"areas": (Area("x", geocodes=(("GB/T 2260", "3101"),)),)}}, "geocode_form"),
    ],
)
def test_each_rule_is_named_and_nothing_that_breaks_it_is_written(words, code):
    assert code in [fault.code for fault in faults(draft(**words))]
    with pytest.raises(ValueError):
        write(draft(**words))


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.integers(0, 9))
def test_identifiers(at, serial):
    told = make_identifier(CODE, at, serial)
    assert IDENTIFIER.fullmatch(told) and len(told) == 31
    assert told == f"{CODE}_{at + timedelta(hours=8):%Y%m%d%H%M%S}_{serial}"


@pytest.mark.parametrize(
    ("code", "at", "serial"), [("3101", SENT, 0), (CODE, datetime(2026, 5, 1), 0), (CODE, SENT, 10)]
)
def test_what_makes_no_identifier(code, at, serial):
    with pytest.raises(ValueError):
        make_identifier(code, at, serial)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<alert>", "<!DOCTYPE alert><alert>", "DOCTYPE"),
        ("<alert>", '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">', "12379"),
        ("2026-05-01 19:21:00+08:00</sendTime>", "2026-05-01 19:21:00</sendTime>", "sendTime"),
        ("31010600000000_20260501192100_0", "", "identifier"),
    ],
)
def test_what_is_not_read_says_why(old, new, reason):
    with pytest.raises(Unreadable, match=reason):
        read(OURS.read_text(encoding="utf-8").replace(old, new, 1).encode())


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("_20260501192100_0", "-1", "identifier_form"),
        (">Yellow<", ">Moderate<", "severity_unknown"),
        ("<onset/>", "<onset>tonight</onset>", "onset_form"),
        ("<onset/>", "<onset>2026-02-30 00:00:00+08:00</onset>", "onset_form"),
        ("121.4,31.2 121.5", "121.4 121.5", "polygon_form"),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_is_read(old, new, code):
    alert = read(OURS.read_text(encoding="utf-8").replace(old, new, 1).encode())
    assert code in [fault.code for fault in alert.faults]
    assert alert.infos[0].description == "预计今晚有大风。"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    with pytest.raises(Unreadable):
        read(body)

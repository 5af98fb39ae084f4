"""Uplinks come out of their network server's envelope: the payload, whose it is, on which port, and when."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.devices.body import Part
from anlan.devices.lorawan import MAX_PAYLOAD, Uplink, read_uplinks, recognises, uplinks
from anlan.devices.refusal import Refusal
from anlan.devices.table import ADAPTERS, decode

T_MS = 1777634460000
PAYLOAD = bytes.fromhex("04cc12001600")


def things_stack(payload: bytes, **fields: object) -> bytes:
    told = {"f_port": 85, "f_cnt": 7, "frm_payload": base64.b64encode(payload).decode()}
    told["received_at"] = "2026-05-01T11:21:00.123456789Z"
    ids = {"device_id": "door", "dev_eui": "02005E1000F0C301"}
    return json.dumps({"end_device_ids": ids, "uplink_message": told} | fields).encode()


def chirpstack(payload: bytes, **fields: object) -> bytes:
    told = {"deviceInfo": {"devEui": "02005e1000f0c301"}, "time": "2026-05-01T11:21:00.123456789+00:00"}
    return json.dumps(
        told | {"fCnt": 7, "fPort": 85, "data": base64.b64encode(payload).decode()} | fields
    ).encode()


@given(st.binary(min_size=1, max_size=MAX_PAYLOAD))
def test_both_network_servers_say_the_same(payload):
    (one,), (other,) = uplinks(Part(things_stack(payload))), uplinks(Part(chirpstack(payload)))
    assert one == other == Uplink(payload, "02005E1000F0C301", 85, T_MS + 123)


@pytest.mark.parametrize(
    "body",
    [
        b'{"payloadHex": "04CC12001600"}',
        b'{"hex": "04cc12001600"}',
        b'{"data": "BMwSABYA"}',
        b'{"payload_raw": "BMwSABYA"}',
        b"04cc12001600",
        b" BMwSABYA\n",
    ],
)
def test_plain_payloads(body):
    assert uplinks(Part(body)) == [Uplink(PAYLOAD)]


def test_several_uplinks_in_one_body():
    assert len(uplinks(Part(b"[" + things_stack(PAYLOAD) + b"," + chirpstack(PAYLOAD) + b"]"))) == 2
    assert len(uplinks(Part(b"04cc12001600\nBMwSABYA\n"))) == 2


@pytest.mark.parametrize(
    "body",
    [
        things_stack(b"", join_accept={"session_key_id": "x"}),
        b'{"end_device_ids": {"dev_eui": "02AB"}, "received_at": "2026-05-01T11:21:00Z", "join_accept": {}}',
        b'{"deviceInfo": {"devEui": "02ab"}, "time": "2026-05-01T11:21:00Z", "margin": 7}',
    ],
    ids=["mac only", "join", "status"],
)
@pytest.mark.parametrize("kind", ["milesight", "hkt", "imbuildings", "terabee"])
def test_a_message_without_a_payload_is_a_sign_of_life(body, kind):
    """Trap T9."""
    (reading,) = decode(kind, body)
    assert (reading.kind, reading.t in (T_MS, T_MS + 123)) == ("heartbeat", True)


def test_the_same_uplink_delivered_twice_is_the_same_reading():
    """Trap T4: the network's time is that of its arrival there, not of its delivery here."""
    assert decode("milesight", things_stack(PAYLOAD)) == decode("milesight", things_stack(PAYLOAD))


def test_kinds_tell_their_uplinks_apart():
    for kind, payload in (
        ("hkt", "686b74000303"),
        ("milesight", "04cc12001600"),
        ("imbuildings", "0206" + "00" * 21),
    ):
        part = Part(things_stack(bytes.fromhex(payload)))
        assert [name for name, adapter in ADAPTERS.items() if adapter.recognises(part)] == [kind]


def test_an_uplink_of_no_kind_is_recognised_by_none():
    assert not recognises(Part(b"{}"), lambda uplink: True)
    assert not recognises(Part(chirpstack(b"")), lambda uplink: True)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "not an uplink"),
        (b"[]", "no uplink"),
        (b"hello!", "neither hex nor base64"),
        (b'{"payloadHex": "04c"}', "two digits a byte"),
        (b'{"payloadHex": ""}', "is not hex"),
        (b"00" * 256, "more than 255 bytes"),
        (b"00\n" * 10_001, "more than 10000 uplinks"),
        (things_stack(PAYLOAD).replace(b'"dev_eui": "02005E1000F0C301"', b'"dev_eui": []'), "device EUI"),
        (chirpstack(PAYLOAD, time="noon"), "time of the uplink"),
        (chirpstack(PAYLOAD, fPort="one"), "port"),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        read_uplinks(body, None, lambda uplink: [])

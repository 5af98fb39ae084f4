"""Kinds are found in one table, and found out from a body."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from anlan.devices import table
from anlan.devices.refusal import Refusal
from anlan.devices.table import ADAPTERS, decode, detect

FOLDER = Path(table.__file__).parent


@pytest.mark.parametrize("kind", ADAPTERS)
def test_every_kind_has_the_same_furniture(kind):
    room = FOLDER / kind
    for piece in ("decode.py", "card.toml", "samples", "test_decode.py"):
        assert (room / piece).exists(), f"{kind} lacks {piece}"
    card = tomllib.loads((room / "card.toml").read_text(encoding="utf-8"))
    assert card["tier"] in ("bronze", "silver", "gold")
    assert {"title", "transport", "gives", "tested_against", "not_verified", "samples"} <= set(card)


def test_the_readme_tells_every_kind_and_its_tier():
    rows = re.findall(
        r"^\| `(\w+)` \| .* \| (\w+) \|$", (FOLDER / "README.md").read_text(encoding="utf-8"), re.M
    )
    cards = {
        kind: tomllib.loads((FOLDER / kind / "card.toml").read_text(encoding="utf-8")) for kind in ADAPTERS
    }
    assert sorted(rows) == sorted((kind, card["tier"]) for kind, card in cards.items())


def test_no_folder_is_missing_from_the_table():
    assert {path.parent.name for path in FOLDER.glob("*/decode.py")} == set(ADAPTERS)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[]", "native"),
        (b'{"kind":"heartbeat","t":1}\n{"kind":"heartbeat","t":2}', "native"),
        (b"<EventNotificationAlert><eventType>x</eventType></EventNotificationAlert>", "hikvision"),
        (b'{"status_data":{}}', "xovis"),
        (b"summary.Channel=0", "dahua"),
        (b'{"apiName":"Axis Retail Data"}', "axis"),
        (b'{"device_info":{"device_sn":"1"}}', "milesight"),
        (b'{"CountLogs":[]}', "irisys"),
        (b'{"CameraSerial":"1","RoiId":1}', "footfallcam"),
        (b"<Metrics><ReportData/></Metrics>", "brickstream"),
        (b'{"space_id":"s","doorway_id":"d","direction":1}', "density"),
        (b'{"count_in":1,"count_out":1,"device_id":"a"}', "terabee"),
        (b"686b74000303", "hkt"),
        (b"AgYAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "imbuildings"),
        (b"04cc12001600", "milesight"),
        (b"Timestamp,Sensor,Count\n", "csv_replay"),
    ],
)
def test_detect(body, kind):
    assert detect(body) == kind


@pytest.mark.parametrize("body", [b"{}", b"[1]", b"<a/>", b"hello", b'{"kind":"queue"}', b"[[]]"])
def test_what_no_kind_recognises_names_the_kinds_tried(body):
    with pytest.raises(Refusal, match="tried native, hikvision, dahua"):
        detect(body)


def test_an_unknown_kind_names_the_known_ones():
    with pytest.raises(Refusal, match="use auto or one of native, hikvision"):
        decode("acme", b"[]")


def test_a_mapping_decides_where_the_kind_is_auto():
    mapping = {"format": "json", "kind": "occupancy", "t": "t", "value": "n"}
    (reading,) = decode("auto", b'{"t":1777634460000,"n":5}', mapping=mapping)
    assert reading.value == 5


def test_settings_of_a_kind_leave_finding_out_the_kind_alone():
    mapping = {"registers": {"0": {"direction": "in"}}}
    body = b'{"CountLogs":[{"Timestamp":1777634460,"Counts":[{"RegisterId":0,"Value":5}]}]}'
    assert decode("auto", body, mapping=mapping)[0].count_in == 5


def test_kinds_that_know_a_mapping_check_it():
    checked: dict[str, dict[str, Any]] = {
        "mapping": {"format": "json", "kind": "occupancy", "t": "t", "value": "n"},
        "irisys": {"registers": {"0": {"direction": "in"}}},
        "milesight": {"period_s": 600},
    }
    assert {kind for kind, adapter in ADAPTERS.items() if adapter.check} == set(checked)
    assert [kind for kind, adapter in ADAPTERS.items() if adapter.needs_mapping] == ["mapping"]
    for kind, mapping in checked.items():
        check: Any = ADAPTERS[kind].check
        check(mapping)
        for wrong in ({}, mapping | {"way": "up"}, 7):
            with pytest.raises(Refusal, match="mapping: "):
                check(wrong)


def test_csv_for_short():
    assert decode("csv", b"t,count\n1777634460000,5\n")[0].value == 5


def test_a_wrong_zone_is_refused_even_where_none_is_needed():
    with pytest.raises(Refusal, match="use an IANA name"):
        decode("native", b"[]", zone="Mars/Olympus")

"""`anlan decode`: a file in, one reading a line out; a refusal is status 2 and its reason."""

import io
import json
import sys

import pytest

from anlan.devices.command import REFUSED, decode_file

BODY = b'[{"kind":"interval","start":1777634400000,"end":1777634460000,"in":0,"out":2,"sensor":"\xe4\xb8\x9c\xe9\x97\xa8"}]'


def run(**options) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return decode_file(**options, out=out, err=err), out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    return write


def test_readings_are_printed_with_the_keys_that_apply(file):
    status, out, err = run(kind="auto", path=file("a.json", BODY))
    assert (status, err) == (0, "")
    assert (
        out
        == '{"sensor":"东门","kind":"interval","start":1777634400000,"end":1777634460000,"in":0,"out":2}\n'
    )


def test_a_refusal_is_status_2_and_prints_nothing_else(file):
    status, out, err = run(kind="hikvision", path=file("a.json", BODY))
    assert (status, out) == (REFUSED, "") == (2, "")
    assert "not an ISAPI alert" in err


def test_a_missing_file_is_a_refusal(tmp_path):
    status, _, err = run(kind="auto", path=str(tmp_path / "none.json"))
    assert status == 2
    assert "cannot be read" in err


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BODY)))
    status, out, _ = run(kind="native", path="-")
    assert status == 0
    assert json.loads(out)["out"] == 2


def test_the_zone_is_the_devices(file):
    path = file("a.csv", b"t,count\n2026-05-01 19:21:00,5\n")
    assert run(kind="csv", path=path)[0] == 2
    assert json.loads(run(kind="csv", path=path, zone="Asia/Shanghai")[1])["t"] == 1777634460000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m.json", b'{"format":"json","kind":"occupancy","t":"w","value":"n"}'),
        ("m.toml", b'format = "json"\nkind = "occupancy"\nt = "w"\nvalue = "n"\n'),
    ],
)
def test_a_mapping_from_json_or_toml(file, name, content):
    path = file("a.json", b'{"w":1777634460000,"n":5}')
    status, out, _ = run(kind="mapping", path=path, mapping_path=file(name, content))
    assert status == 0
    assert json.loads(out) == {"kind": "occupancy", "t": 1777634460000, "value": 5}


def test_a_wrong_mapping_is_a_refusal(file):
    status, _, err = run(
        kind="mapping", path=file("a.json", b"{}"), mapping_path=file("m.toml", b"format = ")
    )
    assert status == 2
    assert "mapping: " in err

"""Foreign values become numbers, names and moments, or a reason that names the field."""

import math

import pytest

from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name, number, open_zone, whole


@pytest.mark.parametrize(("value", "amount"), [(27, 27), ("27", 27), (" -2 ", -2), (3.0, 3), ("0", 0)])
def test_whole_numbers_also_as_text(value, amount):
    """Trap T7."""
    assert whole(value, where="n") == amount


@pytest.mark.parametrize(
    "value",
    [None, True, "", "1e3", "0x10", "٣", "1,000", 1.5, "2.5", math.nan, math.inf, 10**400, "9" * 30, [], {}],
)
def test_what_is_no_whole_number_is_refused_with_its_field(value):
    with pytest.raises(Refusal, match=r"^enter is "):
        whole(value, where="enter")


def test_a_count_is_not_negative():
    with pytest.raises(Refusal, match="cannot be negative"):
        count(-1, where="enter")


def test_numbers_may_have_a_fraction():
    assert number("2.75", where="n") == 2.75


@pytest.mark.parametrize(
    ("value", "label"), [(None, ""), (3, "3"), ("  东  门\t1 ", "东 门 1"), ("Line 0", "Line 0")]
)
def test_names(value, label):
    assert name(value, where="channel") == label


@pytest.mark.parametrize("value", [True, 1.5, [], {}, "a\x00b", "x" * 201, "\ud800"])
def test_what_is_no_name_is_refused(value):
    with pytest.raises(Refusal, match=r"^channel is "):
        name(value, where="channel")


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        (1777634460000, None),
        (1777634460, None),
        ("1777634460", None),
        ("2026-05-01T11:21:00Z", None),
        ("2026-05-01T19:21:00+08:00", "Europe/Zurich"),
        ("2026-05-01 19:21:00", "Asia/Shanghai"),
        ("20260501192100", "Asia/Shanghai"),
        ("2026-05-01T13:21:00", "Europe/Zurich"),
    ],
)
def test_moments(value, zone):
    """Trap T3: ms, s, RFC 3339, and local time in the device's zone."""
    assert moment(value, where="t", zone=zone) == 1777634460000


def test_a_clock_never_set_is_kept_as_it_is():
    """Trap T3: screening judges it, decoding does not."""
    assert moment("165776767", where="t") == 165_776_767_000
    assert moment("2000-01-01T00:00:00Z", where="t") == 946_684_800_000


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "",
        "soon",
        "24:00",
        -1,
        10**18,
        math.nan,
        "2026-13-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+14:00",
        "x" * 10**6,
        [],
        {},
    ],
)
def test_what_is_no_moment_is_refused(value):
    with pytest.raises(Refusal, match=r"^t is "):
        moment(value, where="t", zone="Asia/Shanghai")


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "../../etc/passwd", "Asia", "/etc/localtime", "\x00", "x" * 5000]
)
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(Refusal, match="use an IANA name"):
        open_zone(zone)

"""The canonical reading: the quick way and the slow way give the same columns, and refusals say why."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.stream.blocks import first_range, from_blocks, to_blocks
from anlan.stream.readings import (
    ABSENT,
    CLOCK,
    DTYPES,
    FAULT,
    NEGATIVE,
    Columns,
    Kind,
    Reading,
    _columns_one_by_one,
    columns,
    time_ms,
)
from anlan.stream.register import MAX_CHANNELS_PER_SENSOR, Register
from anlan.stream.screen import screen

T = 1_700_000_000_000


def same(one: Columns, other: Columns) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name == "value") for name in DTYPES
    )


def test_the_wire_says_in_and_out():
    reading = msgspec.json.decode(
        b'{"kind":"interval","sensor":"a","start":1,"end":2,"in":3,"out":4}', type=Reading
    )
    assert (reading.count_in, reading.count_out) == (3, 4)
    assert msgspec.json.decode(msgspec.json.encode(reading))["in"] == 3


@pytest.mark.parametrize(
    "batch",
    [
        [Reading("interval", "a", str(n % 3), T, T + 60_000, count_in=n, count_out=2) for n in range(9)],
        [Reading("occupancy", "a", str(n % 3), t=T + n, value=n / 2, seq=n) for n in range(9)],
        [Reading("density", "a", t=T, value=n, quality="partial") for n in range(9)],
        [Reading("interval", "a", "1", T, T + 60_000, count_out=n) for n in range(9)],
        [
            Reading("event", "a", "1", t=T, count_in=1 if n % 2 else None, count_out=n, seq=n)
            for n in range(9)
        ],
        [Reading("cumulative", "a", t=T + n, count_in=n, epoch=T - n, reset="midnight") for n in range(9)],
        [Reading("cumulative", "a", t=T + n, count_in=n, count_out=2 * n, reset="wrap16") for n in range(9)],
        [Reading("cumulative", "a", t=T + n, count_out=n if n % 3 else None, count_in=4) for n in range(9)],
    ],
)
def test_quick_and_slow_way_agree(batch):
    register = Register()
    slow = _columns_one_by_one(batch, register, T, "").columns
    assert same(columns(batch, register=register, t_received_ms=T).columns, slow)
    assert len(slow) == 9


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (Reading("interval", "a", start=T), "start and end"),
        (Reading("interval", "a", start=T, end=T, count_in=1), "not after its start"),
        (Reading("interval", "a", start=T, end=T + 1), "in or out"),
        (Reading("interval", "a", start=T, end=T + 1, count_in=-1), "whole number"),
        (Reading("interval", "a", start=T, end=T + 1, count_in=10**9 + 1), "whole number"),
        (Reading("interval", "a", start=T, end=T + 1, count_in=1.5), "whole number"),  # type: ignore[arg-type]
        (Reading("occupancy", "a", t=T, value=math.nan), "value is nan"),
        (Reading("occupancy", "a", t=T, value=math.inf), "value is inf"),
        (Reading("occupancy", "a", t=T, value=10**400), "value is"),
        (Reading("occupancy", "a", t=T), "value is None"),
        (Reading("cumulative", "a", t=T), "in or out"),
        (Reading("cumulative", "a", t=T, value=7), "say so in the sensor's mapping"),
        (Reading("event", "a", t="2024-05-01T10:00:00", count_in=1), "carries no zone"),
        (Reading("event", "a", t="yesterday", count_in=1), "not a time"),
        (Reading("event", "a", t=-5, count_in=1), "out of range"),
        (Reading("event", "a", t=10**30, count_in=1), "out of range"),
        (Reading("event", "a", t=T, count_in=1, seq=-2), "seq"),
        (Reading("event", "", t=T, count_in=1), "sensor is missing"),
        (Reading("event", "a\n", t=T, count_in=1), "printable"),
        (Reading("event", "a", "x" * 201, t=T, count_in=1), "printable"),
        (Reading("event", "a", t=T, count_in=1, quality="excellent"), "quality"),
        (Reading("guess", "a", t=T, count_in=1), "kind 'guess'"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_reading_is_refused_with_its_reason_and_the_others_go_on(reading, reason):
    good = Reading("event", "a", t=T, count_in=1)
    for batch, wrong in ([reading, good], 0), ([good, reading], 1), ([reading] * 3, 0):
        made = columns(batch, register=Register(), t_received_ms=T)
        assert made.refusals[0][0] == wrong
        assert reason in made.refusals[0][1]
        assert made.kept.tolist() == [position for position, each in enumerate(batch) if each is good]
        assert len(made.columns) == len(made.kept)


def test_one_bad_reading_in_a_plain_batch_costs_only_itself():
    batch = [Reading("interval", "a", start=T, end=T + 60_000, count_in=n, count_out=0) for n in range(-1, 5)]
    made = columns(batch, register=Register(), t_received_ms=T)
    assert made.kept.tolist() == [1, 2, 3, 4, 5]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.builds(
            Reading,
            st.sampled_from(
                ["interval", "occupancy", "density", "event", "cumulative", "heartbeat", "health", "?"]
            ),
            st.sampled_from(["a", "b", ""]),
            st.sampled_from(["1", "2"]),
            start=st.sampled_from([T, None, "2023-11-14T22:13:20Z"]),
            end=st.integers(T - 1, T + 3),
            t=st.sampled_from([T, T, None, -1]),
            count_in=st.integers(-1, 3),
            count_out=st.sampled_from([0, 2, None]),
            value=st.sampled_from([1, 2.5, -1, None, math.nan, 10**400]),
            seq=st.sampled_from([None, None, 0, 2**63 - 1, 2**63, -1]),
            epoch=st.sampled_from([None, T, -1, "2023-11-14T22:13:20Z"]),
            reset=st.sampled_from([None, "", "daily", "wrap16"]),
            state=st.sampled_from([None, "OK ", "broken"]),
            quality=st.sampled_from(["", "", "partial", "odd"]),
        ),
        max_size=30,
    )
)
def test_mixed_batches_keep_their_order_and_agree_with_one_by_one(batch):
    register = Register()
    for sensor in ("a", "b"):
        for channel in ("1", "2"):
            register.line(sensor, channel)
    slow = _columns_one_by_one(batch, register, T, "")
    made = columns(batch, register=register, t_received_ms=T)
    assert same(made.columns, slow.columns)
    assert made.kept.tolist() == slow.kept.tolist()
    assert made.refusals == slow.refusals


def test_times_come_with_an_offset_or_in_milliseconds():
    assert time_ms("2023-11-14T22:13:20Z") == time_ms("2023-11-15T06:13:20.000+08:00") == T


def test_what_kinds_need_and_carry():
    batch = [
        Reading("cumulative", "a", "1", t=T, count_in=5, epoch=T - 9, reset="daily"),
        Reading("occupancy", "a", "1", t=T, value=-2),
        Reading("heartbeat", "a"),
        Reading("health", "a", state="Broken"),
        Reading("health", "", state="ok"),
    ]
    made = columns(batch, register=Register(), t_received_ms=T, default_sensor="of the credential").columns
    assert (made.n_out[0], made.epoch_ms[0]) == (ABSENT, T - 9)
    assert made.quality[1] == NEGATIVE
    assert made.t_end_ms[2] == T
    assert (made.quality[3] & FAULT, made.quality[4]) == (FAULT, 0)
    assert made.line.tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    "reading",
    [
        Reading("cumulative", "a", count_in=5, count_out=2),
        Reading("event", "a", count_in=1),
        Reading("occupancy", "a", value=1),
        Reading("density", "a", value=0.5, quality="clock"),
    ],
)
def test_what_comes_without_a_time_is_of_now_and_says_so(reading):
    (t,), (quality,) = (
        getattr(columns([reading], register=Register(), t_received_ms=T).columns, name)
        for name in ("t_end_ms", "quality")
    )
    assert (t, quality) == (T, CLOCK)


def test_a_sensor_has_only_so_many_channels():
    batch = [Reading("event", "a", str(n), t=T, count_in=1) for n in range(MAX_CHANNELS_PER_SENSOR + 5)]
    made = columns(batch, register=Register(), t_received_ms=T)
    assert len(made.refusals) == 5
    assert "fixed channel names" in made.refusals[0][1]


def test_the_register_comes_back_with_the_same_indexes():
    register, again = Register(), Register()
    for name in ("a", "b", "c"):
        register.line(name, "1")
    again.extend_from(register.to_bytes(0, 2))
    again.extend_from(register.to_bytes(2))
    assert again.index == register.index
    other = Register()
    other.line("c", "1")
    with pytest.raises(ValueError, match="another"):
        again.extend_from(other.to_bytes())


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(0, 300), st.floats(), st.integers(0, 255)),
        max_size=20,
    )
)
def test_blocks_come_back_bit_for_bit(rows):
    dtypes = {"wide": "<i8", "narrow": "<i4", "real": "<f8", "small": "u1"}
    arrays = {
        name: np.array([row[i] for row in rows], dtype) for i, (name, dtype) in enumerate(dtypes.items())
    }
    payload = to_blocks(arrays)
    back = from_blocks(payload, dtypes)
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        assert back[name].tobytes() == array.tobytes()
    if rows:
        low, high = first_range(payload)
        assert low <= arrays["wide"].min() <= arrays["wide"].max() <= high
    with pytest.raises(ValueError, match="block"):
        from_blocks(payload + b"x", dtypes)
    with pytest.raises(ValueError, match="block"):
        from_blocks(payload[:-1], dtypes)


@pytest.mark.parametrize("spread", [0, 1, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32])
def test_blocks_are_as_wide_as_the_spread_of_values(spread):
    array = np.array([-7, -7 + spread])
    payload = to_blocks({"x": array})
    assert from_blocks(payload, {"x": "<i8"})["x"].tolist() == array.tolist()
    width = next(width for width in (0, 1, 2, 4, 8) if spread < 2 ** (8 * width))
    assert len(payload) == 8 + 9 + 2 * width


def test_screen_believes_only_a_plausible_clock():
    hours = np.array([0, -1, 24 * 29, 24 * 31, 24 * 365 * 40])
    t = T - hours * 3_600_000
    made = screen(
        Columns.filled(5, kind=int(Kind.INTERVAL), t_end_ms=t, t_start_ms=t - 60_000, t_received_ms=T)
    )
    assert made.quality.tolist() == [0, 1, 0, 1, 1]
    assert made.t_end_ms.tolist() == [T, T, t[2], T, T]
    assert (made.t_end_ms - made.t_start_ms == 60_000).all()

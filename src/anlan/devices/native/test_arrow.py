"""The same readings as Arrow and as JSON give the same columns and the same refusals; hostile bodies are refused."""

import gzip
import io
import resource

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.devices.native import arrow
from anlan.devices.native.arrow import read_table
from anlan.devices.native.decode import decode_items
from anlan.devices.refusal import Refusal
from anlan.stream.columns import DTYPES
from anlan.stream.linebook import LineBook
from anlan.stream.readings import Reading, check_sheet, columns
from anlan.stream.register import Register

T = 1_777_634_460_000
SCHEMA = pa.schema(
    {
        **dict.fromkeys(("kind", "sensor", "channel", "quality", "reset", "state"), pa.string()),
        **dict.fromkeys(("start", "end", "t", "epoch", "in", "out", "seq"), pa.int64()),
        "value": pa.float64(),
    }
)


def written(table, *, open_with=pa.ipc.new_stream, **options):
    """A table as the bytes of a stream or a file."""
    sink = io.BytesIO()
    with open_with(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def table_of(rows, schema=SCHEMA):
    return pa.Table.from_pylist(rows, schema)


def checked(body, register, *, default_sensor="", headers=None):
    """What the door makes of a body, all its sensors allowed."""
    table = read_table(body, headers or {})
    sensors = table.word("sensor")
    line, _ = LineBook().find(
        sensors, table.word("channel"), register=register, among=set(sensors.names),
        default_sensor=default_sensor,
    )  # fmt: skip
    return check_sheet(
        table.sheet(line), table.reading, register=register, t_received_ms=T, default_sensor=default_sensor
    )


def same(one, other):
    assert one.refusals == other.refusals
    assert one.kept.tolist() == other.kept.tolist()
    for name in DTYPES:
        assert np.array_equal(
            getattr(one.columns, name), getattr(other.columns, name), equal_nan=name == "value"
        ), name


def interval(n=3, **more):
    return [
        {
            "kind": "interval",
            "sensor": f"s{each}",
            "channel": "1",
            "start": T - 1000,
            "end": T,
            "in": each,
            **more,
        }
        for each in range(n)
    ]


ROW = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(
            ["interval", "cumulative", "event", "occupancy", "density", "heartbeat", "health"]
        )
    },
    optional={
        "sensor": st.sampled_from(["a", "b", "", "a\n"]),
        "channel": st.sampled_from(["1", "2", "门"]),
        "start": st.sampled_from([T - 1, T - 60_000, -1]),
        "end": st.sampled_from([T, T - 60_000, 2**62]),
        "t": st.sampled_from([T, T + 9, -1]),
        "in": st.integers(-1, 3),
        "out": st.sampled_from([0, 2, 10**9, 10**9 + 1]),
        "value": st.sampled_from([1.0, 2.5, -1.0, 1e10]),
        "seq": st.sampled_from([0, 7, -1, 2**63 - 1]),
        "epoch": st.sampled_from([T, -1]),
        "reset": st.sampled_from(["", "daily", "wrap16"]),
        "state": st.sampled_from(["ok", "broken"]),
        "quality": st.sampled_from(["", "partial", "odd"]),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, max_size=25), st.sampled_from(["", "a"]), st.booleans())
def test_json_and_arrow_mean_the_same(rows, default_sensor, in_dictionaries):
    names, register = Register(), Register()
    for known in (names, register):
        known.line("a", "1")
    readings, _, refusals = decode_items(msgspec.json.encode(rows))
    assert not refusals
    by_json = columns(readings, register=names, t_received_ms=T, default_sensor=default_sensor)
    table = table_of(rows)
    if in_dictionaries:
        for place, field in enumerate(table.schema):
            if field.type == pa.string():
                table = table.set_column(place, field.name, table.column(place).dictionary_encode())
    same(checked(written(table), register, default_sensor=default_sensor), by_json)
    assert register.names == names.names


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_come_in_any_unit_with_a_zone(unit):
    schema = pa.schema(
        {**{field.name: field.type for field in SCHEMA}, "end": pa.timestamp(unit, "Asia/Shanghai")}
    )
    rows = [row | {"end": None} for row in interval()]
    times = pa.array([T] * 3, pa.timestamp("ms", "UTC")).cast(pa.timestamp(unit, "Asia/Shanghai"))
    table = table_of(rows, schema).set_column(SCHEMA.get_field_index("end"), "end", times)
    assert checked(written(table), Register()).columns.t_end_ms.tolist() == [T] * 3


def test_a_file_several_batches_narrow_types_and_unknown_columns():
    schema = pa.schema(
        {
            "kind": pa.dictionary(pa.uint8(), pa.string()), "sensor": pa.dictionary(pa.int16(), pa.large_string()),
            "channel": pa.string_view(), "start": pa.uint64(), "end": pa.int64(), "in": pa.uint8(), "out": pa.null(),
            "note": pa.list_(pa.int8()),
        }
    )  # fmt: skip
    rows = interval(4, note=[1])
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, schema) as writer:
        for row in rows:  # each with a dictionary of its own is more than a file may hold
            writer.write_table(table_of([row], schema).unify_dictionaries()) if row is rows[0] else None
    one = checked(sink.getvalue(), Register())
    assert (len(one.columns), one.refusals) == (1, [])
    tables = [table_of([row], schema) for row in rows]
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        for table in tables:
            writer.write_table(table)
    register = Register()
    made = checked(sink.getvalue(), register)
    assert made.columns.n_in.tolist() == [0, 1, 2, 3]
    assert [register.names[line] for line in made.columns.line] == [(f"s{each}", "1") for each in range(4)]


def test_gzip_and_an_empty_batch():
    body = written(table_of(interval()))
    assert len(checked(gzip.compress(body), Register()).columns) == 3
    assert len(checked(written(table_of([])), Register()).columns) == 0


def refusal(body):
    with pytest.raises(Refusal) as why:
        read_table(body, {})
    return str(why.value)


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("end", pa.timestamp("ms"), "no zone"),
        ("end", pa.float64(), "a whole number of ms"),
        ("in", pa.float32(), "a whole number is needed"),
        ("in", pa.bool_(), "a whole number is needed"),
        ("value", pa.string(), "a number is needed"),
        ("sensor", pa.binary(), "text is needed"),
        ("sensor", pa.dictionary(pa.int8(), pa.int64()), "text is needed"),
        ("kind", pa.list_(pa.string()), "text is needed"),
    ],
    ids=str,
)
def test_a_column_of_another_type_is_named(name, kind, reason):
    fields = {field.name: field.type for field in SCHEMA} | {name: kind}
    table = table_of([], pa.schema(fields))
    assert reason in refusal(written(table))


def test_what_is_no_sheet_of_readings():
    assert "no column kind" in refusal(written(table_of(interval()).drop_columns(["kind"])))
    twice = table_of(interval()).append_column("kind", pa.array(["event"] * 3))
    assert "kind comes twice" in refusal(written(twice))
    assert "no end" in refusal(b"")
    assert "no end" in refusal(b"[]")
    assert "no column kind" in refusal(written(pa.table({})))
    assert "not a sound" in refusal(b"\xff" * 4 + b"\x00" * 4)
    huge = pa.table({"kind": pa.array(["event"]), "in": pa.array([2**63], pa.uint64())})
    assert "not a sound Arrow body" in refusal(written(huge))


@pytest.mark.parametrize("codec", ["zstd", "lz4"])
def test_compressed_buffers_are_refused_before_they_are_unpacked(codec):
    table = pa.table({"kind": pa.array(["event"] * 90_000), "in": pa.array(np.zeros(90_000, np.int64))})
    assert "compressed" in refusal(written(table, compression=codec))
    words = pa.table({"kind": pa.array(["event"] * 90_000).dictionary_encode()})
    assert "compressed" in refusal(written(words, compression=codec))


def test_rows_without_bytes_are_counted_before_they_are_made():
    nothing = pa.table({"kind": pa.nulls(10**9)})
    assert "rows: the limit is" in refusal(written(nothing))
    assert "the limit is 100000" in refusal(written(pa.table({"kind": pa.nulls(100_001)})))


def test_more_messages_than_anybody_needs():
    sink = io.BytesIO()
    batch = pa.record_batch({"kind": pa.array([], pa.string())})
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        for _ in range(1_001):
            writer.write_batch(batch)
    assert "more than 1000 messages" in refusal(sink.getvalue())


def test_offsets_indexes_and_texts_that_lie():
    def lying(column):
        return refusal(written(pa.table({"kind": column})))

    body = written(pa.table({"kind": pa.array(["event", "event"])}))
    true, far = (np.array([0, 5, end], np.int32).tobytes() for end in (10, 2**30))
    assert body.count(true) == 1
    assert "not a sound" in refusal(body.replace(true, far))
    names, wrong = pa.array(["event"]), pa.array([0, 7], pa.int8())
    assert "not a sound" in lying(pa.DictionaryArray.from_arrays(wrong, names, safe=False))
    torn = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(np.array([0, 2], np.int32)), pa.py_buffer(b"\xff\xfe")]
    )
    assert "not a sound" in lying(torn)


def test_a_body_cut_anywhere_is_refused():
    for whole in (written(table_of(interval())), written(table_of(interval()), open_with=pa.ipc.new_file)):
        for length in range(0, len(whole) - 1, 7):
            refusal(whole[:length])


def test_flipped_bytes_never_crash_and_never_grow():
    whole = written(
        table_of(interval(50)).set_column(1, "sensor", pa.array(["a", "b"] * 25).dictionary_encode())
    )
    rng, register = np.random.default_rng(7), Register()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(1_500):
        body = bytearray(whole)
        for place in rng.integers(0, len(body) - 8, rng.integers(1, 4)):
            body[place] = rng.integers(0, 256)
        try:
            checked(bytes(body), register)
        except Refusal:
            continue
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mib < 100


def test_one_reading_is_made_only_where_something_is_wrong(monkeypatch):
    made: list[dict] = []

    def make(**given):
        made.append(given)
        return Reading(**given)

    monkeypatch.setattr(arrow, "Reading", make)
    register = Register()
    checked(written(table_of(interval(100))), register)  # new lines: each is looked at once
    made.clear()
    rows = interval(100)
    rows[7]["in"] = -1
    assert [place for place, _ in checked(written(table_of(rows)), register).refusals] == [7]
    assert len(made) == 1

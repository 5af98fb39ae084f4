"""Native readings as Arrow: the same fields as native JSON, one schema for all kinds, no object per reading.

Bodies come from strangers. What could make a small body large or an answer wrong is looked for before anything is
read (compressed buffers, more rows than a body may hold, an end that is missing), and every offset, index and
text is checked by Arrow itself before a value is touched. pyarrow is the extra `anlan[arrow]`.
"""

import hashlib
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from anlan.devices.body import shown
from anlan.devices.native.decode import MAX_ITEMS
from anlan.devices.refusal import Refusal
from anlan.devices.unpack import unpack
from anlan.stream.readings import KINDS, QUALITIES, Reading, reset_flag, state_flag
from anlan.stream.sheet import UNKNOWN, YES, Field, Sheet

try:
    import pyarrow as pa
    import pyarrow.compute as pc
except ImportError:  # the extra is not installed
    pa = pc = None

STREAM, FILE = "application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.file"
MEDIA = (STREAM, FILE)
TIMES = ("start", "end", "t", "epoch")
WHOLE = ("in", "out", "seq")
WORDS = ("kind", "sensor", "channel", "quality", "reset", "state")
MAX_MESSAGES = 1_000
_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"
_FILE_HEAD, _FILE_TAIL = b"ARROW1\x00\x00", b"ARROW1"


@dataclass
class Words:
    """One field of text: which of the names each reading has. Code len(names) stands for none."""

    codes: np.ndarray
    values: "pa.Array"

    @cached_property
    def names(self) -> list[str]:
        """All names, "" at the end for readings that give none."""
        return [name or "" for name in self.values.to_pylist()] + [""]

    @cached_property
    def digest(self) -> bytes:
        """The same for the same names in the same order."""
        total = hashlib.sha256(f"{self.values.type} {len(self.values)} {self.values.offset}".encode())
        for buffer in self.values.buffers():
            total.update(b"-" if buffer is None else struct.pack("<q", buffer.size))
            total.update(buffer or b"")
        return total.digest()

    def take(self, rows: np.ndarray) -> "Words":
        """Those of some readings."""
        return Words(self.codes[rows], self.values)


@dataclass
class Table:
    """n readings, unchecked: numbers and words by the name that a field has on the wire; what is absent is left out."""

    n: int
    numbers: dict[str, Field]
    words: dict[str, Words]

    def word(self, name: str) -> Words:
        """A field of text, also where no reading gives it."""
        return self.words.get(name) or Words(np.zeros(self.n, np.int64), pa.array([], pa.string()))

    def sheet(self, line: np.ndarray) -> Sheet:
        """All readings, to be checked; `line` as the register has it, -1 where it has none."""
        kind, quality = self._codes("kind", KINDS.get), self._codes("quality", QUALITIES.get)
        sheet = Sheet(kind, line, quality, fields=self.numbers)
        sheet.reset, sheet.state = self._codes("reset", reset_flag), self._codes("state", state_flag)
        return sheet

    def _codes(self, name: str, meaning: Callable[[str], int | None]) -> np.ndarray:
        words = self.word(name)
        codes = [UNKNOWN if (code := meaning(word)) is None else code for word in words.names]
        return np.array(codes, np.uint8)[words.codes]

    def take(self, rows: np.ndarray) -> "Table":
        """Some of the readings."""
        numbers = {name: field.take(rows) for name, field in self.numbers.items()}
        return Table(len(rows), numbers, {name: words.take(rows) for name, words in self.words.items()})

    def reading(self, place: int) -> Reading:
        """One reading as native JSON would have it."""
        given: dict = {"kind": ""}
        for name, words in self.words.items():
            if (code := int(words.codes[place])) < len(words.values):
                given[name] = words.values[code].as_py() or ""
        for name, (values, mask) in self.numbers.items():
            if mask if mask is YES else mask[place]:
                given[{"in": "count_in", "out": "count_out"}.get(name, name)] = values[place].item()
        return Reading(**given)


def read_table(body: bytes, headers: Mapping[str, str]) -> Table:
    """The readings of a body. Raises Refusal where it cannot be read as a whole."""
    content = _open(body, headers)
    try:
        table = _read(content)
        numbers = {name: _number(table, name) for name in (*TIMES, *WHOLE, "value") if _has(table, name)}
        words = {name: _word(table, name) for name in WORDS if _has(table, name)}
    except Refusal:
        raise
    except (pa.ArrowException, ValueError, LookupError, TypeError, OSError, MemoryError, struct.error) as why:
        raise Refusal(f"not a sound Arrow body: {shown(str(why), 160)}") from None
    return Table(table.num_rows, numbers, words)


def _open(body: bytes, headers: Mapping[str, str]) -> memoryview:
    """The stream in a body; a file is the same stream between a head and a tail."""
    (content,) = unpack(body, headers.get("content-encoding", "")) if body[:2] == b"\x1f\x8b" else (body,)
    view = memoryview(content)
    if content.startswith(_FILE_HEAD):
        if not content.endswith(_FILE_TAIL):
            raise Refusal("the Arrow file ends early: it was cut on the way, send it again")
        return view[len(_FILE_HEAD) :]
    if not content.endswith(_END):
        raise Refusal(
            "the Arrow stream has no end: it was cut on the way, or its writer was not closed; send it again"
        )
    return view


def _read(content: memoryview) -> "pa.Table":
    _look_over(content)
    options = pa.ipc.IpcReadOptions(use_threads=False)
    with pa.ipc.open_stream(pa.py_buffer(content), options=options) as stream:
        names = stream.schema.names
        known = [name for name in (*TIMES, *WHOLE, "value", *WORDS) if name in names]
        if twice := [name for name in known if names.count(name) > 1]:
            raise Refusal(f"column {twice[0]} comes twice")
        if "kind" not in known:
            raise Refusal(
                f"no column kind: name the columns like the fields of native JSON, {', '.join(WORDS)}…"
            )
        table = stream.read_all().select(known)
    if table.num_rows > MAX_ITEMS:
        raise Refusal(f"body holds {table.num_rows} readings: the limit is {MAX_ITEMS}, send smaller batches")
    table.validate(full=True)
    return table.unify_dictionaries().combine_chunks()


def _look_over(content: memoryview) -> None:
    """Count rows and look for compressed buffers, message by message, before anything is allocated for them."""
    n_rows = 0
    for place, message in enumerate(pa.ipc.MessageReader.open_stream(pa.py_buffer(content))):
        if place >= MAX_MESSAGES:
            raise Refusal(f"body holds more than {MAX_MESSAGES} messages: put more readings into each batch")
        if message.type not in ("record batch", "dictionary"):
            continue
        length, is_compressed = _read_head(memoryview(message.metadata), message.type == "dictionary")
        if is_compressed:
            raise Refusal(
                "the buffers are compressed: write them plain, and pack the body with gzip if need be"
            )
        n_rows += length
        if length < 0 or n_rows > 2 * MAX_ITEMS:
            raise Refusal(f"body holds {n_rows} rows: the limit is {MAX_ITEMS}, send smaller batches")


def _read_head(head: memoryview, is_dictionary: bool) -> tuple[int, bool]:
    """(rows, whether the buffers are compressed) of a RecordBatch or DictionaryBatch.

    Arrow has verified the head, but says neither in Python: this follows its flatbuffer (Message.fbs: Message.header
    is field 2, DictionaryBatch.data field 1, RecordBatch.length field 0 and .compression field 3).
    """
    batch = _follow(head, _follow(head, 0, None), 2)
    if is_dictionary:
        batch = _follow(head, batch, 1)
    length = _field(head, batch, 0)
    return struct.unpack_from("<q", head, length)[0] if length else 0, bool(_field(head, batch, 3))


def _field(head: memoryview, table: int, number: int) -> int:
    """Where a field of a flatbuffer's table stands; 0 where it is left out."""
    layout = table - struct.unpack_from("<i", head, table)[0]
    if 4 + 2 * number >= struct.unpack_from("<H", head, layout)[0]:
        return 0
    offset = struct.unpack_from("<H", head, layout + 4 + 2 * number)[0]
    return table + offset if offset else 0


def _follow(head: memoryview, table: int, number: int | None) -> int:
    """The table that a field (or the root) points to."""
    at = 0 if number is None else _field(head, table, number)
    return at + struct.unpack_from("<I", head, at)[0]


def _has(table: "pa.Table", name: str) -> bool:
    return name in table.column_names and not pa.types.is_null(table.schema.field(name).type)


def _column(table: "pa.Table", name: str) -> "pa.Array":
    column = table.column(name)
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _number(table: "pa.Table", name: str) -> Field:
    """A column of numbers: int64 (times in ms) or, for value, float64."""
    column = _column(table, name)
    kind = column.type
    if name in TIMES and pa.types.is_timestamp(kind):
        if kind.tz is None:
            raise Refusal(f"column {name} carries no zone: cast it to a timestamp with tz, such as UTC")
        column = column.cast(pa.timestamp("ms", kind.tz), safe=kind.unit == "s").view(pa.int64())
    elif not (pa.types.is_integer(kind) or (name == "value" and pa.types.is_floating(kind))):
        wanted = "a number" if name == "value" else "a whole number"
        wanted += " of ms, or a timestamp with tz" if name in TIMES else ""
        raise Refusal(f"column {name} is of type {kind}: {wanted} is needed")
    column = column.cast(pa.float64() if name == "value" else pa.int64())
    if not column.null_count:
        return Field(column.to_numpy(), YES)
    given = pc.is_valid(column).to_numpy(zero_copy_only=False)
    return Field(column.fill_null(0).to_numpy(), given)


def _word(table: "pa.Table", name: str) -> Words:
    column = _column(table, name)
    if not pa.types.is_dictionary(column.type):
        _check_text(name, column.type)
        column = column.dictionary_encode()
    _check_text(name, column.type.value_type)
    codes = column.indices.cast(pa.int64())
    if codes.null_count:
        codes = codes.fill_null(len(column.dictionary))
    return Words(codes.to_numpy(), column.dictionary)


def _check_text(name: str, kind: "pa.DataType") -> None:
    if kind not in (pa.string(), pa.large_string(), pa.string_view()):
        raise Refusal(f"column {name} is of type {kind}: text is needed, plain or with a dictionary")

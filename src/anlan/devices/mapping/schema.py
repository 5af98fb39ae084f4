"""What a mapping says: where in a payload the parts of a reading are.

A mapping is a small JSON or TOML document kept with the device:

    {"format": "json", "rows": "$.counts[*]", "kind": "interval", "sensor": "$.serial",
     "channel": [{"constant": "door "}, "id"], "start": "from", "end": "to", "in": "enter", "out": "leave"}

A *selector* is a JSONPath (from the row, or from the document if it begins with `$`; `` `parent` `` climbs), an
XPath (from the row, or from the root if it begins with `/`; names without namespaces), or a CSV column.

A register that runs in one direction is a cumulative's `in` or `out`. As `value` it is decoded and shown, for a
device whose registers nobody has told apart yet, but the stream does not count it.
"""

from typing import Annotated, Any, Literal

import msgspec

from anlan.devices.refusal import Refusal
from anlan.devices.settings import as_settings, parse_settings

RECEIVED = ("heartbeat", "health")  # kinds that need no time: they say "alive now"


class Constant(msgspec.Struct, forbid_unknown_fields=True):
    """A value that is the same in every reading: {"constant": "east door"}."""

    constant: str | int | float


Field = str | Constant  # a selector or a constant
Label = str | Constant | list[str | Constant]  # several are written one after the other
Positive = Annotated[float, msgspec.Meta(gt=0)]


class Mapping(
    msgspec.Struct,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"count_in": "in", "count_out": "out"},
):
    """Selectors for each part of a reading; what is absent is not read."""

    format: Literal["json", "xml", "csv"]
    kind: Literal["interval", "cumulative", "event", "occupancy", "density", "heartbeat", "health"]
    rows: str | None = None  # one reading per match; absent: the document is one row (CSV: every row)
    sensor: Label | None = None
    channel: Label | None = None
    start: Field | None = None
    end: Field | None = None
    t: Field | None = None
    period_s: Positive | None = None  # length of an interval of which only the start or the end is sent
    time_format: str = "auto"  # "ms", "s", "rfc3339", a strptime pattern, or "auto"
    count_in: Field | None = None
    count_out: Field | None = None
    value: Field | None = None
    seq: Field | None = None
    epoch: Field | None = None  # since when a cumulative counts
    reset: str | None = None  # when a cumulative goes back to 0, e.g. "daily"
    state: Field | None = None  # of a health reading
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ","  # CSV


def load(content: bytes | dict[str, Any] | Mapping, *, toml: bool = False) -> Mapping:
    """A mapping from JSON or TOML text, or from its parsed form. Raises Refusal that names the wrong field."""
    if isinstance(content, bytes):
        content = parse_settings(content, toml=toml)
    mapping = as_settings(content, Mapping)
    _check(mapping)
    return mapping


def _check(mapping: Mapping) -> None:
    """What the types cannot say: the fields that a kind cannot do without."""
    if mapping.kind == "interval":
        if sum(field is not None for field in (mapping.start, mapping.end, mapping.period_s)) != 2:
            raise Refusal("mapping: an interval needs two of start, end and period_s")
    elif mapping.t is None and mapping.kind not in RECEIVED:
        raise Refusal(f"mapping: a reading of kind {mapping.kind} needs t")
    counts = mapping.count_in is not None or mapping.count_out is not None
    if mapping.kind in ("interval", "event") and not counts:
        raise Refusal(f"mapping: a reading of kind {mapping.kind} needs in or out")
    if mapping.kind in ("occupancy", "density") and mapping.value is None:
        raise Refusal(f"mapping: a reading of kind {mapping.kind} needs value")
    if mapping.kind == "cumulative" and not counts and mapping.value is None:
        raise Refusal("mapping: a reading of kind cumulative needs in, out or value")
    if mapping.format == "csv" and mapping.rows is not None:
        raise Refusal("mapping: rows is for json and xml; every line of a csv is a row")

"""A counter nobody has heard of: its payload is read as its mapping says (`schema.py`), without any code."""

from collections.abc import Callable
from collections.abc import Mapping as Headers
from typing import Any

from anlan.devices.body import Part, open_body
from anlan.devices.mapping.schema import Constant, Label, Mapping, load
from anlan.devices.mapping.select import FORMATS, json_path, xml_path
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name, number, whole
from anlan.stream.readings import Reading

_FIELDS = [
    "sensor",
    "channel",
    "start",
    "end",
    "t",
    "count_in",
    "count_out",
    "value",
    "seq",
    "epoch",
    "state",
]

_NUMBERS = {"count_in": count, "count_out": count, "value": number, "seq": whole}

_COMPILE: dict[str, Callable[[str], Any]] = {"json": json_path, "xml": xml_path, "csv": str}


def recognises(part: Part) -> bool:
    """Never: a mapping has to be named."""
    return False


def check(mapping: Any) -> Mapping:
    """A mapping with all its selectors compiled, to tell its author what is wrong. Raises Refusal."""
    known = load(mapping)
    compiled = _COMPILE[known.format]
    if known.rows:
        compiled(known.rows)
    for field in _FIELDS:
        label = getattr(known, field)
        for piece in label if isinstance(label, list) else [label]:
            if isinstance(piece, str):
                compiled(piece)
    return known


def decode(
    body: bytes, *, headers: Headers[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """One reading per row that the mapping selects. Raises Refusal: no mapping, no row, a wrong field in any row."""
    if mapping is None:
        raise Refusal("this kind needs a mapping: give one, e.g. --mapping FILE")
    known = check(mapping)
    rows = FORMATS[known.format]
    readings = [
        _Row(known, row, position, zone).reading()
        for part in open_body(body, headers)
        for position, row in enumerate(rows.rows(part, known.rows, known.delimiter))
    ]
    if not readings:
        raise Refusal(
            f"the mapping's rows {known.rows or ''!r} select nothing in this payload: compare it with a real one"
        )
    return readings


class _Row:
    """One row of a payload, seen through a mapping."""

    def __init__(self, mapping: Mapping, row: Any, position: int, zone: str | None):
        self.mapping, self.row, self.position, self.zone = mapping, row, position, zone

    def reading(self) -> Reading:
        """The row as a reading. Raises Refusal with the row's number and the field."""
        mapping = self.mapping
        reading = Reading(kind=mapping.kind, sensor=self._name("sensor"), channel=self._name("channel"))
        reading.reset = mapping.reset
        reading.epoch = self._moment("epoch")
        if mapping.kind == "interval":
            self._span(reading)
        else:
            reading.t = self._moment("t")
        for field, number_of in _NUMBERS.items():
            if getattr(mapping, field) is not None:
                value = self._pick(getattr(mapping, field))
                setattr(reading, field, number_of(value, where=self._where(field)))
        if mapping.state is not None:
            reading.state = self._name("state")
        return reading

    def _span(self, reading: Reading) -> None:
        period_ms = round((self.mapping.period_s or 0) * 1000)
        start, end = self._moment("start"), self._moment("end")
        reading.start = start if start is not None else (end or 0) - period_ms
        reading.end = end if end is not None else (start or 0) + period_ms

    def _moment(self, field: str) -> int | None:
        selector = getattr(self.mapping, field)
        if selector is None:
            return None
        value = self._pick(selector)
        return moment(value, where=self._where(field), zone=self.zone, form=self.mapping.time_format)

    def _name(self, field: str) -> str:
        label: Label | None = getattr(self.mapping, field)
        if label is None:
            return ""
        pieces = label if isinstance(label, list) else [label]
        told = [self._pick(piece) for piece in pieces]
        if len(told) > 1:  # a piece may be the space between two others
            told = ["".join(t if isinstance(t, str) else name(t, where=self._where(field)) for t in told)]
        return name(told[0] if told else "", where=self._where(field))

    def _pick(self, field: str | Constant) -> Any:
        if isinstance(field, Constant):
            return field.constant
        return FORMATS[self.mapping.format].pick(self.row, field)

    def _where(self, field: str) -> str:
        return f"row {self.position}: {field.removeprefix('count_')}"

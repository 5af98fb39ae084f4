"""A sheet: readings side by side as they were sent, not checked yet – and how they are laid out as Columns at once.

What is plain and within its bounds is laid out by arrays, whatever the mixture of kinds. The rest is odd, and
somebody who looks at one reading after another says what is wrong with it (readings.py).
"""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from anlan.stream.columns import ABSENT, CLOCK, MAX_COUNT, MAX_MS, NEGATIVE, Columns, Kind

UNKNOWN = 255  # the code of a word that nobody knows
YES, NO = np.array(True), np.array(False)

Rows = np.ndarray | slice
ALL = slice(None)


class Field(NamedTuple):
    """The numbers of one field, and which readings give it (one answer for all, or a mask)."""

    values: np.ndarray
    given: np.ndarray

    def take(self, rows: np.ndarray | slice) -> "Field":
        """The same of some readings."""
        return Field(self.values[rows], self.given[rows] if self.given.ndim else self.given)


NOT_GIVEN: Field = Field(np.zeros(1, np.int64), NO)


@dataclasses.dataclass
class Sheet:
    """n readings. kind, quality, reset and state are codes: Kind, and flags of a quality; UNKNOWN where the word
    is none. `line` is -1 where the register has none. `fields` by name: start, end, t, in, out, value, seq, epoch.
    `odd` marks readings that cannot be judged by what stands here."""

    kind: np.ndarray
    line: np.ndarray
    quality: np.ndarray
    reset: np.ndarray | None = None
    state: np.ndarray | None = None
    fields: dict[str, Field] = dataclasses.field(default_factory=dict)
    odd: np.ndarray = dataclasses.field(default_factory=lambda: NO)

    def read(self, name: str, rows: Rows) -> Field:
        """One field of some readings."""
        found: Field = self.fields.get(name, NOT_GIVEN)
        return found if rows is ALL or found is NOT_GIVEN else found.take(rows)


def lay_out(sheet: Sheet, t_received_ms: int) -> tuple[Columns, np.ndarray]:
    """(all readings as Columns, which of them are sound); the columns of the others mean nothing."""
    n = len(sheet.kind)
    block = Columns.filled(
        n, kind=sheet.kind, quality=sheet.quality, line=sheet.line, t_received_ms=t_received_ms
    )
    sound = ~sheet.odd & (sheet.line >= 0) & (sheet.quality != UNKNOWN)
    seq = sheet.read("seq", ALL)
    if seq.given is not NO:
        block.seq[:] = np.where(seq.given, seq.values, ABSENT)
        sound &= ~seq.given | (seq.values >= 0)
    present = np.flatnonzero(np.bincount(sheet.kind)).tolist()
    for kind in present:
        rows = ALL if len(present) == 1 else np.flatnonzero(sheet.kind == kind)
        sound[rows] &= _LAY.get(kind, _lay_unknown)(sheet, block, rows)
    return block, sound


def _between(values: np.ndarray, low: int, high: int) -> np.ndarray:
    return (values >= low) & (values <= high)


def _lay_unknown(sheet: Sheet, block: Columns, rows: Rows) -> np.ndarray:
    return NO


def _lay_sign_of_life(sheet: Sheet, block: Columns, rows: Rows) -> np.ndarray:
    """A sign of life without a time of its own says "now": the receive time will do."""
    t = sheet.read("t", rows)
    block.t_end_ms[rows] = np.where(t.given, t.values, block.t_received_ms[rows])
    block.t_start_ms[rows] = block.t_end_ms[rows]
    return ~t.given | _between(t.values, 0, MAX_MS - 1)


def _lay_time(sheet: Sheet, block: Columns, rows: Rows) -> np.ndarray:
    """The same for what is measured; without a time it is flagged."""
    if (given := sheet.read("t", rows).given) is not YES:
        block.quality[rows] |= np.where(given, 0, CLOCK).astype(np.uint8)
    return _lay_sign_of_life(sheet, block, rows)


def _lay_counts(sheet: Sheet, block: Columns, rows: Rows, *, absent: int = 0) -> np.ndarray:
    count_in, count_out = sheet.read("in", rows), sheet.read("out", rows)
    sound = count_in.given | count_out.given
    for column, (values, given) in ((block.n_in, count_in), (block.n_out, count_out)):
        column[rows] = values if given is YES else np.where(given, values, absent)
        sound = sound & (~given | _between(values, 0, MAX_COUNT))
    return sound


def _lay_interval(sheet: Sheet, block: Columns, rows: Rows) -> np.ndarray:
    start, end = sheet.read("start", rows), sheet.read("end", rows)
    block.t_start_ms[rows], block.t_end_ms[rows] = start.values, end.values
    sound = start.given & end.given & (start.values >= 0) & (end.values < MAX_MS)
    return sound & (end.values > start.values) & _lay_counts(sheet, block, rows)


def _lay_passage(sheet: Sheet, block: Columns, rows: Rows) -> np.ndarray:
    return _lay_time(sheet, block, rows) & _lay_counts(sheet, block, rows)


def _lay_total(sheet: Sheet, block: Columns, rows: Rows) -> np.ndarray:
    sound = _lay_time(sheet, block, rows) & _lay_counts(sheet, block, rows, absent=ABSENT)
    epoch = sheet.read("epoch", rows)
    block.epoch_ms[rows] = np.where(epoch.given, epoch.values, 0)
    if sheet.reset is not None:
        block.quality[rows] |= sheet.reset[rows]
    return sound & (~epoch.given | _between(epoch.values, 0, MAX_MS - 1))


def _lay_value(sheet: Sheet, block: Columns, rows: Rows) -> np.ndarray:
    value = sheet.read("value", rows)
    block.value[rows] = value.values
    block.quality[rows] |= np.where(value.values < 0, NEGATIVE, 0).astype(np.uint8)
    in_bounds = value.given & (np.abs(value.values) <= MAX_COUNT)  # nan compares false
    return in_bounds & _lay_time(sheet, block, rows)


def _lay_health(sheet: Sheet, block: Columns, rows: Rows) -> np.ndarray:
    if sheet.state is not None:
        block.quality[rows] |= sheet.state[rows]
    return _lay_sign_of_life(sheet, block, rows)


_LAY: dict[int, Callable[[Sheet, Columns, Rows], np.ndarray]] = {
    Kind.INTERVAL: _lay_interval,
    Kind.CUMULATIVE: _lay_total,
    Kind.EVENT: _lay_passage,
    Kind.OCCUPANCY: _lay_value,
    Kind.DENSITY: _lay_value,
    Kind.HEARTBEAT: _lay_sign_of_life,
    Kind.HEALTH: _lay_health,
}

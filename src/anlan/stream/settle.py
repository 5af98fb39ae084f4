"""Settling: readings older than the window of identity are looked up in the journal itself.

A reading set aside counts if the journal holds none of the same (line, kind, t_end[, seq]) before it; the
same numbers again are a duplicate; other numbers are a correction of the newest before it.
"""

from collections import Counter

import msgspec
import numpy as np

from anlan.stream.blocks import first_range
from anlan.stream.clockless import is_clockless
from anlan.stream.fold import count
from anlan.stream.frames import Frame
from anlan.stream.history import History
from anlan.stream.identity import Status
from anlan.stream.journal import Journal
from anlan.stream.readings import BAD, Columns, Kind
from anlan.stream.state import State, correction
from anlan.stream.topology import Wiring


class Verdicts(msgspec.Struct, frozen=True, array_like=True):
    """What became of the first readings set aside, in their order (a SETTLE frame).

    frames: (offset, number of readings) of the journal's frames that they came in.
    """

    status: list[int]
    added_in: list[int]
    added_out: list[int]
    frames: list[tuple[int, int]] = []

    def to_bytes(self) -> bytes:
        """The payload of a SETTLE frame."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def from_bytes(cls, payload: bytes) -> "Verdicts":
        """The inverse of to_bytes."""
        return msgspec.msgpack.decode(payload, type=cls)


def look_up(journal: Journal, aside: list[tuple[int, Columns]]) -> Verdicts:
    """Read the journal once and decide on all readings set aside."""
    waiting = Columns.concat([block for _, block in aside])
    keys = _keys(waiting)
    wanted = set(keys)
    first, last = int(waiting.t_end_ms.min()), int(waiting.t_end_ms.max())
    newest = aside[-1][0]
    seen: dict[tuple, list[tuple[int, int]]] = {key: [] for key in wanted}
    for record in journal.read(0):
        if record.offset > newest:
            break
        if record.type == Frame.READINGS:
            low, high = first_range(record.payload)
            if low <= last and high >= first:
                _collect(Columns.from_bytes(record.payload), waiting, seen)
    verdicts = _decide(keys, waiting, seen)
    return msgspec.structs.replace(verdicts, frames=[(offset, len(block)) for offset, block in aside])


def _keys(block: Columns) -> list[tuple]:
    """Identity: events by their seq as well, and nothing else."""
    seq = np.where(block.kind == Kind.EVENT, block.seq, -1)
    return list(
        zip(block.line.tolist(), block.kind.tolist(), block.t_end_ms.tolist(), seq.tolist(), strict=True)
    )


def _collect(block: Columns, waiting: Columns, seen: dict[tuple, list[tuple[int, int]]]) -> None:
    near = (
        np.isin(block.t_end_ms, waiting.t_end_ms)
        & np.isin(block.line, waiting.line)
        & (block.quality & BAD == 0)
        & ~is_clockless(block)
    )
    part = block.take(np.flatnonzero(near))
    for key, n_in, n_out in zip(_keys(part), part.n_in.tolist(), part.n_out.tolist(), strict=True):
        if key in seen:
            seen[key].append((n_in, n_out))


def _decide(keys: list[tuple], waiting: Columns, seen: dict[tuple, list[tuple[int, int]]]) -> Verdicts:
    """The occurrences of a key in the journal end with those set aside: the ones before were counted."""
    verdicts, still_aside = Verdicts([], [], []), Counter(keys)
    for key, n_in, n_out in zip(keys, waiting.n_in.tolist(), waiting.n_out.tolist(), strict=True):
        before = seen[key][: len(seen[key]) - still_aside[key]]
        still_aside[key] -= 1
        if not before:
            verdict = (Status.LATE, n_in, n_out)
        elif before[-1] == (n_in, n_out) or key[1] == Kind.EVENT:
            verdict = (Status.DUPLICATE, 0, 0)
        else:
            verdict = (Status.CORRECTED, n_in - before[-1][0], n_out - before[-1][1])
        for column, number in zip(
            (verdicts.status, verdicts.added_in, verdicts.added_out), verdict, strict=True
        ):
            column.append(int(number))
    return verdicts


def _trace(state: State, waiting: Columns, verdicts: Verdicts) -> None:
    for at in np.flatnonzero(np.array(verdicts.status) == Status.CORRECTED).tolist():
        now = [float(waiting.n_in[at]), float(waiting.n_out[at])]
        was = [now[0] - verdicts.added_in[at], now[1] - verdicts.added_out[at]]
        state.corrections.append(correction(waiting, at, was=was, now=now))


def apply_verdicts(state: State, wiring: Wiring, history: History, verdicts: Verdicts) -> None:
    """Count what the verdicts say and let the readings they speak of go. Nothing becomes fresh by it."""
    verdicts = _still_aside(state, verdicts)
    n = len(verdicts.status)
    waiting = Columns.concat([block for _, block in state.aside])
    added_in, added_out = np.array(verdicts.added_in, np.int64), np.array(verdicts.added_out, np.int64)
    count(state, wiring, history, waiting.take(slice(n)), added_in, added_out)
    _trace(state, waiting, verdicts)
    state.tally += np.bincount(np.array(verdicts.status, np.int64), minlength=len(state.tally))
    rest = []
    for offset, block in state.aside:
        if n < len(block):
            rest.append((offset, block.take(slice(n, None))))
        n = max(n - len(block), 0)
    state.aside, state.aside_since_ms = rest, state.now_ms


def _still_aside(state: State, verdicts: Verdicts) -> Verdicts:
    """The verdicts on what is set aside here too: after damage to the journal some of it may be missing.

    What is not spoken of although it is older is let go: nobody will speak of it any more.
    """
    here = {offset: len(block) for offset, block in state.aside}
    if not verdicts.frames or list(here.items())[: len(verdicts.frames)] == verdicts.frames:
        return verdicts
    kept, at, rows = [], 0, [verdicts.status, verdicts.added_in, verdicts.added_out]
    for offset, n in verdicts.frames:
        if here.get(offset) == n:
            kept.append((offset, [row[at : at + n] for row in rows]))
        at += n
    spoken = dict(kept)
    newest = verdicts.frames[-1][0]
    state.aside = [each for each in state.aside if each[0] in spoken or each[0] > newest]
    status, added_in, added_out = ([number for _, parts in kept for number in parts[row]] for row in range(3))
    return Verdicts(status, added_in, added_out)

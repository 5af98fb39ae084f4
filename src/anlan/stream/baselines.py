"""Baselines: the number of people in a space is set anew, by somebody's count or each night.

From a baseline on the number is its value and what passed since, so that what is missed by counters does not pile
up. Both are BASELINE frames: what they set is journalled, never reckoned again.
"""

from typing import Literal, NamedTuple

import msgspec
import numpy as np

from anlan.science.drift import compute_drift_factor, compute_spread
from anlan.stream.history import History
from anlan.stream.state import MINUTE_MS, MINUTES, Spaces, State
from anlan.stream.topology import Wiring

RESET_AFTER_MS = 5 * MINUTE_MS  # what counters report a little late still belongs to the day
SOUND_HOURS = 30  # a "day" of which hours are missing before it, because nothing ran, tells nothing of drift

Why = Literal["recount", "nightly"]


class Baseline(msgspec.Struct, frozen=True):
    """`value` people are in a space; came and went passed after that moment already.

    factor: by which people counted in are multiplied from here on; spread: how unsure the number becomes for
    each of them (None: both stay as they are).
    """

    space: str
    value: int
    came: int = 0
    went: int = 0
    factor: float | None = None
    spread: float | None = None


class Baselines(msgspec.Struct, frozen=True):
    """The baselines of some spaces at one moment (a BASELINE frame)."""

    at_ms: int
    why: Why
    rows: list[Baseline]


def first_minute(at_ms: int) -> int:
    """The first minute whose passages come after a moment; a count that ends at it came before."""
    return (at_ms - 1) // MINUTE_MS + 1


class Passed(NamedTuple):
    """People who passed in and out of a space."""

    came: int
    went: int


def passed_since(state: State, wiring: Wiring, history: History, space: int, minute: int) -> Passed:
    """What passed in a space from a minute on: from the rings where they reach, else from the history."""
    spaces = state.spaces
    if minute > state.minute - MINUTES:
        later = np.arange(minute, state.minute + 1) % MINUTES
        return Passed(int(spaces.minute_in[space, later].sum()), int(spaces.minute_out[space, later].sum()))
    entry = np.flatnonzero(wiring.flow.space == space)
    lines, plus = wiring.flow.line[entry], wiring.flow.sign[entry] > 0
    n_in, n_out = history.at_hand().passed(lines, minute * MINUTE_MS, 2**52, n_lines=wiring.n_lines)
    came, went = np.where(plus, n_in[lines], n_out[lines]), np.where(plus, n_out[lines], n_in[lines])
    return Passed(int(came.sum()), int(went.sum()))


def recounted(
    state: State, wiring: Wiring, history: History, *, space: int, value: int, at_ms: int
) -> Baselines:
    """The baseline of a count: `value` people were in the space at `at_ms`."""
    state.advance(max(state.now_ms, at_ms) // MINUTE_MS)
    passed = passed_since(state, wiring, history, space, first_minute(at_ms))
    return Baselines(at_ms, "recount", [Baseline(wiring.codes[space], value, *passed)])


def due_nights(state: State, wiring: Wiring, history: History) -> list[Baselines]:
    """The nightly baselines that are due: of spaces that are counted by passages, by their quiet minute.

    One whose first passages have just come is taken to have been empty at its last quiet minute: what counters then
    send of the days before does not pile up in its number.
    """
    n, spaces = state.spaces.n, state.spaces
    found = []
    for minute in np.unique(wiring.quiet_minute[wiring.quiet_minute >= 0]).tolist():
        at_ms = wiring.last_quiet_ms(state.now_ms - RESET_AFTER_MS, minute)
        chosen = (wiring.quiet_minute == minute) & spaces.has_flow[:n] & (spaces.nightly_ms[:n] < at_ms)
        chosen &= spaces.base_minute[:n] <= first_minute(at_ms)  # a newer recount stands
        if chosen.any():
            found.append(_night_of(state, wiring, history, np.flatnonzero(chosen), at_ms))
    return found


def _night_of(state: State, wiring: Wiring, history: History, chosen: np.ndarray, at_ms: int) -> Baselines:
    """The baselines of some spaces at their quiet minute, with what their nights so far tell of drift."""
    passed = [passed_since(state, wiring, history, space, first_minute(at_ms)) for space in chosen.tolist()]
    night_in, night_out = _nights_with_today(state, chosen, passed, at_ms)
    factor = compute_drift_factor(night_in=night_in, night_out=night_out)
    spread = compute_spread(night_in=night_in, night_out=night_out, factor=factor)
    rows = [
        Baseline(wiring.codes[space], int(wiring.residual[space]), *each, float(w), float(share))
        for space, each, w, share in zip(chosen.tolist(), passed, factor, spread, strict=True)
    ]
    return Baselines(at_ms, "nightly", rows)


def _nights_with_today(
    state: State, chosen: np.ndarray, passed: list[Passed], at_ms: int
) -> tuple[np.ndarray, np.ndarray]:
    """night_in and night_out of the chosen spaces as they will be once the day that ends is among them."""
    spaces = state.spaces
    later = np.array(passed, np.int64).reshape(-1, 2)
    came = spaces.day_in[chosen] + spaces.came[chosen] - later[:, 0]
    went = spaces.day_out[chosen] + spaces.went[chosen] - later[:, 1]
    sound = ~spaces.is_patchy[chosen] & (came > 0)
    sound &= at_ms - spaces.nightly_ms[chosen] <= SOUND_HOURS * 60 * MINUTE_MS
    night_in, night_out = spaces.night_in[chosen].copy(), spaces.night_out[chosen].copy()
    night_in[:, :-1], night_out[:, :-1] = night_in[:, 1:].copy(), night_out[:, 1:].copy()
    night_in[:, -1], night_out[:, -1] = np.where(sound, came, -1), np.where(sound, went, 0)
    return night_in, night_out


def set_baselines(state: State, wiring: Wiring, history: History, baselines: Baselines) -> np.ndarray:
    """Put baselines in force and on record; returns the positions of the spaces they speak of."""
    state.advance(max(state.now_ms, baselines.at_ms) // MINUTE_MS)
    rows = [row for row in baselines.rows if row.space in wiring.index]
    chosen = np.array([wiring.index[row.space] for row in rows], np.int64)
    new = _columns(rows, state.spaces, chosen)
    old = _find(state.spaces, chosen, new)
    if baselines.why == "nightly":
        later = [Passed(row.came, row.went) for row in rows]
        nights = _nights_with_today(state, chosen, later, baselines.at_ms)
        state.spaces.night_in[chosen], state.spaces.night_out[chosen] = nights
    history.record.add_baselines(
        [row.space for row in rows],
        minute=first_minute(baselines.at_ms),
        is_nightly=baselines.why == "nightly",
        value=new["value"],
        factor=new["factor"],
        spread=new["spread"],
        **old._asdict(),
    )
    _begin(state.spaces, chosen, new, old, baselines)
    # Nobody came or went by being counted: the samples move along, so that no slope arises.
    moved = state.spaces.sample[chosen] + np.rint(new["value"] - old.before)[:, None]
    state.spaces.sample[chosen] = np.maximum(moved, 0)
    return chosen


class Found(NamedTuple):
    """What a baseline found, by space: columns of record.BaselineRows."""

    before: np.ndarray
    segment_in: np.ndarray
    day_in: np.ndarray
    day_out: np.ndarray
    imputed: np.ndarray


def _find(spaces: Spaces, chosen: np.ndarray, new: dict[str, np.ndarray]) -> Found:
    """The numbers at the moment of a baseline: those of now without what passed since."""
    segment_in = spaces.came[chosen] - new["came"]
    return Found(
        before=spaces.read_raw(chosen) - (spaces.factor[chosen] * new["came"] - new["went"]),
        segment_in=segment_in,
        day_in=spaces.day_in[chosen] + segment_in,
        day_out=spaces.day_out[chosen] + spaces.went[chosen] - new["went"],
        imputed=spaces.made_in[chosen] + spaces.made_out[chosen],
    )


def _columns(rows: list[Baseline], spaces: Spaces, chosen: np.ndarray) -> dict[str, np.ndarray]:
    """The rows by column; a factor or spread that is not given stays what it was."""
    columns = {
        name: np.array([getattr(row, name) for row in rows], np.int64) for name in ("value", "came", "went")
    }
    for name in ("factor", "spread"):
        was = getattr(spaces, name)[chosen].tolist()
        given = [getattr(row, name) for row in rows]
        columns[name] = np.array(
            [old if new is None else new for new, old in zip(given, was, strict=True)], float
        )
    return columns


def _begin(
    spaces: Spaces, chosen: np.ndarray, new: dict[str, np.ndarray], found: Found, baselines: Baselines
) -> None:
    """Count from the baselines on."""
    nightly = baselines.why == "nightly"
    for name, column in {
        "offset": new["value"],
        "came": new["came"],
        "net": new["value"] + new["came"] - new["went"],
        "factor": new["factor"],
        "spread": new["spread"],
        "base_minute": first_minute(baselines.at_ms),
        "made_in": 0,
        "made_out": 0,
        "has_flow": True,
        "day_in": 0 if nightly else found.day_in,
        "day_out": 0 if nightly else found.day_out,
    }.items():
        getattr(spaces, name)[chosen] = column
    if nightly:
        spaces.nightly_ms[chosen] = baselines.at_ms
        spaces.is_patchy[chosen] = False

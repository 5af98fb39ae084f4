"""Baselines: the number of people in a space is set anew, by somebody's count or each night.

From a baseline on the number is its value and what passed since, so that what is missed by counters does not pile
up. Both are BASELINE frames: what they set is journalled, never reckoned again.
"""

from typing import Literal, NamedTuple

import msgspec
import numpy as np

from anlan.science.drift import FIRST_SPREAD, compute_drift_factor, compute_spread
from anlan.stream.history import History
from anlan.stream.state import MINUTE_MS, MINUTES, NIGHTS, State
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

    A space that the scene has just come to know waits for its first night.
    """
    n, spaces = state.spaces.n, state.spaces
    found = []
    for minute in np.unique(wiring.quiet_minute[wiring.quiet_minute >= 0]).tolist():
        at_ms = wiring.last_quiet_ms(state.now_ms - RESET_AFTER_MS, minute)
        chosen = (wiring.quiet_minute == minute) & spaces.has_flow[:n] & (spaces.nightly_ms[:n] < at_ms)
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
    spaces, nightly = state.spaces, baselines.why == "nightly"
    value, came, went = (
        np.array([getattr(row, name) for row in rows], np.int64) for name in ("value", "came", "went")
    )
    passed = np.stack([came, went], 1) if len(rows) else np.zeros((0, 2), np.int64)
    before = spaces.read_raw(chosen) - (spaces.factor[chosen] * came - went)
    segment_in, segment_out = spaces.came[chosen] - came, spaces.went[chosen] - went
    if nightly:
        nights = _nights_with_today(
            state, chosen, [Passed(*each) for each in passed.tolist()], baselines.at_ms
        )
        spaces.night_in[chosen], spaces.night_out[chosen] = nights
    jump = value - before
    history.record.add_baselines(
        [row.space for row in rows],
        minute=first_minute(baselines.at_ms),
        is_nightly=nightly,
        value=value,
        before=before,
        segment_in=segment_in,
        day_in=spaces.day_in[chosen] + segment_in,
        day_out=spaces.day_out[chosen] + segment_out,
        imputed=spaces.made_in[chosen] + spaces.made_out[chosen],
        factor=_given(rows, "factor", spaces.factor[chosen]),
        spread=_given(rows, "spread", spaces.spread[chosen]),
    )
    _begin(state, chosen, value, passed, baselines, segment_in, segment_out)
    spaces.factor[chosen] = _given(rows, "factor", spaces.factor[chosen])
    spaces.spread[chosen] = _given(rows, "spread", spaces.spread[chosen])
    # Nobody came or went by being counted: the samples move along, so that no slope arises.
    moved = spaces.sample[chosen] + np.rint(jump)[:, None]
    spaces.sample[chosen] = np.maximum(moved, 0)
    return chosen


def _given(rows: list[Baseline], name: str, else_: np.ndarray) -> np.ndarray:
    """A column of the rows, with what was before where a row gives nothing."""
    column = [getattr(row, name) for row in rows]
    return np.array(
        [old if new is None else new for new, old in zip(column, else_.tolist(), strict=True)], float
    )


def _begin(
    state: State,
    chosen: np.ndarray,
    value: np.ndarray,
    passed: np.ndarray,
    baselines: Baselines,
    segment_in: np.ndarray,
    segment_out: np.ndarray,
) -> None:
    """Count from the baselines on."""
    spaces = state.spaces
    spaces.offset[chosen] = value
    spaces.came[chosen] = passed[:, 0]
    spaces.net[chosen] = value + passed[:, 0] - passed[:, 1]
    spaces.base_minute[chosen] = first_minute(baselines.at_ms)
    spaces.made_in[chosen] = spaces.made_out[chosen] = 0
    spaces.has_flow[chosen] = True
    if baselines.why == "nightly":
        spaces.nightly_ms[chosen] = baselines.at_ms
        spaces.day_in[chosen] = spaces.day_out[chosen] = 0
        spaces.is_patchy[chosen] = False
    else:
        spaces.day_in[chosen] += segment_in
        spaces.day_out[chosen] += segment_out


__all__ = [
    "FIRST_SPREAD", "NIGHTS", "Baseline", "Baselines", "due_nights", "first_minute", "passed_since", "recounted",
    "set_baselines",
]  # fmt: skip

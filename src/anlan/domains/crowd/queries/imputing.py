"""What silent doors would have counted since the number present was last known: their usual share of the flow."""

from datetime import datetime
from typing import NamedTuple

import numpy as np
from django.utils import timezone

from anlan.domains.crowd.rules import LACKS_OUT
from anlan.science.imputation import compute_dead_share, compute_missed_passages
from anlan.stream.estimates import Estimate
from anlan.stream.readings import Kind

MINUTE_MS = 60_000
HOUR_MIN = 60
LOOK_BACK_MIN = 48 * HOUR_MIN  # a gap that began longer ago is estimated from here on


class Gap(NamedTuple):
    """A stretch in which a sensor did not count, both ways or the one it lacks; until_ms None: still."""

    from_ms: int
    until_ms: int | None
    lacks: int = 0


def estimate_gaps(scene, usual, gaps, now):
    """The stream's Estimate of each space that sensors with gaps ({sensor code: [Gap]}) count into, at `now`."""
    links, view = scene.flow_links(), scene.line_view()
    by_line = {line: gaps[sensor] for line, (sensor, _) in enumerate(view.names) if sensor in gaps}
    rows = []
    for space in np.unique(links.space[np.isin(links.line, list(by_line))]).tolist():
        entry = np.flatnonzero(links.space == space)
        line, base_min = links.line[entry], int(links.base_ms[space]) // MINUTE_MS
        some = [
            [gap for gap in by_line.get(each, ()) if not makes_up(gap, view, each)] for each in line.tolist()
        ]
        made = missed_of_lines(scene, usual, line, some, base_min, now)
        made = np.where(links.sign[entry, None] > 0, made, made[:, ::-1]).sum(0)
        is_dead = np.array(
            [any(gap.until_ms is None for gap in by_line.get(each, ())) for each in line.tolist()]
        )
        share = compute_dead_share(usual=usual.hours[line].astype(float).sum((1, 2)), is_dead=is_dead)
        rows.append(
            Estimate(links.codes[space], *(round(each) for each in made.tolist()), dead_share=round(share, 4))
        )
    return [row for row in rows if row.made_in or row.made_out or row.dead_share]


def makes_up(gap, view, line):
    """Whether a gap that is over was counted after all: a running total tells what it missed with its next reading."""
    return gap.until_ms is not None and bool(view.heard[line, Kind.CUMULATIVE])


def missed_of_lines(scene, usual, line, gaps, base_min, now):
    """People whom each line has missed in its gaps since a minute, float [lines, 2]: its own in and out."""
    now_min = round(now.timestamp() * 1000) // MINUTE_MS
    spans = [
        (
            at,
            max(gap.from_ms // MINUTE_MS, base_min, now_min - LOOK_BACK_MIN),
            until_minute(gap, now_min),
            gap.lacks,
        )
        for at, some in enumerate(gaps)
        for gap in some
    ]
    spans = [span for span in spans if span[1] < span[2]]
    if not spans:
        return np.zeros((len(line), 2))
    first = min(span[1] for span in spans) // HOUR_MIN
    n = now_min // HOUR_MIN - first + 1
    slots = Slots(first, n)
    counted, filled, missing = slots.count(scene, line, spans, now_min)
    usual_by_slot = usual.hours[line][:, slots.hours()].astype(float)
    missed = compute_missed_passages(
        counted=counted,
        filled=filled,
        usual=usual_by_slot,
        missing=missing,
        elapsed=slots.part(first * HOUR_MIN, now_min),
    )
    return missed.sum(1)


def until_minute(gap, now_min):
    return now_min if gap.until_ms is None else min(gap.until_ms // MINUTE_MS, now_min)


class Slots(NamedTuple):
    """`n` whole hours from the hour `first` (since 1970) on."""

    first: int
    n: int

    def hours(self):
        """The hour of the local day of each."""
        zone = timezone.get_current_timezone()
        return [datetime.fromtimestamp((self.first + at) * 3600, zone).hour for at in range(self.n)]

    def part(self, begin, end):
        """The part of each that lies in the minutes [begin, end)."""
        start = (self.first + np.arange(self.n)) * HOUR_MIN
        return np.clip(np.minimum(start + HOUR_MIN, end) - np.maximum(start, begin), 0, HOUR_MIN) / HOUR_MIN

    def count(self, scene, line, spans, now_min):
        """(people counted, those of them within a gap, part of the slot in a gap), each [lines, slots, 2]."""
        counted, filled, missing = (np.zeros((len(line), self.n, 2)) for _ in range(3))
        from_ms, to_ms = self.first * HOUR_MIN * MINUTE_MS, (now_min + 1) * MINUTE_MS
        rows = scene.history.minutes(line, from_ms, to_ms)
        for at, each in enumerate(line.tolist()):
            own = rows["line"] == each
            minute, passed = rows["minute"][own], np.stack([rows["n_in"][own], rows["n_out"][own]], 1)
            np.add.at(counted[at], minute // HOUR_MIN - self.first, passed)
            for begin, end, lacks in (span[1:] for span in spans if span[0] == at):
                ways = slice(None) if not lacks else slice(1, 2) if lacks == LACKS_OUT else slice(0, 1)
                within = (minute >= begin) & (minute < end)
                np.add.at(filled[at], (minute[within] // HOUR_MIN - self.first), passed[within])
                missing[at, :, ways] += self.part(begin, end)[:, None]
        return counted, filled, np.minimum(missing, 1)

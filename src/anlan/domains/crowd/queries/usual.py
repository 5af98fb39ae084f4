"""What lines usually count, hour by hour, learned from the history of past days; and the signs that they fail.

Kept in memory by the sweep `crowd.health`, one day of the past a minute, so that nothing waits; after a restart it
is learned anew.
"""

from datetime import datetime, time, timedelta
from typing import NamedTuple

import numpy as np
from django.utils import timezone

from anlan.domains.crowd import rules

DAYS = 14
HOURS = 24
WEIGHT = 0.15  # of the newest day: .85^j back from it, as profiles are weighted (warning.md)
MINUTE_MS = 60_000


class Signs(NamedTuple):
    """What the passages of a sensor say of its health, besides its readings' times; the defaults say nothing."""

    idle_since_ms: int = 0
    lacks: int = 0
    imbalance: float = 0.0
    shift: float = 1.0


_signs = {}  # scene: {sensor code: Signs}
WELL = Signs()


def found_signs(scene):
    """{sensor code: Signs} as the sweep found them last; who is not named shows none."""
    return _signs.get(scene, {})


def forget_signs():
    """Start anew; for tests."""
    _signs.clear()


class Usual:
    """Passages of lines by local hour: `hours` float32 [lines, 24, 2] (in, out), nan unknown; `totals` [lines, days]."""

    def __init__(self, scene):
        self.scene = scene
        self.day = None  # the newest one learned
        self.hours = np.full((0, HOURS, 2), np.nan, np.float32)
        self.totals = np.full((0, DAYS), np.nan, np.float32)

    def learn(self, now, *, blind_on):
        """Take one more past day in, if any is missing; blind_on(day) are sensors whose lines learn nothing of it."""
        yesterday = timezone.localdate(now) - timedelta(days=1)
        day = yesterday - timedelta(days=DAYS - 1) if self.day is None else self.day + timedelta(days=1)
        names = self.scene.register.names
        self.grow(len(names))
        if day > yesterday:
            return
        blind = blind_on(day)
        self.take_day(day, len(names), np.array([sensor in blind for sensor, _ in names], bool))
        self.day = day

    def grow(self, n):
        """Make room for lines that are new."""
        more = n - len(self.hours)
        if more > 0:
            self.hours = np.concatenate([self.hours, np.full((more, HOURS, 2), np.nan, np.float32)])
            self.totals = np.concatenate([self.totals, np.full((more, DAYS), np.nan, np.float32)])

    def take_day(self, day, n, blind):
        start_ms = round(timezone.make_aware(datetime.combine(day, time())).timestamp() * 1000)
        rows = self.scene.history.minutes(np.arange(n), start_ms, start_ms + HOURS * 60 * MINUTE_MS)
        hour = (rows["minute"] - start_ms // MINUTE_MS) // 60
        passed = np.zeros((n, HOURS, 2), np.float32)
        np.add.at(passed, (rows["line"], hour, 0), rows["n_in"])
        np.add.at(passed, (rows["line"], hour, 1), rows["n_out"])
        total = passed.sum((1, 2))
        counted = (total > 0) & ~blind
        known = counted & ~np.isnan(self.hours[:n, 0, 0])
        self.hours[counted & ~known] = passed[counted & ~known]
        self.hours[known] += WEIGHT * (passed[known] - self.hours[known])
        self.totals = np.roll(self.totals, -1, axis=1)
        self.totals[:, -1] = np.nan
        self.totals[:n, -1][counted] = total[counted]


def look_for_signs(scene, usual, places, now):
    """Find and remember the Signs of the sensors in `places` ({sensor code: place id}) at `now`."""
    now_ms, before = round(now.timestamp() * 1000), _signs.get(scene.name, {})
    links, names = scene.flow_links(), scene.register.names
    lines = np.unique(links.line)
    lines = lines[[names[line][0] in places for line in lines.tolist()]] if len(lines) else lines
    from_ms = now_ms - rules.LOOKED_MIN * MINUTE_MS
    n_in, n_out = scene.history.at_hand().passed(lines, from_ms, now_ms, n_lines=len(names))[:, lines]
    hour = timezone.localtime(now - timedelta(minutes=rules.LOOKED_MIN // 2)).hour
    usual_in, usual_out = usual.hours[lines, hour].astype(float).T.reshape(2, -1)
    lacks = rules.find_one_way(n_in=n_in, n_out=n_out, usual_in=usual_in, usual_out=usual_out)
    idle = rules.find_idle(passed=n_in + n_out, usual=usual_in + usual_out)
    place = np.array([places[names[line][0]] for line in lines.tolist()], np.int64)
    sisters = np.unique(place, return_inverse=True)[1] if len(place) else place
    shift = rules.compute_shift(totals=usual.totals[lines].astype(float), place=sisters)
    imbalance = imbalance_of_lines(links, len(names))[lines]
    found = {}
    for at in np.flatnonzero(idle | (lacks != 0) | (imbalance > 0) | (shift != 1)).tolist():
        code = names[lines[at]][0]
        since_ms = before.get(code, WELL).idle_since_ms or from_ms
        found[code] = Signs(
            since_ms if idle[at] else 0, int(lacks[at]), float(imbalance[at]), float(shift[at])
        )
    _signs[scene.name] = found


def imbalance_of_lines(links, n_lines):
    """For each line the greatest imbalance of the spaces it counts into from outside."""
    by_space = rules.compute_imbalance(day_in=links.night_in, day_out=links.night_out)
    found = np.zeros(n_lines)
    np.maximum.at(found, links.line, by_space[links.space])
    return found

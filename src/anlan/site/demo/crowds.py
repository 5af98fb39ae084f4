"""示范数据: invented crowds for the demonstration district, sent through the engine like any counter's readings.

Each place has a target occupancy over the day (a shape × a peak share × its capacity). Every step the flows
are those that bring the counted occupancy to the target, plus people who come and go; so a restart or a
correction by hand is followed by itself.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.utils import timezone

from anlan.site.demo.district import read_district
from anlan.stream.readings import Reading, columns

STEP_S = 10
BACKFILL_STEP_S = 300
BACKFILL_H = 24
STAY_MIN = 35  # mean stay that sets how many come and go while the number stays the same
NIGHT_SHARE = 0.01  # who is there in the small hours: guards, cleaners, the last and the first
STEEPEST_PER_MIN = 0.01  # the occupancy moves by at most this share of capacity a minute


def bump(hour, centre, width):
    """A smooth hump of height 1 around `centre` (hours)."""
    return math.exp(-(((hour - centre) / width) ** 2))


SHAPES = {
    "commute": lambda h: max(bump(h, 8.4, 1.0), bump(h, 18.2, 1.3), 0.45 * bump(h, 13, 5)),
    "evening": lambda h: max(bump(h, 20.2, 2.2), 0.55 * bump(h, 14.5, 3.5), 0.3 * bump(h, 10, 2)),
    "shopping": lambda h: max(bump(h, 15.3, 2.4), 0.95 * bump(h, 19.6, 1.9), 0.3 * bump(h, 11.5, 1.5)),
    "day": lambda h: max(bump(h, 14.2, 3.2), 0.7 * bump(h, 10.3, 1.8)),
    "morning": lambda h: max(bump(h, 8.6, 2.0), 0.6 * bump(h, 16.8, 1.8)),
    "work": lambda h: max(bump(h, 10, 3), bump(h, 15, 3)),
    "waves": lambda h: max(bump(h, 14.5, 6), 0) * (0.72 + 0.28 * math.sin(h * 2 * math.pi / 0.75)),
}


def target_share(shape, peak, moment):
    """The share of capacity wanted at a local time: hardly anyone in the small hours."""
    hour = moment.hour + moment.minute / 60 + moment.second / 3600
    quiet = 1 / (1 + math.exp(-(hour - 5.5) * 3)) / (1 + math.exp((hour - 23.3) * 3))
    return peak * max(SHAPES[shape](hour) * quiet, NIGHT_SHARE)


@dataclass
class Crowd:
    """One place's people: which sensors count them, and how many there are meant to be."""

    code: str
    people: float
    peak: float
    shape: str
    doors: list = field(default_factory=list)
    presence: list = field(default_factory=list)  # (sensor, share of the people)

    def step(self, *, moment, seconds, before, rng):
        """(in per door, out per door, people after) for the `seconds` that end at `moment`."""
        wanted = target_share(self.shape, self.peak, moment) * self.people
        most = self.people * STEEPEST_PER_MIN * seconds / 60
        change = min(max(wanted - before, -most), most) if seconds < BACKFILL_STEP_S else wanted - before
        passing = before * seconds / 60 / STAY_MIN
        arriving = int(rng.poisson(max(passing + max(change, 0), 0)))
        leaving = min(int(rng.poisson(max(passing + max(-change, 0), 0))), int(before) + arriving)
        spread = rng.dirichlet(np.full(max(len(self.doors), 1), 8.0))
        return (
            rng.multinomial(arriving, spread),
            rng.multinomial(leaving, spread),
            before + arriving - leaving,
        )


class DemoCrowds:
    """Makes readings for the demonstration district in step with the clock; a sweep of the worker loop."""

    every_s = STEP_S

    def __init__(self, scene, *, rng=None):
        self.scene, self.rng = scene, rng or np.random.default_rng()
        self.crowds = [Crowd(**words) for words in read_district().crowds()]
        self.sent_until = None

    def sweep(self, now):
        """Send the readings up to `now`; the first time, the past day as well."""
        now = now.replace(microsecond=0)
        if self.sent_until is None:
            self.sent_until = self.backfill(now)
        seconds = (now - self.sent_until).total_seconds()
        if seconds < STEP_S or not self.knows_sensors():
            return
        before = {row: people for row, people in self.counted().items() if not math.isnan(people)}
        readings = []
        for crowd in self.crowds:
            readings += self.readings(crowd, now, min(seconds, 60), before.get(crowd.code, 0.0))[0]
        self.send(readings)
        self.sent_until = now

    def knows_sensors(self):
        """Whether the register has the demonstration's places (it may have been left for a real one)."""
        return any(crowd.code in self.scene.view().codes for crowd in self.crowds)

    def counted(self):
        view = self.scene.view()
        return dict(zip(view.codes, view.occupancy.tolist(), strict=True))

    def backfill(self, now):
        """The past day in five-minute steps, unless the scene already has counts of it."""
        if not self.knows_sensors() or any(people > 0 for people in self.counted().values()):
            return now - timedelta(seconds=STEP_S)
        people = dict.fromkeys((crowd.code for crowd in self.crowds), 0.0)
        steps = BACKFILL_H * 3600 // BACKFILL_STEP_S
        for step in range(steps, 0, -1):
            moment = now - timedelta(seconds=(step - 1) * BACKFILL_STEP_S + STEP_S)
            batch = []
            for crowd in self.crowds:
                readings, people[crowd.code] = self.readings(
                    crowd, moment, BACKFILL_STEP_S, people[crowd.code]
                )
                batch += readings
            self.send(batch)
        return now - timedelta(seconds=STEP_S)

    def readings(self, crowd, moment, seconds, before):
        """(readings of one crowd for the seconds that end at `moment`, people after)."""
        local = timezone.localtime(moment)
        arriving, leaving, after = crowd.step(moment=local, seconds=seconds, before=before, rng=self.rng)
        end = int(moment.timestamp() * 1000)
        start = end - int(seconds * 1000)
        found = [
            Reading(kind="interval", sensor=sensor, channel="1", start=start, end=end,
                    count_in=int(arriving[door]), count_out=int(leaving[door]))
            for door, sensor in enumerate(crowd.doors)
        ]  # fmt: skip
        found += [
            Reading(kind="occupancy", sensor=sensor, channel="1", t=end, value=round(after * share))
            for sensor, share in crowd.presence
        ]
        return found, after

    def send(self, readings):
        """Hand readings to the engine and wait until they count."""
        checked = columns(readings, register=self.scene.register, t_received_ms=self.scene.clock.now_ms())
        self.scene.submit(checked.columns).result(timeout=30)


def is_wanted(now: datetime) -> bool:
    """Whether this installation shows the demonstration (its data folder was founded with it)."""
    return (settings.DATA / "demo").exists()

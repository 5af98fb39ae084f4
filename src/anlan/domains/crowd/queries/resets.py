"""Each night's reset of a place: how it is set, and what the nights and recounts found."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from anlan.domains.crowd import rules
from anlan.domains.crowd.models import CountReset
from anlan.domains.crowd.queries.live import LIVE, as_moment, live_scene
from anlan.domains.crowd.queries.spaces import space_code

HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A number that was set: by the night or by a recount. `before` is what the counters had made of it.

    day is the one that ends with the night; drift is what its passages left over, in people and as a share of those
    who came in (None: nobody did); imputed are passages of it that were estimated.
    """

    at: datetime
    day: date
    is_nightly: bool
    value: int
    before: int
    day_in: int
    day_out: int
    imputed: int
    factor: float

    @property
    def removed(self):
        return self.before - self.value

    @property
    def drift(self):
        return self.day_in - self.day_out

    @property
    def drift_share(self):
        return abs(self.drift) / self.day_in if self.day_in else None


def reset_of(place):
    """(quiet minute or None, residual) of a place as it is set."""
    kept = CountReset.objects.filter(place=place).first()
    return (kept.quiet_minute, kept.residual_persons) if kept else (rules.QUIET_MINUTE, 0)


def resets_by_place():
    """{place id: (quiet minute or None, residual)} where it is not the default."""
    rows = CountReset.objects.values_list("place_id", "quiet_minute", "residual_persons")
    return {place: (minute, residual) for place, minute, residual in rows}


def baselines_of(subject, limit, scene=LIVE):
    """The newest baselines of a place or zone, newest first; empty where the engine does not know it."""
    running = live_scene(scene)
    return [describe(row) for row in running.baselines(space_code(subject), limit)] if running else []


def describe(row):
    at = as_moment(row["at_ms"])
    names = ("is_nightly", "value", "day_in", "day_out", "imputed", "factor")
    return Baseline(
        at=at,
        day=timezone.localdate(at - HALF_A_DAY),
        before=round(row["before"]),
        **{name: row[name] for name in names},
    )

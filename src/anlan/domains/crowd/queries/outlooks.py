"""What the forecaster has said last, for the pages; and the numbers that it is judged by.

The last outlook is kept in memory by the process that looks ahead, as the live numbers are.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite

from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd.models import ChannelLevels, ChannelSkill
from anlan.domains.crowd.queries.arrivals import planned_arrivals
from anlan.domains.crowd.queries.forecast import FIRST_ALARMS, SILENT_MS
from anlan.domains.crowd.queries.live import LIVE, live_scene
from anlan.domains.crowd.queries.spaces import sees
from anlan.domains.crowd.rules.outlook import HORIZONS_MIN, AlarmLevels, Chance, chance_within_hour, describe
from anlan.domains.crowd.terms import LIKE_DAYS_NEEDED, ForecastChannel, NoForecast
from anlan.kit.tables import Seed, Table, TableColumn, read, register

BUDGETS = "crowd.alarm_budgets"
FRESH_MS = 3 * 60_000  # an older outlook is not shown

register(Table(
    BUDGETS, title=_("虚警限额"),
    lead=_("预报渠道的报警水平每晚按此限额重新拟合：每个场所每月允许的虚警次数。限额越低，预警越少、越晚。"),
    key=TableColumn("channel", _("渠道"), "word", words=ForecastChannel),
    columns=(TableColumn("per_place_month", _("每场所每月虚警"), "number", low=0.1, high=30),),
    seeds=lambda on: [
        Seed(channel, {"per_place_month": 2.0}, "S", _("每个渠道每场所每月 2 次")) for channel in ForecastChannel.values
    ],
))  # fmt: skip


def budgets(*, today):
    """False alarms allowed per place and month, by channel."""
    return {channel: row["per_place_month"] for channel, row in read(BUDGETS, on=today).items()}


def alarms_in_force():
    """The alarm levels that the last night has put in force; the first ones until then."""
    kept = {
        row.channel: {int(minutes): level for minutes, level in row.levels.items()}
        for row in ChannelLevels.objects.all()
    }
    return AlarmLevels(kept.get("A") or FIRST_ALARMS.expected, kept.get("B") or FIRST_ALARMS.surge)


@dataclass(frozen=True)
class SpaceOutlook:
    """What is foreseen of one space, for its page: numbers as in the rules' `describe`, when it was said, by how many days."""

    at_ms: int
    numbers: dict
    known_days: int

    @property
    def is_learning(self):
        """Whether there are too few days yet."""
        return self.known_days < LIKE_DAYS_NEEDED


class Told:
    """What one look said of all series; the numbers of a space are put together when a page asks for them."""

    def __init__(self, codes, foreseen, known_days, at_ms):
        self.row = {code: at for at, code in reversed(list(enumerate(codes)))}
        self.foreseen, self.known_days, self.at_ms = foreseen, known_days, at_ms

    def get(self, code):
        """The SpaceOutlook of a space; None where it is not forecast or its number is unknown."""
        at = self.row.get(code)
        if at is None or not isfinite(self.foreseen.now[at]):
            return None
        return SpaceOutlook(self.at_ms, describe(self.foreseen, at, self.at_ms), int(self.known_days[at]))


_newest = {"told": {}}


def keep_outlooks(told):
    """Remember what is foreseen, a Told or {space code: SpaceOutlook}, in place of what was foreseen before."""
    _newest["told"] = told


def outlook_of(code, *, now):
    """The SpaceOutlook of a space; None where none is fresh."""
    found = _newest["told"].get(code)
    now_ms = now.timestamp() * 1000
    return found if found and now_ms - found.at_ms < FRESH_MS else None


@dataclass(frozen=True)
class ComingHour:
    """The next hour of a place as its page tells it.

    steps: (minutes ahead, expected, people whom gatherings bring until then) – of people present, or where only gates
    have a capacity of those through them in five minutes. Times are UTC milliseconds.
    """

    outlook: SpaceOutlook
    steps: list
    is_passages: bool
    chance: Chance | None

    @property
    def is_known(self):
        """Whether anything is expected at all; before a place has days of its own nothing is."""
        return any(expected is not None for _minutes, expected, _planned in self.steps)

    @property
    def crossing_at_ms(self):
        """When capacity is expected to be reached; None where it is not."""
        return self.outlook.numbers["crossing_at_ms"]

    @property
    def planned(self):
        """How many people gatherings bring within the hour."""
        return self.steps[-1][2]

    @property
    def points(self):
        """[[ms, expected]] for a chart, from the number now; empty for gates, and where nothing is expected."""
        if self.is_passages or not self.is_known:
            return []
        ahead = [
            [self.outlook.at_ms + minutes * 60_000, expected]
            for minutes, expected, _planned in self.steps
            if expected is not None
        ]
        return [[self.outlook.at_ms, self.outlook.numbers["now"]], *ahead]


def coming_hour(place, space, *, now):
    """(ComingHour, None) of a place whose LiveSpace is `space` (None: unknown to the engine), or (None, NoForecast)."""
    outlook = outlook_of(place.code, now=now)
    if why := why_no_forecast(space, outlook):
        return None, why
    people = planned_arrivals(place, now, now + timedelta(hours=1))
    is_passages = not space.capacity
    steps = [
        (minutes, expected_of(outlook, minutes), 0 if is_passages else round(float(people[:minutes].sum())))
        for minutes in HORIZONS_MIN
    ]
    return ComingHour(outlook, steps, is_passages, chance_within_hour(outlook.numbers)), None


def expected_of(outlook, minutes):
    """The expected number so many minutes ahead, nobody at least; None where unknown."""
    number = outlook.numbers[f"expected_{minutes}_min"]
    return None if number is None else max(0, round(number))


def why_no_forecast(space, outlook):
    """The NoForecast that explains it, the gravest first; None where there is a forecast."""
    if live_scene() is None:
        return NoForecast.OFF
    if space is None:
        return NoForecast.UNCOUNTED
    if space.has_no_forecast:
        return NoForecast.DEAD
    if not space.capacity and space.passage_share is None:
        return NoForecast.UNDETERMINED
    if not space.last_t_end_ms or space.at_ms - space.last_t_end_ms > SILENT_MS:
        return NoForecast.SILENT
    return None if outlook else NoForecast.NOT_YET


def crossing_of(warning, *, now):
    """When capacity is expected to be reached in an open warning's space: by the newest outlook, else as its last step
    said; None where nobody says so, or the moment has passed."""
    outlook = outlook_of(warning.space_code, now=now) if warning.scene == LIVE else None
    numbers = outlook.numbers if outlook else warning.numbers
    if warning.closed_at:
        return None
    if at_ms := numbers.get("crossing_at_ms"):
        moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    elif minutes := warning.numbers.get("time_to_capacity_min"):
        moment = warning.changed_at + timedelta(minutes=minutes)
    else:
        return None
    return moment if moment > now else None


def visible_skill(person):
    """The newest night's skill of the places that a person sees."""
    newest = ChannelSkill.objects.order_by("-until").values_list("until", flat=True).first()
    return ChannelSkill.objects.filter(sees(person), until=newest).select_related("place")

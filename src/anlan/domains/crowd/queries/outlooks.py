"""What the forecaster has said last, for the pages; and the numbers that it is judged by.

The last outlook is kept in memory by the process that looks ahead, as the live numbers are.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd.models import ChannelLevels, ChannelSkill, UnusualCount
from anlan.domains.crowd.queries.forecast import FIRST_ALARMS
from anlan.domains.crowd.queries.spaces import sees
from anlan.domains.crowd.rules.outlook import AlarmLevels
from anlan.domains.crowd.terms import ForecastChannel
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
    """What is foreseen of one space, for its page: numbers as in the rules' `describe`, and when it was said."""

    at_ms: int
    numbers: dict
    is_learning: bool


_last: dict[str, SpaceOutlook] = {}


def keep_outlooks(found):
    """Remember what is foreseen, {space code: SpaceOutlook}, in place of what was foreseen before."""
    _last.clear()
    _last.update(found)


def outlook_of(code, *, now):
    """The SpaceOutlook of a space; None where none is fresh."""
    found = _last.get(code)
    now_ms = now.timestamp() * 1000
    return found if found and now_ms - found.at_ms < FRESH_MS else None


def visible_skill(person):
    """The newest night's skill of the places that a person sees."""
    newest = ChannelSkill.objects.order_by("-until").values_list("until", flat=True).first()
    return ChannelSkill.objects.filter(sees(person), until=newest).select_related("place")


def open_unusual(person, *, scene="live"):
    """The spaces with far more people than usual now, that a person sees."""
    rows = UnusualCount.objects.filter(sees(person), scene=scene, closed_at=None)
    return rows.select_related("place")

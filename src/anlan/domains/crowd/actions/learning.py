"""What the machine learns at night: a lesson for the forecaster, alarm levels on record, and the skill of those before."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd.models import ChannelLevels, ChannelSkill
from anlan.domains.crowd.queries.forecast import Ledger, read_ledger, series_of
from anlan.domains.crowd.queries.learning import FITTED_DAYS, keep_lesson, study
from anlan.domains.crowd.queries.live import LIVE
from anlan.domains.crowd.queries.outlooks import alarms_in_force, budgets
from anlan.domains.crowd.queries.topology import place_ids_of_spaces, place_kinds
from anlan.kit import calendar, jobs
from anlan.kit.actions import action, done, note
from anlan.stream.lookback import look_back

KEPT_DAYS = 75  # sixty to fit on, and the like days before them
SKILL_KEPT = timedelta(days=400)
FOLDER = "lessons"


def lessons_folder() -> Path:
    """Where the nights' lessons lie, in the live scene's folder."""
    return settings.DATA / LIVE / FOLDER


def day_kinds(first, after):
    """The label of each local day [first, after) for the mathematics: days of one label are alike."""
    if after <= first:
        return []
    days = calendar.days(first, after - timedelta(days=1), today=after)
    return [day.kind.code for day in days]


@action("crowd.fit_levels", machine=True, label=_("重新拟合报警水平"))
def fit_levels(row, *, by, now, levels, budget, fitted_days):
    """Put a channel's alarm levels in force; the change row keeps those before."""
    before = note(row, "levels", "budget", "fitted_days")
    row.levels, row.budget, row.fitted_days, row.fitted_at = levels, budget, fitted_days, now
    row.save()
    return done(row, before=before)


@jobs.job("crowd.learn")
def learn_from_past(asked, report):
    """Learn from the last days up to today: keep the lesson, put the alarm levels in force, tell the skill."""
    now = datetime.fromisoformat(asked["at"])
    today = timezone.localdate(now)
    report(0, 1, gettext("读取历史"))
    past = look_back(settings.DATA / LIVE)
    series = series_of(past.spaces, place_kinds(now))
    first = today - timedelta(days=KEPT_DAYS)
    ledger = read_ledger(
        past.many, series, first, today, day_kind=day_kinds(first, today),
        zone=timezone.get_default_timezone(),
    )  # fmt: skip
    ledger = without_empty_start(ledger)
    allowed = budgets(today=today)
    found = study(ledger, in_force=alarms_in_force(), budgets=allowed, on_progress=report)
    keep_lesson(lessons_folder(), found)
    for channel, levels in zip("AB", found.lesson.alarms, strict=True):
        row = ChannelLevels.objects.filter(channel=channel).first() or ChannelLevels(channel=channel)
        told = {str(minutes): round(level, 4) for minutes, level in sorted(levels.items())}
        if row.pk is None or (row.levels, row.budget) != (told, allowed[channel]):
            fitted_days = min(ledger.days, FITTED_DAYS)
            fit_levels(row, by=None, now=now, levels=told, budget=allowed[channel], fitted_days=fitted_days)
    keep_skill(found.skills, past, now, allowed)
    return {gettext("预报对象"): len(series), gettext("天数"): ledger.days}


def without_empty_start(ledger):
    """The ledger from the first day on which anything was counted."""
    known = (ledger.counts == ledger.counts).reshape(len(ledger.series), ledger.days, -1).any((0, 2))
    empty = int(known.argmax()) if known.any() else ledger.days
    first = ledger.first + timedelta(days=empty)
    width = ledger.counts.shape[1] // max(ledger.days, 1)
    return Ledger(ledger.series, first, ledger.day_kind[empty:], ledger.counts[:, empty * width :])


def keep_skill(skills, past, now, allowed):
    """Replace the skill told of this night, and forget what is older than a year."""
    names = {space.code: space.name for space in past.spaces}
    place_ids, until = place_ids_of_spaces(now), timezone.localdate(now)
    ChannelSkill.objects.filter(until=until).delete()
    ChannelSkill.objects.filter(until__lt=until - SKILL_KEPT).delete()
    ChannelSkill.objects.bulk_create(
        ChannelSkill(
            space_code=one.series.space, space_name=names.get(one.series.space, ""), quantity=one.series.quantity,
            place_id=place_ids.get(one.series.space), channel=one.channel, until=until, crossings=one.crossings,
            caught_15=one.caught_15, caught_30=one.caught_30, false_alarms=one.false_alarms, months=one.months,
            budget=allowed[one.channel], brier_skill=one.brier_skill, like_days=one.like_days,
        )
        for one in skills
    )  # fmt: skip

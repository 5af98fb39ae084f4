"""Back-tests: asked for by whoever may set thresholds, done by the job child, looked at by the one who asked."""

from datetime import timedelta

import numpy as np
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.actions.learning import KEPT_DAYS, day_kinds, without_empty_start
from anlan.domains.crowd.models import BackTest
from anlan.domains.crowd.queries.backtests import bounds_ms, own_only
from anlan.domains.crowd.queries.forecast import SLOTS, STEP_MIN, read_ledger, series_of
from anlan.domains.crowd.queries.learning import score_from
from anlan.domains.crowd.queries.live import LIVE
from anlan.domains.crowd.queries.outlooks import alarms_in_force
from anlan.domains.crowd.queries.thresholds import own_values, refuse_thresholds
from anlan.domains.crowd.rules import LEVELS
from anlan.domains.crowd.rules.backtest import ForeseenLevels, PastMinutes, Size, judge_past, weigh
from anlan.domains.crowd.rules.outlook import climb
from anlan.kit import jobs
from anlan.kit.actions import action, check, done, note
from anlan.stream.lookback import look_back

LONGEST = timedelta(days=400)
SPACES_MOST = 50
FORESEEN_DAYS = 92  # a longer period is tested by the hard rules alone
STEPS_KEPT = 1_000  # of each space and side; what lies beyond is counted and not listed


@action("crowd.ask_backtest", may=Right.THRESHOLDS_EDIT, label=_("申请回测"))
def ask_backtest(place, *, by, now, values, first_day, last_day):
    """Have the past of `place` judged again by the thresholds in force and by `values`."""
    check(refuse_thresholds(own_only(values)))
    check(refuse_days(first_day, last_day, timezone.localdate(now)))
    row = BackTest.objects.create(
        place=place, values=own_only(values), in_force=own_values(place), first_day=first_day, last_day=last_day,
        asked_by=by, asked_at=now,
    )  # fmt: skip
    title = gettext("回测：%(place)s") % {"place": place.name}
    row.job = jobs.ask("crowd.backtest", title=title, by=by, now=now, backtest=row.pk)
    row.save(update_fields=["job"])
    return done(row, after={"first_day": first_day, "last_day": last_day})


@action("crowd.see_backtest", may=Right.THRESHOLDS_EDIT, label=_("查看回测结果"))
def see_backtest(row, *, by, now):
    """Note that the one who asked has looked at the result."""
    check(None if row.is_done and row.asked_by_id == by.pk else _("回测尚未完成，或不是您申请的。"))
    before = note(row, "seen_at")
    row.seen_at = now
    row.save(update_fields=["seen_at"])
    return done(row, before=before)


def refuse_days(first_day, last_day, today):
    """Why these days cannot be tested, or None."""
    if first_day > last_day:
        return _("起始日期应不晚于结束日期。")
    if last_day > today:
        return _("结束日期不能晚于今天。")
    return _("一次最多回测 400 天。请缩短期间。") if last_day - first_day >= LONGEST else None


@jobs.job("crowd.backtest")
def run_backtest(asked, report):
    """Judge the minutes of the place and its zones twice: by the thresholds in force, and by those asked about."""
    row = BackTest.objects.select_related("place").get(pk=asked["backtest"])
    report(0, 1, gettext("读取历史"))
    past = look_back(settings.DATA / LIVE)
    watched = [space for space in past.spaces if row.place.code in (space.code, space.parent)][:SPACES_MOST]
    if not watched:
        raise ValueError(gettext("该场所还没有计数，无从回测。请先安装并绑定客流设备。"))
    from_ms, to_ms = bounds_ms(row)
    found = []
    for number, space in enumerate(watched):
        report(number, len(watched), space.name)
        minutes = past.minutes(space.code, from_ms, to_ms)
        foreseen = foresee_past(past, space, row, len(minutes["t_ms"]))
        found.append(try_space(space, minutes, foreseen, row))
    report(len(watched), len(watched))
    BackTest.objects.filter(pk=row.pk).update(outcome={"spaces": found})
    return {gettext("区域"): len(found), gettext("天数"): (row.last_day - row.first_day).days + 1}


def foresee_past(past, space, row, n):
    """What channels A and B would have said of a space's `n` minutes, by the alarm levels in force now.

    Factors are fitted on the days before the period. None where nothing of the space can be forecast, or the period
    is longer than FORESEEN_DAYS: living through it step by step would take minutes.
    """
    series, first = series_of([space], {}), row.first_day - timedelta(days=KEPT_DAYS)
    after = row.last_day + timedelta(days=1)
    if not series or (after - row.first_day).days > FORESEEN_DAYS:
        return None
    zone = timezone.get_default_timezone()
    ledger = read_ledger(past.many, series, first, after, day_kind=day_kinds(first, after), zone=zone)
    ledger = without_empty_start(ledger)
    if not ledger.days:
        return None
    told = max((row.first_day - ledger.first).days, 0) * SLOTS
    scores = score_from(ledger, told)
    expected, surge = (levels[:, told:].max(0) for levels in climb(*scores, alarms_in_force()))
    late = (
        max((ledger.first - row.first_day).days, 0) * SLOTS
    )  # days before anything was counted are no columns
    slot = (np.arange(n) + 1) // STEP_MIN - 1 - late  # the newest that has ended
    known = (slot >= 0) & (slot < len(expected))
    slot = np.clip(slot, 0, len(expected) - 1)
    return ForeseenLevels(np.where(known, expected[slot], 0), np.where(known, surge[slot], 0))


def try_space(space, minutes, foreseen, row):
    """The outcome of one space: for both sides the steps and their worth by level; plain values."""
    past = PastMinutes.of(minutes)
    size = Size.of(space)
    sides = {}
    for side, values in (("in_force", row.in_force), ("asked", row.values)):
        steps = judge_past(past, size, values, foreseen)
        sides[side] = {
            "worth": {
                level: weigh(steps, past, capacity=size.capacity, level=level)._asdict()
                for level in LEVELS[1:]
            },
            "steps": [
                [past.end_ms(step.minute), step.before, step.after, step.rule] for step in steps[:STEPS_KEPT]
            ],
            "n_steps": len(steps),
        }
    known = int((~np.isnan(past.occupancy)).sum())
    return {
        "code": space.code, "name": space.name, "capacity": space.capacity, "minutes": len(past.occupancy),
        "known_minutes": known, "has_forecast": foreseen is not None, **sides,
    }  # fmt: skip

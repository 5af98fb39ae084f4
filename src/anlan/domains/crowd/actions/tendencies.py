"""Tendencies 倾向性 on record: each night's findings become rows, those that are found no more end."""

from datetime import datetime, time, timedelta

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext

from anlan.domains.crowd.models import Tendency, Warning
from anlan.domains.crowd.queries.forecast import SLOTS, read_ledger, series_of
from anlan.domains.crowd.queries.live import LIVE
from anlan.domains.crowd.queries.topology import place_ids_of_spaces
from anlan.domains.crowd.rules.tendency import LOOKED_DAYS, SPAN_DAYS, find_higher_peaks, find_more_warnings
from anlan.domains.crowd.terms import WarningLevel
from anlan.kit import jobs
from anlan.stream.lookback import look_back

COUNTED = (WarningLevel.YELLOW, WarningLevel.ORANGE, WarningLevel.RED)
LEAST_BASELINE_DAYS = 7  # [O] of the fortnight compared with; what was hardly watched is no baseline
FIND = "crowd.find_tendencies"


@jobs.job(FIND)
def find_tendencies(asked, report):
    """Compare the last four weeks of every space, as a night sees them."""
    now = datetime.fromisoformat(asked["at"])
    today = timezone.localdate(now)
    report(0, 2, gettext("读取历史"))
    past = look_back(settings.DATA / LIVE)
    first = today - timedelta(days=LOOKED_DAYS)
    ledger = read_ledger(
        past.many, series_of(past.spaces, {}), first, today,
        day_kind=[0] * LOOKED_DAYS, zone=timezone.get_default_timezone(),
    )  # fmt: skip
    report(1, 2, gettext("比较各周"))
    names = {space.code: space.name for space in past.spaces}
    found = compare(ledger, count_warnings(today), names)
    keep_tendencies(found, names=names, place_ids=place_ids_of_spaces(now), today=today)
    return {gettext("场所"): len(names), gettext("倾向性问题"): len(found)}


def count_warnings(today):
    """{space code: (recent, before)}: live warnings of yellow or above in the last fortnight, and in the one before."""
    middle, first = (midnight(today - timedelta(days=days)) for days in (SPAN_DAYS, LOOKED_DAYS))
    rows = Warning.objects.filter(scene=LIVE, peak_level__in=COUNTED, opened_at__gte=first)
    rows = rows.filter(opened_at__lt=midnight(today)).order_by().values("space_code")
    counted = rows.annotate(
        recent=Count("pk", filter=Q(opened_at__gte=middle)),
        before=Count("pk", filter=Q(opened_at__lt=middle)),
    )
    return {row["space_code"]: (row["recent"], row["before"]) for row in counted}


def midnight(day):
    """When a local day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def compare(ledger, warnings, codes):
    """{(space code, kind): Finding} of the spaces `codes`; of two series of a space the first one speaks."""
    known = np.isfinite(ledger.counts).reshape(len(ledger.series), LOOKED_DAYS, SLOTS)
    watched = known.any(2)[:, :SPAN_DAYS]
    baseline = dict.fromkeys(
        codes, int(watched.any(0).sum())
    )  # without a capacity: as the district as a whole
    baseline |= {one.space: int(watched[at].sum()) for at, one in reversed(list(enumerate(ledger.series)))}
    found = [
        (one.space, find_higher_peaks(peaks))
        for one, peaks in zip(ledger.series, daily_peaks(ledger), strict=True)
    ]
    found += [
        (code, find_more_warnings(*counted))
        for code, counted in warnings.items()
        if baseline.get(code, 0) >= LEAST_BASELINE_DAYS
    ]
    return {(code, one.kind): one for code, one in reversed(found) if one}


def daily_peaks(ledger):
    """The highest share of capacity of each day, float [series, days], nan where nothing is known."""
    counts = ledger.counts.reshape(len(ledger.series), LOOKED_DAYS, SLOTS)
    peaks = np.where(np.isfinite(counts), counts, -np.inf).max(2, initial=-np.inf)
    return np.where(np.isfinite(peaks), peaks, np.nan) / ledger.capacity[:, None]


def keep_tendencies(found, *, names, place_ids, today):
    """Bring the open rows up to what was found today: tell again, end, or begin. Doing it again changes nothing."""
    new = dict(found)
    with transaction.atomic():
        for row in Tendency.objects.filter(ended_on=None):
            one = new.pop((row.space_code, row.kind), None)
            if one is None:
                row.ended_on = today
            else:
                row.told_on, row.numbers, row.reason = today, one.numbers, one.reason
            row.save(update_fields=["told_on", "ended_on", "numbers", "reason"])
        Tendency.objects.bulk_create(
            Tendency(
                space_code=code, space_name=names.get(code, code), place_id=place_ids.get(code), kind=kind,
                found_on=today, told_on=today, numbers=one.numbers, reason=one.reason,
            )
            for (code, kind), one in new.items()
        )  # fmt: skip

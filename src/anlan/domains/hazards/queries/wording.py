"""A problem in words: what rises, where, against what, since when, how sure; and rates that say when they know too little."""

from typing import NamedTuple

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from anlan.domains.accounts.queries import organisation_tree, root
from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import rules
from anlan.domains.hazards.queries.criteria import name_subjects
from anlan.domains.hazards.queries.patterns import name_sector
from anlan.domains.hazards.terms import PatternNature, PatternScope, RateBase, Verdict
from anlan.science.rates import fit_prior, shrink_rates

NEW_BELOW = 0.5  # expected in four weeks: what was not seen before


PER = {RateBase.UNITS: 100 / 12, RateBase.CHECKS: 100.0, RateBase.INSPECTED: 100.0}
# a year's hazards a unit: a month's of a hundred; hazards a check, or a unit checked: those of a hundred


class RateLine(NamedTuple):
    """One line of the rates: hazards of a year, the denominator, per 100 of it (of units: and month) with limits, the verdict."""

    where: str
    count: int
    exposure: int
    rate: float
    low: float
    high: float
    verdict: Verdict


def say_where(pattern):
    """Where a problem is: the area, the sector, or the whole district."""
    if pattern.scope == PatternScope.AREA:
        return str(pattern.area)
    return name_sector(pattern.sector) if pattern.scope == PatternScope.SECTOR else _("全区")


def say_subject(pattern):
    """What kind of hazard, or which criterion of a standard, a problem is of."""
    return name_subjects([pattern.kind], on=pattern.until)[pattern.kind]


def say_pattern(pattern):
    """The problem in a sentence or two."""
    numbers = pattern.numbers
    words = {
        "where": say_where(pattern), "kind": say_subject(pattern),
        "since": date_format(pattern.since_on, "Y-m-d"), **{name: numbers.get(name) for name in ("seen", "units", "with_kind", "total")},
    }  # fmt: skip
    if pattern.nature == PatternNature.COMMON:
        words |= {
            "weeks": numbers["since_weeks"],
            "share": f"{numbers['share']:.0%}",
            "low": f"{numbers['low']:.0%}",
        }
        return (
            _(
                "%(where)s近 %(weeks)d 周查出隐患的 %(units)d 家单位中，%(with_kind)d 家有“%(kind)s”类隐患，占 %(share)s（至少 %(low)s）。"
            )
            % words
        )
    words |= {"expected": f"{numbers['expected']:.1f}", "ratio": f"{numbers['ratio']:.1f}"}
    words |= {
        "low": f"{numbers['low']:.1f}",
        "high": f"{numbers['high']:.1f}",
        "growth": f"{numbers['growth']:.1f}",
    }
    if pattern.nature == PatternNature.TENDENCY:
        return (
            _(
                "%(where)s“%(kind)s”类隐患近 24 周持续上升，共 %(total)d 件，约增长到期初的 %(growth)s 倍；最近 4 周 %(seen)d 件。"
            )
            % words
        )
    if numbers["expected"] < NEW_BELOW:
        return (
            _("%(where)s“%(kind)s”类隐患约自 %(since)s 起新出现，最近 4 周 %(seen)d 件，此前很少见。") % words
        )
    return (
        _(
            "%(where)s“%(kind)s”类隐患约自 %(since)s 起增多：最近 4 周 %(seen)d 件，往常约 %(expected)s 件，"
            "为往常的 %(ratio)s 倍（90%% 区间 %(low)s–%(high)s 倍）。"
        )
        % words
    )


def say_baseline(pattern):
    """Against what it was held."""
    numbers = pattern.numbers
    if pattern.nature == PatternNature.COMMON:
        return _("同期查出任何隐患的单位；比例另取有把握的下限。")
    season = _("已扣除季节影响") if numbers["is_seasonal"] else _("不足两年数据，未扣除季节影响")
    weeks = _("此前 %(weeks)d 周（不含最近 16 周）") % {"weeks": numbers["baseline_weeks"]}
    return _("%(weeks)s，%(season)s，离散程度为随机波动的 %(scatter)s 倍。") % {
        "weeks": weeks, "season": season, "scatter": f"{numbers['scatter']:.1f}",
    }  # fmt: skip


def say_sure(pattern):
    """How sure it is, in words and as the chance that it is chance."""
    if pattern.nature == PatternNature.COMMON:
        return _("很有把握（下限按 95% 计）")
    words = {"sure": _("很有把握"), "likely": _("较有把握"), "some": _("有一定把握")}
    chance = f"{pattern.p:.2%}" if pattern.p >= 0.0001 else "< 0.01%"
    return _("%(sure)s：若情况没有变化，偶然出现的可能性为 %(chance)s。") % {
        "sure": words[rules.how_sure(pattern.p)], "chance": chance,
    }  # fmt: skip


def rate_lines(look, scope, subject, *, base=RateBase.UNITS, least, person):
    """The RateLines of a scope for one kind or criterion ("" for all), what is surely high at the top, what is not known last.

    Rates are drawn towards the peers (science.rates), whatever they are rates of; `least`: hazards expected below which
    nothing is said. `person` sees the areas within reach; the sectors, which are the district's, only who views it.
    """
    rows = {
        where: pair for where, pair in count_rates(look, scope, subject, base).items() if where and any(pair)
    }
    if not rows:
        return []
    counts, exposure = (np.array(one, float) for one in zip(*rows.values(), strict=True))
    prior = fit_prior(counts, exposure)
    rates, district = shrink_rates(counts, exposure, prior), prior.shape / prior.span
    names, per = name_seen(scope, rows, person), PER[RateBase(base)]
    lines = [
        RateLine(
            names[where], int(counts[at]), int(exposure[at]), rates.rate[at] * per, rates.low[at] * per, rates.high[at] * per,
            rules.compare_rate(rates.low[at], rates.high[at], district, district * exposure[at], least),
        )
        for at, where in enumerate(rows)
        if where in names
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.verdict == Verdict.UNKNOWN, -line.low, line.where))


def count_rates(look, scope, subject, base):
    """{where: (hazards, denominator)} of a look; criteria are told once more of their kinds, so all are those of the kinds."""

    def number(told):
        if subject:
            return told.get(subject, 0)
        return sum(many for one, many in told.items() if not rules.is_criterion(one))

    if look is None:
        return {}
    if base == RateBase.UNITS:
        return {where: (number(told), units) for where, (units, told) in look.rates.get(scope, {}).items()}
    return {
        where: (number(told), checks if base == RateBase.CHECKS else units)
        for where, (checks, units, told) in look.inspected.get(scope, {}).items()
    }


def name_seen(scope, rows, person):
    """{where: name} of the areas or sectors among `rows` that `person` may read of."""
    if scope == PatternScope.AREA:
        return {f"{one.pk}": str(one) for one in organisation_tree(person) if f"{one.pk}" in rows}
    return {where: name_sector(where) for where in rows} if person.may(Right.VIEW, root()) else {}

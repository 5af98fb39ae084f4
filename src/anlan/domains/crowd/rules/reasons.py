"""Reasons in words and numbers, in Chinese and English: what a duty officer reads aloud on the telephone."""

import math
from collections.abc import Mapping

from anlan.domains.crowd.terms import Rule

Numbers = Mapping[str, float | None]
LEVEL_WORDS = {
    "none": ("正常", "normal"),
    "blue": ("蓝色", "blue"),
    "yellow": ("黄色", "yellow"),
    "orange": ("橙色", "orange"),
    "red": ("红色", "red"),
}
TREND_WITHIN_MIN = 240  # a capacity reached later than in four hours is no news


def tell_rise(numbers: Numbers, *, rule: str) -> dict[str, str]:
    """Why a level rose: the deciding rule's clause first, then what else is known. Returns {"zh", "en"}."""
    first = _FIRST.get(rule)
    clauses = [first(numbers)] if first else []
    clauses += [clause for clause in (_presence(numbers), _trend(numbers)) if clause]
    return _join([*dict.fromkeys(clauses)])


def tell_fall(numbers: Numbers, *, before: str, after: str, hold_min: float) -> dict[str, str]:
    """Why a level fell: for how long it was not justified, and the numbers now."""
    (zh_before, en_before), (zh_after, en_after) = LEVEL_WORDS[before], LEVEL_WORDS[after]
    lowered = (
        f"{hold_min:.0f} 分钟内未再达到{zh_before}标准，降为{zh_after}",
        f"The {en_before} level was not reached for {hold_min:.0f} min; lowered to {en_after}",
    )
    return _join([lowered, _presence(numbers)])


def _presence(numbers: Numbers) -> tuple[str, str]:
    occupancy, capacity, share = numbers["occupancy"], numbers["capacity"], numbers["share"]
    if occupancy is None and numbers.get("passage_share") is not None:
        return _gate_flow(numbers)
    if occupancy is None:
        return "在场人数未知", "people present not known"
    if capacity is None or share is None:
        return (
            f"在场 {occupancy:,.0f} 人（承载量尚未核定）",
            f"{occupancy:,.0f} people present (capacity not determined)",
        )
    if band := numbers.get("band"):
        return (
            f"在场 {occupancy:,.0f} ± {band:,.0f} 人，计入误差占承载量 {capacity:,.0f} 人的 {_percent(share)}",
            f"{occupancy:,.0f} ± {band:,.0f} people present, with the error {_percent(share)} of the capacity of {capacity:,.0f}",
        )
    return (
        f"在场 {occupancy:,.0f} 人，占承载量 {capacity:,.0f} 人的 {_percent(share)}",
        f"{occupancy:,.0f} people present, {_percent(share)} of the capacity of {capacity:,.0f}",
    )


def _trend(numbers: Numbers) -> tuple[str, str] | None:
    net, minutes = numbers["net_flow_per_min"], numbers["time_to_capacity_min"]
    if net is None or net <= 0:
        return None
    zh, en = f"净流入每分钟 {_rate(net)} 人", f"net inflow {_rate(net)} per minute"
    if minutes is None or not 0 < minutes <= TREND_WITHIN_MIN:
        return zh, en
    return f"{zh}，约 {minutes:.0f} 分钟后达到承载量", f"{en}, capacity reached in about {minutes:.0f} min"


def _density(numbers: Numbers) -> tuple[str, str]:
    density = numbers["density_per_m2"]
    return f"密度每平方米 {density:.1f} 人", f"density {density:.1f} people per m²"


def _net_inflow(numbers: Numbers) -> tuple[str, str]:
    net, exits = _rate(numbers["net_flow_per_min"]), _rate(numbers["exit_capacity_per_min"])
    return (
        f"净流入超过疏散能力：疏散能力每分钟 {exits} 人，净流入每分钟 {net} 人",
        f"net inflow exceeds what the exits let out: exits {exits} per minute, net inflow {net} per minute",
    )


def _outflow(numbers: Numbers) -> tuple[str, str]:
    width, specific = f"{numbers['bottleneck_width_m']:.1f}", f"{numbers['outflow_per_m_s']:.2f}"
    density = f"{numbers['density_per_m2']:.1f}"
    return (
        f"瓶颈流出不畅：净宽 {width} 米，每米每秒只通过 {specific} 人，排队密度每平方米 {density} 人",
        f"outflow fails: {specific} people per metre and second over {width} m, queue density {density} per m²",
    )


def _gate_flow(numbers: Numbers) -> tuple[str, str]:
    passages, gates = _rate(numbers["passages_per_min"]), _rate(numbers["passage_capacity_per_min"])
    share = _percent(numbers["passage_share"])
    return (
        f"每分钟通过 {passages} 人，占通过能力每分钟 {gates} 人的 {share}",
        f"{passages} people per minute pass, {share} of the {gates} that can",
    )


_FIRST = {
    Rule.DENSITY.value: _density,
    Rule.NET_INFLOW.value: _net_inflow,
    Rule.OUTFLOW.value: _outflow,
    Rule.GATE_FLOW.value: _gate_flow,
}


def _join(clauses: list[tuple[str, str]]) -> dict[str, str]:
    english = "; ".join(en for _, en in clauses)
    return {"zh": "；".join(zh for zh, _ in clauses), "en": english[:1].upper() + english[1:]}


def _percent(share: float) -> str:
    """A share in whole percent, cut and not rounded: 79.6 % has not reached 80 %."""
    return f"{math.floor(round(share * 100, 6))}%"


def _rate(per_min: float | None) -> str:
    return f"{per_min:,.0f}" if per_min is not None and per_min >= 10 else f"{per_min or 0:.1f}"


def tell_expected(numbers: Numbers) -> dict[str, str]:
    """Channel A: how likely capacity is reached, when, and how today differs from the usual."""
    chance = _percent(numbers.get("probability", numbers["chance_60_min"]) or 0)
    minutes = numbers["crossing_in_min"]
    when = (
        (f"预计约 {minutes:.0f} 分钟后达到承载量", f"capacity expected in about {minutes:.0f} min")
        if minutes is not None
        else ("一小时内可能达到承载量", "capacity may be reached within the hour")
    )
    odds = f"60 分钟内达到的概率 {chance}", f"chance within 60 min {chance}"
    return _join([when, odds, _against_usual(numbers), _expected(numbers)])


def tell_surge(numbers: Numbers) -> dict[str, str]:
    """Channel B: what has come within a quarter of an hour, against the usual, and where it leads."""
    grown = numbers["grown"]
    first = (
        ("人流激增", "surge")
        if grown is None or grown <= 0
        else (f"人流激增：15 分钟内增加 {grown:,.0f} 人", f"surge: {grown:,.0f} more people within 15 min")
    )
    goes_on = "照此发展，一小时内将达到承载量", "if it goes on, capacity is reached within the hour"
    return _join([first, _against_usual(numbers), goes_on])


def tell_unusual(numbers: Numbers, times: float) -> dict[str, str]:
    """Channel C: how many times the usual."""
    return _join([(f"人数为往常的 {times:.1f} 倍", f"{times:.1f} times the usual"), _against_usual(numbers)])


def _against_usual(numbers: Numbers) -> tuple[str, str]:
    now, usual, limit = numbers["now"] or 0, numbers["usual"], numbers["limit"]
    of_limit = (f"，承载量 {limit:,.0f} 人", f", capacity {limit:,.0f}") if limit else ("", "")
    if usual is None:
        return (
            f"现有 {now:,.0f} 人{of_limit[0]}，尚无往常数据",
            f"{now:,.0f} people{of_limit[1]}, no usual value yet",
        )
    return (
        f"现有 {now:,.0f} 人，往常此时 {usual:,.0f} 人{of_limit[0]}",
        f"{now:,.0f} people, usually {usual:,.0f} at this time{of_limit[1]}",
    )


def _expected(numbers: Numbers) -> tuple[str, str]:
    quarter, hour = numbers["expected_15_min"], numbers["expected_60_min"]
    if quarter is None or hour is None:
        return "暂无预报值", "no forecast value"
    return (
        f"预报 15 分钟后 {quarter:,.0f} 人、60 分钟后 {hour:,.0f} 人",
        f"forecast {quarter:,.0f} in 15 min, {hour:,.0f} in 60 min",
    )

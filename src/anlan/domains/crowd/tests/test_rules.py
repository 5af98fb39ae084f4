"""Channel D by table: when a level rises, when it falls, and what it says; thresholds; sensor health."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.devices.refusal import Refusal
from anlan.devices.table import decode
from anlan.domains.crowd import rules
from anlan.domains.crowd.rules.ladder import compute_slope_noise_per_min, compute_time_to_capacity_min
from anlan.domains.crowd.rules.thresholds import ease_limits, gather_limits
from anlan.domains.crowd.terms import UnreadSort
from anlan.domains.crowd.tests.watched import Watch, block
from anlan.stream.outlook import Outlook
from anlan.stream.readings import CLOCK, FAULT

MINUTE_MS = 60_000


def level_of(**numbers):
    """The level that one space reaches from `none` on a fresh reading."""
    return Watch(**numbers).see().level


@pytest.mark.parametrize(
    ("occupancy", "level"),
    [
        (0, "none"), (599, "none"), (600, "blue"), (799, "blue"), (800, "yellow"), (899, "yellow"),
        (900, "orange"), (999, "orange"), (1000, "red"), (5000, "red"), (math.nan, "none"),
    ],
)  # fmt: skip
def test_share_of_capacity(occupancy, level):
    assert level_of(occupancy=occupancy, capacity=1000) == level


@pytest.mark.parametrize(
    ("density", "level"),
    [
        (1.99, "none"),
        (2, "blue"),
        (3, "yellow"),
        (4, "orange"),
        (4.99, "orange"),
        (5, "red"),
        (math.nan, "none"),
    ],
)
def test_density_needs_no_capacity(density, level):
    assert level_of(occupancy=10, density_per_m2=density) == level


@pytest.mark.parametrize(
    ("share", "minutes", "level"),
    [
        (0.39, 4, "none"),  # an almost empty place
        (0.40, 61, "none"), (0.40, 60, "blue"), (0.40, 31, "blue"), (0.40, 30, "yellow"),
        (0.40, 15, "orange"), (0.40, 5, "red"), (0.59, 60, "blue"),
        (0.60, 60, "yellow"), (0.60, 61, "blue"), (0.79, 60, "yellow"),
        (0.80, 60, "orange"), (0.80, 61, "yellow"), (0.89, 16, "orange"), (0.90, 15, "red"),
    ],
)  # fmt: skip
def test_time_to_capacity_alone_and_with_share(share, minutes, level):
    net = (1000 - 1000 * share) / minutes
    assert level_of(occupancy=1000 * share, capacity=1000, net_flow_per_min=net) == level


@pytest.mark.parametrize(
    ("net", "occupancy", "level"),
    [(100, 0, "none"), (101, 0, "yellow"), (101, 59_999, "yellow"), (101, 60_000, "orange")],
)
def test_net_inflow_above_exit_capacity(net, occupancy, level):
    assert (
        level_of(occupancy=occupancy, capacity=100_000, net_flow_per_min=net, exit_capacity_per_min=100)
        == level
    )


@pytest.mark.parametrize(
    ("density", "inflow", "outflow", "level"),
    [
        (2.0, 200, 191, "orange"),  # 191 / 60 / 4 m = 0.796
        (2.0, 200, 192, "blue"),  # 0.8: not below
        (1.9, 200, 100, "none"),  # nobody queues
        (2.0, 90, 100, "blue"),  # the queue shrinks
        (2.0, 0, 0, "blue"),  # people stand and watch
        (2.0, math.nan, 100, "blue"),
    ],
)
def test_outflow_at_a_bottleneck_of_four_metres(density, inflow, outflow, level):
    numbers = {"inflow_per_min": inflow, "outflow_per_min": outflow, "bottleneck_width_m": 4}
    assert level_of(occupancy=100, density_per_m2=density, **numbers) == level


def test_a_bottleneck_of_unknown_width_is_not_judged():
    assert level_of(occupancy=100, density_per_m2=2.5, inflow_per_min=200, outflow_per_min=1) == "blue"


def test_only_fresh_readings_raise():
    watch = Watch(occupancy=1000, capacity=1000)
    assert watch.see(fresh=False).level == "none"
    assert watch.see(fresh=True).level == "red"


def test_a_level_falls_after_the_hold_and_only_as_far_as_justified():
    watch = Watch(occupancy=910, capacity=1000).see()
    assert watch.level == "orange"
    watch.numbers["occupancy"] = 860  # 86 %: eased orange is 85 %
    assert watch.wind(3600).see(fresh=False).level == "orange"
    watch.numbers["occupancy"] = 780  # eased yellow is 75 %
    assert watch.wind(299).see(fresh=False).level == "orange"
    assert watch.wind(1).see(fresh=False).level == "yellow"
    watch.numbers["occupancy"] = 100
    assert watch.wind(299).see(fresh=False).level == "yellow"
    assert watch.wind(1).see(fresh=False).level == "none"


def test_a_short_dip_starts_the_hold_anew():
    watch = Watch(occupancy=910, capacity=1000).see()
    for occupancy, passed_s in [(100, 60), (900, 200), (100, 299)]:
        watch.numbers["occupancy"] = occupancy
        assert watch.wind(passed_s).see().level == "orange"
    assert watch.wind(1).see().level == "none"


def test_silence_lowers_nothing_but_a_space_without_any_number_is_let_go():
    watch = Watch(occupancy=910, capacity=1000, net_flow_per_min=50).see()
    assert watch.level == "red"
    watch.numbers |= {"net_flow_per_min": math.nan, "age_ms": 6 * MINUTE_MS}
    assert watch.wind(86_400).see(fresh=False).level == "red"
    watch.numbers |= {"occupancy": math.nan}
    assert watch.wind(300).see(fresh=False).level == "none"


def test_a_place_may_set_its_own_thresholds_beside_others_with_defaults():
    fields = {"occupancy": [500, 500], "capacity": [1000, 1000], "thresholds": [{"share_blue": 0.5}, {}]}
    found = Watch(**fields).see()
    assert [change.space for change in found.changes] == [0]


def test_a_rise_says_why_in_numbers_and_two_languages():
    watch = Watch(occupancy=240_000, capacity=300_000, net_flow_per_min=4000 / 3).see()
    change = watch.changes[0]
    assert change.rule == "share_and_time"
    assert change.reason["zh"] == (
        "在场 240,000 人，占承载量 300,000 人的 80%；净流入每分钟 1,333 人，约 45 分钟后达到承载量"
    )
    assert change.reason["en"] == (
        "240,000 people present, 80% of the capacity of 300,000; net inflow 1,333 per minute, capacity reached in about 45 min"
    )
    assert change.numbers["share"] == 0.8 and change.numbers["time_to_capacity_min"] == 45
    assert change.numbers["density_per_m2"] is None


@pytest.mark.parametrize(
    ("numbers", "rule", "words"),
    [
        ({"density_per_m2": 4.2}, "density", "密度每平方米 4.2 人；在场 500 人（承载量尚未核定）"),
        (
            {"net_flow_per_min": 80, "exit_capacity_per_min": 60},
            "net_inflow",
            "净流入超过疏散能力：疏散能力每分钟 60 人，净流入每分钟 80 人",
        ),
        (
            {"density_per_m2": 2.1, "inflow_per_min": 90, "outflow_per_min": 60, "bottleneck_width_m": 2},
            "outflow",
            "瓶颈流出不畅：净宽 2.0 米，每米每秒只通过 0.50 人，排队密度每平方米 2.1 人",
        ),
    ],
)
def test_each_rule_names_its_numbers(numbers, rule, words):
    change = Watch(occupancy=500, **numbers).see().changes[0]
    assert change.rule == rule and change.reason["zh"].startswith(words)


def test_a_share_is_cut_not_rounded():
    assert "的 79%" in Watch(occupancy=799, capacity=1000).see().changes[0].reason["zh"]


def test_a_fall_says_for_how_long_and_to_what():
    watch = Watch(occupancy=910, capacity=1000).see()
    watch.numbers["occupancy"] = 500
    change = watch.wind(300).see(fresh=False).changes[0]
    assert change.rule == "lowered"
    assert change.reason["zh"] == "5 分钟内未再达到橙色标准，降为正常；在场 500 人，占承载量 1,000 人的 50%"


NUMBERS = st.one_of(st.floats(0, 5000), st.just(math.nan), st.just(math.inf))


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=8), st.booleans()
)
def test_no_number_breaks_the_rules(rows, fresh):
    names = ("occupancy", "capacity", "density_per_m2", "net_flow_per_min", "bottleneck_width_m")
    Watch(**dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))).see(fresh=fresh)


@given(st.floats(0, 2000), st.floats(0, 2000), st.floats(-50, 50))
def test_more_people_never_mean_a_lower_level(some, others, net):
    fewer, more = sorted((some, others))
    levels = [
        rules.LEVELS.index(
            level_of(occupancy=people, capacity=1000, net_flow_per_min=net, density_per_m2=people / 300)
        )
        for people in (fewer, more)
    ]
    assert levels[0] <= levels[1]


@given(
    st.sampled_from([0.6, 0.8, 0.9, 1.0]),
    st.lists(st.floats(-0.02, 0.02), min_size=40, max_size=40),
)
def test_noise_of_two_percent_around_a_threshold_does_not_flap(threshold, noise):
    """A reading every 15 s for ten minutes: the level rises once or never, and does not fall."""
    watch = Watch(occupancy=0, capacity=10_000)
    levels = []
    for wobble in noise:
        watch.numbers["occupancy"] = 10_000 * threshold * (1 + wobble)
        levels.append(rules.LEVELS.index(watch.wind(15).see().level))
    assert levels == sorted(levels) and len(set(levels)) <= 2


@given(st.lists(st.floats(0, 1.2), min_size=20, max_size=60))
def test_no_level_falls_within_the_hold_of_its_rise(shares):
    watch, risen_ms = Watch(occupancy=0, capacity=1000), 0
    for share in shares:
        watch.numbers["occupancy"] = 1000 * share
        before = rules.LEVELS.index(watch.level)
        after = rules.LEVELS.index(watch.wind(60).see().level)
        assert after >= before or watch.now_ms - risen_ms >= 5 * MINUTE_MS
        risen_ms = watch.now_ms if after > before else risen_ms


def test_time_to_capacity():
    found = compute_time_to_capacity_min(
        occupancy=np.array([900.0, 1100, 900, 900, math.nan]),
        capacity=np.full(5, 1000.0),
        net_flow_per_min=np.array([10.0, 10, 0, math.nan, 10]),
    )
    np.testing.assert_array_equal(found, [10, 0, math.inf, math.nan, math.nan])


@pytest.mark.parametrize(
    ("come_and_go", "level"), [(0, "orange"), (10, "orange"), (11, "none"), (100, "none")]
)
def test_coming_and_going_by_chance_is_no_trend(come_and_go, level):
    """45 of 100 people and a slope of 4 a minute: capacity in 14 minutes, unless chance makes such slopes."""
    passages = {"inflow_per_min": come_and_go, "outflow_per_min": come_and_go}
    assert level_of(occupancy=45, capacity=100, net_flow_per_min=4, **passages) == level


def test_noise_of_the_slope_is_that_of_simulated_passages():
    rng = np.random.default_rng(20141231)
    walks = (rng.poisson(5, (20_000, 10)) - rng.poisson(5, (20_000, 10))).cumsum(1)
    slopes = np.polynomial.polynomial.polyfit(np.arange(10), walks.T, 1)[1]
    noise = compute_slope_noise_per_min(passages_per_min=np.array([10.0]))
    assert noise[0] == pytest.approx(slopes.std(), rel=0.03)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"share_blu": 0.5}, ["share_blu"]),
        ({"share_blue": "0.5"}, ["share_blue"]),
        ({"share_blue": True}, ["share_blue"]),
        ({"share_blue": math.nan}, ["share_blue"]),
        ({"share_blue": 60}, ["share_blue", "60", "1.5"]),
        ({"share_yellow": 0.6}, ["share_yellow", "share_blue"]),
        ({"share_yellow": 0.95}, ["share_orange", "share_yellow", "0.95"]),
        ({"density_red_per_m2": 4}, ["density_red_per_m2", "density_orange_per_m2"]),
        ({"time_red_min": 20}, ["time_red_min", "time_orange_min"]),
        ({"joint_red_share": 0.7}, ["joint_red_share"]),
        ({"joint_orange_min": 70}, ["joint_orange_min"]),
    ],
)
def test_thresholds_that_cannot_stand_are_named(values, names):
    refusal = rules.check_thresholds(values)
    assert refusal and all(name in refusal for name in names)


@pytest.mark.parametrize("values", [{}, rules.DEFAULT_THRESHOLDS, {"share_blue": 0.5, "hold_s": 600}])
def test_thresholds_that_stand(values):
    assert rules.check_thresholds(values) is None


def test_every_default_is_within_its_bounds_and_marked():
    assert all(one.low <= one.default <= one.high for one in rules.THRESHOLDS)
    assert {one.mark for one in rules.THRESHOLDS} <= set("TPSOKM")
    assert all(bool(one.source) == (one.mark in "TPS") for one in rules.THRESHOLDS)


def test_eased_thresholds_are_easier_to_hold():
    limits = gather_limits([{}])
    eased = ease_limits(limits)
    for name, limit in limits.items():
        if name not in {
            "share_ease",
            "other_ease",
            "hold_s",
            "upper_edge",
            "upper_most",
        } and not name.startswith("use_"):
            easier = (
                eased[name] > limit
                if name.endswith("_min") or name == "outflow_per_m_s"
                else eased[name] < limit
            )
            assert easier, name


@pytest.mark.parametrize(
    ("silent_s", "interval_s", "quality", "unchanged_s", "state"),
    [
        (None, 60, 0, None, "never"),
        (0, 60, 0, None, "online"),
        (180, 60, 0, None, "online"),
        (181, 60, 0, None, "silent"),
        (90, 10, 0, None, "online"),  # never before 90 s
        (91, 10, 0, None, "silent"),
        (181, 60, CLOCK, None, "silent"),  # the gravest speaks
        (0, 60, CLOCK, None, "clock"),
        (0, 60, FAULT | CLOCK, None, "fault"),
        (0, 60, 0, 7200, "online"),
        (0, 60, 0, 7201, "stuck"),
        (0, 3600, 0, 7201, "online"),  # two hourly readings alike say little
    ],
)
def test_sensor_health(silent_s, interval_s, quality, unchanged_s, state):
    now_ms = 10**12
    (found,) = rules.sensor_states(
        now_ms=now_ms,
        last_received_ms=np.array([0 if silent_s is None else now_ms - silent_s * 1000]),
        interval_s=np.array([interval_s]),
        last_quality=np.array([quality]),
        unchanged_since_ms=np.array([0 if unchanged_s is None else now_ms - unchanged_s * 1000]),
    )
    reason = rules.tell_state(found, silent_s=silent_s, interval_s=interval_s, stuck_s=unchanged_s)
    assert found == state and reason["zh"] and reason["en"]


def test_silence_is_told_in_minutes():
    assert rules.tell_state("silent", silent_s=600, interval_s=60, stuck_s=0) == {
        "zh": "已 10 分钟没有读数（应每 1 分钟一次）",
        "en": "No reading for 10 min (one is due every 1 min)",
    }


def test_many_spaces_are_judged_within_the_beat():
    n = 10_000
    watched = block(occupancy=np.full(n, 850.0), capacity=np.full(n, 1000.0))
    watch = Watch(occupancy=[850.0] * n, capacity=[1000.0] * n)
    assert len(watch.see().changes) == n == len(watched.codes)


# ── payloads that were not read ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "body", "sort"),
    [
        ("native", b"{", "broken"),
        ("hikvision", b"<a><b></a>", "broken"),
        ("hikvision", b"hello", "broken"),
        ("native", b"\x1f\x8b\x00cut", "broken"),
        ("hikvision", b"<a>" * 500 + b"</a>" * 500, "too_large"),
        ("hikvision", b"<a/>", "foreign"),
        ("milesight", b"{}", "foreign"),
        ("milesight", b"04cc12", "broken"),
        ("hkt", b"hello", "broken"),
        ("hkt", b"04cc12001600", "foreign"),
        ("terabee", b"00", "foreign"),
        ("irisys", b"{}", "foreign"),
        ("density", b"{}", "foreign"),
        ("dahua", b"{}", "foreign"),
        ("sorcery", b"{}", "foreign"),
        ("mapping", b"{}", "mapping"),
    ],
)
def test_a_decoders_refusal_is_of_a_sort(kind, body, sort):
    """Held against the decoders' own words: where those change, the sort must follow."""
    with pytest.raises(Refusal) as refused:
        decode(kind, body)
    assert rules.sort_of_refusal(str(refused.value)) == sort, refused.value
    assert sort in UnreadSort.values


def test_what_is_told_in_chinese_needs_no_lead_and_the_unknown_has_one():
    assert UnreadSort(rules.sort_of_refusal("报文中没有读数。")).label == ""
    assert rules.sort_of_refusal("?") == rules.sort_of_refusal("") == "other"
    assert all(UnreadSort(sort).label for sort, _signs in rules.unread.SORTS)


FORESEEN = Outlook("S0", "yellow", "B", "surge", {"zh": "人流激增", "en": "Surge"}, {"probability": 0.7})


def test_what_is_foreseen_speaks_where_it_is_worse_than_what_is_measured():
    watch = Watch(occupancy=650, capacity=1000)
    watch.outlooks = {0: FORESEEN}
    assert watch.see().level == "yellow"
    (change,) = watch.changes
    assert (change.channel, change.rule, change.reason) == ("B", "surge", FORESEEN.reason)
    assert (change.numbers["probability"], change.numbers["share"]) == (0.7, 0.65)
    watch.numbers["occupancy"] = 920
    assert watch.see().level == "orange"
    assert [(each.channel, each.rule) for each in watch.changes] == [("D", "share")]


def test_what_is_foreseen_needs_no_fresh_reading_and_is_held_like_any_level():
    watch = Watch(occupancy=100, capacity=1000)
    watch.outlooks = {0: FORESEEN}
    assert watch.see(fresh=False).level == "yellow"
    watch.outlooks = {}
    assert watch.see(fresh=False).level == "yellow"
    assert watch.wind(3600).see(fresh=False).level == "none"


def test_among_equals_what_is_measured_speaks():
    watch = Watch(occupancy=850, capacity=1000)
    watch.outlooks = {0: FORESEEN}
    watch.see()
    assert [(each.channel, each.to_level) for each in watch.changes] == [("D", "yellow")]


def test_a_rule_that_is_switched_off_says_nothing():
    numbers = {"occupancy": 850, "capacity": 1000, "net_flow_per_min": 5.0}
    assert level_of(**numbers) == "orange"
    off = {"use_share_and_time": 0, "use_time_to_capacity": 0}
    assert level_of(**numbers, thresholds=[off]) == "yellow"
    assert level_of(**numbers, thresholds=[off | {"use_share": 0}]) == "none"


@pytest.mark.parametrize("values", [{"use_share": 0.5}, {"use_share": 0, "use_density": 0}])
def test_a_switch_is_on_or_off_and_one_rule_stays_on(values):
    assert rules.check_thresholds(values)
    assert rules.check_thresholds({"use_share": 0}) is None


def test_an_error_wider_than_a_tenth_of_capacity_asks_for_people_and_does_not_fill_the_place():
    assert level_of(occupancy=550, capacity=1000, band=60) == "blue"
    assert level_of(occupancy=550, capacity=1000, band=900) == "blue"
    assert level_of(occupancy=450, capacity=1000, band=900) == "none"
    own = [{"upper_most": 0.5}]
    assert level_of(occupancy=450, capacity=1000, band=900, thresholds=own) == "orange"

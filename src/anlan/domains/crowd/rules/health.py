"""The health of a sensor as its readings show it. Missing is never zero: silence has a state of its own.

What warning.md asks for [S]: silent > 3 intervals, stuck, in without out for 60 min, daily |net|/in > 15 %, level
shift against sister doors, clock skew. The numbers that tell chance from fault are the project's own [K].
"""

import numpy as np

from anlan.domains.crowd.terms import SensorState
from anlan.stream.readings import BAD, CLOCK, FAULT

SILENT_INTERVALS = 3
SILENT_AT_LEAST_S = 90  # one lost minute and a late one are no fault yet
STUCK_AFTER_S = 7200  # a head count of people that has not moved by one for two hours
SKEW_MS = (
    10 * 60_000
)  # a device whose newest time lies so far back keeps another time, or holds readings back
LOOKED_MIN = 60  # passages of so long are looked at
ONE_WAY_AT_LEAST = 30  # people one way in that time, and
ONE_WAY_EXPECTED = (
    10  # people the other way by the line's own habit: by chance nobody comes once in 20,000 times
)
IDLE_EXPECTED = 30  # people who usually pass in that time, where nobody does
IMBALANCE_SHARE = 0.15
IMBALANCE_AT_LEAST = 100  # people a day
SHIFT_RATIO = 2.0  # a door's share of its place, by its median share of the days before
SHIFT_AT_LEAST = 500  # people a day in the place
SHIFT_SHARE = 0.05
BLIND = (
    SensorState.SILENT,
    SensorState.FAULT,
    SensorState.STUCK,
    SensorState.ONE_WAY,
)  # what passes is not counted
OK, LACKS_OUT, LACKS_IN = 0, 1, -1


def find_one_way(
    *, n_in: np.ndarray, n_out: np.ndarray, usual_in: np.ndarray, usual_out: np.ndarray
) -> np.ndarray:
    """Which lines count one way only, int8: LACKS_OUT, LACKS_IN or OK; arrays over lines, persons in LOOKED_MIN.

    usual_in and usual_out are the line's own habit at this hour, nan where it is not known: then as many are
    expected out as in. A door that people only enter by is fine.
    """

    def lacks(one: np.ndarray, other: np.ndarray, usual: np.ndarray, usual_other: np.ndarray) -> np.ndarray:
        ratio = np.divide(usual_other, usual, out=np.ones(len(one)), where=usual > 0)
        expected = one * np.where(np.isnan(usual_other), 1.0, ratio)
        return (one >= ONE_WAY_AT_LEAST) & (other == 0) & (expected >= ONE_WAY_EXPECTED)

    out, into = lacks(n_in, n_out, usual_in, usual_out), lacks(n_out, n_in, usual_out, usual_in)
    return np.where(out, LACKS_OUT, np.where(into, LACKS_IN, OK)).astype(np.int8)


def find_idle(*, passed: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Which lines count nobody although many usually pass: bool over lines; persons in LOOKED_MIN, usual nan unknown."""
    return (passed == 0) & (usual >= IDLE_EXPECTED)


def compute_imbalance(*, day_in: np.ndarray, day_out: np.ndarray) -> np.ndarray:
    """What a day left over, |in − out| / in, over places; 0 where too few came or the day does not count (in < 0)."""
    net = np.abs(day_in - day_out)
    return np.divide(net, day_in, out=np.zeros(len(day_in)), where=day_in >= IMBALANCE_AT_LEAST)


def compute_shift(*, totals: np.ndarray, place: np.ndarray) -> np.ndarray:
    """A line's share of its place on the newest day by its median share of the days before; 1 where that says nothing.

    totals: persons [lines, days], oldest first, nan where a line did not count; place: int [lines], who are sisters.
    """
    if not totals.size:
        return np.ones(len(totals))
    whole = np.zeros((int(place.max()) + 1, totals.shape[1]))
    np.add.at(whole, place, np.nan_to_num(totals))
    whole = whole[place]
    share = np.divide(totals, whole, out=np.full(totals.shape, np.nan), where=whole >= SHIFT_AT_LEAST)
    before = share[:, :-1]
    known = (~np.isnan(before)).sum(1) >= 3
    usual = np.full(len(share), np.nan)
    usual[known] = np.nanmedian(before[known], axis=1)
    says = known & ~np.isnan(share[:, -1]) & (np.maximum(usual, share[:, -1]) >= SHIFT_SHARE) & (usual > 0)
    return np.divide(share[:, -1], usual, out=np.ones(len(share)), where=says)


def sensor_states(
    *,
    now_ms: int,
    last_received_ms: np.ndarray,
    interval_s: np.ndarray,
    last_quality: np.ndarray,
    unchanged_since_ms: np.ndarray,
    behind_ms: np.ndarray | int = 0,
    lacks: np.ndarray | int = OK,
    imbalance: np.ndarray | float = 0.0,
    shift: np.ndarray | float = 1.0,
) -> np.ndarray:
    """The `terms.SensorState` of each sensor; all arrays run over sensors, times are UTC ms and 0 where unknown.

    `last_quality` are the flags of the newest reading (`anlan.stream.readings`); `unchanged_since_ms` is
    since when a sensor that counts people present has shown the same number above zero, or one that counts
    passages has counted nobody against its habit, 0 where that says nothing (flows rest at night); `behind_ms`
    by how much its newest time lies before its receipt; `lacks`, `imbalance` and `shift` as the functions above
    give them. The gravest speaks: never, silent, fault, clock, stuck, one way, imbalance, shift, online.
    """
    patience_ms = 1000 * np.maximum(SILENT_INTERVALS * interval_s, SILENT_AT_LEAST_S)
    stuck_ms = np.where(unchanged_since_ms > 0, now_ms - unchanged_since_ms, 0)
    stuck_after_ms = np.maximum(1000 * STUCK_AFTER_S, patience_ms)
    found = [
        (SensorState.NEVER, last_received_ms <= 0),
        (SensorState.SILENT, now_ms - last_received_ms > patience_ms),
        (SensorState.FAULT, last_quality & (FAULT | BAD) > 0),
        (SensorState.CLOCK, (last_quality & CLOCK > 0) | (behind_ms > np.maximum(SKEW_MS, patience_ms))),
        (SensorState.STUCK, stuck_ms > stuck_after_ms),
        (SensorState.ONE_WAY, np.not_equal(lacks, OK)),
        (SensorState.IMBALANCE, np.greater(imbalance, IMBALANCE_SHARE)),
        (SensorState.SHIFT, np.greater(shift, SHIFT_RATIO) | np.less(shift, 1 / SHIFT_RATIO)),
    ]
    holds = [np.broadcast_to(each, np.shape(last_received_ms)) for _, each in found]
    return np.select(holds, [state.value for state, _ in found], SensorState.ONLINE.value)


def tell_state(
    state: str,
    *,
    silent_s: float,
    interval_s: float,
    stuck_s: float,
    lacks: int = OK,
    imbalance: float = 0.0,
    shift: float = 1.0,
) -> dict[str, str]:
    """Why a sensor is in this state, in zh and en."""
    if state == SensorState.SILENT:
        return _words(
            f"已 {_span(silent_s, 'zh')}没有读数（应每 {_span(interval_s, 'zh')}一次）",
            f"No reading for {_span(silent_s, 'en')} (one is due every {_span(interval_s, 'en')})",
        )
    if state == SensorState.STUCK:
        return _words(
            f"读数已 {_span(stuck_s, 'zh')}没有变化", f"The number has not changed for {_span(stuck_s, 'en')}"
        )
    if state == SensorState.ONE_WAY:
        zh, en = (
            ("进而不出", "in and nobody out") if lacks == LACKS_OUT else ("出而不进", "out and nobody in")
        )
        return _words(f"近 {LOOKED_MIN} 分钟只计{zh}", f"In the last {LOOKED_MIN} min people went {en}")
    if state == SensorState.IMBALANCE:
        return _words(
            f"本场所上一日进出相差 {imbalance:.0%}（超过 {IMBALANCE_SHARE:.0%}）",
            f"In and out of the place differed by {imbalance:.0%} on its last day (more than {IMBALANCE_SHARE:.0%})",
        )
    if state == SensorState.SHIFT:
        return _words(
            f"占本场所客流的份额为往日的 {shift:.1f} 倍",
            f"Its share of the place is {shift:.1f} times the usual",
        )
    return _words(*_PLAIN[state])


_PLAIN = {
    SensorState.NEVER: ("尚未收到读数", "No reading yet"),
    SensorState.FAULT: ("设备自报故障或数据不可用", "The device reports a fault or unusable numbers"),
    SensorState.CLOCK: (
        "设备时间不可信：已改用接收时间，或读数迟到",
        "The device's time is not credible: the time of receipt is used, or readings come late",
    ),
    SensorState.ONLINE: ("读数正常", "Readings arrive as they should"),
}


def _words(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def _span(seconds: float, language: str) -> str:
    """A length of time in words: 90 秒, 5 分钟, 3 小时."""
    for size, zh, en in ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s")):
        if seconds >= 2 * size or size == 1 or seconds == size:
            return f"{seconds / size:.0f} {zh if language == 'zh' else en}"
    raise AssertionError("unreachable: seconds always fit")

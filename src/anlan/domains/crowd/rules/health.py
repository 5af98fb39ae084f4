"""The health of a sensor as its readings show it. Missing is never zero: silence has a state of its own."""

import numpy as np

from anlan.domains.crowd.terms import SensorState
from anlan.stream.readings import BAD, CLOCK, FAULT

SILENT_INTERVALS = 3
SILENT_AT_LEAST_S = 90  # one lost minute and a late one are no fault yet
STUCK_AFTER_S = 7200  # a head count of people that has not moved by one for two hours


def sensor_states(
    *,
    now_ms: int,
    last_received_ms: np.ndarray,
    interval_s: np.ndarray,
    last_quality: np.ndarray,
    unchanged_since_ms: np.ndarray,
) -> np.ndarray:
    """The `terms.SensorState` of each sensor; all arrays run over sensors, times are UTC ms and 0 where unknown.

    `last_quality` are the flags of the newest reading (`anlan.stream.readings`); `unchanged_since_ms` is
    since when a sensor that counts people present has shown the same number above zero, 0 where that
    says nothing (flows rest at night). The gravest speaks: never, silent, fault, clock, stuck, online.
    """
    patience_ms = 1000 * np.maximum(SILENT_INTERVALS * interval_s, SILENT_AT_LEAST_S)
    stuck_ms = np.where(unchanged_since_ms > 0, now_ms - unchanged_since_ms, 0)
    found = [
        (SensorState.NEVER, last_received_ms <= 0),
        (SensorState.SILENT, now_ms - last_received_ms > patience_ms),
        (SensorState.FAULT, last_quality & (FAULT | BAD) > 0),
        (SensorState.CLOCK, last_quality & CLOCK > 0),
        (SensorState.STUCK, stuck_ms > np.maximum(1000 * STUCK_AFTER_S, patience_ms)),
    ]
    return np.select(
        [holds for _, holds in found], [state.value for state, _ in found], SensorState.ONLINE.value
    )


def tell_state(state: str, *, silent_s: float, interval_s: float, stuck_s: float) -> dict[str, str]:
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
    return _words(*_PLAIN[state])


_PLAIN = {
    SensorState.NEVER: ("尚未收到读数", "No reading yet"),
    SensorState.FAULT: ("设备自报故障或数据不可用", "The device reports a fault or unusable numbers"),
    SensorState.CLOCK: (
        "设备时间不可信，已改用接收时间",
        "The device's time is not credible; the time of receipt is used",
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

"""The health of a sensor as its readings show it. Missing is never zero: silence has a state of its own."""

from anlan.domains.crowd.terms import SensorState
from anlan.stream.readings import BAD, CLOCK, FAULT

SILENT_INTERVALS = 3
SILENT_AT_LEAST_S = 90  # one lost minute and a late one are no fault yet
STUCK_AFTER_S = 7200  # a head count of people that has not moved by one for two hours


def sensor_state(
    *,
    now_ms: int,
    last_received_ms: int | None,
    interval_s: float,
    last_quality: int = 0,
    unchanged_since_ms: int | None = None,
) -> tuple[str, dict[str, str]]:
    """(state of `terms.SensorState`, its reason in zh and en).

    `last_quality` are the flags of the newest reading (`anlan.stream.readings`); `unchanged_since_ms` is
    since when a sensor that counts people present has shown the same number above zero, None where that
    says nothing (flows rest at night). The gravest speaks: never, silent, fault, clock, stuck, online.
    """
    if not last_received_ms:
        return SensorState.NEVER, _words("尚未收到读数", "No reading yet")
    silent_s = (now_ms - last_received_ms) / 1000
    patience_s = max(SILENT_INTERVALS * interval_s, SILENT_AT_LEAST_S)
    if silent_s > patience_s:
        return SensorState.SILENT, _words(
            f"已 {_span(silent_s, 'zh')}没有读数（应每 {_span(interval_s, 'zh')}一次）",
            f"No reading for {_span(silent_s, 'en')} (one is due every {_span(interval_s, 'en')})",
        )
    if last_quality & (FAULT | BAD):
        return SensorState.FAULT, _words(
            "设备自报故障或数据不可用", "The device reports a fault or unusable numbers"
        )
    if last_quality & CLOCK:
        return SensorState.CLOCK, _words(
            "设备时间不可信，已改用接收时间", "The device's time is not credible; the time of receipt is used"
        )
    stuck_s = (now_ms - unchanged_since_ms) / 1000 if unchanged_since_ms else 0
    if stuck_s > max(STUCK_AFTER_S, patience_s):
        return SensorState.STUCK, _words(
            f"读数已 {_span(stuck_s, 'zh')}没有变化", f"The number has not changed for {_span(stuck_s, 'en')}"
        )
    return SensorState.ONLINE, _words("读数正常", "Readings arrive as they should")


def _words(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def _span(seconds: float, language: str) -> str:
    """A length of time in words: 90 秒, 5 分钟, 3 小时."""
    for size, zh, en in ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s")):
        if seconds >= 2 * size or size == 1 or seconds == size:
            return f"{seconds / size:.0f} {zh if language == 'zh' else en}"
    raise AssertionError("unreachable: seconds always fit")

"""A foreign value as a number, a name or a moment, or a Refusal that names the field."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from anlan.devices.body import shown
from anlan.devices.refusal import Refusal

MAX_NAME = 200  # characters of a sensor's or channel's name
MAX_NUMBER = 10**15  # beyond any count, within 64 bits
MAX_MS = 253_402_300_800_000  # year 10000
MS_SINCE = 10**11  # from here a number is milliseconds (1973), below it is seconds (until the year 5138)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COMPACT = re.compile(r"20\d{12}", re.ASCII)  # 20260501193000; as a number of ms it would be the year 2612
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?", re.ASCII)


def whole(value: Any, *, where: str) -> int:
    """A whole number, also one sent as text ("27"). Raises Refusal; negative ones pass."""
    amount = number(value, where=where)
    if amount != int(amount):
        _refuse(where, value, "a whole number is needed")
    return int(amount)


def count(value: Any, *, where: str) -> int:
    """A whole number of people, not negative. Raises Refusal."""
    amount = whole(value, where=where)
    if amount < 0:
        _refuse(where, value, "a count cannot be negative")
    return amount


def number(value: Any, *, where: str) -> int | float:
    """A finite number, also one sent as text. Raises Refusal."""
    if isinstance(value, str) and _NUMBER.fullmatch(stripped := value.strip()):
        value = float(stripped) if "." in stripped else int(stripped)
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse(where, value, "a number is needed")
    if not abs(value) <= MAX_NUMBER:  # nan compares false
        _refuse(where, value, "the number is out of range")
    return value


def name(value: Any, *, where: str) -> str:
    """A sensor's or channel's name; numbers become their digits, absent becomes "". Raises Refusal."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        _refuse(where, value, "a name is needed")
    label = " ".join(str(value)[: 2 * MAX_NAME].split())
    if len(label) > MAX_NAME or not label.isprintable():
        _refuse(where, value, f"a name has at most {MAX_NAME} printable characters")
    return label


def moment(value: Any, *, where: str, zone: str | None = None, form: str = "auto") -> int:
    """A device's time as UTC milliseconds, exactly as the device has it (screening judges it later).

    `form`: "ms", "s", "rfc3339", a strptime pattern, or "auto" (numbers by size, text as ISO 8601). Text without
    an offset is read in the device's IANA `zone` and refused without one. Raises Refusal.
    """
    if isinstance(value, str) and form != "ms" and form != "s":
        stripped = value.strip()
        if form == "auto" and _COMPACT.fullmatch(stripped):
            return _of_text(stripped, lambda digits: datetime.strptime(digits, "%Y%m%d%H%M%S"), zone, where)
        if form in ("auto", "rfc3339") and not _NUMBER.fullmatch(stripped):
            return _of_text(stripped, datetime.fromisoformat, zone, where)
        if form not in ("auto", "rfc3339"):
            return _of_text(stripped, lambda digits: datetime.strptime(digits, form), zone, where)
    if form not in ("auto", "ms", "s"):
        _refuse(where, value, "a time as text is needed")
    amount = number(value, where=where)
    seconds = form == "s" or (form == "auto" and amount < MS_SINCE)
    return _in_range(int(amount * 1000) if seconds else int(amount), where)


def _of_text(digits: str, parse: Callable[[str], datetime], zone: str | None, where: str) -> int:
    try:
        when = parse(digits[:64])
    except (ValueError, OverflowError, re.error):
        _refuse(where, digits, "not a time in the expected form, e.g. 2026-05-01T19:00:00+08:00")
    if when.tzinfo is None:
        if not zone:
            _refuse(
                where, digits, "times carry no zone: declare the device's zone, e.g. --zone Asia/Shanghai"
            )
        when = when.replace(tzinfo=open_zone(zone))
    try:
        return _in_range((when - _EPOCH) // timedelta(milliseconds=1), where)
    except OverflowError:
        _refuse(where, digits, "the time is out of range")


def _in_range(ms: int, where: str) -> int:
    if not 0 <= ms < MAX_MS:
        _refuse(where, ms, "the time is out of range")
    return ms


@lru_cache(maxsize=64)
def open_zone(zone: str) -> ZoneInfo:
    """The IANA zone of that name. Raises Refusal."""
    try:
        return ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise Refusal(f"zone {shown(zone)!r} is unknown: use an IANA name such as Asia/Shanghai") from None


def _refuse(where: str, value: Any, remedy: str) -> NoReturn:
    raise Refusal(f"{where} is {shown(value)!r}: {remedy}")

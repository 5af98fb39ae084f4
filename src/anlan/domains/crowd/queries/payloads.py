"""The last payload of each sensor, as received and as decoded: kept in memory only, for its set-up page."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

KEPT_SENSORS = 2_000  # at 64 KiB each, at most 128 MiB; ordinary payloads are a hundredth of that
KEPT_BYTES = 64 * 1024
KEPT_READINGS = 50


@dataclass(frozen=True, slots=True)
class LastPayload:
    """One payload: the start of its bytes, its whole size, and the first readings made of it."""

    door: str
    body: bytes
    size_bytes: int
    readings: tuple
    n_readings: int
    received_at: datetime


_last: OrderedDict[str, LastPayload] = OrderedDict()
_lock = threading.Lock()


def remember_payload(sensor_code, *, door, body, readings, at, n_readings=None):
    """Keep this as the sensor's last payload; the sensors heard of longest ago fall out.

    `readings` are the decoded ones (at most 50 are kept; `n_readings` says how many there were where some were
    left out already), `body` the bytes (at most 64 KiB).
    """
    n_readings = len(readings) if n_readings is None else n_readings
    kept = LastPayload(
        door, bytes(body[:KEPT_BYTES]), len(body), tuple(readings[:KEPT_READINGS]), n_readings, at
    )
    with _lock:
        _last[sensor_code] = kept
        _last.move_to_end(sensor_code)
        while len(_last) > KEPT_SENSORS:
            _last.popitem(last=False)


def last_payload(sensor_code):
    """The sensor's LastPayload, or None since the start of this process."""
    return _last.get(sensor_code)


def forget_payloads():
    """Empty the memory (tests, and a data folder that was restored)."""
    with _lock:
        _last.clear()

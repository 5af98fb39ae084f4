"""Which sensors must be called, and whether they answer; the latter is kept in memory by the process that calls."""

from typing import NamedTuple

from anlan.domains.crowd.models import Sensor


class CalledSensor(NamedTuple):
    """A sensor in use that must be called, with all that reading it takes. Its repr holds no password."""

    code: str
    kind: str
    zone_name: str
    mapping: dict | None
    source: dict

    def __repr__(self):
        return f"CalledSensor({self.code!r}, {self.kind!r})"


class Answering(NamedTuple):
    """Whether a called sensor answers: why not ("" where it does), and since when."""

    fault: str
    since_ms: int


_answering: dict[str, Answering] = {}


def called_sensors():
    """Every sensor in use that must be called."""
    rows = Sensor.objects.filter(retired_at=None, source__isnull=False)
    return [CalledSensor(*row) for row in rows.values_list(*CalledSensor._fields)]


def note_answer(code, fault, *, at_ms):
    """Remember that a sensor answers ("") or why it does not; `since_ms` is when that began."""
    known = _answering.get(code)
    if known is None or known.fault != fault:
        _answering[code] = Answering(fault, at_ms)


def forget_answer(code):
    """It is called no more."""
    _answering.pop(code, None)


def answer_of(code):
    """The sensor's Answering; None: not called, or not heard of yet."""
    return _answering.get(code)

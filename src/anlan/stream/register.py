"""The register of lines: (sensor, channel) ↔ a small whole number that the arrays are indexed by.

A *line* is one counting line or one zone of one sensor. Indexes are given in order of first sight, never
reused, and journalled before the first reading that uses them: a replay gives the same indexes.
"""

import threading

import msgspec

MAX_NAME_CHARS = 200
LOST = "name lost to damage"
MAX_CHANNELS_PER_SENSOR = 1024  # a hostile or broken sender must not grow the arrays without end


class Register:
    """Append-only list of lines. Safe to use from several threads."""

    def __init__(self) -> None:
        self.names: list[tuple[str, str]] = []
        self.index: dict[tuple[str, str], int] = {}
        self.by_sensor: dict[str, dict[str, int]] = {}  # sensor → channel → line
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.names)

    def line(self, sensor: str, channel: str) -> int:
        """The line's index, given now if it is new. Raises ValueError on an unfit name or too many channels."""
        known = self.index.get((sensor, channel))
        if known is not None:
            return known
        _check_name("sensor", sensor)
        if not sensor:
            raise ValueError("sensor is missing: name it in the reading or send with the sensor's credential")
        _check_name("channel", channel)
        with self._lock:
            return self._append(sensor, channel)

    def _append(self, sensor: str, channel: str) -> int:
        known = self.index.get((sensor, channel))
        if known is not None:
            return known
        channels = self.by_sensor.get(sensor, {})
        if len(channels) >= MAX_CHANNELS_PER_SENSOR:
            raise ValueError(
                f"sensor {sensor!r} has {MAX_CHANNELS_PER_SENSOR} channels already: use fixed channel names"
            )
        self.names.append((sensor, channel))
        # The name goes in before the index: whoever finds the index can read the name.
        channels[channel] = self.index[(sensor, channel)] = len(self.names) - 1
        self.by_sensor[sensor] = channels
        return len(self.names) - 1

    def lines_of(self, sensor: str) -> list[int]:
        """The indexes of all lines of a sensor."""
        return list(self.by_sensor.get(sensor, {}).values())

    def to_bytes(self, start: int = 0, stop: int | None = None) -> bytes:
        """The lines start..stop as the payload of a REGISTER frame."""
        return msgspec.msgpack.encode((start, self.names[start:stop]))

    def extend_from(self, payload: bytes) -> None:
        """Take the lines of a REGISTER frame. Raises ValueError when the frame does not fit what is known."""
        start, names = msgspec.msgpack.decode(payload, type=tuple[int, list[tuple[str, str]]])
        self.pad_to(start)
        with self._lock:
            for offset, name in enumerate(names):
                self._restore(start + offset, name)
                if self._append(*name) != start + offset:
                    raise ValueError(
                        f"register frame gives {name} the index {start + offset}, but it has another"
                    )

    def _restore(self, index: int, name: tuple[str, str]) -> None:
        """Give a line whose name was lost to damage its name again."""
        if index < len(self.names) and self.names[index] == _lost(index) and name not in self.index:
            del self.index[self.names[index]], self.by_sensor[self.names[index][0]]
            self.names[index] = name
            self.index[name] = self.by_sensor.setdefault(name[0], {})[name[1]] = index

    def pad_to(self, n: int) -> int:
        """Give the indexes below n whose names a damaged journal has lost to placeholders; returns how many."""
        lost = range(len(self.names), n)
        with self._lock:
            for index in lost:
                self._append(*_lost(index))
        return len(lost)


def _lost(index: int) -> tuple[str, str]:
    return f"{LOST} {index}", ""


def _check_name(what: str, name: str) -> None:
    if len(name) > MAX_NAME_CHARS or not name.isprintable():
        raise ValueError(f"{what} {name[:40]!r}: use at most {MAX_NAME_CHARS} printable characters")

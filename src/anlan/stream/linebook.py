"""The lines of senders' dictionaries: what a list of names means, looked up once and kept for the next batch."""

from collections import OrderedDict
from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from anlan.stream.register import Register

KEPT = 64  # pairs of dictionaries; those used longest ago fall out
MAX_CELLS = 2**18  # sensors times channels of a pair that is kept
NO_LINE = -1  # a name that is new, or unfit


class Names(Protocol):
    """A sender's list of names ("" the last), and which of them each reading has."""

    codes: np.ndarray

    @property
    def names(self) -> list[str]: ...

    @property
    def digest(self) -> bytes: ...


@dataclass
class _Page:
    """What a pair of dictionaries means to a sender who may speak for the sensors `among`."""

    among: Container[str]
    is_own: np.ndarray  # by sensor
    line: np.ndarray  # by sensor * number of channels + channel


class LineBook:
    """Answers for one register; `among` is recognised by being the same object. Not thread-safe."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[bytes, bytes], _Page] = OrderedDict()

    def find(
        self,
        sensors: Names,
        channels: Names,
        *,
        register: Register,
        among: Container[str],
        default_sensor: str,
    ) -> tuple[np.ndarray, np.ndarray]:
        """(line of each reading or NO_LINE, whether its sensor is one of `among`)."""
        key = sensors.digest, channels.digest
        page = self._pages.get(key)
        if page is None or page.among is not among:
            page = _write_page(sensors, channels, among, default_sensor)
            if len(page.line) <= MAX_CELLS:
                self._pages[key] = page
        if key in self._pages:
            self._pages.move_to_end(key)
        if len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        look_up = partial(_look_up, register.index, sensors, channels, default_sensor)
        return _read(page, sensors.codes * len(channels.names) + channels.codes, look_up), page.is_own[
            sensors.codes
        ]


def _write_page(sensors: Names, channels: Names, among: Container[str], default_sensor: str) -> _Page:
    is_own = np.array([(name or default_sensor) in among for name in sensors.names])
    n_cells = len(sensors.names) * len(channels.names)
    return _Page(among, is_own, np.full(n_cells if n_cells <= MAX_CELLS else 0, NO_LINE))


def _read(page: _Page, cell: np.ndarray, look_up: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The line of each cell; what the page does not know yet is looked up."""
    if not len(page.line):
        cells, back = np.unique(cell, return_inverse=True)
        return look_up(cells)[back]
    line = page.line[cell]
    if line.min(initial=0) == NO_LINE:
        cells = np.unique(cell[line == NO_LINE])
        page.line[cells] = look_up(cells)
        line = page.line[cell]
    return line


def _look_up(
    index: dict[tuple[str, str], int],
    sensors: Names,
    channels: Names,
    default_sensor: str,
    cells: np.ndarray,
) -> np.ndarray:
    sensor_names, channel_names = sensors.names, channels.names
    places = (divmod(cell, len(channel_names)) for cell in cells.tolist())
    return np.array(
        [index.get((sensor_names[s] or default_sensor, channel_names[c]), NO_LINE) for s, c in places],
        np.int64,
    )

"""What a metro's stations let through: gates and stairs as a CSV declares them, else our assumption.

Rates are those of GB 50157-2013, table 9.3.14, not read again (mark K): they are said as unconfirmed with every run.
"""

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from anlan.domains.crowd.replays.counts import CountsRefused

COLUMNS = ["station", "gates", "stair_width_m"]
MOST_GATES = 500
WIDEST_M = 200.0
MOST_BYTES = 2**20
PASSAGES_PER_GATE_PER_H = 1_800  # one-way flap gate
PASSAGES_PER_STAIR_M_PER_H = 3_200  # stair used both ways, per metre of width
SHAPE = (
    f"give a UTF-8 CSV with the columns {','.join(COLUMNS)}: gates from 1 to {MOST_GATES}, "
    "all stairs' clear width in metres or nothing where it is not known"
)
BINDS = {"gates": "闸机 gates", "stairs": "楼梯 stairs"}


class Station(NamedTuple):
    """A station's gates and the clear width of all its stairs together, None where that is not known."""

    gates: int
    stair_width_m: float | None = None

    @property
    def limits(self) -> dict[str, float]:
        """People a minute, both ways together, by what lets them through."""
        limits = {"gates": self.gates * PASSAGES_PER_GATE_PER_H / 60}
        if self.stair_width_m is not None:
            limits["stairs"] = self.stair_width_m * PASSAGES_PER_STAIR_M_PER_H / 60
        return limits

    @property
    def per_min(self) -> float:
        """The passage capacity: the least of the limits."""
        return min(self.limits.values())

    def name(self, code: str) -> str:
        """The station's name; where gates and stairs are both known with the one of them that binds."""
        limits = self.limits
        return f"{code}（{BINDS[min(limits, key=limits.__getitem__)]}）" if len(limits) > 1 else code


def read_stations(path: Path, *, known: Iterable[str]) -> dict[str, Station]:
    """The stations of a CSV. Raises CountsRefused with the row and the reason; `known` are the counts' stations."""
    known, found = set(known), {}
    for number, cells in enumerate(_rows(Path(path)), 1):
        if number == 1:
            if cells != COLUMNS:
                raise CountsRefused(f"{path}, row 1: the columns are {','.join(cells)[:80]!r}: {SHAPE}")
        elif cells:
            name, station = _read_row(f"{path}, row {number}", cells)
            if name not in known or name in found:
                why = "was given before" if name in found else "is not among the stations of the counts"
                raise CountsRefused(f"{path}, row {number}: station {name[:60]!r} {why}: correct or drop it")
            found[name] = station
    if not found:
        raise CountsRefused(f"{path} declares no station: {SHAPE}")
    return found


def _rows(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CountsRefused(f"{path} is larger than {MOST_BYTES:,} bytes: {SHAPE}")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        return [[cell.strip() for cell in cells] for cells in csv.reader(lines, strict=True)]
    except OSError as why:
        raise CountsRefused(f"{path} cannot be read ({why.strerror}): {SHAPE}") from why
    except (UnicodeDecodeError, csv.Error) as why:
        raise CountsRefused(f"{path} is no CSV in UTF-8 ({why}): {SHAPE}") from why


def _read_row(where: str, cells: list[str]) -> tuple[str, Station]:
    if len(cells) != len(COLUMNS):
        raise CountsRefused(f"{where}: {len(cells)} columns instead of {len(COLUMNS)}: {SHAPE}")
    name, gates, width = cells
    if not (re.fullmatch(r"\d{1,3}", gates, re.ASCII) and 1 <= int(gates) <= MOST_GATES):
        raise CountsRefused(f"{where}: gates {gates[:24]!r} is no whole number from 1 to {MOST_GATES}")
    if not width:
        return name, Station(int(gates))
    if not (re.fullmatch(r"\d{1,3}(\.\d{1,3})?", width, re.ASCII) and 0 < float(width) <= WIDEST_M):
        raise CountsRefused(
            f"{where}: stair_width_m {width[:24]!r} is no width above 0 up to {WIDEST_M:.0f} m"
        )
    return name, Station(int(gates), float(width))

"""Files of counts that warnings are measured on: gzip CSV with timestamp, sensor, and in, out or count."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from anlan.science.skill import Series

CAPACITY_PERCENTILE = 99.5  # [S] warning.md: of the columns before the judged part
WEEKDAYS_A_MONTH, DAYS_A_MONTH = 21.7, 30
BEIJING, LEEDS = "beijing_subway_15min", "leeds_hourly"
FIRST_SLOT_MIN, SLOTS, STEP_MIN = 5 * 60, 72, 15  # Beijing: 05:00 to 23:00
BEIJING_CUTS = {25: (10, 15)}  # days fitted, days until levels; with fewer days:
BEIJING_FEW = (7, 11)
FILLED_STOCK, EMPTY_STOCK = 1000, -800  # [S] tools/bench.py: stations that gather people and lose few
LEEDS_FROM = "2011-01-01"
LEEDS_CUTS = {
    True: ("2013-01-01", "2014-01-01"),
    False: ("2012-01-01", "2013-01-01"),
}  # with and without holdout


class NoCounts(Exception):
    """The files do not hold what is asked of them; the text says which and why."""


@dataclass(frozen=True)
class Grid:
    """Sensors by columns of whole days: values by column name, [S, T], nan = missing; days as datetime64[D]."""

    values: dict[str, np.ndarray]
    days: np.ndarray


def read_counts(
    folders: list[Path], name: str, *, slots: int, step_min: int, first_min: int, weekdays: bool
) -> Grid:
    """The rows of NAME.csv.gz in these folders on a grid of days; the first of two rows for one time stands."""
    files = [str(path) for folder in folders if (path := folder / f"{name}.csv.gz").is_file()]
    if not files:
        raise NoCounts(f"{name}.csv.gz is in none of {', '.join(map(str, folders))}")
    try:
        with duckdb.connect() as connection:
            table = connection.execute(
                "select * from read_csv(?, types = {'timestamp': 'TIMESTAMP', 'sensor': 'VARCHAR'})", [files]
            ).fetchnumpy()
    except duckdb.Error as error:
        raise NoCounts(f"{', '.join(files)}: {str(error).splitlines()[0]}") from None
    return _lay_out(table, slots=slots, step_min=step_min, first_min=first_min, weekdays=weekdays)


def _lay_out(table: dict, *, slots: int, step_min: int, first_min: int, weekdays: bool) -> Grid:
    minute = table["timestamp"].astype("datetime64[m]")
    day = minute.astype("datetime64[D]")
    days = np.arange(day.min(), day.max() + 1)
    if weekdays:
        days = days[np.is_busday(days)]
    slot, rest = np.divmod((minute - day).astype(int) - first_min, step_min)
    at = np.searchsorted(days, day)
    fits = (rest == 0) & (slot >= 0) & (slot < slots) & (days[np.minimum(at, len(days) - 1)] == day)
    sensors, sensor = np.unique(table["sensor"].astype(str), return_inverse=True)
    cell = sensor[fits] * (len(days) * slots) + (at * slots + slot)[fits]
    cell, first = np.unique(cell, return_index=True)
    values = {}
    for name in table.keys() - {"timestamp", "sensor"}:
        given = np.ma.filled(np.ma.asarray(table[name], float), np.nan)[fits][first]
        values[name] = np.full((len(sensors), len(days) * slots), np.nan)
        values[name].flat[cell] = given
    return Grid(values, days)


def _series(name: str, counts: np.ndarray, level: int, **rest) -> Series:
    """A series of the sensors that have a capacity: the percentile of the columns before the judged part."""
    some = np.isfinite(counts[:, :level]).any(1)
    capacity = np.full(len(counts), np.nan)
    capacity[some] = np.nanpercentile(counts[some, :level], CAPACITY_PERCENTILE, axis=1)
    good = np.isfinite(capacity) & (capacity > 0)
    return Series(name=name, counts=counts[good], capacity=capacity[good], level=level, **rest)


def read_beijing(folders: list[Path]) -> tuple[Series, Series]:
    """Beijing stations: people gathered about them (left the station less entered it), and those who leave it."""
    grid = read_counts(
        folders, BEIJING, slots=SLOTS, step_min=STEP_MIN, first_min=FIRST_SLOT_MIN, weekdays=True
    )
    days = len(grid.days)
    if days < sum(BEIJING_FEW) - 3 or not {"in", "out"} <= grid.values.keys():
        raise NoCounts(
            f"{BEIJING}.csv.gz: columns in and out over at least 15 weekdays are needed, not {days}"
        )
    fit, level = BEIJING_CUTS.get(days, BEIJING_FEW)
    end = days if days in BEIJING_CUTS else 15
    net = (grid.values["out"] - grid.values["in"]).reshape(-1, days, SLOTS)
    stock = np.cumsum(net, axis=2).reshape(len(net), -1)
    high, low = np.nanpercentile(stock, 95, axis=1), np.nanpercentile(stock, 10, axis=1)
    common = {
        "step_s": STEP_MIN * 60, "slots": SLOTS, "day_kind": np.zeros(days, int), "horizons": (1, 2, 4),
        "start": 3 * SLOTS, "fit": fit * SLOTS, "end": end * SLOTS, "month_columns": SLOTS * WEEKDAYS_A_MONTH,
        "lags": tuple(SLOTS * day for day in range(1, 11)), "week": 5 * SLOTS, "broken": True,
    }  # fmt: skip
    gathers = (high > FILLED_STOCK) & (low > EMPTY_STOCK)
    level *= SLOTS
    occupancy = _series("Beijing stations, occupancy", stock[gathers], level, **common)
    return occupancy, _series("Beijing stations, flow", grid.values["out"], level, **common)


def read_leeds(folders: list[Path]) -> Series:
    """Leeds cameras, hourly, from 2011; a day is like the same weekday."""
    grid = read_counts(folders, LEEDS, slots=24, step_min=60, first_min=0, weekdays=False)
    begin = int(np.searchsorted(grid.days, np.datetime64(LEEDS_FROM)))
    days = grid.days[begin:]
    cuts = LEEDS_CUTS[len(folders) > 1]
    fit, level = (int(np.searchsorted(days, np.datetime64(cut))) * 24 for cut in cuts)
    if "count" not in grid.values or level >= 24 * len(days) or fit == 0:
        raise NoCounts(f"{LEEDS}.csv.gz: a column count from {LEEDS_FROM} beyond {cuts[1]} is needed")
    weekday = (days.astype("datetime64[D]").astype(int) + 3) % 7  # 1970-01-01 was a Thursday
    counts = grid.values["count"][:, begin * 24 :]
    counts = counts[np.isfinite(counts).any(1)]
    return _series(
        "Leeds cameras", counts, level,
        step_s=3600, slots=24, day_kind=weekday, horizons=(1, 2), start=4 * 168, fit=fit, end=24 * len(days),
        month_columns=24 * DAYS_A_MONTH, lags=tuple(168 * week for week in range(1, 9)), week=168, broken=False,
    )  # fmt: skip

"""A day of a metro: passages of its stations every five minutes, judged against what gates and stairs let through.

Ways in and out are one sum in such counts, so nobody knows how many are inside: only flows are judged. The counts
do not come with the product; how many gates a station has is an assumption, said wherever the replay is shown, unless
a CSV declares them and the stairs (see `stations`).
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import numpy as np

from anlan.domains.crowd.replays.counts import MISSING, STEP_MS, CountTable, read_counts
from anlan.domains.crowd.replays.script import Replay
from anlan.domains.crowd.replays.stations import (
    MOST_GATES,
    PASSAGES_PER_GATE_PER_H,
    PASSAGES_PER_STAIR_M_PER_H,
    Station,
    read_stations,
)
from anlan.stream.readings import Reading

NAME = "metro-day"
ZONE = "Asia/Shanghai"
DISTRICT = {"zh": "轨交网（历史回放）", "en": "Metro (historical replay)"}
TITLE = {"zh": "地铁一日", "en": "A day of the metro"}
GATES_PER_STATION = 20  # our assumption
CHANNEL = "gates"
HOLD_S = 2 * STEP_MS / 1000  # a level falls when two counts in a row have not justified it

SOURCES = [
    {"mark": "O", "what": "Gates of a station", "from": "Our assumption, the same for every station"},
    {
        "mark": "K",
        "what": "1,800 people an hour through a one-way flap gate",
        "from": "GB 50157-2013, table 9.3.14, not read again",
    },
    {
        "mark": "K",
        "what": "3,200 people an hour and metre of width on a stair used both ways",
        "from": "GB 50157-2013, table 9.3.14, not read again",
    },
]


@dataclass(frozen=True)
class PassageTrack:
    """People through one station's gates, both ways together, in each step (int32, MISSING where not counted)."""

    measures: ClassVar = "passage"

    sensor: str
    starts_ms: int
    people: np.ndarray

    def reading(self, now_ms: int) -> Reading | None:
        """The count of the step that ends at `now_ms`; None where there is none."""
        step = (now_ms - self.starts_ms) // STEP_MS - 1
        if not 0 <= step < len(self.people) or self.people[step] == MISSING:
            return None
        return Reading(
            kind="interval",
            sensor=self.sensor,
            channel=CHANNEL,
            start=now_ms - STEP_MS,
            end=now_ms,
            count_in=int(self.people[step]),
            count_out=0,
        )


def load_metro_day(
    path: Path,
    *,
    gates_per_station: int = GATES_PER_STATION,
    stations: Path | None = None,
    zone: str = ZONE,
    on_progress: Callable[[float], object] = lambda share: None,
) -> Replay:
    """The replay of a file of passages (see `counts`); the CSV `stations` declares gates and stairs of its stations.

    Each other station is taken to have so many gates. Raises CountsRefused for the files, ValueError for the gates.
    """
    if not 1 <= gates_per_station <= MOST_GATES:
        raise ValueError(f"{gates_per_station} gates per station: give a number from 1 to {MOST_GATES}")
    table = read_counts(path, zone=ZoneInfo(zone), on_progress=on_progress)
    declared = read_stations(stations, known=table.sensors) if stations else {}
    lets = {sensor: declared.get(sensor, Station(gates_per_station)) for sensor in table.sensors}
    return Replay(
        name=NAME,
        title=_title(table, zone),
        district=DISTRICT,
        note=_note(gates_per_station, len(declared), len(table.sensors), zone),
        zone=zone,
        starts_ms=table.starts_ms,
        ends_ms=table.starts_ms + table.people.shape[1] * STEP_MS,
        every_ms=STEP_MS,
        places=[
            {"code": sensor, "name": station.name(sensor), "kind": "rail_station", "sensors": [sensor],
             "passage_capacity_per_min": station.per_min, "thresholds": {"hold_s": HOLD_S}}
            for sensor, station in lets.items()
        ],
        tracks=[
            PassageTrack(sensor, table.starts_ms, people)
            for sensor, people in zip(table.sensors, table.people, strict=True)
        ],
        marks=[],
        sources=SOURCES,
        edition=_edition(table, lets),
    )  # fmt: skip


def _title(table: CountTable, zone: str) -> dict[str, str]:
    day = datetime.fromtimestamp(table.starts_ms / 1000, ZoneInfo(zone)).date()
    n = len(table.sensors)
    return {"zh": f"{TITLE['zh']} {day}，{n} 站", "en": f"{TITLE['en']}, {day}, {n} stations"}


def _note(gates: int, declared: int, n: int, zone: str) -> dict[str, str]:
    per_min = Station(gates).per_min
    told = {"zh": "", "en": ""}
    if declared:
        told = {
            "zh": f"{declared} 站按所给表中的闸机数与楼梯净宽，取较小者（楼梯双向混行每米每小时 {PASSAGES_PER_STAIR_M_PER_H:,} 人，"
            "同表，待核实），站名后注明何者起控制作用；",
            "en": f"{declared} stations are judged by the gates and stairs of the given table, whichever lets fewer through "
            f"({PASSAGES_PER_STAIR_M_PER_H:,} an hour and metre of a stair used both ways, same source, unconfirmed), "
            "and their names say which; ",
        }
    assumed = {
        "zh": f"假定每站 {gates} 台闸机，每台每小时通过 {PASSAGES_PER_GATE_PER_H:,} 人（单向门扉闸机，GB 50157-2013 表 9.3.14，"
        f"待核实），即每站每分钟 {per_min:,.0f} 人；",
        "en": f"Assumed: {gates} gates at each station, each letting {PASSAGES_PER_GATE_PER_H:,} people an hour through "
        f"(one-way flap gate, GB 50157-2013 table 9.3.14, unconfirmed), {per_min:,.0f} a minute for a station; ",
    }
    if declared:
        assumed["zh"] = f"其余 {n - declared} 站{assumed['zh']}"
        assumed["en"] = f"for the other {n - declared} – {assumed['en']}"
    return {
        "zh": f"{told['zh']}{assumed['zh']}进出合计，不知在场人数；时间无时区的按 {zone}。",
        "en": f"{told['en']}{assumed['en']}in and out are one sum, people present are not known; times without a zone are "
        f"those of {zone}.",
    }


def _edition(table: CountTable, lets: dict[str, Station]) -> str:
    """Tells runs of other counts, gates or stairs apart: their warnings are other warnings."""
    limits = f"{[tuple(station) for station in lets.values()]} {table.starts_ms}"
    told = zlib.crc32(table.people.tobytes(), zlib.crc32(limits.encode()))
    return f"{zlib.crc32('|'.join(table.sensors).encode(), told):08x}"

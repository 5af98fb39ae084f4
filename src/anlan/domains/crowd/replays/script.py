"""What a replay's file says: a TOML file beside this module per replay, with the source of every number."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import ClassVar, Protocol

import numpy as np

from anlan.stream.readings import Reading
from anlan.stream.topology import Binding, Space, Topology

SUFFIX = ".toml"
SIZES = ("capacity", "area_m2", "passage_capacity_per_min")


@dataclass(frozen=True)
class Mark:
    """Something that happened: shown on the timeline, seen by no rule. `ends_ms` is None for a moment."""

    at_ms: int
    ends_ms: int | None
    words: dict[str, str]


class Track(Protocol):
    """What one sensor reported: `measures` as a Binding has it, and its reading at a time, None where there is none."""

    measures: ClassVar[str]
    sensor: str

    def reading(self, now_ms: int) -> Reading | None: ...


@dataclass(frozen=True)
class PresenceTrack:
    """A sensor's published head counts: people present at times (ms, rising), with straight lines between."""

    measures: ClassVar = "presence"

    sensor: str
    at_ms: np.ndarray
    people: np.ndarray

    def reading(self, now_ms: int) -> Reading | None:
        """The count as it would have been reported at `now_ms`; None outside the track."""
        if not self.at_ms[0] <= now_ms <= self.at_ms[-1]:
            return None
        people = round(float(np.interp(now_ms, self.at_ms, self.people)))
        return Reading(kind="occupancy", sensor=self.sensor, channel="area", t=now_ms, value=people)


@dataclass(frozen=True)
class Replay:
    """A replay as loaded. Titles, district and note are {"zh", "en"}; `places` are the rows of its file.

    `edition` tells replays of one name apart that say other things.
    """

    name: str
    title: dict[str, str]
    district: dict[str, str]
    note: dict[str, str]
    zone: str
    starts_ms: int
    ends_ms: int
    every_ms: int
    places: list[dict]
    tracks: list[Track]
    marks: list[Mark]
    sources: list[dict]
    edition: str = ""

    @property
    def scene_name(self) -> str:
        return f"replay:{self.name}-{self.edition}" if self.edition else f"replay:{self.name}"

    @property
    def topology(self) -> Topology:
        """The places as spaces with their said sizes; each track measures its place."""
        spaces = [
            Space(
                place["code"],
                place["name"],
                thresholds=place.get("thresholds", {}),
                **{size: place.get(size) for size in SIZES},
            )
            for place in self.places
        ]
        measures = {track.sensor: track.measures for track in self.tracks}
        bindings = [
            Binding(sensor, into=place["code"], measures=measures[sensor])
            for place in self.places
            for sensor in place["sensors"]
        ]
        return Topology(spaces, bindings)

    def times_ms(self) -> range:
        """The simulated times at which the sensors report, the end included."""
        return range(self.starts_ms, self.ends_ms + 1, self.every_ms)

    def readings(self, now_ms: int) -> list[Reading]:
        """What all sensors report at `now_ms`."""
        return [reading for track in self.tracks if (reading := track.reading(now_ms))]

    def marks_between(self, after_ms: int, until_ms: int) -> Iterator[Mark]:
        """Marks in (after, until]: what a timeline adds when the clock moves on."""
        return (mark for mark in self.marks if after_ms < mark.at_ms <= until_ms)


def names() -> list[str]:
    """The replays that come with the product."""
    return sorted(
        file.name.removesuffix(SUFFIX) for file in files(__package__).iterdir() if file.name.endswith(SUFFIX)
    )


def load(name: str) -> Replay:
    """The replay of that name. Raises ValueError naming the known ones when there is none."""
    if name not in names():
        raise ValueError(f"no replay named {name[:60]!r}: choose one of {', '.join(names())}")
    told = tomllib.loads((files(__package__) / f"{name}{SUFFIX}").read_text(encoding="utf-8"))
    sensors = {place["code"]: [] for place in told["places"]}
    for count in told["counts"]:
        sensors[count["place"]].append(count["sensor"])
    return Replay(
        name=told["name"],
        title=told["title"],
        district=told["district"],
        note=told["note"],
        zone=told["zone"],
        starts_ms=_ms(told["starts"]),
        ends_ms=_ms(told["ends"]),
        every_ms=1000 * told["every_s"],
        places=[place | {"sensors": sensors[place["code"]]} for place in told["places"]],
        tracks=[_track(count) for count in told["counts"]],
        marks=[
            Mark(
                _ms(mark["at"]),
                _ms(mark["ends"]) if "ends" in mark else None,
                {"zh": mark["zh"], "en": mark["en"]},
            )
            for mark in told["marks"]
        ],
        sources=told["sources"],
    )


def _track(count: dict) -> PresenceTrack:
    at_ms, people = zip(*count["points"], strict=True)
    return PresenceTrack(
        count["sensor"], np.array([_ms(moment) for moment in at_ms]), np.array(people, float)
    )


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)

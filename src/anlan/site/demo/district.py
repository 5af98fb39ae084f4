"""示范数据: reads the invented district (district.toml) and founds it through the domains' own actions."""

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("district.toml")
M_PER_DEGREE = 111_320
MARK = "示范数据"  # what invented rows say of themselves


@dataclass(frozen=True)
class District:
    """The district's words as they stand in district.toml."""

    words: dict

    @property
    def name(self):
        return self.words["name"]

    def crowds(self):
        """Keyword arguments of a `crowds.Crowd` for every place and station."""
        for station in self.words["stations"]:
            yield {
                "code": station["code"],
                "people": station["capacity"],
                "peak": station["peak"],
                "shape": station["shape"],
                "doors": [door_sensor(station["code"], number) for number, _ in enumerate(station["exits"])],
                "presence": [(zone_sensor(station["code"], "P"), 0.4)],
            }
        for place in self.words["places"]:
            counted = place.get("counted", "flow")
            doors = [door_sensor(place["code"], number) for number, _ in enumerate(place["entrances"])]
            zones = [(zone_sensor(place["code"], zone[0]), zone[4]) for zone in place.get("zones", [])]
            whole = [(zone_sensor(place["code"], ""), 1.0)] if counted == "presence" and not zones else []
            yield {
                "code": place["code"],
                "people": place.get("capacity") or place["people"],
                "peak": place["peak"],
                "shape": place["shape"],
                "doors": doors if counted == "flow" else [],
                "presence": zones + whole,
            }


@functools.cache
def read_district():
    """The demonstration district. Raises tomllib.TOMLDecodeError where its file is damaged."""
    return District(tomllib.loads(SOURCE.read_text(encoding="utf-8")))


def door_sensor(place_code, number):
    return f"DEMO-{place_code}-D{number + 1}"


def zone_sensor(place_code, zone_code):
    return f"DEMO-{place_code}-Z{zone_code}"


def offset(at, *, east_m, north_m):
    """[lon, lat] moved by metres."""
    lon, lat = at
    return [
        round(lon + east_m / (M_PER_DEGREE * math.cos(math.radians(lat))), 6),
        round(lat + north_m / M_PER_DEGREE, 6),
    ]


def box(at, size):
    """A GeoJSON rectangle of `size` [width, depth] metres around `at`, counter-clockwise."""
    east, north = size[0] / 2, size[1] / 2
    corners = [(-east, -north), (east, -north), (east, north), (-east, north), (-east, -north)]
    return {"type": "Polygon", "coordinates": [[offset(at, east_m=x, north_m=y) for x, y in corners]]}


def slices(at, size, count):
    """`count` GeoJSON rectangles side by side, from west to east, that fill the box of `size` around `at`."""
    width = size[0] / count
    firsts = [-size[0] / 2 + width * (number + 0.5) for number in range(count)]
    return [box(offset(at, east_m=east_m, north_m=0), [width, size[1]]) for east_m in firsts]

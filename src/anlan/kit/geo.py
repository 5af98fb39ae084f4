"""Positions: the three datums in use in China, checks of points, outlines as GeoJSON polygons and their area.

WGS-84 degrees are stored always (EPSG:4326; CGCS2000 is the same for us). GCJ-02 is WGS-84 with a smooth
published offset (some 475 m at Shanghai), BD-09 a further one on top. Both are undone by fixed-point
iteration, since neither has a closed inverse.
"""

from math import atan2, cos, hypot, isfinite, pi, radians, sin, sqrt

import shapely
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape

KRASOVSKY_A_M, KRASOVSKY_E2 = 6378245.0, 0.00669342162296594  # the ellipsoid that GCJ-02 is defined on
WGS84_A_M, WGS84_E2 = 6378137.0, 0.00669437999014
BD09_PI = pi * 3000 / 180
GCJ02_BOX = (72.004, 0.8293, 137.8347, 55.8271)  # outside it GCJ-02 is WGS-84 itself
ROUNDS = 12  # each round of the inverse shrinks the error some fiftyfold; 12 reach the last digit of a float
CORNERS_MOST = 20_000


class UnsoundGeometry(ValueError):
    """A point or outline that cannot be stored; its text says what is wrong and what to do."""


def to_wgs84(lon, lat, *, datum):
    """Degrees (lon, lat) in `datum` (wgs84 | gcj02 | bd09) as WGS-84. Raises UnsoundGeometry for another datum."""
    if datum == "wgs84":
        return lon, lat
    return undo(find_forward(datum), lon, lat)


def from_wgs84(lon, lat, *, datum):
    """WGS-84 degrees (lon, lat) as `datum`, for maps that show nothing else. Raises UnsoundGeometry."""
    return (lon, lat) if datum == "wgs84" else find_forward(datum)(lon, lat)


def find_forward(datum):
    try:
        return {"gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}[datum]
    except KeyError:
        raise UnsoundGeometry(
            _("坐标系“%(datum)s”未知，请选择 wgs84、gcj02 或 bd09。") % {"datum": datum}
        ) from None


def wgs84_to_gcj02(lon, lat):
    """The published offset series of GCJ-02, in degrees; nothing changes outside its box."""
    west, south, east, north = GCJ02_BOX
    if not (west <= lon <= east and south <= lat <= north):
        return lon, lat
    x, y = lon - 105.0, lat - 35.0
    ripple = 20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north_m += (
        (ripple + 20 * sin(pi * y) + 40 * sin(pi * y / 3) + 160 * sin(pi * y / 12) + 320 * sin(pi * y / 30))
        * 2
        / 3
    )
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east_m += (
        (ripple + 20 * sin(pi * x) + 40 * sin(pi * x / 3) + 150 * sin(pi * x / 12) + 300 * sin(pi * x / 30))
        * 2
        / 3
    )
    per_lon, per_lat = metres_per_degree(lat, a_m=KRASOVSKY_A_M, e2=KRASOVSKY_E2)
    return lon + east_m / per_lon, lat + north_m / per_lat


def wgs84_to_bd09(lon, lat):
    """GCJ-02 and Baidu's further turn and shift on top of it, in degrees."""
    x, y = wgs84_to_gcj02(lon, lat)
    if (x, y) == (lon, lat):
        return lon, lat
    far = hypot(x, y) + 0.00002 * sin(y * BD09_PI)
    turned = atan2(y, x) + 0.000003 * cos(x * BD09_PI)
    return far * cos(turned) + 0.0065, far * sin(turned) + 0.006


def undo(forward, lon, lat):
    """The point that `forward` moves to (lon, lat), by fixed-point iteration."""
    back_lon, back_lat = lon, lat
    for _round in range(ROUNDS):
        there_lon, there_lat = forward(back_lon, back_lat)
        back_lon, back_lat = back_lon + lon - there_lon, back_lat + lat - there_lat
    return back_lon, back_lat


def metres_per_degree(lat, *, a_m=WGS84_A_M, e2=WGS84_E2):
    """Metres on the ground in one degree of longitude and one of latitude, at latitude `lat` degrees."""
    bend = 1 - e2 * sin(radians(lat)) ** 2
    return radians(1) * a_m / sqrt(bend) * cos(radians(lat)), radians(1) * a_m * (1 - e2) / (
        bend * sqrt(bend)
    )


def distance_m(first, second):
    """Metres between two points (lon, lat) in WGS-84 degrees: plane, for points a few kilometres apart."""
    per_lon, per_lat = metres_per_degree((first[1] + second[1]) / 2)
    return hypot((first[0] - second[0]) * per_lon, (first[1] - second[1]) * per_lat)


def check_point(lon, lat):
    """Raise UnsoundGeometry unless (lon, lat) are finite degrees on the globe, and not the empty point 0, 0."""
    if not (is_number(lon) and is_number(lat)):
        raise UnsoundGeometry(_("经纬度必须是数字（度）。"))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        hint = _("经纬度似乎颠倒了。") if -90 <= lon <= 90 and -180 <= lat <= 180 else ""
        text = _("经度 %(lon)s、纬度 %(lat)s 超出范围（±180、±90）。") % {"lon": lon, "lat": lat}
        raise UnsoundGeometry(text + hint)
    if lon == 0 and lat == 0:
        raise UnsoundGeometry(_("经纬度为 0, 0，多半是没有填写。"))


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def read_outline(geometry, *, datum="wgs84"):
    """A GeoJSON Polygon or MultiPolygon in `datum` as one in WGS-84: flat, right-handed (RFC 7946), 1e-7 degrees.

    Raises UnsoundGeometry naming what is wrong: another type, open or crossing rings, corners off the globe.
    """
    if not isinstance(geometry, dict) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise UnsoundGeometry(_("范围必须是 GeoJSON 的 Polygon 或 MultiPolygon。"))
    try:
        drawn = shapely.force_2d(shape(geometry))
        corners = shapely.get_coordinates(drawn)
    except (
        ShapelyError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        raise UnsoundGeometry(_("范围的坐标无法读取：%(why)s") % {"why": str(error)[:120]}) from None
    if not 4 <= len(corners) <= CORNERS_MOST:
        raise UnsoundGeometry(_("范围的顶点数为 %(n)d，应在 4 至 20,000 之间。") % {"n": len(corners)})
    for lon, lat in corners.tolist():
        check_point(lon, lat)
    moved = shapely.transform(
        drawn, lambda points: [to_wgs84(*point, datum=datum) for point in points.tolist()]
    )
    if not moved.is_valid:
        raise UnsoundGeometry(
            _("范围的边界自相交或未闭合：%(why)s") % {"why": shapely.is_valid_reason(moved)}
        )
    if moved.area == 0:
        raise UnsoundGeometry(_("范围的面积为零。"))
    return as_geojson(shapely.orient_polygons(moved))


def as_geojson(drawn):
    """A shape as plain GeoJSON lists, rounded to 1e-7 degrees (1 cm)."""
    found = mapping(drawn)
    return {"type": found["type"], "coordinates": rounded(found["coordinates"])}


def rounded(values):
    if isinstance(values, int | float):
        return round(float(values), 7)
    return [rounded(value) for value in values]


def compute_area_m2(outline):
    """Area in m² of a WGS-84 GeoJSON (Multi)Polygon, on the plane touching it at its middle.

    Good to better than 0.1 % for outlines up to some ten kilometres across.
    """
    drawn = shape(outline)
    middle = drawn.centroid
    per_lon, per_lat = metres_per_degree(middle.y)
    plane = shapely.transform(drawn, lambda points: (points - [middle.x, middle.y]) * [per_lon, per_lat])
    return plane.area


def find_inner_point(outline):
    """A point (lon, lat) inside a GeoJSON (Multi)Polygon, where its sign may stand."""
    point = shape(outline).representative_point()
    return round(point.x, 7), round(point.y, 7)

import json
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kit import geo

LONS, LATS = st.floats(74, 134), st.floats(18, 53)
TENTH_MM_IN_DEGREES = 1e-9


@given(LONS, LATS, st.sampled_from(["gcj02", "bd09"]))
def test_a_datum_and_back_returns_to_a_tenth_of_a_millimetre(lon, lat, datum):
    moved = geo.from_wgs84(lon, lat, datum=datum)
    assert geo.to_wgs84(*moved, datum=datum) == pytest.approx((lon, lat), abs=TENTH_MM_IN_DEGREES)


@given(LONS, LATS)
def test_the_offset_of_gcj02_is_felt_but_stays_below_two_kilometres(lon, lat):
    per_lon, per_lat = geo.metres_per_degree(lat)
    moved_lon, moved_lat = geo.wgs84_to_gcj02(lon, lat)
    assert 1 < hypot((moved_lon - lon) * per_lon, (moved_lat - lat) * per_lat) < 2000


def test_the_published_vectors_hold(shared):
    path = shared / "samples/devices/geo/gcj02_vectors.json"
    if not path.exists():
        pytest.skip("no published GCJ-02 vectors beside the project")
    for vector in json.loads(path.read_text(encoding="utf-8")):
        lat, lon = vector["wgs"]
        assert geo.wgs84_to_gcj02(lon, lat) == pytest.approx(vector["gcj"][::-1], abs=1e-9), vector["place"]


def test_gcj02_moves_shanghai_by_475_metres():
    lon, lat = geo.wgs84_to_gcj02(121.47, 31.23)
    per_lon, per_lat = geo.metres_per_degree(31.23)
    assert hypot((lon - 121.47) * per_lon, (lat - 31.23) * per_lat) == pytest.approx(475, abs=25)


def test_bd09_agrees_with_a_published_vector():
    """GCJ-02 116.404, 39.915 is BD-09 116.41036949, 39.92133699 (the example that converters publish)."""
    wgs = geo.to_wgs84(116.404, 39.915, datum="gcj02")
    assert geo.from_wgs84(*wgs, datum="bd09") == pytest.approx(
        (116.41036949371029, 39.92133699351021), abs=1e-9
    )


def test_abroad_nothing_moves():
    assert geo.from_wgs84(2.35, 48.86, datum="bd09") == (2.35, 48.86)
    assert geo.to_wgs84(2.35, 48.86, datum="gcj02") == (2.35, 48.86)


def test_an_unknown_datum_is_named():
    with pytest.raises(geo.UnsoundGeometry, match="nad27"):
        geo.to_wgs84(121.0, 31.0, datum="nad27")


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [
        (31.2, 121.4, "颠倒"),
        (500, 20, "超出范围"),
        (0, 0, "没有填写"),
        ("121", 31, "数字"),
        (float("nan"), 31, "数字"),
        (True, 31, "数字"),
    ],
)
def test_an_unsound_point_is_refused_with_its_reason(lon, lat, said):
    with pytest.raises(geo.UnsoundGeometry, match=said):
        geo.check_point(lon, lat)


def square(west=121.4, south=31.2, side=0.01):
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [west, north], [east, north], [east, south], [west, south]]],
    }


def test_an_outline_is_turned_right_handed_and_keeps_its_area():
    outline = geo.read_outline(square())
    assert outline["coordinates"][0][1] == [121.41, 31.2]
    per_lon, per_lat = geo.metres_per_degree(31.205)
    assert geo.compute_area_m2(outline) == pytest.approx(0.01 * per_lon * 0.01 * per_lat, rel=1e-4)


def test_an_outline_is_moved_from_its_datum():
    outline = geo.read_outline(square(), datum="gcj02")
    lon, lat = outline["coordinates"][0][0]
    assert geo.wgs84_to_gcj02(lon, lat) == pytest.approx((121.4, 31.2), abs=1e-6)


def test_an_inner_point_is_inside():
    lon, lat = geo.find_inner_point(geo.read_outline(square()))
    assert 121.4 < lon < 121.41 and 31.2 < lat < 31.21


BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[121, 31], [121.1, 31.1], [121.1, 31], [121, 31.1], [121, 31]]],
}


@pytest.mark.parametrize(
    "geometry",
    [
        None, [], "POLYGON", {"type": "Point", "coordinates": [121, 31]}, BOW_TIE, {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []}, {"type": "Polygon", "coordinates": [[[121, 31], [122, 31]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4], ["a", "b"]]]},
        {"type": "Polygon", "coordinates": [[[121, 31]] * 5]}, {"type": "Polygon", "coordinates": {"x": 1}},
        {"type": "Polygon", "coordinates": [[[31, 121], [31, 122], [32, 122], [31, 121]]]},
        {"type": "Polygon", "coordinates": [[[121, 31], [1e400, 31], [122, 32], [121, 31]]]},
    ],
)  # fmt: skip
def test_an_unsound_outline_is_refused(geometry):
    with pytest.raises(geo.UnsoundGeometry):
        geo.read_outline(geometry)

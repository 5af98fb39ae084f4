"""Drawn features are read as rows, hostile ones refused, and what is written as KML reads back the same."""

import json

import pytest

from anlan.kit.features import open_features, write_kml
from anlan.kit.workbooks import Limits, UnreadableSheet

LABELS = {"name": "名称", "lon": "经度", "lat": "纬度", "outline": "范围", "kind": "类型"}
RING = [[121.0, 31.0], [121.5, 31.0], [121.5, 31.5], [121.0, 31.0]]
HOLE = [[121.3, 31.1], [121.4, 31.1], [121.4, 31.2], [121.3, 31.1]]
SHAPES = [
    {"type": "Point", "coordinates": [121.45, 31.23]},
    {"type": "Polygon", "coordinates": [RING, HOLE]},
    {"type": "MultiPolygon", "coordinates": [[RING], [HOLE]]},
]


def read(name, body, **options):
    headings, rows = open_features(name, body, find=lambda text: text if text in LABELS else None, labels=LABELS, **options)  # fmt: skip
    return headings, list(rows)


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def feature(geometry, **properties):
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def cells_of(shape):
    if shape["type"] == "Point":
        return {"lon": shape["coordinates"][0], "lat": shape["coordinates"][1]}
    return {"outline": shape}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["type"])
def test_both_formats_say_the_same(shape):
    told = {"name": "甲 <乙> & 丙", "kind": "x"} | cells_of(shape)
    marks = [("甲 <乙> & 丙", "red", [("kind", "类型", "x"), ("none", "空", "")], shape)]
    written = "".join(write_kml("图", marks, colours={"red": "#d6293e"})).encode()
    for name, body in (
        ("a.kml", written),
        ("a.geojson", collection(feature(shape, name="甲 <乙> & 丙", kind="x"))),
    ):
        headings, rows = read(name, body)
        assert [(row.number, row.cells) for row in rows] == [(1, told)] and headings.unknown == []


def test_a_sign_with_an_outline_is_one_row():
    both = {"type": "GeometryCollection", "geometries": SHAPES[:2]}
    written = "".join(write_kml("图", [("甲", "red", [], both)], colours={"red": "#d6293e"})).encode()
    for name, body in (("a.kml", written), ("a.geojson", collection(feature(both, name="甲")))):
        _headings, (row,) = read(name, body)
        assert row.cells == {"name": "甲"} | cells_of(SHAPES[0]) | cells_of(SHAPES[1])


def test_what_is_drawn_and_not_kept_stays_to_be_refused():
    line = {"type": "LineString", "coordinates": [[121, 31], [122, 32]]}
    _headings, (row,) = read("a.geojson", collection(feature(line, name="线")))
    assert row.cells["outline"] == line
    two = {
        "type": "GeometryCollection",
        "geometries": [SHAPES[0], SHAPES[0] | {"coordinates": [121.5, 31.2]}],
    }
    _headings, (row,) = read("a.geojson", collection(feature(two, name="两点")))
    assert row.cells["outline"] == {"type": "MultiPoint"}


def test_unknown_headings_are_named_and_needed_columns_insisted_on():
    body = collection(feature(SHAPES[0], name="甲", colour="red"))
    assert read("a.geojson", body)[0].unknown == ["colour"]
    with pytest.raises(UnreadableSheet, match="类型"):
        read("a.geojson", body, needed=("kind",))
    with pytest.raises(UnreadableSheet, match="1 行"):
        read("a.geojson", collection(feature(None), feature(None)), limits=Limits(rows_most=1))


BOMB = "<!DOCTYPE kml [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize("body", [
    f"{BOMB}<kml><Placemark><name>&b;</name></Placemark></kml>".encode(),
    f"{BOMB}<kml id='&b;'/>".encode(), f"{BOMB}<kml/>".encode("utf-16"), b"<kml><Placemark>", b"", b"\x00\x01",
    b"<gpx/>", b"<a>" * 10_000,
])  # fmt: skip
def test_hostile_and_broken_kml_is_refused(body):
    with pytest.raises(UnreadableSheet):
        read("a.kml", body)

"""Drawn features, GeoJSON and KML: read as rows of cells like `workbooks.open_rows`, and written as KML.

    headings, rows = open_features(name, body, find=find_column, labels=…, needed=…)

Properties (of KML: the name and the extended data) are the columns; a point fills `lon` and `lat`, polygons fill
`outline` (GeoJSON). Both formats are WGS-84 by their own rules, but files in China often are not: the datum is asked.
"""

import json
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from anlan.kit.terms import SheetFault
from anlan.kit.workbooks import (
    COLUMNS_MOST,
    CONTROLS,
    Headings,
    Limits,
    SheetRow,
    UnreadableSheet,
    decode_text,
    filled,
    insist_columns,
    insist_size,
    tidy,
)

KML = "application/vnd.google-earth.kml+xml"
KML_NAMESPACE = "http://www.opengis.net/kml/2.2"
POLYGONS = ("Polygon", "MultiPolygon")


def open_features(name, body, *, find, labels, needed=(), limits=Limits()):  # noqa: B008 a tuple, never altered
    """(Headings, iterator of SheetRows) of a file's bytes; its format follows from the file's name.

    `find(heading)` gives the column's name or None, `labels` what people call the columns. Rows are numbered from 1.
    Raises UnreadableSheet.
    """
    insist_size(body, limits)
    features = READERS[name.lower().rpartition(".")[2]](body)
    if len(features) > limits.rows_most:
        raise UnreadableSheet(SheetFault.TOO_MANY_ROWS % {"most": limits.rows_most})
    headings = sorted({heading for properties, _drawn in features for heading in properties})
    if len(headings) > COLUMNS_MOST:
        raise UnreadableSheet(SheetFault.TOO_MANY_COLUMNS % {"most": COLUMNS_MOST})
    found = {heading: find(heading) for heading in headings}
    rows = [
        SheetRow(number, read_cells(properties, drawn, found, labels))
        for number, (properties, drawn) in enumerate(features, 1)
    ]
    columns = sorted({name for name in found.values() if name} | {name for row in rows for name in row.cells})
    insist_columns(columns, labels, needed)
    unknown = [heading[:80] for heading, name in found.items() if not name]
    return Headings(columns, unknown), iter(rows)


def read_cells(properties, drawn, found, labels):
    """One feature's cells: its properties by column ({heading: name}), what is drawn as position and outline."""
    named = [(found[heading], value) for heading, value in properties.items()]
    cells = {name: tidy(value) for name, value in named if name and filled(value)}
    return cells | {name: value for name, value in place_drawn(drawn).items() if name in labels}


def place_drawn(drawn):
    """{lon, lat, outline} of a list of GeoJSON geometries; what is neither becomes an outline that is refused later."""
    cells = {}
    points = [one for one in drawn if one.get("type") == "Point" and is_pair(one.get("coordinates"))]
    rest = [one for one in drawn if one not in points]
    if points:
        lon, lat = points[0]["coordinates"][:2]
        cells = {"lon": tidy(lon), "lat": tidy(lat)}
    if len(points) > 1:
        rest.append({"type": "MultiPoint"})
    if rest:
        cells["outline"] = rest[0] if len(rest) == 1 else join_polygons(rest)
    return cells


def join_polygons(drawn):
    """Several polygons as one MultiPolygon; the first that is none, where there is one."""
    for one in drawn:
        if one.get("type") not in POLYGONS or not isinstance(one.get("coordinates"), list):
            return one
    parts = [one["coordinates"] if one["type"] == "MultiPolygon" else [one["coordinates"]] for one in drawn]
    return {"type": "MultiPolygon", "coordinates": [polygon for part in parts for polygon in part]}


def is_pair(place):
    """Whether these are coordinates of one point."""
    return isinstance(place, list) and len(place) >= 2


# ── GeoJSON ─────────────────────────────────────────────────────────────────────────────────────


def read_geojson(body):
    """[(properties, [geometry])] of a FeatureCollection. Raises UnreadableSheet."""
    try:
        read = json.loads(decode_text(body), parse_constant=lambda name: None)
    except (ValueError, RecursionError) as error:
        raise UnreadableSheet(SheetFault.NOT_JSON % {"why": str(error)[:160]}) from error
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise UnreadableSheet(SheetFault.NOT_COLLECTION)
    return [(properties_of(feature), geometries_of(feature)) for feature in features]


def properties_of(feature):
    """A feature's properties; none where they are no mapping."""
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}


def geometries_of(feature):
    """A feature's geometries: of a collection its members."""
    geometry = feature.get("geometry")
    members = geometry.get("geometries") if isinstance(geometry, dict) else None
    drawn = members if isinstance(members, list) else [geometry]
    return [one for one in drawn if isinstance(one, dict)]


# ── KML ─────────────────────────────────────────────────────────────────────────────────────────


def read_kml(body):
    """[(properties, [geometry])] of the Placemarks; nothing is fetched, no entity is declared. Raises UnreadableSheet."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )  # fmt: skip
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableSheet(SheetFault.NOT_KML % {"why": str(error)[:160]}) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableSheet(SheetFault.ENTITIES)
    if etree.QName(root).localname != "kml":
        raise UnreadableSheet(SheetFault.NOT_KML % {"why": f"<{etree.QName(root).localname}>"[:160]})
    return [(told_of(mark), drawn_in(mark)) for mark in root.iter("{*}Placemark")]


def told_of(mark):
    """A Placemark's extended data by name; its own name where the data have no `name`."""
    told = {}
    for one in mark.iterfind(".//{*}ExtendedData//{*}Data"):
        told[one.get("name", "")] = one.findtext("{*}value") or ""
    for one in mark.iterfind(".//{*}ExtendedData//{*}SimpleData"):
        told[one.get("name", "")] = one.text or ""
    told.setdefault("name", mark.findtext("{*}name") or "")
    if description := mark.findtext("{*}description"):
        told.setdefault("description", description)
    return told


def drawn_in(mark):
    """A Placemark's geometries as GeoJSON, those within collections too; a kind that we do not keep by its name alone."""
    drawn = []
    for kind in ("Point", "LineString", "LinearRing", "Polygon", "Model", "Track"):
        for one in mark.iter(f"{{*}}{kind}"):
            if kind == "Point":
                spots = read_spots(one)
                drawn.append({"type": kind, "coordinates": spots[0] if spots else []})
            elif kind == "Polygon":
                drawn.append({"type": kind, "coordinates": read_rings(one)})
            elif kind != "LinearRing" or one.getparent().tag.endswith(("Placemark", "MultiGeometry")):
                drawn.append({"type": kind})
    return drawn


def read_rings(polygon):
    """The outer ring of a polygon and its inner ones."""
    sides = [*polygon.iterfind("{*}outerBoundaryIs"), *polygon.iterfind("{*}innerBoundaryIs")]
    return [read_spots(side) for side in sides]


def read_spots(element):
    """[[lon, lat]] of an element's coordinates; a text that is no number stays one, to be refused with its row."""
    text = element.findtext(".//{*}coordinates") or ""
    return [[as_number(part) for part in spot.split(",")[:2]] for spot in text.split()]


def as_number(text):
    """The number in a text, else the text."""
    try:
        return float(text)
    except ValueError:
        return text


READERS = {"geojson": read_geojson, "json": read_geojson, "kml": read_kml}


# ── written as KML ──────────────────────────────────────────────────────────────────────────────


def write_kml(title, marks, *, colours):
    """The lines of a KML document of (name, style, [(column, label, value)], geometry) with {style: "#rrggbb"}."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="{KML_NAMESPACE}"><Document><name>{plain(title)}</name>\n'
    for style, colour in colours.items():
        red, green, blue = colour[1:3], colour[3:5], colour[5:7]
        tint = f"{blue}{green}{red}"
        yield (
            f"<Style id={quoteattr(style)}><IconStyle><color>ff{tint}</color></IconStyle><LineStyle><color>ff{tint}</color>"
            f"<width>2</width></LineStyle><PolyStyle><color>55{tint}</color></PolyStyle></Style>\n"
        )
    for name, style, told, geometry in marks:
        yield f"<Placemark><name>{plain(name)}</name><styleUrl>#{plain(style)}</styleUrl><ExtendedData>"
        for column, label, value in told:
            if value not in ("", None):
                yield (
                    f"<Data name={quoteattr(column)}><displayName>{plain(label)}</displayName>"
                    f"<value>{plain(value)}</value></Data>"
                )
        yield f"</ExtendedData>{draw(geometry) if geometry else ''}</Placemark>\n"
    yield "</Document></kml>\n"


def plain(text):
    """A text as XML may hold it."""
    return escape(CONTROLS.sub(" ", str(text)))


def draw(geometry):
    """A GeoJSON Point, Polygon, MultiPolygon or a collection of them as KML."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        return f"<MultiGeometry>{''.join(draw(one) for one in geometry['geometries'])}</MultiGeometry>"
    if kind == "Point":
        return f"<Point>{spots([geometry['coordinates']])}</Point>"
    if kind == "Polygon":
        outer, *inner = (f"<LinearRing>{spots(ring)}</LinearRing>" for ring in geometry["coordinates"])
        holes = "".join(f"<innerBoundaryIs>{ring}</innerBoundaryIs>" for ring in inner)
        return f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs>{holes}</Polygon>"
    parts = [{"type": "Polygon", "coordinates": rings} for rings in geometry["coordinates"]]
    return draw({"type": "GeometryCollection", "geometries": parts})


def spots(ring):
    """Coordinates as KML writes them."""
    return f"<coordinates>{' '.join(f'{lon},{lat}' for lon, lat, *_height in ring)}</coordinates>"

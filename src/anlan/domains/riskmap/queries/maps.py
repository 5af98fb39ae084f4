"""What the map draws of a viewport: single points where they are few, else groups made by the database."""

from django.db.models import Avg, Count, F, IntegerField, Min
from django.db.models.functions import Cast

from anlan.domains.riskmap.rules.clusters import SINGLES_MOST, cells_per_degree
from anlan.domains.riskmap.rules.levels import colour_of

SHIFT = (180, 90)  # no negative degree: SQLite cuts towards zero, which would make the cell at zero double


def view_of(points, box):
    """The points that stand within (west, south, east, north)."""
    west, south, east, north = box
    return points.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)


def draw_view(points, box, zoom):
    """{"points": […], "groups": […], "total": n} of a viewport; one of the two lists is empty."""
    seen = view_of(points, box).order_by().select_related(None)
    groups = draw_groups(seen, zoom)
    total = sum(group["count"] for group in groups)
    if total <= SINGLES_MOST:
        return {"points": draw_singles(seen), "groups": [], "total": total}
    return {"points": [], "groups": groups, "total": total}


def draw_singles(seen):
    """Each point as the map draws it, with its outline where it has one."""
    rows = seen.order_by("pk").values_list("number", "name", "lon", "lat", "level", "outline")
    return [
        {"code": number, "name": name, "lon": lon, "lat": lat, "level": colour_of(level)}
        | ({"outline": outline} if outline else {})
        for number, name, lon, lat, level, outline in rows
    ]


def draw_groups(seen, zoom):
    """Each cell with its middle, how many it holds, and the colour of its worst."""
    per_degree = cells_per_degree(zoom)
    east, north = SHIFT
    cells = seen.annotate(
        column=Cast((F("lon") + east) * per_degree, IntegerField()),
        line=Cast((F("lat") + north) * per_degree, IntegerField()),
    ).values("column", "line")
    groups = cells.annotate(n=Count("pk"), worst=Min("level"), x=Avg("lon"), y=Avg("lat")).order_by(
        "column", "line"
    )
    return [
        {
            "count": group["n"],
            "lon": round(group["x"], 6),
            "lat": round(group["y"], 6),
            "level": colour_of(group["worst"]),
        }
        for group in groups
    ]

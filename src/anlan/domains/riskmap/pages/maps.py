"""The map: its page, what each viewport holds, a point's drawer, and the sheet to print."""

from math import cos, radians

from django import forms
from django.db.models import F, Max, Min
from django.http import HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.places.queries import visible_places
from anlan.domains.riskmap import queries
from anlan.domains.riskmap.pages.points import PointFilter, PointListing, find_point
from anlan.domains.riskmap.rules.clusters import read_box
from anlan.domains.riskmap.rules.labels import place_numbers
from anlan.domains.riskmap.rules.levels import COLOURS, UNASSESSED
from anlan.domains.riskmap.terms import RiskLevel

PRINTED_MOST = 200  # points that an A3 sheet can still number legibly
SHEET_WIDTH, SHEET_HEIGHT, MARGIN = 1200, 760, 40  # units of the drawing on the sheet
SPAN_LEAST = 0.002  # degrees: a single point is not blown up to fill the sheet


class MapFilter(PointFilter):
    """The list's filters, and which layers are drawn."""

    layers = forms.ChoiceField(
        label=gettext_lazy("图层"), required=False,
        choices=[
            ("", gettext_lazy("风险点和场所")), ("points", gettext_lazy("仅风险点")), ("places", gettext_lazy("仅场所")),
        ],
    )  # fmt: skip


class MapListing(PointListing):
    """The points as the map's filters leave them."""

    def filters(self, values):
        """The filters with layers."""
        return MapFilter(values, person=self.request.user)

    @property
    def layer(self):
        """Which layers are asked for."""
        return self.form.cleaned_data.get("layers", "") if self.form.is_bound and self.form.is_valid() else ""


def filtered(request):
    """The listing of the map's address."""
    return MapListing(request, queries.visible_points(request.user, retired=True))


def legend():
    """[(colour, words)] of the levels, the worst first, and of what is not assessed."""
    return [(COLOURS[level.value], level.label) for level in RiskLevel] + [(UNASSESSED, _("未评估"))]


@require_safe
def risk_map(request):
    """The map's page; the points come by viewport."""
    listing = filtered(request)
    points, placed = listing.queryset, listing.queryset.exclude(lon=None)
    extent = placed.order_by().aggregate(w=Min("lon"), s=Min("lat"), e=Max("lon"), n=Max("lat"))
    outlines = outlines_of(request.user) if listing.layer != "points" else []
    context = {
        "listing": listing, "title": _("安全风险分布图"), "legend": legend(), "total": placed.count(),
        "unplaced": points.filter(lon=None).count(),
        "may_add": request.user.may(Right.RISKMAP_EDIT),
        "drawn": {
            "extent": None if extent["w"] is None else [extent[side] for side in "wsen"],
            "has_points": listing.layer != "places", "places": outlines, "view": reverse("riskmap:view"),
            "query": listing.query, "drawer": reverse("riskmap:drawer", args=["-"]),
        },
    }  # fmt: skip
    return render(request, "riskmap/map.html", context)


def outlines_of(person):
    """Outlines of the places that a person sees, drawn without signs."""
    rows = visible_places(person).exclude(outline=None).order_by("code")
    return [
        {"code": f"place/{code}", "name": name, "outline": outline, "level": "none", "quiet": True}
        for code, name, outline in rows.values_list("code", "name", "outline")
    ]


@require_safe
def view(request):
    """What a viewport ?box=w,s,e,n&zoom= holds under the filters, as JSON."""
    box = read_box(request.GET.get("box", ""))
    try:
        zoom = float(request.GET.get("zoom", ""))
    except ValueError:
        zoom = None
    if box is None or zoom is None or zoom != zoom:
        return HttpResponseBadRequest(_("地图范围不对，请刷新页面。"))
    drawn = queries.draw_view(filtered(request).queryset, box, zoom)
    return JsonResponse(drawn, headers={"Cache-Control": "no-store"})


@require_safe
def drawer(request, number):
    """What the drawer says of a point, as JSON."""
    row = find_point(request, number)
    answer = {
        "code": row.number, "name": row.name, "kind": row.category, "colour": row.colour,
        "level": row.get_level_display() or _("未评估"), "organisation": str(row.organisation),
        "answerer": row.answerer, "where": str(row.place or row.enterprise or ""), "precautions": row.precautions,
        "measures": [[str(label), text] for label, text in row.measures if text],
        "review": f"{row.review_on or ''}", "state": row.get_state_display(), "url": row.get_absolute_url(),
    }  # fmt: skip
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


@require_safe
def printed(request):
    """A sheet to print, A3: the map with shapes and numbers, the legend, the list."""
    listing = filtered(request)
    placed = listing.queryset.exclude(lon=None)
    total = placed.count()
    rows = list(placed.order_by(F("level").asc(nulls_last=True), "number")[:PRINTED_MOST])
    context = {
        "title": _("安全风险分布图"), "legend": legend(), "total": total, "most": PRINTED_MOST, "today": timezone.localdate(),
        "marks": lay_out(rows), "size": (SHEET_WIDTH, SHEET_HEIGHT), "by": request.user,
        "back_url": f"{reverse('riskmap:map')}?{listing.query}",
    }  # fmt: skip
    return render(request, "riskmap/print.html", context)


def lay_out(rows):
    """[{point, n, x, y, label_x, label_y, path}] on the sheet, north up, degrees in their true proportion.

    `path` is the outline as SVG draws it; empty where a point has none.
    """
    if not rows:
        return []
    spots = [spot for row in rows for spot in ((row.lon, row.lat), *corners(row.outline))]
    lons, lats = [lon for lon, _lat in spots], [lat for _lon, lat in spots]
    west, north = min(lons), max(lats)
    shrink = cos(radians((north + min(lats)) / 2))
    wide = max((max(lons) - west) * shrink, SPAN_LEAST)
    high = max(north - min(lats), SPAN_LEAST)
    scale = min((SHEET_WIDTH - 2 * MARGIN) / wide, (SHEET_HEIGHT - 2 * MARGIN) / high)

    def put(lon, lat):
        return MARGIN + (lon - west) * shrink * scale, MARGIN + (north - lat) * scale

    marks, signs = [], [put(row.lon, row.lat) for row in rows]
    placed = zip(rows, signs, place_numbers(signs), strict=True)
    for n, (row, (x, y), (label_x, label_y)) in enumerate(placed, 1):
        rings = [" L".join(f"{x:.1f} {y:.1f}" for x, y in (put(*spot) for spot in ring)) for ring in rings_of(row.outline)]  # fmt: skip
        marks.append(
            {"point": row, "n": n, "x": x, "y": y, "label_x": label_x, "label_y": label_y,
             "path": " ".join(f"M{ring} Z" for ring in rings)}
        )  # fmt: skip
    return marks


def rings_of(outline):
    """The rings of a GeoJSON (Multi)Polygon as [[(lon, lat)]]; none of nothing."""
    if not outline:
        return []
    polygons = outline["coordinates"] if outline["type"] == "MultiPolygon" else [outline["coordinates"]]
    return [[tuple(spot[:2]) for spot in ring] for rings in polygons for ring in rings]


def corners(outline):
    """All corners of an outline."""
    return [spot for ring in rings_of(outline) for spot in ring]

"""List pages: filters live in the address, every list exports CSV (with BOM for Excel) and, where it has
a position, GeoJSON.

    class PlaceListing(Listing):
        title = _("大人流场所")
        columns = [Column("code", _("编号")), Column("name", _("名称")), …]
        filters = PlaceFilter            # a Django form; its `narrow(queryset)` applies the bound values
        searched = ["name", "code"]
"""

import csv
import json
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

PAGE_SIZES = (25, 50, 100)
RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r")  # spreadsheet programs run such cells as formulas


@dataclass(frozen=True)
class Column:
    """One column: the attribute (or function of the row) shown, its label, how it is drawn, how it sorts.

    kind: text | sentence | number | time | level | badge | html. `sort` is a queryset ordering name, or "" for none.
    """

    key: str
    label: object
    kind: str = "text"
    sort: str = ""
    value: object = None

    def read(self, row):
        """The cell's value; empty text for None."""
        found = self.value(row) if self.value else getattr(row, self.key)
        found = found() if callable(found) else found
        return "" if found is None else found


class SearchForm(forms.Form):
    """The filters of a list; subclasses add fields and narrow by them."""

    q = forms.CharField(label=_("查找"), required=False, max_length=100)

    def narrow(self, queryset, values):
        """`queryset` limited by the subclass's own fields; the search text is applied by the listing."""
        return queryset


class Listing:
    """A list page over a queryset. Subclasses set the class attributes; `respond` answers the request."""

    title = ""
    columns = []
    filters = SearchForm
    searched = []
    empty_text = _("没有符合条件的记录。")
    empty_action = None
    sizes = PAGE_SIZES
    bulk = ()  # [{label, name, url}]: buttons that post the picked rows
    file_name = "list"
    template = "kit/list.html"

    def __init__(self, request, queryset, **context):
        self.request, self.context = request, context
        self.form = self.filters(request.GET or None)
        self.queryset = self.sort(self.narrow(queryset))

    def narrow(self, queryset):
        """Apply the bound filters and the search text."""
        values = self.form.cleaned_data if self.form.is_bound and self.form.is_valid() else {}
        if text := values.get("q", "").strip():
            wanted = Q()
            for name in self.searched:
                wanted |= Q(**{f"{name}__icontains": text})
            queryset = queryset.filter(wanted)
        return self.form.narrow(queryset, values)

    def sort(self, queryset):
        """Order by ?sort=column or ?sort=-column where that column sorts."""
        asked = self.request.GET.get("sort", "")
        by_key = {column.key: column.sort for column in self.columns if column.sort}
        if name := by_key.get(asked.lstrip("-")):
            return queryset.order_by(("-" if asked.startswith("-") else "") + name, "pk")
        return queryset

    def link(self, row):
        """Where a row leads; empty text for nowhere."""
        return row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""

    def geometry(self, row):
        """The row's GeoJSON geometry, or None; override to offer a GeoJSON export."""
        return None

    def respond(self):
        """The page, or the export that ?format= asks for."""
        wanted = self.request.GET.get("format")
        if wanted == "csv":
            return self.export_csv()
        if wanted == "geojson" and self.has_geometry:
            return self.export_geojson()
        return render(self.request, self.template, {"listing": self} | self.context)

    @property
    def has_geometry(self):
        return type(self).geometry is not Listing.geometry

    @property
    def exports(self):
        return ["csv", "geojson"] if self.has_geometry else ["csv"]

    @cached_property
    def page(self):
        """The Django page asked for by ?page= and ?size= (25, 50 or 100 rows)."""
        size = self.request.GET.get("size", "")
        size = int(size) if size.isdecimal() and int(size) in PAGE_SIZES else PAGE_SIZES[0]
        return Paginator(self.queryset, size).get_page(self.request.GET.get("page"))

    @property
    def query(self):
        """The address's filters without page and format, to be kept in links."""
        kept = self.request.GET.copy()
        for name in ("page", "format"):
            kept.pop(name, None)
        return kept.urlencode()

    @property
    def sorted_by(self):
        return self.request.GET.get("sort", "")

    def rows(self, page=None):
        """The page's rows as dicts: url and cells (column, value)."""
        return [
            {
                "url": self.link(row),
                "cells": [(column, column.read(row)) for column in self.columns],
                "row": row,
            }
            for row in (page or self.page)
        ]

    def export_csv(self):
        """Stream all matching rows as CSV in UTF-8 with a byte-order mark, formulas made inert."""
        language = get_language()  # the rows are written after the request has let go of its own

        def lines():
            echo = csv.writer(Echo())
            with override(language):
                yield "\ufeff" + echo.writerow([str(column.label) for column in self.columns])
                for row in self.queryset.iterator(chunk_size=1000):
                    yield echo.writerow([for_csv(column.read(row)) for column in self.columns])

        answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{self.file_name}.csv"'
        return answer

    def export_geojson(self):
        """All matching rows that have a position as a GeoJSON FeatureCollection (WGS-84)."""
        features = [
            {
                "type": "Feature",
                "geometry": geometry,
                "properties": {column.key: for_json(column.read(row)) for column in self.columns},
            }
            for row in self.queryset.iterator(chunk_size=1000)
            if (geometry := self.geometry(row))
        ]
        body = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
        answer = HttpResponse(body, content_type="application/geo+json")
        answer["Content-Disposition"] = f'attachment; filename="{self.file_name}.geojson"'
        return answer


class Echo:
    """A file that hands back what is written, so that csv can stream."""

    def write(self, text):
        return text


def for_csv(value):
    """A cell for spreadsheets: local time without zone, texts that would run as formulas made inert."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, (int, float)):
        return value
    text = str(value)
    return "'" + text if text.startswith(RISKY_STARTS) else text


def for_json(value):
    return value if isinstance(value, (int, float, bool)) else str(value)

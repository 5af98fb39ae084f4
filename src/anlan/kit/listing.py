"""List pages: filters live in the address, every list exports CSV (with BOM for Excel), where it has a position
GeoJSON, and XLSX and KML where a list offers them.

    class PlaceListing(Listing):
        title = _("大人流场所")
        columns = [Column("code", _("编号")), Column("name", _("名称")), …]
        filters = PlaceFilter            # a Django form; its `narrow(queryset)` applies the bound values
        searched = ["name", "code"]
"""

import csv
import io
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
from openpyxl import Workbook

from anlan.kit.features import KML, write_kml

PAGE_SIZES = (25, 50, 100)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL_MOST = 32_767  # signs that a cell of a workbook holds
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


class CappedPaginator(Paginator):
    """Pages of a long list: counts no further than `most` rows, and skips rows without joining what they show.

    Nobody turns four hundred pages, and to count a million rows takes longer than to show a page of them.
    """

    def __init__(self, rows, size, *, most):
        super().__init__(rows, size)
        self.most = most

    @cached_property
    def count(self):
        """How many rows there are, or `most`."""
        return self.object_list.order_by()[: self.most].count()

    @property
    def is_capped(self):
        """Whether there are rows that nobody counted."""
        return self.count >= self.most

    def page(self, number):
        """The page of this number: first which rows, then what they show."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        keys = list(self.object_list.values_list("pk", flat=True)[first : first + self.per_page])
        rows = {row.pk: row for row in self.object_list.filter(pk__in=keys)}
        return self._get_page([rows[key] for key in keys if key in rows], number, self)


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
    offered = ()  # the formats of exports in their order, where they are others than `exports` finds
    colours = {}  # {style: "#rrggbb"} of the KML export
    template = "kit/list.html"
    counted_most = None  # of a list that may be very long: rows that are counted and paged
    searched_most = (
        None  # and the newest rows (by key) of those that match otherwise that a text is looked for in
    )
    searched_whole = ()  # fields in which the whole text is looked for first, however old the row
    is_search_cut = False  # whether older rows were left out of the search

    def __init__(self, request, queryset, **context):
        self.request, self.context = request, context
        self.form = self.filters(request.GET or None)
        self.queryset = self.sort(self.narrow(queryset))

    def narrow(self, queryset):
        """Apply the bound filters, then the search text."""
        values = self.form.cleaned_data if self.form.is_bound and self.form.is_valid() else {}
        queryset, text = self.form.narrow(queryset, values), values.get("q", "").strip()
        return self.search(queryset, text) if text else queryset

    def search(self, queryset, text):
        """The rows that hold a text in a field that is searched."""
        if self.searched_whole:
            whole = queryset.filter(any_of(self.searched_whole, "iexact", text))
            if whole.exists():
                return whole
        if self.searched_most:
            keys = queryset.order_by("-pk").values_list("pk", flat=True)
            oldest = keys[self.searched_most : self.searched_most + 1].first()
            if oldest is not None:
                self.is_search_cut, queryset = True, queryset.filter(pk__gt=oldest)
        return queryset.filter(any_of(self.searched, "icontains", text))

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

    def mark(self, row):
        """(name, style, GeoJSON geometry) of a row in KML, for lists that offer it."""
        raise NotImplementedError

    def respond(self):
        """The page, or the export that ?format= asks for."""
        wanted = self.request.GET.get("format")
        if wanted in self.exports:
            return getattr(self, f"export_{wanted}")()
        return render(self.request, self.template, {"listing": self} | self.context)

    @property
    def has_geometry(self):
        return type(self).geometry is not Listing.geometry

    @property
    def exports(self):
        return list(self.offered) or (["csv", "geojson"] if self.has_geometry else ["csv"])

    @cached_property
    def page(self):
        """The Django page asked for by ?page= and ?size= (25, 50 or 100 rows)."""
        size = self.request.GET.get("size", "")
        size = int(size) if size.isdecimal() and int(size) in PAGE_SIZES else PAGE_SIZES[0]
        if self.counted_most:
            pages = CappedPaginator(self.queryset, size, most=self.counted_most)
        else:
            pages = Paginator(self.queryset, size)
        return pages.get_page(self.request.GET.get("page"))

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

    def export_xlsx(self):
        """All matching rows as a workbook; formulas made inert, a text that no cell holds left out."""
        book, body = Workbook(write_only=True), io.BytesIO()
        sheet = book.create_sheet()
        sheet.append([str(column.label) for column in self.columns])
        for row in self.queryset.iterator(chunk_size=1000):
            cells = [for_csv(column.read(row)) for column in self.columns]
            sheet.append(["" if len(str(cell)) > CELL_MOST else cell for cell in cells])
        book.save(body)
        answer = HttpResponse(body.getvalue(), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{self.file_name}.xlsx"'
        return answer

    def export_kml(self):
        """Stream all matching rows that have a position as KML (WGS-84), the columns as extended data."""
        language = get_language()

        def marks():
            for row in self.queryset.iterator(chunk_size=1000):
                name, style, geometry = self.mark(row)
                if geometry:
                    told = [(one.key, one.label, for_json(one.read(row))) for one in self.columns]
                    yield name, style, told, geometry

        def lines():
            with override(language):
                yield from write_kml(self.title, marks(), colours=self.colours)

        answer = StreamingHttpResponse(lines(), content_type=KML)
        answer["Content-Disposition"] = f'attachment; filename="{self.file_name}.kml"'
        return answer


def any_of(names, lookup, text):
    """The condition that one of these fields has this text."""
    wanted = Q()
    for name in names:
        wanted |= Q(**{f"{name}__{lookup}": text})
    return wanted


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

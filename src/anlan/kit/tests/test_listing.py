"""List pages: filters in the address, sorting, paging, and exports that a spreadsheet opens safely."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from django import forms
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.accounts.models import Organisation
from anlan.kit.listing import Column, Listing, SearchForm, for_csv


class SortFilter(SearchForm):
    """A filter of the test's own."""

    sort_of = forms.CharField(required=False)

    def narrow(self, queryset, values):
        """By sort."""
        return queryset.filter(sort=values["sort_of"]) if values.get("sort_of") else queryset


class Towns(Listing):
    """Organisations, with a position for some."""

    columns = [
        Column("code", "编码", sort="code"),
        Column("name", "名称"),
        Column("double", "两倍", "number", value=lambda row: len(row.code) * 2),
    ]
    filters = SortFilter
    searched = ["name", "code"]
    file_name = "towns"

    def geometry(self, row):
        """Only the shops are on the map."""
        return {"type": "Point", "coordinates": [121.4, 31.2]} if row.sort == "shop" else None


@pytest.fixture
def towns(db):
    for number in range(60):
        sort = "shop" if number % 3 == 0 else "office"
        Organisation.objects.create(
            code=f"c{number:02}", name=f"单位{number}", sort=sort, path=f"{number:06}"
        )
    return Organisation.objects.all()


def ask(address, rows):
    return Towns(RequestFactory().get(f"/{address}"), rows)


def codes(listing):
    return [row["cells"][0][1] for row in listing.rows()]


def read_csv(listing):
    text = b"".join(listing.respond().streaming_content).decode()
    assert text.startswith("\ufeff"), "Excel knows UTF-8 only by its byte-order mark"
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_filters_and_search_come_from_the_address(towns):
    assert ask("?sort_of=shop", towns).queryset.count() == 20
    assert codes(ask("?q=单位7", towns)) == ["c07"]
    assert codes(ask("?q=c1&sort_of=shop", towns)) == ["c12", "c15", "c18"]
    assert ask("?q=%20%20", towns).queryset.count() == 60


def test_columns_sort_both_ways_and_only_where_they_may(towns):
    assert codes(ask("?sort=-code", towns))[:2] == ["c59", "c58"]
    assert codes(ask("?sort=code", towns))[:2] == ["c00", "c01"]
    for refused in ("name", "-double", "password", "parent__code", ""):
        assert codes(ask(f"?sort={refused}", towns))[0] == "c00"


def test_pages_hold_25_50_or_100_rows_and_no_address_breaks_them(towns):
    assert len(codes(ask("", towns))) == 25
    assert len(codes(ask("?size=50", towns))) == 50
    assert len(codes(ask("?size=100", towns))) == 60
    assert len(codes(ask("?size=1000000", towns))) == 25
    assert codes(ask("?page=3", towns))[0] == "c50"
    for odd in ("?page=x", "?page=-1", "?page=999", "?size=²", "?page=%00"):
        assert ask(odd, towns).page.object_list


def test_links_keep_the_filters_but_not_page_and_format(towns):
    assert ask("?q=x&page=2&format=csv&sort=code", towns).query == "q=x&sort=code"


def test_csv_holds_every_matching_row_under_its_labels(towns):
    table = read_csv(ask("?format=csv&sort_of=shop&page=2", towns))
    assert table[0] == ["编码", "名称", "两倍"]
    assert len(table) == 21 and table[1] == ["c00", "单位0", "6"]


def test_csv_makes_formulas_inert(towns):
    Organisation.objects.filter(code="c00").update(name='=HYPERLINK("http://evil.example")')
    assert read_csv(ask("?format=csv&q=c00", towns))[1][1] == '\'=HYPERLINK("http://evil.example")'


@given(st.text())
def test_no_text_starts_a_formula(text):
    assert not for_csv(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_and_times_stay_what_they_are():
    assert for_csv(-3.5) == -3.5
    assert for_csv(datetime(2026, 11, 24, 8, 0, tzinfo=UTC)) == "2026-11-24 16:00:00"


def test_geojson_holds_the_rows_that_have_a_position(towns):
    answer = ask("?format=geojson", towns).respond()
    body = json.loads(answer.content)
    assert answer["Content-Type"] == "application/geo+json" and len(body["features"]) == 20
    assert body["features"][0] == {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [121.4, 31.2]},
        "properties": {"code": "c00", "name": "单位0", "double": 6},
    }
    assert ask("", towns).exports == ["csv", "geojson"] and Listing.exports.fget(Plain()) == ["csv"]


class Plain(Listing):
    """A list without positions."""

    def __init__(self):
        pass

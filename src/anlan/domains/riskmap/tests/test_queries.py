"""What the map draws of a viewport, and who sees what."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.domains.riskmap import queries
from anlan.domains.riskmap.models import RiskPoint
from anlan.domains.riskmap.rules.clusters import SINGLES_MOST
from anlan.domains.riskmap.tests.conftest import NOW

BOX = (121.0, 31.0, 122.0, 32.0)


def put(town, number, lon, lat, level):
    return RiskPoint(
        number=f"F{number:06d}", name=f"点{number}", organisation=town.TRADE, lon=lon, lat=lat, level=level,
        written_by=town.clerk, changed_at=NOW,
    )  # fmt: skip


def test_few_points_are_drawn_one_by_one(town, point):
    drawn = queries.draw_view(queries.visible_points(town.clerk), BOX, 12)
    assert drawn["points"] == [
        {"code": point.number, "name": point.name, "lon": 121.45, "lat": 31.23, "level": "orange"}
    ]
    assert queries.draw_view(queries.visible_points(town.clerk), (0, 0, 1, 1), 12)["total"] == 0
    assert queries.draw_view(queries.visible_points(town.other), BOX, 12)["total"] == 0


@pytest.mark.parametrize("zoom", [0, 8, 12.5, 16])
def test_many_are_gathered_and_none_is_lost(town, zoom):
    rows = [
        put(town, n, 121.2 + n % 40 / 100, 31.1 + n // 40 / 100, 1 if n == 7 else 4)
        for n in range(SINGLES_MOST + 1)
    ]
    RiskPoint.objects.bulk_create(rows)
    drawn = queries.draw_view(queries.visible_points(town.clerk), BOX, zoom)
    assert sum(group["count"] for group in drawn["groups"]) == drawn["total"] == SINGLES_MOST + 1
    assert "red" in {group["level"] for group in drawn["groups"]}
    assert len(drawn["groups"]) == 1 if zoom == 0 else len(drawn["groups"]) > 1


def test_a_group_of_points_not_assessed_has_no_colour(town):
    RiskPoint.objects.bulk_create([put(town, n, 121.5, 31.5, None) for n in range(SINGLES_MOST + 1)])
    drawn = queries.draw_view(queries.visible_points(town.clerk), BOX, 10)
    assert [(one["count"], one["level"]) for one in drawn["groups"]] == [(SINGLES_MOST + 1, "undetermined")]


def test_a_viewport_is_read_without_joining_who_answers(town, point):
    """An import of 20,000 rows leaves PostgreSQL without counts of them; it then walked the organisations per point."""
    for person in (town.clerk, town.other):
        with CaptureQueriesContext(connection) as asked:
            queries.draw_view(queries.visible_points(person), BOX, 12)
        drawing = [one["sql"] for one in asked if "riskmap_riskpoint" in one["sql"]]
        assert len(drawing) == 2 and not any("JOIN" in sql for sql in drawing)


def test_reviews_due_are_those_whose_day_has_come(town, point):
    assert not queries.reviews_due(town.clerk, NOW.date())
    assert list(queries.reviews_due(town.clerk, point.review_on)) == [point]
    assert not queries.reviews_due(town.other, point.review_on)

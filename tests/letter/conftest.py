"""The district that every promise of the letter is tried on, at a time that stands until it is wound."""

import pytest
from django.utils import timezone
from tests.letter.town import Town

from anlan.domains.crowd.queries import forget_payloads


@pytest.fixture
def town(db, tmp_path, monkeypatch):
    """A founded district whose watch is running; pages and doors see the town's time."""
    forget_payloads()
    town = Town(tmp_path)
    monkeypatch.setattr(timezone, "now", lambda: town.now)
    monkeypatch.setattr("axes.handlers.proxy.now", lambda: town.now)
    town.found()
    town.watch.start()
    town.follow()
    yield town
    town.watch.stop()
    forget_payloads()


@pytest.fixture
def square(town):
    """A square without operator that a street office answers for: 1,000 people, one gate that is counted."""
    place = town.place(
        "SQ",
        "云栖广场",
        "square",
        "STREET",
        capacity=1000,
        area_m2=1000.0,
        lon=121.44,
        lat=31.23,
        is_public=True,
    )
    gate = town.entrance(place, "1", "北口", clear_width_m=6)
    town.counter(place, "GATE-1", entrance=gate)
    return place

"""Who is on duty in the head of the wall: for whom, and how fresh."""

import pytest

from anlan.domains.emergency.models import FixedShift
from anlan.domains.emergency.tests.duty_room import at, build_room, rota
from anlan.site.standing import duty_bar, forget_bar
from anlan.site.watching import Watcher


@pytest.fixture
def room(db, monkeypatch):
    forget_bar()
    room = build_room(monkeypatch)
    rota(room)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(2))
    yield room
    forget_bar()


def test_the_wall_names_who_is_on_for_a_few_seconds(room):
    everyone = Watcher(None)
    assert duty_bar(everyone, clock_s=lambda: 0.0)["officers"] == ["anne"]
    FixedShift.objects.create(
        post=room.post, person=room.dora, role="duty_officer", since=at(2, 9), until=at(2, 20)
    )
    assert duty_bar(everyone, clock_s=lambda: 4.0)["officers"] == ["anne"]
    assert duty_bar(everyone, clock_s=lambda: 6.0)["officers"] == ["dora"]


def test_a_screen_sees_only_the_posts_below_its_organisation(room):
    assert duty_bar(Watcher(frozenset(), (room.trade.path,)), clock_s=lambda: 0.0)["posts"] == 0
    assert duty_bar(Watcher(frozenset(), (room.office.path,)), clock_s=lambda: 0.0)["officers"] == ["anne"]

"""Open alarms on the wall, on home, on the place's page, in the search – and none of another's."""

import pytest

from anlan.domains.emergency import actions
from anlan.domains.emergency.models import Alarm
from anlan.domains.emergency.tests.alarmed import NOW, Crowd, build_town
from anlan.site.alarming import MOST_READ, alarm_rows, forget_rows, read_rows
from anlan.site.watching import Watcher

ALL = Watcher(codes=None)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def town(db):
    forget_rows()
    yield build_town()
    forget_rows()


@pytest.fixture
def alarm(town):
    Crowd().tell(town.square, "red")
    return Alarm.objects.get()


def answer(alarm, by):
    words = {"measure": "send_people", "next_look_at": NOW.replace(hour=13)}
    return actions.answer_alarm(alarm, by=by, now=NOW, **words)


def test_the_wall_shows_level_place_age_and_who_has_answered(town, alarm):
    answer(alarm, town.constable)
    found = alarm_rows("live", ALL)
    row = found["alarms"][0]
    assert found["count"] == 1 and (row["code"], row["level"], row["answered"]) == ("SQ", "red", True)
    assert row["since"] == round(NOW.timestamp() * 1000)
    assert [(one["name"], one["answered"]) for one in row["agencies"]] == [("公安", True), ("消防", False)]


def test_a_screen_sees_only_its_own_places(town, alarm):
    assert alarm_rows("live", Watcher(codes=frozenset({"M"}))) == {"count": 0, "alarms": []}
    assert alarm_rows("live", Watcher(codes=frozenset({"SQ"})))["count"] == 1


def test_the_rows_are_at_most_a_second_old_and_not_read_more_often(town, alarm, django_assert_num_queries):
    at = [0.0]
    read_rows("live", clock_s=lambda: at[0])
    at[0] = 0.9
    with django_assert_num_queries(0):
        read_rows("live", clock_s=lambda: at[0])
    actions.verify_alarm(alarm, by=town.gardener, now=NOW, verdict="false", why="误")
    at[0] = 1.1
    assert read_rows("live", clock_s=lambda: at[0]) == ([], 0)


def test_of_very_many_the_worst_are_read_and_all_are_counted(town):
    raised = {"by": town.chief, "now": NOW, "origin": "phone", "why": "因"}
    for n in range(3):
        actions.raise_alarm(town.parks, title=str(n), level="blue", **raised)
    first = Alarm.objects.first()
    rows = []
    for n in range(MOST_READ):
        row = Alarm.objects.get(pk=first.pk)
        row.pk, row._state.adding, row.number = None, True, f"N{n}"
        rows.append(row)
    Alarm.objects.bulk_create(rows)
    found = alarm_rows("live", ALL)
    assert found["count"] == MOST_READ + 3 and len(found["alarms"]) == 50


def test_other_scenes_do_not_reach_the_live_wall(town):
    Crowd("replay:bund").tell(None, "red", code="CHENYI", name="陈毅广场")
    assert alarm_rows("live", ALL)["count"] == 0 and alarm_rows("replay:bund", ALL)["count"] == 1


def test_home_and_the_place_show_what_is_open(client, town, alarm):
    client.force_login(town.gardener, backend=BACKEND)
    assert alarm.get_absolute_url() in client.get("/").content.decode()
    assert alarm.get_absolute_url() in client.get("/place/SQ/").content.decode()
    assert alarm.get_absolute_url() in client.get("/search/?q=示范广场").content.decode()
    assert alarm.get_absolute_url() in client.get(f"/search/?q={alarm.number}").content.decode()
    client.force_login(town.trader, backend=BACKEND)
    assert alarm.get_absolute_url() not in client.get("/").content.decode()
    assert alarm.get_absolute_url() not in client.get(f"/search/?q={alarm.number}").content.decode()

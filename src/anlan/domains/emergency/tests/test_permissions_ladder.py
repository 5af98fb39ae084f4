"""Who may open and who may change what of reporting up, mutes and tests: addresses × kinds of people, GET and POST."""

import pytest
from django.urls import reverse

from anlan.domains.emergency.actions.mutes import mute_alarm
from anlan.domains.emergency.models import Alarm, AnswerLink, Mute, Telling
from anlan.domains.emergency.tests.alarmed import minutes
from anlan.domains.emergency.tests.laddered import Night
from anlan.domains.emergency.urls import urlpatterns
from anlan.kit.models import Change, Message

# An observer of the responsible department; another department; an agency that has joined; somebody signed out;
# an officer and a leader of the responsible department; the district's chief.
PEOPLE = ("reader", "trader", "constable", "nobody", "guard", "gardener", "chief")
NO_POST = "405 405 405 302 405 405 405"
OPEN = "200 200 200 302 200 200 200"
SEEN = "200 404 200 302 200 200 200"

# name: (what is posted, GET for each of PEOPLE, POST for each of PEOPLE). A star: the POST changed something.
ADDRESSES = {
    "alarm_ladder": (None, SEEN, NO_POST),
    "alarm_jump": ({"why": "试"}, SEEN, "200 404 302* 302 302* 302* 302*"),
    "alarm_mute": ({"minutes": 5, "why": "试"}, SEEN, "200 404 302* 302 302* 302* 302*"),
    "alarm_unmute": ({}, NO_POST, "302 404 302* 302 302* 302* 302*"),
    "mutes": (None, OPEN, NO_POST),
    "rehearsal": (None, OPEN, NO_POST),
    "ring_test": ({}, OPEN, "302* 302* 302* 302 302* 302* 302*"),
}
ROOMS = tuple(f"emergency.pages.{room}" for room in ("ladder", "mutes"))


@pytest.fixture
def night(db, monkeypatch):
    return Night(monkeypatch)


def written():
    """Everything that these pages could have written, as it stands."""
    rows = (Alarm, AnswerLink, Mute, Telling, Message, Change)
    return [list(model.objects.order_by("pk").values()) for model in rows]


def address_of(name, alarm):
    """The address of this name; a jump goes to the last step."""
    arguments = {"alarm_jump": [alarm.pk, 4]}.get(name, [alarm.pk] if name.startswith("alarm") else [])
    return reverse(f"emergency:{name}", args=arguments)


def test_every_address_is_in_the_matrix():
    own = {pattern.name for pattern in urlpatterns if pattern.callback.__module__.endswith(ROOMS)}
    assert set(ADDRESSES) == own


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, night, name, alone):
    posted, getting, posting = ADDRESSES[name]
    alarm = night.alarm("yellow")
    night.tick()
    if name == "alarm_unmute":
        mute_alarm(alarm, by=night.town.guard, now=night.now, until=night.now + minutes(5), why="试")
    for at, who in alone(PEOPLE):
        if who != "nobody":
            person = getattr(night.town, who)
            night.give_contact(person)
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        address, before = address_of(name, alarm), written()
        answer = client.get(address)
        assert f"{answer.status_code}" == getting.split()[at], who
        assert written() == before
        answer = client.post(address, posted or {})
        assert f"{answer.status_code}{'*' if written() != before else ''}" == posting.split()[at], who
        if who == "nobody":
            assert answer["Location"].startswith("/accounts/")

"""Who may open what of duty, and who may change what: every address × five kinds of people, GET and POST."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions import duty as posts
from anlan.domains.emergency.actions import duty_checks as checks
from anlan.domains.emergency.models import (
    CalendarLink,
    CalledPerson,
    DutyLogEntry,
    DutyPost,
    DutySheet,
    DutySwap,
    FixedShift,
    Handover,
    RollCall,
    Roster,
)
from anlan.domains.emergency.tests.alarmed import add_person
from anlan.domains.emergency.tests.duty_room import build_room
from anlan.domains.emergency.urls import urlpatterns
from anlan.kit.models import Change

# An observer of the whole district; an editor of another department; somebody signed out; who stands duty at the post;
# the editor whose post it is.
PEOPLE = ("observer", "other", "nobody", "officer", "editor")

# name: (what is posted, GET for each of PEOPLE, POST for each of PEOPLE). A star: the POST changed something.
READ = (None, "200 200 302 200 200", "405 405 302 405 405")
SEEN = (None, "200 404 302 200 200", "405 405 302 405 405")
ADDRESSES = {
    "duty": READ,
    "duty_posts": READ,
    "duty_swaps": READ,
    "duty_roll_calls": READ,
    "duty_handovers": READ,
    "duty_log": READ,
    "duty_sheets": READ,
    "duty_post": SEEN,
    "duty_swap": SEEN,
    "duty_roll_call": SEEN,
    "duty_roster": (None, "200 404 302 200 200", "200 404 302 200 200"),
    "duty_post_add": ("post", "200 200 302 200 200", "200 200 302 200 302*"),
    "duty_post_edit": ("post", "200 404 302 200 200", "200 404 302 200 302*"),
    "duty_post_retire": ("why", "200 404 302 200 200", "200 404 302 200 302*"),
    "duty_post_restore": ("nothing", "405 405 302 405 405", "302 404 302 302 302*"),
    "duty_own_shift": ("own", "405 405 302 405 405", "302 404 302 302* 302"),
    "duty_roster_add": ("roster", "200 404 302 200 200", "200 404 302 200 302*"),
    "duty_roster_change": ("roster", "200 404 302 200 200", "200 404 302 200 302*"),
    "duty_roster_end": ("end", "200 404 302 200 200", "200 404 302 200 302*"),
    "duty_shift_add": ("shift", "200 404 302 200 200", "200 404 302 200 302*"),
    "duty_shift_withdraw": ("why", "200 404 302 200 200", "200 404 302 200 302*"),
    "duty_import": ("nothing", "200 200 302 200 200", "200 200 302 200 200"),
    "duty_swap_ask": ("swap", "200 404 302 200 200", "200 404 302 302* 200"),
    "duty_swap_answer": ("accept", "405 405 302 405 405", "302 404 302 302* 302"),
    "duty_call_roll": ("call", "200 404 302 200 200", "200 404 302 200 302*"),
    "duty_call_answer": ("nothing", "405 405 302 405 405", "404 404 302 302* 404"),
    "duty_hand_over": ("notes", "200 404 302 200 200", "200 404 302 302* 302*"),
    "duty_handover": ("take", "200 404 302 200 200", "200 404 302 302* 302*"),
    "duty_log_add": ("entry", "200 200 302 200 200", "200 200 302 302* 302*"),
    "duty_sheet": ("sign", "200 404 302 200 200", "200 404 302 302* 302*"),
    "duty_calendars": ("calendar", "200 200 302 200 200", "200* 200* 302 200* 200*"),
    "duty_calendar_revoke": ("nothing", "405 405 302 405 405", "404 404 302 302* 404"),
    "duty_calendar": (None, "200 200 200 200 200", "405 405 405 405 405"),
}
ROWS = (
    DutyPost, Roster, FixedShift, DutySwap, Handover, RollCall, CalledPerson, DutyLogEntry, DutySheet, CalendarLink,
    Change,
)  # fmt: skip


@pytest.fixture
def room(db, monkeypatch):
    room, now = build_room(monkeypatch), timezone.now().replace(microsecond=0)
    room.observer = add_person("observer", room.top, [Right.VIEW])
    room.now, day = now, timezone.localdate(now)
    room.post.since = now - timedelta(days=3)
    room.post.save()
    room.gone = posts.add_post(
        room.office, by=room.editor, now=now, code="GONE", name="旧岗", kind="agency"
    ).subject
    posts.retire_post(room.gone, by=room.editor, now=now, why="试")
    shifts = {"post": room.post, "role": "duty_officer"}
    room.shift = FixedShift.objects.create(**shifts, person=room.anne, since=now - timedelta(hours=3), until=now + timedelta(hours=3))  # fmt: skip
    later = {"since": now + timedelta(hours=30), "until": now + timedelta(hours=36)}
    FixedShift.objects.create(**shifts, person=room.bert, **later)
    FixedShift.objects.create(
        **shifts, person=room.anne, since=now + timedelta(hours=50), until=now + timedelta(hours=54)
    )
    room.swap = DutySwap.objects.create(
        post=room.post,
        giver=room.bert,
        taker=room.anne,
        reason="试",
        asked_by=room.bert,
        asked_at=now,
        **later,
    )
    room.roster = Roster.objects.create(
        **shifts, name="夜班", seat=5, shifts=[[510, 1440, "any"]], teams=[[room.carl.pk]], made_at=now,
        starts_on=day + timedelta(days=3),
    )  # fmt: skip
    room.call = checks.call_roll(room.post, by=room.editor, now=now).subject
    room.handover = checks.hand_over(
        room.post, by=room.dora, now=now, why="试", due_at=now - timedelta(hours=20), notes="无", open_rows=[]
    ).subject
    room.sheet = checks.make_sheet(
        room.post, by=None, now=now, kind="morning", day=day, since=now, until=now, content={}, is_zero=True
    ).subject
    room.link = checks.give_calendar(room.anne, by=room.anne, now=now).subject
    return room


def arguments(name, room):
    """What stands in the address of this name."""
    own = {
        "duty_swap": [room.swap.pk], "duty_swap_answer": [room.swap.pk], "duty_roll_call": [room.call.pk],
        "duty_call_answer": [room.call.pk], "duty_handover": [room.handover.pk], "duty_sheet": [room.sheet.pk],
        "duty_roster": [room.roster.pk], "duty_roster_change": [room.roster.pk], "duty_roster_end": [room.roster.pk],
        "duty_shift_withdraw": [room.shift.pk], "duty_calendar_revoke": [room.link.pk],
        "duty_calendar": [room.link.token], "duty_post_restore": ["GONE"],
    }  # fmt: skip
    of_post = ("duty_post", "duty_post_edit", "duty_post_retire", "duty_own_shift", "duty_roster_add", "duty_shift_add",
               "duty_swap_ask", "duty_call_roll", "duty_hand_over")  # fmt: skip
    return own.get(name, ["ROOM"] if name in of_post else [])


def words_of(posted, room):
    """What a person would post."""
    day = timezone.localdate(room.now)
    stamp = {
        n: timezone.localtime(room.now + timedelta(hours=n)).strftime("%Y-%m-%dT%H:%M")
        for n in (-1, 51, 53, 80, 84)
    }
    roster = {"name": "新表", "role": "duty_officer", "seat": 7, "shifts": "08:30 24", "teams": "carl", "turn": "day",
              "starts_on": str(day + timedelta(days=2)), "keep": "1"}  # fmt: skip
    words = {
        "post": {"organisation": room.office.pk, "code": "NEW", "name": "新岗", "kind": "agency", "roll_call_days": 3},
        "why": {"why": "试"}, "own": {"deed": "on", "since": room.shift.since.isoformat()}, "roster": roster,
        "end": {"why": "试", "ends_on": str(day + timedelta(days=9))},
        "shift": {"person": room.carl.pk, "role": "duty_officer", "seat": 1, "since": stamp[80], "until": stamp[84]},
        "swap": {"giver": room.anne.pk, "taker": room.carl.pk, "since": stamp[51], "until": stamp[53], "reason": "试"},
        "accept": {"deed": "accept"}, "call": {"within_min": 5}, "notes": {"notes": "无", "why": "试"},
        "take": {"why": "试"}, "sign": {"is_zero": "on"}, "calendar": {"post": ""},
        "entry": {"post": room.post.pk, "kind": "patrol", "happened_at": stamp[-1], "text": "巡查"},
    }  # fmt: skip
    return words.get(posted, {})


def written():
    """Everything that a page of duty could have written, as it stands."""
    return [list(model.objects.order_by("pk").values()) for model in ROWS]


def test_every_address_of_duty_is_in_the_matrix():
    assert set(ADDRESSES) == {one.name for one in urlpatterns if one.name.startswith("duty")}


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, room, name):
    posted, getting, posting = ADDRESSES[name]
    people = SimpleNamespace(
        observer=room.observer, other=room.stranger, officer=room.anne, editor=room.editor
    )
    address = reverse(f"emergency:{name}", args=arguments(name, room))
    got, wrote = [], []
    for who in PEOPLE:
        client.logout()
        if who != "nobody":
            client.force_login(getattr(people, who), backend="django.contrib.auth.backends.ModelBackend")
        before = written()
        got.append(f"{client.get(address).status_code}")
        assert written() == before
        with transaction.atomic():
            answer = client.post(address, words_of(posted, room))
            wrote.append(f"{answer.status_code}{'*' if written() != before else ''}")
            transaction.set_rollback(True)  # each finds the same room
        if who == "nobody" and wrote[-1] == "302":
            assert answer["Location"].startswith("/accounts/")
    assert (" ".join(got), " ".join(wrote)) == (getting, posting)

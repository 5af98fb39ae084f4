"""A district's duty room with its people, a rota, contacts and a wound clock."""

import random
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from anlan.channels.sending import Answer, Kind, Outcome
from anlan.channels.table import KINDS
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions import duty as posts
from anlan.domains.emergency.actions import rosters
from anlan.domains.emergency.tests.alarmed import add_organisation, add_person
from anlan.domains.emergency.workers.duty import DutySweeps
from anlan.kit.models import Channel, Contact

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 3, 2)
STANDS = [Right.VIEW, Right.DUTY_STAND]


def at(day, hour=12, minute=0, second=0, month=3):
    return datetime(2026, month, day, hour, minute, second, tzinfo=ZONE)


NOW = at(1)  # a Sunday


def build_room(monkeypatch):
    """The room, four people who stand there in turn, an editor, a leader, a reader and a stranger."""
    kind = Kind(
        "pager", "传呼", "pager", (), lambda *_all: Answer(Outcome.ACCEPTED), to_zh="号码", to_en="number"
    )
    monkeypatch.setitem(KINDS, "pager", kind)
    top = add_organisation("D", "示范区", sort="区")
    office, trade = (
        add_organisation("D-OFFICE", "应急局", top, "部门"),
        add_organisation("D-TRADE", "商务委", top, "部门"),
    )
    room = SimpleNamespace(top=top, office=office, trade=trade)
    for name in ("anne", "bert", "carl", "dora"):
        setattr(room, name, add_person(name, office, STANDS))
    room.chief = add_person("chief", top, [])
    room.editor = add_person("editor", office, [*STANDS, Right.DUTY_EDIT])
    room.leader, room.reader = (
        add_person("leader", office, STANDS),
        add_person("reader", office, [Right.VIEW]),
    )
    room.stranger = add_person("stranger", trade, [*STANDS, Right.DUTY_EDIT])
    room.channel = Channel.objects.create(
        code="pager", kind="pager", name="传呼台", organisation=top, settings={}
    )
    for person in (room.anne, room.bert, room.carl, room.editor, room.leader):
        Contact.objects.create(person=person, channel=room.channel, address=person.username, order=1)
    words = {"name": "总值班室", "kind": "duty_room", "phone": "110", "must_be_staffed": True,
             "needed_roles": ["duty_officer"], "roll_call_days": 0}  # fmt: skip
    room.post = posts.add_post(office, by=room.editor, now=at(1, 0), code="ROOM", **words).subject
    room.sweeps = DutySweeps(random.Random(5))
    return room


def rota(room, *, now=NOW, post=None, by=None, **words):
    """Anne, Bert and Carl in turn, from 08:30 for a day each, from Monday on."""
    told = {"name": "三班倒", "role": "duty_officer", "seat": 1, "shifts": "08:30 24", "teams": "anne\nbert\ncarl",
            "turn": "shift", "starts_on": MONDAY, "ends_on": None}  # fmt: skip
    return rosters.add_roster(post or room.post, by=by or room.editor, now=now, **told | words).subject


def wind(sweep, start, end, *, step):
    """Run a sweep from one moment to another."""
    while start <= end:
        sweep(start)
        start += step


def minutes(n):
    return timedelta(minutes=n)

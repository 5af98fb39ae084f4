"""The town of alarms with duty posts, people on duty, their contacts, a wound clock and a service that may fail."""

import random
from datetime import timedelta

from anlan.channels.sending import Answer, Kind, Outcome
from anlan.channels.table import KINDS
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency import actions
from anlan.domains.emergency.models import Alarm, DutyPost, FixedShift, Telling
from anlan.domains.emergency.tests.alarmed import NOW, Crowd, add_person, build_town
from anlan.domains.emergency.workers.ladder import LadderWatch
from anlan.kit.models import Change, Channel, Contact, Message
from anlan.kit.outbox.sender import Sender

DAY = timedelta(days=1)
POSTS = (
    ("squad", "squad_leader", "西街中队带班"),
    ("detachment", "detachment_duty", "支队值班室"),
    ("centre", "command_centre", "指挥中心"),
)


def seconds(number):
    return timedelta(seconds=number)


class Service:
    """A service by which people are told: keeps what it was given; `fails` names the addresses it refuses."""

    def __init__(self):
        self.sent, self.fails, self.lost = [], set(), set()

    def send(self, settings, outgoing, means):
        """Take a text, or refuse it, as told."""
        if outgoing.to in self.fails:
            return Answer(Outcome.FAILED, said="no such number")
        self.sent.append(outgoing)
        return Answer(
            Outcome.UNKNOWN if outgoing.to in self.lost else Outcome.ACCEPTED, vendor_id=outgoing.key
        )

    def to(self, name):
        """The texts that went to this address."""
        return [one for one in self.sent if one.to == name]


class Night:
    """An evening in the town whose clock one winds: the sweep of reporting up, then the sender, each second asked for."""

    def __init__(self, monkeypatch, *, now=NOW):
        self.town, self.service, self.started, self.now = build_town(), Service(), now, now
        kind = Kind("pager", "传呼", "pager", (), self.service.send, to_zh="号码", to_en="number")
        monkeypatch.setitem(KINDS, "pager", kind)
        # A sender gives its connection back before it calls; here it stands in the test's own transaction.
        monkeypatch.setattr("anlan.kit.outbox.sender.close_old_connections", lambda: None)
        self.channel = Channel.objects.create(
            code="pager", kind="pager", name="传呼台", organisation=self.town.top, settings={}
        )
        self.people, self.posts = {}, {}
        for code, kind_of_post, name in POSTS:
            post = DutyPost.objects.create(
                organisation=self.town.police, code=code, kind=kind_of_post, name=name, since=now - DAY
            )
            self.posts[code] = post
            self.people[code] = person = add_person(
                f"{code}-officer", self.town.police, [Right.VIEW, Right.ALARMS_ANSWER]
            )
            self.put_on_duty(post, person)
            self.give_contact(person)
        self.crowd, self.watch = Crowd(), LadderWatch()
        self.sender = Sender("night:1:1", dict(KINDS), random.Random(7))

    def put_on_duty(self, post, person):
        """From the day before the evening to two days after it."""
        span = {"since": self.started - DAY, "until": self.started + 2 * DAY}
        return FixedShift.objects.create(post=post, person=person, role="duty_officer", **span)

    def give_contact(self, person, address=None, order=1):
        return Contact.objects.create(
            person=person, channel=self.channel, address=address or person.username, order=order
        )

    def empty(self, code):
        """Nobody is on duty at this post."""
        FixedShift.objects.filter(post=self.posts[code]).delete()

    def alarm(self, level="yellow", *, place=None, **words):
        """An alarm of a counted place, as its warning raises it."""
        place = place or self.town.square
        self.crowd.tell(place, level, now=self.now, **words)
        return Alarm.objects.get(space_code=place.code, lifted_at=None, scene=self.crowd.scene)

    def wind(self, to_s, *, step_s=1):
        """Let the time pass to `to_s` seconds after the evening began, sweeping every `step_s`."""
        end = self.started + seconds(to_s)
        while self.now < end:
            self.now = min(self.now + seconds(step_s), end)
            self.tick()

    def tick(self):
        """Sweep once, then let the sender work."""
        self.watch.sweep(self.now)
        self.sender.wind(self.now)

    def answer(self, alarm, *, code="squad", after_min=10, **words):
        """Somebody on duty answers."""
        return actions.answer_alarm(
            alarm, by=self.people[code], now=self.now, measure="acknowledge",
            next_look_at=self.now + timedelta(minutes=after_min), **words,
        )  # fmt: skip

    def told(self, **narrowed):
        """[(seconds, step, repeat, outcome)] in the order of telling."""
        rows = Telling.objects.filter(**narrowed).order_by("id")
        return [
            (round((row.at - self.started).total_seconds()), row.step, row.repeat, row.outcome)
            for row in rows
        ]


def story(alarm):
    """What was done about an alarm, oldest first."""
    return [change.what for change in Change.objects.of(alarm).order_by("id")]


def keys():
    """The keys of every message, sorted."""
    return sorted(Message.objects.values_list("key", flat=True))

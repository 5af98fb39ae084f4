"""The evening of 2014-12-31 on the Bund, lived again: real counts, a wound clock, people at their pages and phones.

The counts are the published ones (`domains/crowd/replays/bund-2014.toml`). They come in at the door of a counter, as
any counter's do, into the live scene of a district that has posts, rosters, agencies, a mail server and a robot of a
group – both real servers on this machine that keep what they were given.
"""

import json
import random
import re
import socket
import threading
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from starlette.applications import Starlette
from starlette.testclient import TestClient
from tests.letter.browser import Browser
from tests.letter.town import ZONE, Town

from anlan.channels.calling import open_client
from anlan.channels.table import KINDS
from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts.models import Role
from anlan.domains.crowd.replays.script import load
from anlan.domains.emergency import actions as emergency
from anlan.domains.emergency.actions import duty as duty_posts
from anlan.domains.emergency.actions import rosters
from anlan.domains.emergency.models import Alarm
from anlan.domains.emergency.workers import LadderWatch, WarningTaker
from anlan.domains.notices.workers import sweeps as notice_sweeps
from anlan.kit.outbox import actions as channels
from anlan.kit.outbox.sender import Sender
from anlan.site.ingest import HttpDoors
from anlan.stream.clock import SteppedClock

START = datetime(2014, 12, 31, 20, 30, tzinfo=ZONE)
LINK = re.compile(r"https?://[^\s\"<>）]+/a/[^\s\"<>）]+/")
ORGANISATIONS = [
    ("FIRE", "", "消防支队", "消防"),
    ("EMERGENCY", "", "应急局", "应急"),
    ("PUBLICITY", "", "宣传部", "宣传部"),
]
PEOPLE = [
    # sign-in name, organisation, role
    ("squad", "POLICE", "duty_officer"),
    ("detachment", "POLICE", "duty_officer"),
    ("centre", "POLICE", "duty_officer"),
    ("fireman", "FIRE", "duty_officer"),
    ("writer", "EMERGENCY", "duty_officer"),
    ("leader", "", "duty_leader"),
    ("publicist", "PUBLICITY", "publicity"),
    ("signer", "", "publicity"),
]
POSTS = [
    ("squad_leader", "外滩中队带班", "squad"),
    ("detachment_duty", "支队值班室", "detachment"),
    ("command_centre", "指挥中心", "centre"),
]


class Mailbox:
    """A mail server on this machine; `letters` are (to, subject, text) in the order they came."""

    def __init__(self):
        self.letters = []
        with socket.socket() as probe:  # the controller wants a number of its own, not any free one
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(  # noqa: N802 the name that aiosmtpd calls
        self, server, session, envelope
    ):
        letter = message_from_bytes(envelope.content, policy=policy.default)
        text = letter.get_body(("plain",)).get_content()
        self.letters += [(to, letter["subject"], text) for to in envelope.rcpt_tos]
        return "250 kept"

    def to(self, name):
        """The texts that this person was sent, oldest first."""
        return [text for to, _subject, text in self.letters if to.startswith(f"{name}@")]


class Robot(BaseHTTPRequestHandler):
    """The service behind a group's robot: answers as documented, keeps the texts on its server."""

    def do_POST(self):
        self.server.texts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        body = b'{"errcode":0,"errmsg":"ok"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Evening(Town):
    """The Town on that evening: each minute the published count comes in, each step the loops of the server turn."""

    def __init__(self, folder):
        super().__init__(folder)
        self.clock = SteppedClock(round(START.timestamp() * 1000))
        self.watch.clock = self.clock
        self.counts = load("bund-2014").tracks[0]
        self.mailbox, self.robot = Mailbox(), ThreadingHTTPServer(("127.0.0.1", 0), Robot)
        self.robot.texts = []

    def open(self):
        """Start the servers that people are told by, found the district, put everybody in his place."""
        self.mailbox.controller.start()
        threading.Thread(target=self.robot.serve_forever, daemon=True).start()
        self.client = open_client()
        self.sender = Sender("evening:1:1", KINDS, random.Random(7), client=self.client)
        self.taker, self.ladder, self.notices = WarningTaker(), LadderWatch(), notice_sweeps()
        self.found()
        self.watch.start()
        self.follow()
        self.bund = self.place(
            "BUND", "外滩", "square", "STREET", capacity=300_000, lon=121.4903, lat=31.2381, is_public=True
        )
        self.counter(self.bund, "COUNT-1", measures="presence")
        self.door = TestClient(Starlette(routes=HttpDoors(self.doorkeeper, self.watch.scene).routes()))
        self.settle_people()

    def close(self):
        self.watch.stop()
        self.client.close()
        self.mailbox.controller.stop()
        self.robot.shutdown()
        self.robot.server_close()

    def settle_people(self):
        """Organisations, people, agencies, posts with who stands there, and how each is reached."""
        for code, parent, name, sort in ORGANISATIONS:
            words = {"code": code, "name": name, "sort": sort}
            self.organisations[code] = self.act(
                accounts.add_organisation, self.organisations[parent], **words
            )
        self.people = {}
        for username, code, role in PEOPLE:
            words = {"username": username, "name": username, "role": Role.objects.get(code=role)}
            self.people[username] = self.act(accounts.add_person, self.organisations[code], **words)
            self.choose_password(self.people[username])
        duty = Role.objects.get(code="duty_officer")
        for name in ("centre", "writer"):
            self.act(accounts.grant_role, self.people[name], role=duty, organisation=self.organisations[""])
        for code, name, level in (("POLICE", "公安", "blue"), ("FIRE", "消防", "orange")):
            self.act(
                emergency.add_agency, self.organisations[code], name=name, is_core=True, joins_from=level
            )
        self.set_up_channels()
        for kind, name, person in POSTS:
            words = {"code": kind, "kind": kind, "name": name}
            post = self.act(duty_posts.add_post, self.organisations["POLICE"], **words)
            span = {"since": self.now - timedelta(hours=1), "until": self.now + timedelta(hours=12)}
            self.act(rosters.add_shift, post, person=self.people[person], role="duty_officer", **span)

    def set_up_channels(self):
        """A mail server for everybody's address, and the group robot of the police."""
        mail = {
            "host": "127.0.0.1",
            "port": str(self.mailbox.port),
            "security": "none",
            "sender": "duty@example.test",
        }
        mail = self.act(
            channels.add_channel,
            self.organisations[""],
            code="mail",
            kind="email",
            name="值班邮箱",
            settings=mail,
        )
        for person in self.people.values():
            self.act(channels.add_contact, person, channel=mail, address=f"{person.username}@example.test")
        robot = {"key": "group-robot-key-01", "base_url": f"http://127.0.0.1:{self.robot.server_port}"}
        self.act(
            channels.add_channel,
            self.organisations["POLICE"],
            code="group",
            kind="wecom_bot",
            name="公安群",
            settings=robot,
        )

    # ---- time -----------------------------------------------------------------------------------------

    def turn(self):
        """What the server's loops do: warnings become alarms, who is due is told, notices run out, messages go out."""
        now = self.now
        self.taker.run(now)
        self.ladder.sweep(now)
        for sweep in self.notices:
            sweep.run(now)
        self.sender.wind(now)

    def count(self, people=None):
        """The count of this minute comes in at the counter's door: the published one unless another is given."""
        if people is None:
            people = self.counts.reading(self.clock.now_ms()).value
        headers = {"Authorization": f"Bearer {self.tokens['COUNT-1']}"}
        answer = self.door.post("/ingest/v1/readings", headers=headers, json=[self.present(people)])
        assert answer.status_code == 202, answer.text

    def wind_to(self, hour, minute, second=0, *, people=None, calling_s=10):
        """Let the time pass to this o'clock: a count each minute; the loops turn each minute, each `calling_s` while
        somebody is being called."""
        end = self.now.astimezone(ZONE).replace(hour=hour, minute=minute, second=second)
        if end < self.now:
            end += timedelta(days=1)
        while self.now < end:
            pace_s = calling_s if Alarm.objects.filter(lifted_at=None, answered_at=None).exists() else 60
            second = self.now.astimezone(ZONE).second
            step_s = min(pace_s - second % pace_s, (end - self.now).total_seconds())
            self.watch.scene.tick(self.clock.now_ms() + round(step_s * 1000))
            if self.now.astimezone(ZONE).second == 0:
                self.count(people)
                self.follow()
            self.turn()

    # ---- what one sees --------------------------------------------------------------------------------

    @property
    def alarm(self):
        return Alarm.objects.get(space_code="BUND")

    @property
    def page(self):
        return f"/emergency/alarms/{self.alarm.pk}/"

    def link_of(self, name):
        """The path of the newest answer link that this person was sent."""
        found = LINK.findall(self.mailbox.to(name)[-1])
        return "/a/" + found[-1].partition("/a/")[2]

    def phone(self):
        """Somebody's phone: a browser in which nobody is signed in."""
        return Browser()

"""A small district with its people, its watch and its doors, and a clock that only tests wind."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.testclient import TestClient
from tests.letter.browser import Browser

from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts import queries as organisations
from anlan.domains.accounts.models import Role
from anlan.domains.crowd import actions as crowd
from anlan.domains.crowd.workers import LiveWatch
from anlan.domains.places import actions as places
from anlan.site.doorkeeper import Doorkeeper
from anlan.site.ingest import HttpDoors
from anlan.stream.clock import SteppedClock

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 5, 3, 19, 30, tzinfo=ZONE)
PASSWORD = "lantern-Quay-37"
ORGANISATIONS = [
    # code, parent, name, sort
    ("PARKS", "", "绿化局", "部门"),
    ("TRADE", "", "商务委", "部门"),
    ("POLICE", "", "公安分局", "公安机关"),
    ("STREET", "", "云栖街道", "街道"),
    ("COMPANY", "TRADE", "百货公司", "运营单位"),
]
PEOPLE = [
    # sign-in name, organisation, role
    ("parks", "PARKS", "department"),
    ("trade", "TRADE", "department"),
    ("police", "POLICE", "observer"),
    ("street", "STREET", "duty_officer"),
    ("keeper", "COMPANY", "operator"),
]


def moment(at_ms):
    return datetime.fromtimestamp(at_ms / 1000, UTC)


class Town:
    """The district as a running installation has it: register, people, live watch, HTTP doors."""

    def __init__(self, folder):
        self.clock = SteppedClock(round(START.timestamp() * 1000))
        self.watch = LiveWatch(folder=folder / "live", clock=self.clock)
        self.doorkeeper = Doorkeeper()
        self.tokens, self.browsers, self.places = {}, {}, {}

    @property
    def now(self):
        return moment(self.clock.now_ms())

    @property
    def today(self):
        return self.now.astimezone(ZONE).date()

    def found(self):
        """The district by the founding action, then its organisations and people by the administrator's."""
        self.admin = accounts.found("示范区", by=None, now=self.now, administrator="系统管理员").subject
        self.passwords = {}
        self.choose_password(self.admin)
        self.organisations = {"": organisations.root()}
        for code, parent, name, sort in ORGANISATIONS:
            made = self.act(
                accounts.add_organisation, self.organisations[parent], code=code, name=name, sort=sort
            )
            self.organisations[code] = made
        for username, code, role in PEOPLE:
            role = Role.objects.get(code=role)
            person = self.act(
                accounts.add_person, self.organisations[code], username=username, name=username, role=role
            )
            self.choose_password(person)

    def choose_password(self, person):
        accounts.change_own_password(
            person, by=person, now=self.now, old=person.one_time_password, new=PASSWORD
        )

    def act(self, action, subject, **words):
        """An action by the administrator, now; what it made or changed."""
        return action(subject, by=self.admin, now=self.now, **words).subject

    def browser(self, username):
        """This person's browser, signed in through the sign-in page."""
        if username not in self.browsers:
            self.browsers[username] = Browser(username, PASSWORD)
        return self.browsers[username]

    def sign_in_again(self, username):
        """A new browser of this person: the old session may have run out."""
        self.browsers.pop(username, None)
        return self.browser(username)

    # ---- the register ---------------------------------------------------------------------------------

    def place(self, code, name, kind, organisation, *, capacity=None, area_m2=None, **words):
        """A registered place, with its determined capacity and one zone of this area where they are given."""
        place = self.act(
            places.register_place, self.organisations[organisation], code=code, name=name, kind=kind, **words
        )
        self.places[code] = place
        if area_m2:
            self.act(places.add_zone, place, code="Z1", name="大厅", effective_area_m2=area_m2)
        if capacity:
            self.determine(place, capacity)
        return place

    def determine(self, place, persons, **words):
        """A capacity determined by document thirty days ago."""
        told = {
            "kind": "instantaneous",
            "method": "document",
            "inputs": {},
            "document_number": "示例〔2026〕1号",
        }
        told |= {
            "determined_by": place.organisation,
            "determined_on": self.today - timedelta(days=30),
            "why": "示例",
        }
        return self.act(places.determine_capacity, place, value_persons=persons, **told | words)

    def entrance(self, place, code, name, **words):
        return self.act(places.add_entrance, place, code=code, name=name, form="gate", **words)

    def counter(self, place, code, *, measures="flow", entrance=None, into_zone=None, **settings):
        """A sensor at a place, bound on all channels, with a credential of its own whose token is kept."""
        sensor = self.act(
            crowd.register_sensor, place, code=code, name=f"计数器{code}", **{"kind": "native"} | settings
        )
        self.act(
            crowd.bind_channel, sensor, channel="*", measures=measures, entrance=entrance, into_zone=into_zone
        )
        self.tokens[code] = crowd.give_credential(sensor, by=self.admin, now=self.now)
        self.follow()
        return sensor

    # ---- time and readings ----------------------------------------------------------------------------

    def follow(self):
        """What the worker loop does every second, and every minute."""
        for sweep in self.watch.sweeps():
            sweep.run(self.now)
        self.doorkeeper.tell_used(self.now)
        self.doorkeeper.reload()

    def wind(self, *, minutes=0, seconds=0):
        """Let time pass, minute by minute, for the engine and the worker loop."""
        left_s = round(minutes * 60) + seconds
        while left_s > 0:
            step_s = min(left_s, 60)
            self.watch.scene.tick(self.clock.now_ms() + step_s * 1000)
            self.follow()
            left_s -= step_s
        return self

    def knock(self, address, body, token):
        """POST at an HTTP door; the answer."""
        app = Starlette(routes=HttpDoors(self.doorkeeper, self.watch.scene).routes())
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        send = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = TestClient(app).post(address, headers=headers, **send)
        self.follow()
        return answer

    def report(self, sensor, *readings):
        """Readings of a sensor through the native door, all of them taken; what the door said."""
        answer = self.knock("/ingest/v1/readings", list(readings), self.tokens[sensor])
        assert answer.status_code == 202, answer.text
        return answer.json()

    def passages(self, n_in, n_out, *, minutes=1, back_min=0, channel="1"):
        """A reading: passages in the minutes that ended `back_min` minutes ago."""
        end = self.now - timedelta(minutes=back_min)
        start = end - timedelta(minutes=minutes)
        return {
            "kind": "interval",
            "channel": channel,
            "start": start.isoformat(),
            "end": end.isoformat(),
            "in": n_in,
            "out": n_out,
        }

    def present(self, people, *, back_min=0, channel="1"):
        """A reading: so many people present, `back_min` minutes ago."""
        at = self.now - timedelta(minutes=back_min)
        return {"kind": "occupancy", "channel": channel, "t": at.isoformat(), "value": people}

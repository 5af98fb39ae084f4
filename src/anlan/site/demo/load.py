"""示范数据: found the demonstration district in an empty installation, and leave it again for a real one."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts import queries as organisations
from anlan.domains.crowd import actions as crowd
from anlan.domains.crowd import queries as sensors
from anlan.domains.emergency import actions as emergency
from anlan.domains.emergency import queries as emergency_reads
from anlan.domains.hazards import actions as hazards
from anlan.domains.places import actions as places
from anlan.domains.places import queries as register
from anlan.domains.places.terms import CapacityKind, CapacityMethod, EntranceForm, PlaceKind
from anlan.site.demo.checklists import add_checklists
from anlan.site.demo.district import MARK, box, door_sensor, offset, read_district, slices, zone_sensor
from anlan.site.demo.hazards import add_hazards, leave_hazards
from anlan.site.demo.incoming import add_incoming, leave_incoming
from anlan.site.demo.patrols import add_patrols, leave_patrols
from anlan.site.demo.risks import add_risks, leave_risks

POST, PERSON = "DEMO-", "demo-"  # how the codes of its posts and the names of its people begin


class Founding:
    """One load of the demonstration district, everything through the domains' actions and on record."""

    def __init__(self, *, by, now):
        self.by, self.now = by, now
        self.words = read_district().words
        self.organisations = {"": organisations.root()}

    def run(self, report=lambda done, total, note="": None):
        """Found organisations, lines, stations and places with their sensors; `report` says how far it is."""
        steps = [(self.add_organisations, ()), (self.add_agencies, ()), (self.add_lines, ())]
        steps += [(self.add_station, (station,)) for station in self.words["stations"]]
        steps += [(self.add_place, (place,)) for place in self.words["places"]]
        for step, (work, words) in enumerate(steps):
            report(step, len(steps), words[0]["name"] if words else "")
            work(*words)
        for gathering in self.words["gatherings"]:
            self.add_gathering(gathering)
        for number, post in enumerate(self.words["posts"], 1):
            self.add_post(number, *post)
        add_checklists(self.organisations[""], by=self.by, now=self.now)
        add_hazards(self.organisations[""], by=self.by, now=self.now)
        add_risks(self.organisations[""], by=self.by, now=self.now)
        add_incoming(by=self.by, now=self.now)
        add_patrols(self.organisations, by=self.by, now=self.now)
        report(len(steps), len(steps))

    def act(self, action, subject, **words):
        """Do an action and return what it made or changed."""
        return action(subject, by=self.by, now=self.now, **words).subject

    def add_organisations(self):
        for code, parent, name, name_en, sort in self.words["organisations"]:
            self.organisations[code] = self.act(
                accounts.add_organisation,
                self.organisations[parent],
                code=code,
                name=name,
                name_en=name_en,
                sort=sort,
            )

    def add_agencies(self):
        """The agencies that answer alarms for themselves."""
        for position, (code, name, name_en, is_core, joins_from) in enumerate(self.words["agencies"]):
            self.act(
                emergency.add_agency, self.organisations[code], name=name, name_en=name_en, is_core=is_core,
                joins_from=joins_from, position=10 * (position + 1),
            )  # fmt: skip

    def add_lines(self):
        self.lines = {}
        for code, name, colour in self.words["lines"]:
            self.lines[code] = self.act(
                places.add_line, self.organisations["D-TRANSPORT"], code=code, name=name, colour=colour
            )

    def register(self, words, kind, **more):
        """Register a place with its outline, grade and, where it has one, its capacity."""
        operator = words.get("operator")
        lon, lat = words["at"]
        place = self.act(
            places.register_place, self.organisations[words["organisation"]], code=words["code"], name=words["name"],
            name_en=words["name_en"], kind=kind, operator=self.organisations[operator] if operator else None,
            lon=lon, lat=lat, outline=box(words["at"], words["size"]) if "size" in words else None,
            is_public=kind != PlaceKind.BUILDING_SITE, is_demo=True, responsible_person="示范责任人", **more,
        )  # fmt: skip
        if words.get("grade"):
            review = timezone.localdate(self.now) + timedelta(days=365)
            place = self.act(places.grade_place, place, grade=words["grade"], reason=MARK, review_on=review)
        if words.get("capacity"):
            self.determine(place, words["capacity"], operator or words["organisation"])
        return place

    def determine(self, place, persons, decider):
        self.act(
            places.determine_capacity, place, kind=CapacityKind.INSTANTANEOUS, method=CapacityMethod.DOCUMENT,
            inputs={}, value_persons=persons, determined_by=self.organisations[decider],
            determined_on=timezone.localdate(self.now) - timedelta(days=120),
            document_number=f"{MARK}〔2026〕{place.code}号", why=MARK,
        )  # fmt: skip

    def add_station(self, words):
        more = {"size": [110, 90], "organisation": "D-TRANSPORT", "operator": "O-RAIL", "grade": "A"}
        station = self.register(
            words | more, PlaceKind.RAIL_STATION, rail_lines=[self.lines[code] for code in words["lines"]]
        )
        platform = self.act(
            places.add_zone,
            station,
            code="P",
            name="站台",
            level="B2",
            effective_area_m2=words["area_m2"] * 0.45,
        )
        for number, (name, width_m, east_m, north_m) in enumerate(words["exits"]):
            at = offset(words["at"], east_m=east_m, north_m=north_m)
            exit_words = {
                "code": f"{words['code']}-{number + 1}", "name": f"{words['name']}{name}", "at": at,
                "name_en": f"{words['name_en']} Exit {number + 1}", "organisation": "D-TRANSPORT", "operator": "O-RAIL",
            }  # fmt: skip
            self.register(exit_words, PlaceKind.STATION_EXIT, parent=station)
            self.add_door(station, number, name, "stair" if number else "escalator", width_m, at)
        self.add_camera(station, zone_sensor(station.code, "P"), platform, f"{words['name']}站台")

    def add_place(self, words):
        place = self.register(words, words["kind"])
        counted = words.get("counted", "flow")
        for number, (name, form, width_m) in enumerate(words["entrances"]):
            self.add_door(place, number, name, form, width_m, None, is_counted=counted == "flow")
        zones = words.get("zones", [])
        outlines = slices(words["at"], words["size"], len(zones)) if zones else []
        for (code, name, level, area_m2, _share), outline in zip(zones, outlines, strict=True):
            zone = self.act(
                places.add_zone,
                place,
                code=code,
                name=name,
                level=level,
                effective_area_m2=area_m2,
                outline=outline,
            )
            self.add_camera(place, zone_sensor(place.code, code), zone, f"{words['name']}{name}")
        if counted == "presence" and "zones" not in words:
            self.add_camera(place, zone_sensor(place.code, ""), None, words["name"])

    def add_gathering(self, words):
        """The people that an invented gathering brings to a place in a few days."""
        place = register.find_place(words["place"], self.by)
        held_on = timezone.localdate(self.now) + timedelta(days=words["in_days"])
        told = {name: words[name] for name in ("name", "starts_at", "ends_at", "persons", "shape")}
        self.act(
            crowd.plan_arrivals, place, held_on=held_on, approval_number=f"{MARK}〔2026〕1号", is_demo=True, **told
        )  # fmt: skip

    def add_post(self, number, code, organisation, kind, name, role, people):
        """A duty post with invented people who take turns there; nobody knows their passwords."""
        organisation = self.organisations[organisation]
        post = self.act(
            emergency.add_post, organisation, code=code, kind=kind, name=name, needed_roles=[role]
        )
        holds = organisations.find_role(role)
        for place, person in enumerate(people, 1):
            username = f"{PERSON}{number}-{place}"
            self.act(accounts.add_person, organisation, username=username, name=person, role=holds)
        self.act(
            emergency.add_roster, post, name=MARK, role=role, seat=1, shifts="0:00 24 每天", turn="day",
            teams="\n".join(people), starts_on=timezone.localdate(self.now), ends_on=None,
        )  # fmt: skip

    def add_door(self, place, number, name, form, width_m, at, *, is_counted=True):
        """An entrance and, where the place is counted at its doors, the counter above it."""
        lon, lat = at or (None, None)
        entrance = self.act(
            places.add_entrance, place, code=str(number + 1), name=name, form=EntranceForm(form),
            clear_width_m=width_m, lon=lon, lat=lat,
        )  # fmt: skip
        if is_counted:
            sensor = self.add_sensor(place, door_sensor(place.code, number), f"{place.name}{name}计数器")
            self.act(crowd.bind_channel, sensor, channel="1", measures="flow", entrance=entrance)

    def add_camera(self, place, code, zone, name):
        """A sensor that reports how many are present in a zone, or in the whole place."""
        sensor = self.add_sensor(place, code, f"{name}客流相机")
        self.act(crowd.bind_channel, sensor, channel="1", measures="presence", into_zone=zone)

    def add_sensor(self, place, code, name):
        return self.act(
            crowd.register_sensor, place, code=code, name=name, kind="native", is_demo=True, interval_s=60
        )


def load(*, by, now, report=lambda done, total, note="": None):
    """Found the demonstration district, whole or not at all, and remember that this installation shows it."""
    with transaction.atomic():
        Founding(by=by, now=now).run(report)
    (settings.DATA / "demo").touch()


def leave(*, by, now):
    """Take every demonstration sensor, gathering and place off the register, and its hazards, public reports and cases out
    of all counts, on record; returns (sensors, places).
    """
    gone = [0, 0]
    for gathering in sensors.visible_arrivals(by).filter(is_demo=True, withdrawn_at=None):
        crowd.withdraw_arrivals(gathering, by=by, now=now, why=MARK)
    for sensor in sensors.visible_sensors(by).filter(is_demo=True, retired_at=None):
        crowd.retire_sensor(sensor, by=by, now=now, why=MARK)
        gone[0] += 1
    for place in (
        register.visible_places(by).filter(is_demo=True).order_by(F("parent").desc(nulls_last=True), "-id")
    ):
        places.retire_place(place, by=by, now=now, why=MARK)
        gone[1] += 1
    leave_incoming(by=by, now=now)
    leave_hazards(by=by, now=now)
    hazards.recount_without_samples(by=by, now=now, why=MARK)
    leave_patrols(by=by, now=now, why=MARK)
    leave_risks(by=by, now=now, why=MARK)
    leave_response(by=by, now=now)
    (settings.DATA / "demo").unlink(missing_ok=True)
    return tuple(gone)


def leave_response(*, by, now):
    """Retire the demonstration's duty posts, and let its invented people be."""
    for post in emergency_reads.visible_posts(by).filter(code__startswith=POST):
        emergency.retire_post(post, by=by, now=now, why=MARK)
    for person in organisations.people_named_from(PERSON):
        accounts.deactivate_person(person, by=by, now=now)

"""A small district with a square, a mall and the agencies that answer for them; and ways to let a warning speak."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.actions import key_of, record_warning_change
from anlan.domains.emergency import actions
from anlan.domains.emergency.workers.taking import WarningTaker
from anlan.domains.places.models import Place

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANSWERS = [Right.VIEW, Right.ALARMS_ANSWER]
JUDGES = [*ANSWERS, Right.ALARMS_JUDGE]
LEVELS = ("none", "blue", "yellow", "orange", "red")


def minutes(number):
    return timedelta(minutes=number)


def add_organisation(code, name, parent=None, sort=""):
    row = Organisation.objects.create(code=code, name=name, parent=parent, path=f"new-{code}", sort=sort)
    row.path = (parent.path if parent else "") + f"{row.pk:06d}"
    row.save()
    return row


def add_person(username, organisation, rights):
    role = Role.objects.create(code=username, name=username, rights=[str(right) for right in rights])
    person = Person.objects.create(username=username, name=username, organisation=organisation)
    RoleHolding.objects.create(person=person, role=role, organisation=organisation)
    return person


def build_town():
    """The district, its departments, agencies that join from blue and from orange, their people."""
    top = add_organisation("D", "示范区", sort="区")
    parks = add_organisation("D-PARKS", "绿化局", top, "部门")
    trade = add_organisation("D-TRADE", "商务委", top, "部门")
    police = add_organisation("D-POLICE", "公安分局", top, "公安")
    fire = add_organisation("D-FIRE", "消防支队", top, "消防")
    health = add_organisation("D-HEALTH", "卫健委", top, "部门")
    firm = add_organisation("O-MALL", "商场公司", trade, "运营单位")
    square = Place.objects.create(
        code="SQ", name="示范广场", kind="square", organisation=parks, lon=121.4, lat=31.2
    )
    mall = Place.objects.create(code="M", name="示范百货", kind="mall", organisation=trade, operator=firm)
    chief = add_person("chief", top, Right)
    town = SimpleNamespace(
        top=top, parks=parks, trade=trade, police=police, fire=fire, health=health, firm=firm, square=square,
        mall=mall, chief=chief, gardener=add_person("gardener", parks, JUDGES),
        guard=add_person("guard", parks, ANSWERS), constable=add_person("constable", police, ANSWERS),
        sergeant=add_person("sergeant", police, ANSWERS), fireman=add_person("fireman", fire, ANSWERS),
        keeper=add_person("keeper", firm, ANSWERS), reader=add_person("reader", parks, [Right.VIEW]),
        trader=add_person("trader", trade, JUDGES), nurse=add_person("nurse", health, ANSWERS),
    )  # fmt: skip
    for organisation, name, level in (
        (police, "公安", "blue"),
        (fire, "消防", "orange"),
        (health, "卫健", ""),
    ):
        change = actions.add_agency(
            organisation, by=chief, now=NOW, name=name, is_core=bool(level), joins_from=level
        )
        setattr(town, f"{organisation.code.lower().removeprefix('d-')}_agency", change.subject)
    return town


class Crowd:
    """Says levels as the engine does, each a change on record, and lets them be taken."""

    def __init__(self, scene="live"):
        self.scene, self.offset, self.known, self.taker = scene, 0, {}, WarningTaker()

    def say(self, place, level, *, now=NOW, code=None, name=None):
        """Put down that a space's level is now this; nothing takes it yet."""
        code = code or place.code
        self.offset += 1
        reason = {"zh": f"{code} 到 {level}", "en": f"{code} is {level}"}
        change = {
            "scene": self.scene, "code": code, "name": name or (place.name if place else code),
            "from": self.known.get(code, "none"), "to": level, "rule": "share", "channel": "D", "reason": reason,
            "numbers": {}, "offset": self.offset,
        }  # fmt: skip
        self.known[code] = level
        return record_warning_change(
            place, by=None, now=now, scene=self.scene, key=key_of(change), change=change
        )

    def take(self, now=NOW):
        """Let the sweep take what was said."""
        self.taker.run(now)

    def tell(self, place, level, *, now=NOW, **words):
        """Say it and let it be taken."""
        self.say(place, level, now=now, **words)
        self.take(now)

"""A district with a square, its people, and an incident there, for tests of incidents; a clock that only they wind."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency import actions, queries
from anlan.domains.places.models import Place

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RUNS = [Right.VIEW, Right.ALARMS_ANSWER, Right.INCIDENTS_RUN]


def after(minutes=0, seconds=0):
    """So long after NOW."""
    return NOW + timedelta(minutes=minutes, seconds=seconds)


def add_organisation(code, name, parent=None):
    row = Organisation.objects.create(code=code, name=name, parent=parent, path=f"new-{code}")
    row.path = (parent.path if parent else "") + f"{row.pk:06d}"
    row.save()
    return row


def add_person(username, organisation, rights):
    role = Role.objects.create(code=username, name=username, rights=[str(right) for right in rights])
    person = Person.objects.create(username=username, name=username, organisation=organisation)
    RoleHolding.objects.create(person=person, role=role, organisation=organisation)
    return person


def build():
    """The district's duty room runs incidents and signs; a department has the square; police and fire take orders."""
    top = add_organisation("D", "示范区")
    parks, police = add_organisation("PARKS", "绿化局", top), add_organisation("POLICE", "公安分局", top)
    fire = add_organisation("FIRE", "消防救援支队", top)
    square = Place.objects.create(
        code="SQ", name="示范广场", kind="square", organisation=parks, lon=121.4, lat=31.2
    )
    return SimpleNamespace(
        top=top, parks=parks, police=police, fire=fire, square=square,
        officer=add_person("officer", top, RUNS), leader=add_person("leader", top, [*RUNS, Right.INCIDENTS_SIGN]),
        gardener=add_person("gardener", parks, RUNS), reader=add_person("reader", top, [Right.VIEW]),
        sergeant=add_person("sergeant", police, [Right.VIEW, Right.ALARMS_ANSWER]),
        fireman=add_person("fireman", fire, [Right.VIEW, Right.ALARMS_ANSWER]),
    )  # fmt: skip


def open_one(town, *, by=None, now=NOW, **words):
    """An incident of the top organisation at the square, known since NOW."""
    first = {"title": "广场拥挤", "kind": "security", "place": town.square, "known_at": now} | words
    return actions.open_incident(town.top, by=by or town.officer, now=now, **first).subject


def report(town, incident, sort="first", *, now=NOW, sent_at=None):
    """A report written by the officer, signed by the leader, sent."""
    words = {"situation": "广场人多，已派人。"}
    row = actions.write_report(incident, by=town.officer, now=now, sort=sort, sections=words).subject
    row = actions.submit_report(row, by=town.officer, now=now).subject
    row = actions.sign_report(row, by=town.leader, now=now, seen=queries.digest_of(row)).subject
    return actions.send_report(row, by=town.officer, now=sent_at or now, sent_to="市总值班室").subject


def end(town, incident, *, now=NOW):
    """Grade, report, bring under control, end."""
    incident = actions.grade_incident(incident, by=town.officer, now=now, level="IV").subject
    report(town, incident, now=now)
    incident = actions.bring_under_control(incident, by=town.officer, now=now).subject
    report(town, incident, "final", now=now)
    return actions.end_incident(incident, by=town.officer, now=now).subject

"""A small district with its publicity department, a square with a screen, a channel, and a drafted notice."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.terms import Right
from anlan.domains.notices import actions, queries, rules
from anlan.domains.places.models import Place
from anlan.kit.models import Channel

NOW = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)  # 20:00 in Shanghai
UNTIL = NOW + timedelta(hours=4)
OUTLINE = {
    "type": "Polygon",
    "coordinates": [[[121.40, 31.20], [121.41, 31.20], [121.41, 31.21], [121.40, 31.21], [121.40, 31.20]]],
}
DRAFTER = [Right.VIEW, Right.NOTICES_DRAFT]


def add_organisation(code, name, parent=None):
    row = Organisation.objects.create(code=code, name=name, parent=parent, path=f"new-{code}")
    row.path = (parent.path if parent else "") + f"{row.pk:06d}"
    row.save()
    return row


def add_person(username, organisation, rights, *, role=None):
    role, _ = Role.objects.get_or_create(
        code=role or username, defaults={"name": role or username, "rights": [str(right) for right in rights]}
    )
    person = Person.objects.create(username=username, name=username, organisation=organisation)
    RoleHolding.objects.create(person=person, role=role, organisation=organisation)
    return person


@pytest.fixture
def town(db):
    """Two departments; a drafter, a second one, a publisher of the publicity department, a reader, another department's."""
    top = add_organisation("D", "示范区")
    parks, trade = add_organisation("D-PARKS", "绿化局", top), add_organisation("D-TRADE", "商务委", top)
    square = Place.objects.create(
        code="SQ", name="示范广场", name_en="Demo Square", kind="square", organisation=parks, lon=121.405, lat=31.205,
        outline=OUTLINE, is_public=True,
    )  # fmt: skip
    mall = Place.objects.create(code="M", name="示范百货", kind="mall", organisation=trade)
    group = Channel.objects.create(
        code="public-group",
        kind="wecom_bot",
        name="公众服务群",
        organisation=top,
        settings={},
        is_for_staff=False,
    )
    signing = [Right.VIEW, Right.NOTICES_DRAFT, Right.NOTICES_SIGN, Right.CHANNELS_EDIT]
    town = SimpleNamespace(
        top=top, parks=parks, trade=trade, square=square, mall=mall, group=group,
        drafter=add_person("drafter", top, DRAFTER),
        second=add_person("second", top, [*DRAFTER, Right.NOTICES_SIGN]),  # has the right, not the role
        signer=add_person("signer", top, signing, role="publicity"),
        reader=add_person("reader", parks, [Right.VIEW]),
        trader=add_person("trader", trade, [*DRAFTER, Right.NOTICES_SIGN, Right.CHANNELS_EDIT], role="trade"),
    )  # fmt: skip
    town.screen = actions.add_display(
        parks, by=town.signer, now=NOW, name="广场大屏", place=square, signs=12, lines=3, fallback_zh="欢迎光临",
        fallback_en="Welcome", is_bilingual=True,
    ).subject  # fmt: skip
    return town


@pytest.fixture
def draft(town):
    """A tip about the square in both languages, for the website, the screen and the group."""
    outlets = ["web", f"display:{town.screen.pk}", f"channel:{town.group.pk}", "weibo"]
    return draft_at(town, outlets=outlets)


def draft_at(town, *, by=None, **words):
    return actions.draft_notice(
        town.parks, by=by or town.drafter, now=NOW, template="crowd-busy", places=[town.square],
        **{"expires_at": UNTIL} | words,
    ).subject  # fmt: skip


def submit(notice, town, *, now=NOW):
    return actions.submit_notice(notice, by=town.drafter, now=now).subject


def sign(notice, town, *, now=NOW, by=None):
    seen = queries.frozen_of(notice)
    change = actions.sign_notice(notice, by=by or town.signer, now=now, seen_sha256=sha(seen))
    return change.subject


def sha(text):
    return rules.digest(text)


def publish(notice, town, *, now=NOW):
    """All the way."""
    signed = sign(submit(notice, town, now=now), town, now=now)
    return actions.publish_notice(signed, by=town.drafter, now=now, origin="https://anlan.example").subject


@pytest.fixture
def browse(client, town):
    """Sign somebody in: `browse("drafter").get(…)`."""

    def sign_in(name="drafter"):
        client.force_login(getattr(town, name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in

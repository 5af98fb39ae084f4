"""Every notice as a CAP alert: valid by the rules and, where the schema is at hand, by OASIS's schema; what never changes."""

from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from anlan.channels.cap.read import read
from anlan.domains.notices import actions, queries
from anlan.domains.notices.models import Notice
from anlan.domains.notices.terms import Hazard
from anlan.domains.notices.tests.conftest import NOW, UNTIL, draft_at, publish
from anlan.domains.places.models import Place

ORIGIN = "https://anlan.example"
SCHEMA = Path(__file__).parents[6] / "shared/samples/devices/cap/cap12.xsd"
LATER = NOW + timedelta(minutes=30)


def valid(body):
    """The alert of a document, which must be sound."""
    alert = read(body)
    assert not alert.faults, alert.faults
    if SCHEMA.exists():
        etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.fromstring(body))
    return alert


def test_a_notice_speaks_both_languages_and_draws_its_place(town, draft):
    notice = publish(draft, town)
    alert = valid(queries.cap_document(notice, origin=ORIGIN, now=LATER))
    assert (alert.identifier, alert.sender, alert.msg_type) == (notice.uid.hex, "anlan.example", "Alert")
    zh, en = alert.infos
    assert (zh.language, zh.hazard, zh.severity) == ("zh-CN", "人员密集", "Unknown")
    assert en.hazard != zh.hazard
    assert zh.web == f"{ORIGIN}/notice/2026-0001/"
    ring = zh.areas[0].polygons[0]
    assert ring[0] == ring[-1] == (31.20, 121.40)  # latitude first, closed
    assert alert.sent_at.isoformat() == "2026-12-31T20:00:00+08:00"


def test_it_is_the_same_document_whenever_it_is_asked(town, draft):
    notice = publish(draft, town)
    first, later = (queries.cap_document(notice, origin=ORIGIN, now=now) for now in (NOW, LATER))
    assert first == later


def test_an_update_and_a_lift_refer_to_what_they_end(town, draft):
    notice = publish(draft, town)
    first = valid(queries.cap_document(notice, origin=ORIGIN, now=NOW))
    update = publish(actions.draft_update(notice, by=town.drafter, now=LATER).subject, town, now=LATER)
    second = valid(queries.cap_document(update, origin=ORIGIN, now=LATER))
    named = "anlan.example,{},2026-12-31T20:{}:00+08:00"
    assert (second.msg_type, second.references) == ("Update", (named.format(first.identifier, "00"),))
    lifted = actions.lift_notice(update, by=town.signer, now=LATER + timedelta(minutes=5), why="试").subject
    third = valid(queries.cap_document(lifted, origin=ORIGIN, now=LATER, is_cancel=True))
    assert (third.msg_type, third.references) == ("Cancel", (named.format(second.identifier, "30"),))
    assert "解除" in third.infos[0].description
    assert "lifted" in third.infos[1].description


def test_an_exercise_is_never_actual(town):
    notice = publish(draft_at(town, scene="exercise:7", outlets=["web"]), town)
    alert = valid(queries.cap_document(notice, origin=ORIGIN, now=NOW))
    assert (alert.status, alert.scope) == ("Exercise", "Restricted")
    assert alert.infos[0].headline.startswith("【演练】")
    assert not alert.infos[0].web


def test_a_place_with_only_a_point_gets_a_circle(town):
    Place.objects.filter(pk=town.square.pk).update(outline=None)
    town.square.refresh_from_db()
    notice = publish(draft_at(town, outlets=["web"]), town)
    area = valid(queries.cap_document(notice, origin=ORIGIN, now=NOW)).infos[0].areas[0]
    assert area.circles == ((31.205, 121.405, 0.2),)


signs = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"),
    min_size=1,
    max_size=50,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.fixed_dictionaries(dict.fromkeys(queries.TEXT_NAMES, signs)), hazard=st.sampled_from(Hazard))
def test_whatever_is_written_the_alert_is_valid(town, texts, hazard):
    notice = Notice.objects.create(
        kind="tip", state="published", organisation=town.parks, hazard=hazard, drafted_at=NOW, published_at=NOW,
        expires_at=UNTIL, number=None, origin=ORIGIN, **texts,
    )  # fmt: skip
    valid(queries.cap_document(notice, origin=ORIGIN, now=NOW))


def test_what_was_signed_is_what_is_published(town, draft):
    notice = publish(draft, town)
    assert queries.frozen_of(Notice.objects.get(pk=notice.pk)) == notice.frozen_text

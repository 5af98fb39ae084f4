"""A notice as a CAP 1.2 alert (OASIS): one per notice, Cancel when it is lifted, Update where it takes another's place."""

from dataclasses import replace
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from anlan.channels.cap.alert import COLOURS, DIVISION, Alert, AlertText, Area, reference
from anlan.channels.cap.write import write
from anlan.channels.feeds.write import Entry, Head, atom, rss
from anlan.channels.markup import visible
from anlan.domains.notices import rules
from anlan.domains.notices.queries.notices import agency_of, area_of, public_state, texts_of, told_notices
from anlan.domains.notices.queries.tables import AGENCY, CONTACT, own_code
from anlan.domains.notices.queries.tables import DIVISION as DIVISION_CODE
from anlan.domains.notices.terms import EXERCISE_MARK, Hazard, NoticeKind, NoticeState

CATEGORY = {
    Hazard.FIRE: "Fire", Hazard.WIND: "Met", Hazard.RAIN: "Met", Hazard.HEAT: "Met", Hazard.COLD: "Met",
    Hazard.TRAFFIC: "Transport", Hazard.METRO: "Transport", Hazard.FACILITY: "Infra",
}  # fmt: skip
LANGUAGES = {"zh": ("zh-CN", "zh-hans"), "en": ("en", "en")}  # ours: (CAP's, the interface's)
CIRCLE_KM = 0.2  # around a place that has a point and no outline
GEOCODE_DIGITS = 12
FEED_MOST = 50
FEEDS = {"rss": rss, "atom": atom}


def cap_document(notice, *, origin, now, is_cancel=False):
    """The CAP 1.2 document of a notice, as bytes. `origin`: https://host of our pages, where the notice keeps none."""
    return write(make_cap(notice, origin=origin, now=now, is_cancel=is_cancel))


def make_cap(notice, *, origin, now, is_cancel=False):
    """A notice as an Alert of the outer border. Identifier, sender and time are the same whenever it is asked."""
    told = notice.published_at is not None
    first = name_cap(notice, origin=origin, now=now)
    if is_cancel:
        sent_at = whole(notice.ended_at or now)
        head = {
            "identifier": f"{first.identifier}.cancel", "sent_at": sent_at, "msg_type": "Cancel",
            "references": (reference(first),),
        }  # fmt: skip
    else:
        replaced = name_cap(notice.updates, origin=origin, now=now) if notice.updates_id else None
        head = {
            "identifier": first.identifier, "sent_at": first.sent_at, "msg_type": "Update" if replaced else "Alert",
            "references": (reference(replaced),) if replaced else (),
        }  # fmt: skip
    make = make_cancel if is_cancel else make_info
    infos = tuple(make(notice, language, origin=origin, now=now) for language in languages_of(notice))
    return Alert(sender=first.sender, infos=infos, **head, **border_of(notice, told))


def border_of(notice, told):
    """Whom it is for: the public, once it is published for real; else nobody beyond the house."""
    if notice.is_exercise:
        note = f"{EXERCISE_MARK}{notice.scene}"
        return {"status": "Exercise", "scope": "Restricted", "restriction": "Exercise only", "note": note}
    if told and notice.kind == NoticeKind.TIP:
        return {"status": "Actual", "scope": "Public"}
    return {"status": "Draft", "scope": "Restricted", "restriction": "Draft, not published"}


def name_cap(notice, *, origin, now):
    """What tells a notice's alert from others: sender, identifier, time."""
    host = urlsplit(notice.origin or origin).netloc or "localhost"
    return Alert(
        identifier=notice.uid.hex, sender=host, sent_at=whole(notice.published_at or now), status="", msg_type="",
        scope="",
    )  # fmt: skip


def whole(at):
    """A moment in local time, in whole seconds."""
    return timezone.localtime(at).replace(microsecond=0)


def languages_of(notice):
    """The languages a notice speaks."""
    return ("zh", "en") if notice.headline_en.strip() else ("zh",)


def make_info(notice, language, *, origin, now):
    """What a notice says in one language."""
    texts, (code, ours) = texts_of(notice), LANGUAGES[language]
    begins = notice.effective_at or notice.published_at or now
    colour = notice.fields.get("colour") if notice.kind == NoticeKind.STATUTORY_WARNING else None
    today = timezone.localdate(now)
    with override(ours):
        hazard = str(Hazard(notice.hazard).label)
    mark = EXERCISE_MARK if notice.is_exercise else ""
    return AlertText(
        language=code, categories=(CATEGORY.get(notice.hazard, "Safety"),), hazard=hazard,
        urgency="Immediate" if begins <= (notice.published_at or now) else "Expected",
        severity=COLOURS.get(colour, "Unknown"), certainty="Unknown",
        headline=rules.with_mark(texts[f"headline_{language}"] or hazard, mark)[:160],
        description=texts[f"description_{language}"], instruction=texts[f"instruction_{language}"],
        effective_at=whole(begins), expires_at=whole(notice.expires_at) if notice.expires_at else None,
        sender_name=agency_of(notice, on=today), web=web_of(notice, origin), contact=own_code(CONTACT, on=today),
        areas=(make_area(notice, language, on=today),),
    )  # fmt: skip


def make_cancel(notice, language, *, origin, now):
    """That a notice holds no more, in one language."""
    said = rules.lifted_text(texts_of(notice), number=notice.number).partition("\n")
    told = said[2] if language == "en" else said[0]
    return replace(
        make_info(notice, language, origin=origin, now=now), urgency="Past", responses=("AllClear",), description=told,
        instruction="",
    )  # fmt: skip


def web_of(notice, origin):
    """The notice's own page; "" until it has one."""
    if not notice.number or notice.is_exercise:
        return ""
    return f"{notice.origin or origin}{reverse('notices:public_notice', args=[notice.number])}"


def make_area(notice, language, *, on):
    """Where it holds: in words, with the outlines of its places, and circles around those that have only a point."""
    polygons, circles = [], []
    for place in notice.places.all():
        if place.outline:
            polygons += [tuple((lat, lon) for lon, lat in ring) for ring in outer_rings(place.outline)]
        elif place.lon is not None and place.lat is not None:
            circles.append((place.lat, place.lon, CIRCLE_KM))
    division = own_code(DIVISION_CODE, on=on)
    geocodes = ((DIVISION, division.ljust(GEOCODE_DIGITS, "0")),) if division.isdecimal() else ()
    return Area(visible(area_of(notice, language)).strip() or "–", tuple(polygons), tuple(circles), geocodes)


def outer_rings(outline):
    """The outer rings of a GeoJSON Polygon or MultiPolygon, as [[lon, lat], …]."""
    parts = outline["coordinates"] if outline["type"] == "MultiPolygon" else [outline["coordinates"]]
    return [[point[:2] for point in part[0]] for part in parts]


def write_feed(kind, *, origin, now, language):
    """RSS or Atom of the newest public notices, each with its CAP document enclosed: bytes."""
    english = language == "en"
    rows = list(told_notices().prefetch_related("places")[:FEED_MOST])
    entries = [make_entry(row, origin=origin, now=now, english=english) for row in rows]
    name = own_code(AGENCY, on=timezone.localdate(now)) or (
        rows[0].organisation.name if rows else gettext("安全提示")
    )
    head = Head(
        title=gettext("安全提示"), author=name, page=f"{origin}{reverse('notices:public_notices')}",
        address=f"{origin}{reverse(f'notices:{kind}')}", language="en" if english else "zh-CN",
    )  # fmt: skip
    newest = max((entry.updated_at for entry in entries), default=timezone.localtime(now))
    return FEEDS[kind](head, entries, newest)


def make_entry(notice, *, origin, now, english):
    """One notice in a feed: what it says, or that it holds no more, and the CAP document that says so."""
    language = "en" if english and notice.headline_en else "zh"
    texts, is_lifted = texts_of(notice), notice.state == NoticeState.LIFTED
    title = texts[f"headline_{language}"]
    ended = public_state(notice, now=now)
    body = cap_document(notice, origin=notice.origin or origin, now=now, is_cancel=is_lifted)
    return Entry(
        title=title if ended == NoticeState.PUBLISHED else f"[{ended.label}] {title}",
        link=f"{origin}{reverse('notices:public_notice', args=[notice.number])}",
        identifier=f"urn:uuid:{notice.uid}",
        summary=texts[f"instruction_{language}"],
        published_at=timezone.localtime(notice.published_at),
        updated_at=timezone.localtime(notice.ended_at or notice.published_at),
        cap_url=f"{origin}{reverse('notices:cap_cancel' if is_lifted else 'notices:cap', args=[notice.number])}",
        cap_bytes=len(body),
    )

"""Reads of notices: who sees which, what is current, and the words of one as plain values."""

from django.db.models import Q
from django.utils import timezone

from anlan import rulebook
from anlan.domains.accounts.terms import Right
from anlan.domains.notices import rules
from anlan.domains.notices.models import Notice
from anlan.domains.notices.queries.tables import AGENCY, DIVISION, own_code, signing_rule
from anlan.domains.notices.terms import NoticeKind, NoticeState
from anlan.kit.terms import LIVE

TEXT_NAMES = tuple(
    f"{name}_{language}"
    for name in ("headline", "description", "instruction", "short", "area")
    for language in ("zh", "en")
)
FIELD_SHEET = "warning_fields"
WITH = ("organisation", "drafted_by", "submitted_by", "signed_by", "published_by", "updates")


def visible_notices(person):
    """The notices of the organisations that `person` sees, drafts too."""
    return Notice.objects.filter(person.reach(Right.VIEW)).select_related(*WITH)


def open_update(notice):
    """The notice being prepared to take this one's place, or None."""
    return notice.updated_by.filter(state__in=rules.OPEN).first()


def current_notices(*, now, scene=LIVE):
    """The notices that hold now, the newest first: published, begun, neither ended nor run out."""
    begun = Q(effective_at=None) | Q(effective_at__lte=now)
    return (
        Notice.objects.filter(
            begun, scene=scene, kind=NoticeKind.TIP, state=NoticeState.PUBLISHED, expires_at__gt=now
        )
        .prefetch_related("places")
        .order_by("-published_at", "-id")
    )


def told_notices():
    """Every notice that was ever public, the newest first: their pages stay."""
    rows = Notice.objects.filter(scene=LIVE, kind=NoticeKind.TIP, state__in=rules.TOLD)
    return rows.select_related("organisation", "updates").order_by("-published_at", "-id")


def public_state(notice, *, now):
    """How a public notice stands at `now`: a published one that has run out is expired, whatever the sweep did."""
    if notice.state == NoticeState.PUBLISHED and notice.expires_at and notice.expires_at <= now:
        return NoticeState.EXPIRED
    return NoticeState(notice.state)


def successor(notice):
    """The public notice that took this one's place, or None."""
    return notice.updated_by.filter(number__isnull=False, state__in=rules.TOLD).first()


def texts_of(notice):
    """The texts of a notice by name."""
    return {name: getattr(notice, name) for name in TEXT_NAMES}


def place_names(places, language):
    """The names of places in a language, joined."""
    names = [(place.name_en or place.name) if language == "en" else place.name for place in places]
    return (", " if language == "en" else "、").join(names)


def area_of(notice, language):
    """Where a notice holds, in words: its own wording, else the names of its places."""
    own = getattr(notice, f"area_{language}").strip()
    return own or place_names(notice.places.all(), language)


def wording_of(notice):
    """What `rules.check_wording` asks."""
    return texts_of(notice) | {
        "effective_at": notice.effective_at,
        "expires_at": notice.expires_at,
        "has_area": bool(notice.area_zh.strip()) or notice.places.exists(),
        "has_target": notice.kind == NoticeKind.STATUTORY_WARNING or notice.targets.exists(),
    }


def frozen_of(notice):
    """What is signed of a notice, as one canonical string: every text, time, place, outlet and what it replaces."""
    return rules.freeze(texts_of(notice) | {
        "uid": str(notice.uid),
        "kind": notice.kind,
        "scene": notice.scene,
        "hazard": notice.hazard,
        "organisation": notice.organisation.code,
        "places": [[place.code, place.name] for place in notice.places.order_by("code")],
        "effective_at": notice.effective_at.isoformat() if notice.effective_at else None,
        "expires_at": notice.expires_at.isoformat() if notice.expires_at else None,
        "fields": notice.fields,
        "outlets": sorted(notice.targets.values_list("outlet", flat=True)),
        "updates": notice.updates.number if notice.updates_id else None,
    })  # fmt: skip


def statutory_values(notice):
    """What `rules.check_statutory` asks of a draft of a warning."""
    values = {name: notice.fields.get(name) for name in rules.OWN_FIELDS}
    area = area_of(notice, "zh")
    effective = notice.effective_at or notice.submitted_at or notice.drafted_at
    return values | texts_of(notice) | {"area_zh": area, "effective_at": effective}


def field_rows(*, on):
    """The rows of warning_fields.csv in force."""
    return [row.values for row in rulebook.rows(FIELD_SHEET, on=on)]


def check_ready(notice, *, now):
    """Why a notice cannot be submitted, signed or published as it stands, or None."""
    today = timezone.localdate(now)
    most_days = signing_rule(notice.kind, on=today)["most_days"]
    if refusal := rules.check_wording(wording_of(notice), now=now, most_days=most_days):
        return refusal
    if notice.kind == NoticeKind.STATUTORY_WARNING:
        rows, division = field_rows(on=today), own_code(DIVISION, on=today)
        return rules.check_statutory(rows, statutory_values(notice), division=division)
    return None


def check_signer(notice, person, *, now):
    """Why `person` may not sign this notice, or None."""
    path = notice.organisation.path
    holds = person.holds.select_related("role", "organisation")
    held = [one.role.code for one in holds if path.startswith(one.organisation.path)]
    rule = signing_rule(notice.kind, on=timezone.localdate(now))
    return rules.check_signer(
        person.pk, authors=[notice.drafted_by_id, notice.edited_by_id], submitter=notice.submitted_by_id,
        held=held, roles=rule["roles"], kind=notice.kind,
    )  # fmt: skip


def notices_to_sign(person, *, now):
    """The notices that wait for a signature and that `person` may sign, the oldest first."""
    waiting = Notice.objects.filter(person.reach(Right.NOTICES_SIGN), state=NoticeState.SUBMITTED, scene=LIVE)
    rows = waiting.select_related(*WITH).order_by("pk")
    return [one for one in rows if check_signer(one, person, now=now) is None]


def agency_of(notice, *, on):
    """In whose name a notice speaks: the district's public name, else the organisation that drafted it."""
    return own_code(AGENCY, on=on) or notice.organisation.name


def counts_by_state(person):
    """{state: number} of the notices that are on their way, for whoever has to act."""
    states = visible_notices(person).filter(state__in=rules.OPEN).values_list("state", flat=True)
    return {state: list(states).count(state) for state in set(states)}

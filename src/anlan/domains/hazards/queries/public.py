"""Reads of the public's reports: parameters, whom a report goes to, how often somebody reports, what a reporter sees."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import shapely
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from shapely.geometry import shape

from anlan.domains.accounts import queries as accounts
from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import rules
from anlan.domains.hazards.models import Evidence, PublicReport
from anlan.domains.hazards.queries.hazards import MERGERS_MOST, standing
from anlan.domains.hazards.terms import HazardState, Progress, PublicRefusal, Stage, Step
from anlan.domains.places.queries import public_places, registered_places
from anlan.kit import tables
from anlan.kit.models import Change
from anlan.kit.tables import Seed, Table, TableColumn, register

PUBLIC, AREAS = "hazards.public", "hazards.areas"
OURS = _("平台默认；请按本区规定核定")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST_PUBLIC = (
    # code, amount, what it is
    ("sender_hour", 20, _("同一网络地址每小时最多上报（件）")),
    ("device_hour", 6, _("同一浏览器每小时最多上报（件）")),
    ("all_hour", 600, _("全区每小时最多上报（件）")),
    ("least_s", 4, _("打开页面后多少秒内提交视为可疑（秒）")),
    ("contact_days", 180, _("联系方式保存天数（天）")),
    ("case_warn_hours", 24, _("案件时限届满前提醒（小时）")),
)
PUBLIC_NAMES = {code: label for code, _amount, label in FIRST_PUBLIC}


def refuse_area(code):
    """Why a place cannot stand for an area, or None."""
    place = registered_places([code]).get(code) if code else None
    return (
        PublicRefusal.AREA_UNKNOWN % {"code": code} if code and (place is None or not place.outline) else None
    )


register(Table(
    PUBLIC, title=_("公众上报和来件参数"), lead=_("公众上报的频次限制、联系方式保存期限，以及案件时限的提醒。"),
    key=TableColumn("code", _("参数")), say_key=lambda key: str(PUBLIC_NAMES.get(key, key)),
    columns=(TableColumn("amount", _("数值"), "whole", low=1, high=100_000),),
    seeds=lambda on: [Seed(code, {"amount": amount}, "K", OURS) for code, amount, _label in FIRST_PUBLIC],
))  # fmt: skip
register(Table(
    AREAS, title=_("来件属地分派"), is_open=True,
    lead=_("公众上报和没有写明承办单位的案件分派给哪个街道：先看位置在哪个范围内，再看地址中的路名，再看场所的主管单位，都没有的归区级机构。"),
    key=TableColumn("code", _("机构编码"), most=40),
    columns=(
        TableColumn("area", _("以哪个场所的范围为辖区（场所编号）"), most=40, is_required=False),
        TableColumn("words", _("辖区内的路名和地名（用顿号分隔）"), most=2000, is_required=False),
    ),
    seeds=lambda on: [], refuse=lambda key, values: refuse_area(values.get("area") or ""),
))  # fmt: skip


def public_limit(code, *, on):
    """The amount of a parameter of the public's reports and of cases on a date."""
    return tables.find_line(PUBLIC, code, on=on).values["amount"]


# ── whom it goes to ─────────────────────────────────────────────────────────────────────────────


def route(*, lon, lat, text, place, on):
    """The organisation that a report or case of this place goes to; the same for the same words, whoever asks.

    The district's table decides: by the area that holds the point, else by the longest name of its words that stands in
    the text, else the organisation that supervises the place where the table names it; else the one at the top.
    """
    areas = {key: row for key, row in tables.read(AREAS, on=on).items() if accounts.find_organisation(key)}
    if place is not None and lon is None:
        lon, lat = place.lon, place.lat
    if lon is not None and lat is not None and (held := holding(areas, lon, lat)):
        return accounts.find_organisation(held)
    words = {key: row.get("words") or "" for key, row in areas.items()}
    if named := rules.find_area(words, f"{text} {place.name if place else ''}"):
        return accounts.find_organisation(named)
    if place is not None and place.organisation.code in areas:
        return place.organisation
    return accounts.root()


def holding(areas, lon, lat):
    """The key of the smallest area whose outline holds a point, or ""."""
    codes = {row["area"]: key for key, row in sorted(areas.items()) if row.get("area")}
    point, found = shapely.Point(lon, lat), []
    for code, place in registered_places(codes).items():
        outline = shape(place.outline) if place.outline else shapely.Point()
        if outline.covers(point):
            found.append((outline.area, codes[code]))
    return min(found)[1] if found else ""


# ── how often somebody reports ──────────────────────────────────────────────────────────────────


def salted(text, day):
    """A text under the salt of a day, so that it is not kept and not the same tomorrow; "" stays ""."""
    if not text:
        return ""
    salt = hmac.digest(settings.SECRET_KEY.encode(), f"reports/{day}".encode(), "sha256")
    return hmac.digest(salt, text.encode(), "sha256").hex()


def text_fingerprint(text):
    """The same for texts that differ in blanks and signs only."""
    return hashlib.sha256("".join(sign for sign in text.lower() if sign.isalnum()).encode()).hexdigest()


def repeats(text, *, now):
    """How many reports of the last day have the same words."""
    same = PublicReport.objects.filter(text_sha256=text_fingerprint(text), reported_at__gt=now - DAY)
    return same.count()


def find_wait(sender, device, *, now):
    """(refusal, minutes) where this sender, this browser or all together have to wait; (None, 0) where not."""
    today = timezone.localdate(now)
    days = {today, timezone.localdate(now - HOUR)}  # the hour may have begun under yesterday's salt
    recent = PublicReport.objects.filter(reported_at__gt=now - HOUR)
    asked = [
        (PublicRefusal.BUSY, Q(), "all_hour"),
        (PublicRefusal.TOO_OFTEN, Q(sender_sha256__in=[salted(sender, day) for day in days]), "sender_hour"),
        (PublicRefusal.TOO_OFTEN, Q(device_sha256__in=[salted(device, day) for day in days]), "device_hour"),
    ]
    for (refusal, whose, limit), text in zip(asked, ("all", sender, device), strict=True):
        if not text:
            continue
        most = public_limit(limit, on=today)
        times = list(
            recent.filter(whose).order_by("-reported_at").values_list("reported_at", flat=True)[:most]
        )
        if minutes := rules.wait_min(times, most, HOUR, now):
            return refusal, minutes
    return None, 0


# ── what people see ─────────────────────────────────────────────────────────────────────────────


def visible_reports(person):
    """The public's reports of organisations within reach of `person`."""
    seen = person.reach(Right.VIEW, through="hazard__organisation")
    return PublicReport.objects.filter(seen, hazard__left_at=None).select_related(
        "hazard__organisation", "hazard__place", "contact"
    )


def held_hazards():
    """Ids of hazards whose report is suspicious and was not looked at yet."""
    held = PublicReport.objects.filter(cleared_at=None, hazard__state=HazardState.REPORTED).exclude(
        suspicions=[]
    )
    return held.values("hazard")


def contacts_over(before):
    """Reports whose contact was given before a moment."""
    return PublicReport.objects.filter(contact__given_at__lt=before).select_related("hazard__organisation")


def find_report(code):
    """The report that a code belongs to, or None."""
    tidy = rules.tidy_code(code)
    if not tidy:
        return None
    found = PublicReport.objects.select_related("hazard__organisation", "hazard__merged_into")
    return found.filter(code_sha256=accounts.fingerprint(tidy), hazard__left_at=None).first()


@dataclass(frozen=True)
class Told:
    """One line that the reporter reads."""

    at: datetime
    step: Progress
    why: str = ""


def progress_of(report):
    """What the reporter reads, oldest first: what became of his report, then of the hazard that stands for it."""
    chain = [report.hazard]
    while chain[-1].merged_into is not None and len(chain) < MERGERS_MOST:
        chain.append(chain[-1].merged_into)
    told, since = [], None
    for hazard in chain:
        changes = Change.objects.of(hazard).filter(what__in=rules.TOLD)
        if since is not None:
            changes = changes.filter(id__gt=since)
        for change in sorted(changes, key=lambda one: one.id):
            step = rules.TOLD[change.what]
            told.append(Told(change.at, step, change.why if step in rules.REASONED else ""))
            since = change.id
    return told


def shown_photos(report):
    """The photos of after that the office shows to the reporter, of the hazard that stands for his report."""
    hazard = standing(report.hazard)
    return Evidence.objects.filter(
        hazard=hazard, stage=Stage.AFTER, round=hazard.round, is_public=True, attachment__withdrawn_at=None,
        attachment__media_type__startswith="image/",
    ).select_related("attachment")  # fmt: skip


def word_open_to(report):
    """The step that the holder of a report's code may take now: contest its closure, appeal its rejection; or None."""
    if report.hazard.state == HazardState.REJECTED:
        return Step.APPEAL
    return Step.CONTEST if standing(report.hazard).state == HazardState.CLOSED else None


def is_reporter_of(report, hazard):
    """Whether the holder of a report's code is the reporter of this hazard: of his own, or of that which stands for it."""
    return hazard.pk in (report.hazard_id, standing(report.hazard).pk)


def find_public_place(text):
    """The public place of this name (in either language) or code, or None."""
    name = text.strip()
    found = public_places().filter(Q(name=name) | Q(name_en__iexact=name) | Q(code=name)) if name else None
    return found.first() if found is not None else None

"""What each kind of record does once it is opened: the domain's own action, by whoever made the record.

A taker gets the Work and returns an Outcome, or raises Refused; the caller holds the transaction. A file that is refused
refuses itself, never its record.
"""

import contextlib
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.domains.crowd import queries as crowd
from anlan.domains.crowd.actions import check_in, end_round, note_finding, observe, start_round
from anlan.domains.enterprises.queries import find_enterprise, visible_enterprises
from anlan.domains.hazards import actions as hazards
from anlan.domains.hazards import queries as hazard_reads
from anlan.domains.hazards.terms import HazardSource, Stage
from anlan.domains.places.queries import find_place
from anlan.domains.riskmap.queries import find_point
from anlan.kit.actions import Refused, check
from anlan.kit.attachments import keep
from anlan.kit.models import Change
from anlan.kit.templatetags.look import deed
from anlan.kit.terms import RecordKind
from anlan.site.field.terms import Refusal

KEPT, REFUSED = "kept", "refused"
CHANGES_TOLD = 5
LONGEST_KEY = 18  # digits of a row's key


@dataclass
class Work:
    """One opened record to apply: its body, who made it, when it was made and when it came.

    `open_file(line)` gives a file's checked plain bytes or raises Refused; what becomes of each is written into `told`.
    """

    record: object
    body: object
    person: object
    now: datetime
    open_file: object
    handed_in_by: object = None
    told: dict = field(default_factory=dict)

    @property
    def at(self):
        """When it happened: as the phone noted it, never later than now."""
        return min(self.record.made_at, self.now)

    @property
    def words(self):
        """What every action of this record is told: who, when, and that it came from a phone."""
        noted = f"{timezone.localtime(self.record.made_at):%Y-%m-%d %H:%M:%S}"
        why = _("移动巡查，现场记录时间 %(at)s") % {"at": noted}
        if self.handed_in_by:
            why += _("；导出文件由%(name)s交入") % {"name": self.handed_in_by}
        return {"by": self.person, "now": self.now, "why": why}


@dataclass(frozen=True)
class Outcome:
    """What a record became: the row's number and address, and what the person should read."""

    number: str = ""
    address: str = ""
    reason: str = ""


def apply(work):
    """Do what the record says. Raises Refused."""
    return TAKERS[work.record.kind](work)


# ── hazards ─────────────────────────────────────────────────────────────────────────────────────


def take_hazard(work):
    """A hazard that was found: reported to who watches over where it is, else to the finder's own organisation."""
    body, person = work.body, work.person
    told = {"address": body.address or "", "lon": body.lon, "lat": body.lat}
    organisation = person.organisation
    if body.riskpoint:
        point = insist_found(find_point(body.riskpoint, person), body.riskpoint)
        organisation, told["place"] = point.organisation, point.place
        told["address"] = told["address"] or f"{point.name}（{point.number}）"
        if told["lon"] is None:
            told["lon"], told["lat"] = point.lon, point.lat
    if body.enterprise:
        told["enterprise"] = insist_found(seen_enterprise(body.enterprise, person), body.enterprise)
        organisation = told["enterprise"].supervisor
    if body.place:
        told["place"] = insist_found(find_place(body.place, person), body.place)
        organisation = told["place"].organisation
    row = hazards.report_hazard(
        organisation, what=body.what, kind=body.kind, source=HazardSource.PATROL, **told, **work.words
    ).subject
    keep_files(work, row, Stage.BEFORE)
    if work.record.round and (round := crowd.find_round_by_uid(work.record.round)):
        with contextlib.suppress(Refused), transaction.atomic():  # the hazard stands, whosever the round is
            note_finding(round, by=person, now=work.now, found=row)
    return Outcome(row.number or "", row.get_absolute_url())


def seen_enterprise(code, person):
    """The enterprise of a code that a person sees, or None."""
    found = find_enterprise(code)
    return found if found and visible_enterprises(person).filter(pk=found.pk).exists() else None


def insist_found(row, code):
    """The row; Refused where there is none."""
    check(None if row else Refusal.TARGET_UNKNOWN % {"code": code})
    return row


def take_evidence(work):
    """Photos or files of a hazard's stage; refused as a whole where none can be kept."""
    row, stages = find_hazard(work), Stage.values
    check(None if work.body.stage in stages else Refusal.RECORD_UNREADABLE % {"why": work.body.stage})
    stage = Stage(work.body.stage)
    is_open = stage in hazard_reads.stages_for(row, work.person)
    told = {"state": row.get_state_display(), "stage": stage.label}
    check(None if is_open else Refusal.STAGE_NOT_NOW % told)
    keep_files(work, row, stage)
    check(None if any(one["state"] == KEPT for one in work.told.values()) else Refusal.NO_FILES)
    return Outcome(row.number or "", row.get_absolute_url(), changed_since(work))


def find_hazard(work):
    """The hazard that a record is about, which its person sees. Raises Refused."""
    number = work.body.hazard
    seen = hazard_reads.visible_hazards(work.person)
    row = seen.filter(pk=int(number)).first() if is_key(number) else None
    check(None if row else Refusal.HAZARD_UNKNOWN)
    return row


def changed_since(work):
    """What others have done to the record's hazard since the change that the phone knew, in words; "" for nothing."""
    base, number = work.record.base or "", getattr(work.body, "hazard", "")
    if not base.isdecimal() or not number.isdecimal():
        return ""
    since = Change.objects.filter(subject_kind="hazards.hazard", subject_id=number, pk__gt=int(base))
    since = list(since.exclude(by=work.person).order_by("-pk")[:CHANGES_TOLD])
    told = [f"{deed(one)}（{timezone.localtime(one.at):%m-%d %H:%M}）" for one in reversed(since)]
    return Refusal.CHANGED_SINCE % {"changes": "、".join(told)} if told else ""


def keep_files(work, hazard, stage):
    """Keep the record's files as evidence of a stage; each alone."""
    keep_each(
        work,
        lambda line, body: hazards.keep_evidence(
            hazard, stage=stage, name=line.name, body=body, **work.words
        ),
    )


def keep_each(work, keep_one):
    """Open each file of the record and keep it by `keep_one(line, body)`; what becomes of it is told."""
    for line in work.record.files:
        try:
            with transaction.atomic():
                keep_one(line, work.open_file(line))
        except Refused as why:
            work.told[str(line.uid)] = {"state": REFUSED, "reason": str(why)}
        else:
            work.told[str(line.uid)] = {"state": KEPT, "reason": ""}


# ── what is seen on the spot ────────────────────────────────────────────────────────────────────


def take_observation(work):
    """A density, a count, too many people, a note: at once, whether or not the beginning of its round has arrived."""
    body = work.body
    place = insist_found(find_place(body.place, work.person), body.place)
    zone = insist_found(place.zones.filter(code=body.zone).first(), body.zone) if body.zone else None
    row = observe(
        place, by=work.person, now=work.now, uid=work.record.uid, at=work.at, kind=body.kind, value=body.value, zone=zone,
        note=body.note or "", lon=body.lon, lat=body.lat, round=crowd.find_round_by_uid(work.record.round),
    )  # fmt: skip
    keep_with(work, row)
    return Outcome("", reverse("site:place", args=[place.code]))


# ── rounds ──────────────────────────────────────────────────────────────────────────────────────


def take_round_start(work):
    """A round begins, under the record's own uid."""
    body, route = work.body, None
    if body.route:
        found = crowd.find_route(int(body.route), work.person) if is_key(body.route) else None
        route = insist_found(found, body.route)
    row = start_round(route, by=work.person, now=work.now, uid=work.record.uid, at=work.at)
    return Outcome("", row.get_absolute_url())


def take_check_in(work):
    """Somebody was at a stop or a place."""
    body, row = work.body, insist_round(work)
    stop = place = None
    if body.stop:
        stop = insist_found(crowd.find_stop(int(body.stop)) if is_key(body.stop) else None, body.stop)
    if body.place:
        place = insist_found(find_place(body.place, work.person), body.place)
    kept = check_in(
        row, by=work.person, now=work.now, uid=work.record.uid, at=work.at, stop=stop, place=place, lon=body.lon,
        lat=body.lat, note=body.note or "",
    )  # fmt: skip
    keep_with(work, kept)
    return Outcome("", row.get_absolute_url())


def take_round_end(work):
    """A round ends; a drawn signature is kept with it."""
    row = insist_round(work)
    end_round(row, by=work.person, now=work.now, uid=work.record.uid, at=work.at)
    keep_with(work, row)
    return Outcome("", row.get_absolute_url())


def insist_round(work):
    """The round that a record belongs to. Raises Refused while its beginning has not arrived."""
    row = crowd.find_round_by_uid(work.record.round) if work.record.round else None
    check(None if row else Refusal.ROUND_UNKNOWN)
    return row


def is_key(text):
    """Whether a text may be the key of a row."""
    return text.isdecimal() and len(text) <= LONGEST_KEY


def keep_with(work, row):
    """Keep the record's files with the row that it became; each alone."""
    told = {"by": work.person, "now": work.now}
    keep_each(work, lambda line, body: keep(row, name=line.name, body=body, **told))


# ── self-checks ─────────────────────────────────────────────────────────────────────────────────


def take_self_check(work):
    """A checklist filled in for a unit for which the person acts: signed on the spot, what failed opens hazards."""
    body, person = work.body, work.person
    keeper = hazard_reads.find_unit(person, place=body.place, enterprise=body.enterprise)
    insist_found(keeper, body.place or body.enterprise or "")
    version = hazard_reads.find_version(body.checklist, body.version)
    told = {"code": body.checklist, "number": body.version}
    check(None if version else Refusal.CHECKLIST_UNKNOWN % told)
    sheet = hazards.Sheet(
        uid=work.record.uid, begun_at=body.begun_at, at=work.at, answers=msgspec.to_builtins(body.answers), notes=body.notes,
        seen=set(body.seen), signer=body.signer, post=body.post, is_confirmed=body.is_confirmed,
    )  # fmt: skip
    row = hazards.take_field_check(
        version, keeper=keeper, sheet=sheet, attach=lambda row: keep_answers(work, row), **work.words
    ).subject
    return Outcome("", row.get_absolute_url(), say_failed(row))


def keep_answers(work, row):
    """Keep each file beside the answer that it belongs to; one of none, a signature, with the self-check itself."""

    def keep_one(line, body):
        told = {"by": work.person, "now": work.now, "name": line.name, "body": body}
        key = work.body.photos.get(line.uid)
        return hazards.put_photo(row, field=key, **told) if key else keep(row, **told)

    keep_each(work, keep_one)


def say_failed(row):
    """How many answers failed, and that they are hazards now; "" where all is well."""
    return Refusal.FAILED % {"n": row.n_failed} if row.n_failed else ""


TAKERS = {
    RecordKind.HAZARD: take_hazard, RecordKind.EVIDENCE: take_evidence, RecordKind.OBSERVATION: take_observation,
    RecordKind.ROUND_START: take_round_start, RecordKind.CHECK_IN: take_check_in, RecordKind.ROUND_END: take_round_end,
    RecordKind.SELF_CHECK: take_self_check,
}  # fmt: skip

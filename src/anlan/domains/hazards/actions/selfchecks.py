"""Writes of self-checks: begun, filled in, handed in with a signature; what is not in order opens a hazard at once."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.actions.finding import report_hazard
from anlan.domains.hazards.models import CheckFinding, CheckPhoto, DueCheck, SelfCheck
from anlan.domains.hazards.queries.checks import filling_of, photos_of, told_of
from anlan.domains.hazards.queries.keepers import (
    DUE_KEY,
    acts_for,
    keeper_of,
    last_check_day,
    open_due_check,
    replaced_at,
    suits,
)
from anlan.domains.hazards.queries.rhythms import counts_as_due, rhythm_of
from anlan.domains.hazards.rules import ENDED
from anlan.domains.hazards.rules.answers import NOTES
from anlan.domains.hazards.rules.criteria import key_of_question
from anlan.domains.hazards.rules.selfchecks import (
    check_filled,
    check_signature,
    due_after,
    refuse_link,
    refuse_version,
    seal_of,
)
from anlan.domains.hazards.terms import HazardSource
from anlan.domains.hazards.terms.checklists import CheckRefusal, CheckState, VersionState
from anlan.kit import store
from anlan.kit.actions import action, check, done, note
from anlan.kit.attachments import keep
from anlan.kit.followups import open_follow_up, settle_follow_up

PHOTOS_MOST = 5  # of one answer
DUE_TITLE = _("安全自查：%(name)s")
GONE = _("单位已注销")


def insist_acts(keeper, by, link, now):
    """Raise Refused unless `by` acts for the unit, or the link is its own and opens still."""
    if by is not None:
        check(None if acts_for(by, keeper) else CheckRefusal.NOT_YOURS % {"name": keeper.name})
        return
    check(None if link is not None and keeper_of(link) == keeper else CheckRefusal.LINK_OTHER)
    check(refuse_link(revoked_at=link.revoked_at, valid_until=link.valid_until, now=now))


@action("hazards.begin_check", machine=True, label=_("开始安全自查"))
def begin_check(version, *, by, now, keeper, link=None):
    """Begin a self-check of a unit, or go on with the one that was begun; `by` None: by the unit's own link."""
    insist_acts(keeper, by, link, now)
    fits = version.state == VersionState.PUBLISHED and suits(version.checklist, keeper)
    check(None if fits else CheckRefusal.NOT_FOR % {"name": keeper.name})
    row, _made = SelfCheck.objects.get_or_create(
        version=version, **keeper.columns, state=CheckState.DRAFT,
        defaults={"organisation": keeper.organisation, "begun_at": now, "saved_at": now, "by": by, "link": link},
    )  # fmt: skip
    return done(row, after={"checklist": str(version)})


def held_draft(row):
    """The draft locked and read again. Raises Refused for one that was handed in."""
    row.refresh_from_db(from_queryset=SelfCheck.objects.select_for_update())
    check(None if row.state == CheckState.DRAFT else CheckRefusal.DONE_ALREADY)
    return row


def save_answers(row, *, now, answers):
    """Remember what was typed so far; a draft is on record only once it is handed in. Raises Refused for one that was."""
    kept = SelfCheck.objects.filter(pk=row.pk, state=CheckState.DRAFT).update(answers=answers, saved_at=now)
    check(None if kept else CheckRefusal.DONE_ALREADY)
    row.answers, row.saved_at = answers, now


@action("hazards.keep_check_photo", machine=True, label=_("上传自查照片"))
def keep_check_photo(row, *, by, now, field, name, body, link=None):
    """Keep a photo beside an answer of a draft; `field` is the answer's key (rules.answers)."""
    held_draft(row)
    insist_acts(keeper_of(row), by, link, now)
    kept = put_photo(row, by=by, now=now, field=field, name=name, body=body)
    return done(row, after={"question": field, "file": kept.name, "sha256": kept.sha256})


def put_photo(row, *, by, now, field, name, body):
    """The attachment of a photo kept beside the answer `field`. Raises Refused where none belongs, or no more fits."""
    check(None if field in filling_of(row).photo_keys() else CheckRefusal.NO_PHOTO_HERE)
    kept_before = row.photos.filter(key=field).count()
    check(CheckRefusal.PHOTOS_MOST % {"most": PHOTOS_MOST} if kept_before >= PHOTOS_MOST else None)
    kept = keep(row, by=by, now=now, name=name, body=body).subject
    CheckPhoto.objects.create(check_of=row, key=field, attachment=kept)
    return kept


@action("hazards.hand_in_check", machine=True, label=_("提交安全自查"))
def hand_in_check(row, *, by, now, signer, post, is_confirmed, seen, link=None, on_behalf_of=""):
    """Hand a self-check in: signed, sealed, its failed answers opened as hazards, what was due settled.

    `seen`: the keys of the questions that the page showed. Raises Refused while something is missing.
    """
    held_draft(row)
    keeper, filling = keeper_of(row), filling_of(row)
    insist_acts(keeper, by, link, now)
    check(check_filled(filling, seen))
    check(check_signature(signer, post, is_confirmed))
    row.signer, row.post, row.by, row.link, row.done_at = signer.strip(), post.strip(), by, link, now
    close_check(row, filling, notes={}, by=by, now=now, behalf=on_behalf_of)
    return done(row, after=note(row, "signer", "post", "n_failed", "sha256"))


class Sheet(NamedTuple):
    """A self-check as a phone filled it in without a network; `notes`: {key of an answer: words}, `at`: when it was signed."""

    uid: UUID
    begun_at: datetime
    at: datetime
    answers: dict
    notes: dict
    seen: set
    signer: str
    post: str
    is_confirmed: bool


@action("hazards.take_field_check", label=_("现场自查"))
def take_field_check(version, *, by, now, keeper, sheet, attach):
    """Take a self-check that was filled in and signed on the spot; `attach(row)` keeps its photos with it (put_photo).

    What somebody else has begun at the unit's page stays as it is. Raises Refused like handing one in.
    """
    insist_acts(keeper, by, None, now)
    ended_at = replaced_at(version)
    check(refuse_version(version.state, replaced_at=ended_at, begun_at=min(sheet.begun_at, sheet.at)))
    fits = keeper.is_active and suits(version.checklist, keeper)
    check(None if fits else CheckRefusal.NOT_FOR % {"name": keeper.name})
    check(check_signature(sheet.signer, sheet.post, sheet.is_confirmed))
    check(CheckRefusal.DONE_ALREADY if SelfCheck.objects.filter(uid=sheet.uid).exists() else None)
    row = SelfCheck.objects.create(
        uid=sheet.uid, version=version, **keeper.columns, organisation=keeper.organisation, answers=sheet.answers, by=by,
        begun_at=sheet.begun_at, saved_at=now, done_at=sheet.at, signer=sheet.signer.strip(), post=sheet.post.strip(),
        state=CheckState.DONE, sha256=version.sha256,
    )  # fmt: skip
    attach(row)
    filling = filling_of(row)
    check(check_filled(filling, sheet.seen))
    close_check(row, filling, notes=sheet.notes, by=by, now=now, behalf="")
    return done(row, after=note(row, "signer", "post", "n_failed", "sha256"))


def close_check(row, filling, *, notes, by, now, behalf):
    """Seal what was filled in and signed, open its failed answers as hazards, settle what was due."""
    failed = [line for line in filling.lines() if line.opens_hazard]
    said = {line.key: notes[line.key].strip() for line in failed if notes.get(line.key, "").strip()}
    row.answers = filling.values() | ({NOTES: said} if said else {})
    row.state, row.saved_at, row.n_failed = CheckState.DONE, now, len(failed)
    row.sha256 = seal_of(told_of(row))
    row.save()
    photos = photos_of(row)
    for line in failed:
        open_finding(row, line, filling.label(line), photos.get(line.key, []), by=by, now=now, behalf=behalf)
    settle_due(row, by=by, now=now)


def open_finding(row, line, label, photos, *, by, now, behalf):
    """The hazard of a failed answer: the one that the same answer opened before and that is on its way, else a new one."""
    columns = keeper_of(row).columns
    same = CheckFinding.objects.filter(
        key=line.key, check_of__version__checklist=row.version.checklist, **{f"check_of__{name}": one for name, one in columns.items()}
    ).exclude(hazard__state__in=ENDED)  # fmt: skip
    earlier = same.select_related("hazard").order_by("-id").first()
    hazard = (
        earlier.hazard if earlier else report_failed(row, line, label, photos, by=by, now=now, behalf=behalf)
    )
    CheckFinding.objects.create(check_of=row, key=line.key, hazard=hazard, is_new=earlier is None)


def report_failed(row, line, label, photos, *, by, now, behalf):
    """Report the hazard of a failed answer to whoever watches over the unit, with its clause and its photos."""
    said = next((one["label"] for one in line.question["choices"] if one["name"] == line.value), line.value)
    what = _("自查不合格：%(label)s（%(said)s）") % {"label": label, "said": said}
    if line.question["clause"]:
        what += _("。依据：%(clause)s") % {"clause": line.question["clause"]}
    if words := row.answers.get(NOTES, {}).get(line.key):
        what += _("。说明：%(words)s") % {"words": words}
    change = report_hazard(
        row.organisation, by=by, now=now, what=str(what), kind=line.question["hazard_kind"], on_behalf_of=behalf,
        source=HazardSource.SELF_CHECK, place=row.place, enterprise=row.enterprise,
        criterion=key_of_question(row.version.checklist.code, line.question["name"]),
        photos=[(one.name, store.get(one.sha256)) for one in photos],
    )  # fmt: skip
    return change.subject


# ── by when a unit must check itself ────────────────────────────────────────────────────────────


@action("hazards.require_check", machine=True, label=_("安排安全自查"))
def require_check(about, *, by, now, keeper, since=None):
    """Lay down by when a unit (its row `about`) must check itself next, and follow it. Raises Refused where it stands.

    `since`: the moment from which it was due already, where its rhythm changed.
    """
    check(CheckRefusal.DONE_ALREADY if open_due_check(keeper) else None)
    today, opened_at = timezone.localdate(now), since or now
    days = rhythm_of(keeper, on=today).values["days"]
    last = last_check_day(keeper, timezone.localdate) or timezone.localdate(opened_at)
    row = DueCheck.objects.create(
        **keeper.columns, organisation=keeper.organisation, days=days, opened_at=opened_at,
        due_on=due_after(last, today, days),
    )  # fmt: skip
    open_follow_up(
        about, key=f"{DUE_KEY}/{row.pk}", title=DUE_TITLE % {"name": keeper.name}, organisation=keeper.account,
        due=row.due_on, link=keeper_address(keeper), by=by, now=now,
    )  # fmt: skip
    return done(row, after=note(row, "days", "due_on"))


def keeper_address(keeper):
    """The page of a unit for those who sign in."""
    return f"/hazards/keepers/{keeper.kind}/{keeper.row.pk}/"


def settle_due(row, *, by, now):
    """The self-check that was due is the one handed in, if its checklist counts and something was due when it was signed."""
    keeper = keeper_of(row)
    due = open_due_check(keeper)
    if due is None or row.done_at < due.opened_at:
        return
    if not counts_as_due(row.version.checklist, keeper, on=timezone.localdate(now)):
        return
    due.settled_by, due.settled_at = row, row.done_at
    due.save(update_fields=["settled_by", "settled_at"])
    settle_follow_up(f"{DUE_KEY}/{due.pk}", by=by, now=now, outcome=str(row))


@action("hazards.release_check", machine=True, label=_("不再要求安全自查"))
def release_check(due, *, by, now, outcome=GONE):
    """The unit is no longer on its register, or its rhythm changed: this date stands no more."""
    due.settled_at = now
    due.save(update_fields=["settled_at"])
    settle_follow_up(f"{DUE_KEY}/{due.pk}", by=by, now=now, outcome=str(outcome))
    return done(due, after=note(due, "due_on"))

"""What a unit does by its link, and the links themselves: given once, kept as a fingerprint, revocable, expiring."""

import secrets
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.accounts.queries import fingerprint
from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries, rules
from anlan.domains.hazards.actions.finding import attach
from anlan.domains.hazards.actions.rectifying import decide, hand_to_verifier
from anlan.domains.hazards.actions.selfchecks import insist_acts
from anlan.domains.hazards.actions.stepping import locked, move
from anlan.domains.hazards.models import HazardExtension, KeeperLink
from anlan.domains.hazards.queries.keepers import hazards_of, keeper_of
from anlan.domains.hazards.rules.selfchecks import check_link_days
from anlan.domains.hazards.terms import ExtensionState, HazardState, Refusal, Stage, Step
from anlan.domains.hazards.terms.checklists import CheckRefusal
from anlan.kit.actions import action, check, done, note
from anlan.kit.deadlines import due_set

TOKEN_BYTES = 24  # 192 bits: nobody guesses one, so a plain hash protects it, and a QR code stays coarse
START_CHARS = 6
SEEN_EVERY = timedelta(minutes=1)


@action("hazards.issue_link", may=Right.CHECKS_EDIT, label=_("发放责任单位链接"))
def issue_link(about, *, by, now, keeper, holder, days, make_secret=secrets.token_urlsafe):
    """Give a unit (its row `about`) the link to its own page; `subject.token` is told this once."""
    check(check_link_days(days))
    token = make_secret(TOKEN_BYTES)
    row = KeeperLink.objects.create(
        **keeper.columns, organisation=keeper.organisation, holder=holder.strip(), token_start=token[:START_CHARS],
        token_sha256=fingerprint(token), issued_by=by, issued_at=now, valid_until=now + timedelta(days=days),
    )  # fmt: skip
    row.token = token
    return done(row, after=note(row, "holder", "token_start", "valid_until"))


@action("hazards.revoke_link", may=Right.CHECKS_EDIT, label=_("停用责任单位链接"))
def revoke_link(link, *, by, now):
    """Stop a link at once."""
    link.refresh_from_db(from_queryset=KeeperLink.objects.select_for_update())
    check(CheckRefusal.LINK_REVOKED if link.revoked_at else None)
    before = note(link, "revoked_at")
    link.revoked_at = now
    link.save(update_fields=["revoked_at"])
    return done(link, before=before)


def reissue_link(link, *, by, now, days):
    """A new link in the place of one that was lost or pasted over: the old one stops. Call it in a transaction."""
    if link.revoked_at is None:
        revoke_link(link, by=by, now=now)
    return issue_link(link.keeper, by=by, now=now, keeper=keeper_of(link), holder=link.holder, days=days)


def mark_link_seen(link, *, now):
    """Remember that a link was used, once a minute; telemetry, not a change of record."""
    if link.seen_at is None or now - link.seen_at > SEEN_EVERY:
        KeeperLink.objects.filter(pk=link.pk).update(seen_at=now)


# ── what a responsible unit may do with its hazards, without an account ─────────────────────────


def insist_unit(hazard, step, link, now, why=""):
    """Lock the hazard and ask whether the unit of this link may take the step: what rectifying needs, nothing else."""
    locked(hazard)
    keeper = keeper_of(link)
    insist_acts(keeper, None, link, now)
    check(None if hazards_of(keeper).filter(pk=hazard.pk).exists() else CheckRefusal.LINK_OTHER)
    taken = rules.LIFE.get((HazardState(hazard.state), Step(step)))
    is_theirs = taken is None or taken.right == Right.HAZARDS_RECTIFY
    check(None if is_theirs else CheckRefusal.STEP_NOT_THEIRS % {"step": Step(step).label})
    check(rules.check_step(hazard.state, step, queries.facts_of(hazard, by=None, now=now, why=why)))


@action("hazards.unit_evidence", machine=True, label=_("上传整改后照片"))
def keep_unit_evidence(hazard, *, by, now, link, name, body):
    """Keep a photo of after, brought by the unit's link."""
    locked(hazard)
    keeper = keeper_of(link)
    insist_acts(keeper, None, link, now)
    is_open = hazard.state in rules.AFTER_AT and hazards_of(keeper).filter(pk=hazard.pk).exists()
    check(None if is_open else Refusal.FILE_NOT_NOW % {"stage": Stage.AFTER.label})
    kept = attach(hazard, Stage.AFTER, by=None, now=now, name=name, body=body)
    return done(hazard, after={"file": kept.attachment.name, "sha256": kept.attachment.sha256})


@action("hazards.unit_fix", machine=True, label=pgettext_lazy("hazard", "立行立改"))
def fix_by_unit(hazard, *, by, now, link):
    """The unit removed a general one on the spot; somebody else is to verify it."""
    insist_unit(hazard, Step.FIX, link, now)
    today = timezone.localdate(now)
    limits = {"ordered_at": now, "due_on": today, "due_at": due_set(today, now).at}
    return hand_to_verifier(hazard, Step.FIX, by=None, now=now, **limits)


@action("hazards.unit_interim", machine=True, label=pgettext_lazy("hazard", "落实临时措施"))
def secure_by_unit(hazard, *, by, now, link, why):
    """The unit says which interim measures are in place."""
    insist_unit(hazard, Step.INTERIM, link, now, why=why)
    return move(hazard, Step.INTERIM, interim_measures=why.strip())


@action("hazards.unit_ask_extension", machine=True, label=pgettext_lazy("hazard", "申请延期"))
def ask_extension_by_unit(hazard, *, by, now, link, days, why):
    """The unit asks for more days, before the limit has run out."""
    insist_unit(hazard, Step.ASK_EXTENSION, link, now, why=why)
    most = queries.limit("extension_days", on=timezone.localdate(now))
    check(None if 1 <= days <= most else Refusal.DAYS % {"most": most})
    asked = move(hazard, Step.ASK_EXTENSION)
    HazardExtension.objects.create(
        hazard=hazard, days=days, reason=why.strip(), round=hazard.round, asked_by=None, asked_at=now
    )
    asked.after["days"] = days
    return asked


@action("hazards.unit_ask_verification", machine=True, label=pgettext_lazy("hazard", "提请复查"))
def ask_verification_by_unit(hazard, *, by, now, link):
    """The unit says that it is removed: the photo of after is there; a request that still waits lapses."""
    insist_unit(hazard, Step.ASK_VERIFICATION, link, now)
    decide(hazard, ExtensionState.LAPSED, by=None, now=now)
    return hand_to_verifier(hazard, Step.ASK_VERIFICATION, by=None, now=now)

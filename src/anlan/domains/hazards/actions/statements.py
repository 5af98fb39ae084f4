"""Statements of hazards: drawn up when a quarter or year has ended, signed by the principal, corrected by a new version."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries
from anlan.domains.hazards.actions.papers import STATEMENT
from anlan.domains.hazards.models import Statement
from anlan.domains.hazards.rules.statements import check_span, digest_of, read_span
from anlan.domains.hazards.terms import Refusal, StatementRefusal, StatementScope, StatementState
from anlan.kit import jobs
from anlan.kit.actions import Refused, action, check, done, note
from anlan.kit.address import absolute
from anlan.kit.days import start_of
from anlan.kit.deadlines import NotInForce, due_of, due_set
from anlan.kit.documents import documents_of, issue, void
from anlan.kit.followups import open_follow_up, settle_follow_up

TITLE = _("签字并报送：%(statement)s 隐患排查治理统计表")
WORDS = ("span", "scope", "version")
DRAW = "hazards.draw_statements"


@jobs.job(DRAW)
def draw_statements(asked, report):
    """Draw up the statements of a span for everybody of whom there is none yet."""
    now, span = datetime.fromisoformat(asked["at"]), read_span(asked["span"])
    missing = queries.missing_statements(span)
    tallied = queries.tally(span.name) if missing else {}
    drawn = 0
    for step, (organisation, scope, enterprise) in enumerate(missing):
        report(step, len(missing), str(enterprise or organisation))
        words = {"scope": scope, "span": span.name, "enterprise": enterprise, "tallied": tallied}
        try:
            draw_statement(organisation, by=None, now=now, **words)
        except Refused:
            continue  # somebody drew it up meanwhile
        drawn += 1
    return {gettext("统计表"): drawn}


@action("hazards.draw_statement", machine=True, may=Right.HAZARDS_SIGN, label=_("生成隐患统计表"))
def draw_statement(organisation, *, by, now, scope, span, enterprise=None, tallied=None):
    """Draw up the first version of an organisation's statement of an ended span, and follow its signature.

    `enterprise`: that of one without an account, which `organisation` watches over. `tallied` (queries.tally) where many are
    drawn at once. Raises Refused for a span that runs, one drawn already, and an enterprise that is not so.
    """
    check(check_span(span, timezone.localdate(now)))
    check(refuse_enterprise(organisation, scope, enterprise))
    known = queries.latest_statement(organisation, scope, span, enterprise)
    check(StatementRefusal.DRAWN_ALREADY if known else None)
    return draw(organisation, scope, span, 1, by=by, now=now, enterprise=enterprise, tallied=tallied)


def refuse_enterprise(organisation, scope, enterprise):
    """Why `organisation` cannot draw up the statement of an enterprise, or None."""
    if enterprise is None:
        return None
    if enterprise.account_id or not enterprise.is_active:
        return StatementRefusal.HAS_ACCOUNT % {"name": enterprise}
    is_its = enterprise.supervisor_id == organisation.pk and scope == StatementScope.UNIT
    return None if is_its else StatementRefusal.OTHER_SUPERVISOR % {"name": enterprise}


def draw(organisation, scope, span, version, *, by, now, enterprise=None, tallied=None, reason=""):
    """Keep a version with its numbers, and have the organisation reminded to sign it."""
    tallied = queries.tally(span) if tallied is None else tallied
    statement = Statement.objects.create(
        organisation=organisation, scope=scope, span=span, version=version, drawn_at=now, reason=reason,
        enterprise=enterprise, cells=queries.cells_of(tallied, organisation, scope, span, enterprise),
    )  # fmt: skip
    open_follow_up(
        statement, key=key_of(statement), title=str(TITLE % {"statement": statement}), organisation=organisation,
        due=due_of_statement(statement, now), link=statement.get_absolute_url(), by=by, now=now,
    )  # fmt: skip
    return done(statement, after=note(statement, *WORDS) | {"total": statement.cells["grades"]["total"]})


def key_of(statement):
    """The key of the follow-up of a statement's signature."""
    return f"hazards.statement/{statement.pk}"


def due_of_statement(statement, now):
    """When it is to be signed: the first version by the statutory clock from the span's end, a correction in as many days."""
    span, today = read_span(statement.span), timezone.localdate(now)
    begins = start_of(span.after) - timedelta(seconds=1) if statement.version == 1 else now
    try:
        return due_of(span.rule_id, begins, on=today)
    except NotInForce:
        return due_set(today, now)


@action("hazards.redraw_statement", may=Right.HAZARDS_SIGN, label=_("重新生成隐患统计表"))
def redraw_statement(statement, *, by, now):
    """Count a statement again that nobody has signed yet."""
    lock(statement)
    check(StatementRefusal.SIGNED_ALREADY if statement.is_signed else None)
    before = note(statement, "cells", "drawn_at")
    tallied = queries.tally(statement.span)
    statement.cells = queries.cells_of(
        tallied, statement.organisation, statement.scope, statement.span, statement.enterprise
    )
    statement.drawn_at = now
    statement.save(update_fields=["cells", "drawn_at"])
    return done(statement, before=before)


@action("hazards.sign_statement", may=Right.HAZARDS_SIGN, label=_("签署隐患统计表"))
def sign_statement(statement, *, by, now, scene, post, digest):
    """Sign a statement by the principal: its numbers are frozen under their hash, and a paper is issued.

    `digest` is that of the numbers which the signer saw. The version before it, and its paper, are replaced.
    """
    lock(statement)
    check(StatementRefusal.SIGNED_ALREADY if statement.is_signed else None)
    check(None if post.strip() else StatementRefusal.NO_POST)
    found = digest_of(queries.words_of_statement(statement))
    check(None if digest == found else StatementRefusal.NUMBERS_MOVED)
    before = note(statement, "state")
    statement.state, statement.sha256 = StatementState.SIGNED, found
    statement.signed_by, statement.signed_at, statement.signer_post = by, now, post.strip()
    statement.save(update_fields=["state", "sha256", "signed_by", "signed_at", "signer_post"])
    replace_earlier(statement, by=by, now=now)
    change = issue(
        statement, by=by, now=now, scene=scene, kind=STATEMENT.code, title=str(statement)[:200],
        values=queries.paper_values(statement), verify_at=absolute(reverse("kit:verify_any")),
    )  # fmt: skip
    settle_follow_up(key_of(statement), by=by, now=now, outcome=str(StatementState.SIGNED.label))
    told = {"sha256": found, "signer_post": statement.signer_post, "document": change.subject.number}
    return done(statement, before=before, after=told)


def replace_earlier(statement, *, by, now):
    """The signed version before this one is replaced, and its paper made void; both stay on record."""
    for earlier in queries.earlier_statements(statement).filter(state=StatementState.SIGNED):
        Statement.objects.filter(pk=earlier.pk).update(state=StatementState.REPLACED)
        for document in documents_of(earlier).exclude(state="void"):
            void(document, by=by, now=now, why=statement.reason)


@action("hazards.correct_statement", may=Right.HAZARDS_SIGN, label=_("更正隐患统计表"))
def correct_statement(statement, *, by, now, why):
    """Draw up the next version of a signed statement, with the reason; the signed one holds until that is signed."""
    lock(statement)
    check(None if statement.is_signed else StatementRefusal.NOT_SIGNED_YET)
    check(None if why.strip() else Refusal.NEEDS_REASON)
    latest = queries.latest_statement(
        statement.organisation, statement.scope, statement.span, statement.enterprise
    )
    check(None if latest.is_signed else StatementRefusal.CORRECTION_WAITS)
    check(StatementRefusal.REPLACED_ALREADY if latest.pk != statement.pk else None)
    return draw(
        statement.organisation, statement.scope, statement.span, statement.version + 1, by=by, now=now,
        enterprise=statement.enterprise, reason=why.strip(),
    )  # fmt: skip


def lock(statement):
    """The statement locked and read again."""
    statement.refresh_from_db(from_queryset=Statement.objects.select_for_update())

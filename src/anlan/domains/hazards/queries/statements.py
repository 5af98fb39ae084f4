"""What statements count, from the hazards and the record of changes; whose statements there are."""

from collections import defaultdict

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from anlan.domains.accounts.queries import ancestors_of, organisations_in_use
from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.queries import accounts_in_use, enterprises_without_accounts
from anlan.domains.hazards.models import Hazard, Statement
from anlan.domains.hazards.queries.tables import name_kind
from anlan.domains.hazards.rules.statements import (
    OPEN,
    SHORT,
    Life,
    Standing,
    count_cells,
    digest_of,
    rate_of,
    read_span,
    rewind,
)
from anlan.domains.hazards.terms import Cell, HazardSource, StatementScope, Step
from anlan.domains.places.queries import operators_in_use
from anlan.kit.days import start_of
from anlan.kit.models import Change

KIND = Hazard._meta.label_lower
STEP_OF = {f"hazards.{step.value}": step.value for step in Step} | {"hazards.escalate": "escalate"}
ROWS = ("organisation", "responsible")
AT_ONCE = 500
ENTERPRISE = "enterprise"


def visible_statements(person):
    """The statements of organisations that `person` may view."""
    return Statement.objects.filter(person.reach(Right.VIEW)).select_related(
        "organisation", "enterprise", "signed_by"
    )


def versions_of(organisation, scope, span, enterprise=None):
    """Every version of a statement; that of an enterprise stays its own where another organisation watches over it now."""
    if enterprise is not None:
        return Statement.objects.filter(enterprise=enterprise, span=span)
    return Statement.objects.filter(organisation=organisation, scope=scope, span=span, enterprise=None)


def latest_statement(organisation, scope, span, enterprise=None):
    """The newest version of a statement, or None."""
    return versions_of(organisation, scope, span, enterprise).order_by("-version").first()


def earlier_statements(statement):
    """The other versions of a statement, the newest first."""
    rows = versions_of(statement.organisation, statement.scope, statement.span, statement.enterprise)
    return rows.exclude(pk=statement.pk).order_by("-version").select_related("signed_by")


def words_of_statement(statement):
    """What is hashed when a statement is signed."""
    whose = {"enterprise": statement.enterprise.code} if statement.enterprise else {}
    return whose | {
        "organisation": statement.organisation.code, "scope": statement.scope, "span": statement.span,
        "version": statement.version, "cells": statement.cells,
    }  # fmt: skip


def is_untouched(statement):
    """Whether a signed statement still has the numbers that were signed."""
    return digest_of(words_of_statement(statement)) == statement.sha256


# ── lives ───────────────────────────────────────────────────────────────────────────────────────


def read_before(before):
    """What a change row calls `before`, as a Standing has it: rows by id, moments as moments."""
    read = {}
    for name, value in before.items():
        if name in ROWS:
            value = value and value["id"]
        elif name == "due_at":
            value = value and parse_datetime(value)
        read[name] = value
    return read


def changes_since(moment):
    """{hazard id: its changes at or after a moment, newest first, as (step, at, before)}."""
    rows = Change.objects.filter(subject_kind=KIND, what__in=tuple(STEP_OF), at__gte=moment)
    found = defaultdict(list)
    for subject_id, what, at, before in rows.order_by("-at", "-id").values_list(
        "subject_id", "what", "at", "before"
    ):
        found[int(subject_id)].append((STEP_OF[what], at, read_before(before)))
    return found


def lives_in(span):
    """The Lives of a span, with the enterprise's own organisation where nobody was named responsible.

    Only hazards that were open in it or changed since its beginning: whatever ended before counts in no cell.
    """
    start, end = start_of(span.first), start_of(span.after)
    changed = changes_since(start)
    rows = Hazard.objects.filter(accepted_at__lt=end)
    seen = set()
    for row in rows.filter(state__in=OPEN).select_related("enterprise").iterator(chunk_size=AT_ONCE):
        seen.add(row.pk)
        yield life_of(row, changed.get(row.pk, ()), end)
    left = sorted(set(changed) - seen)
    for at in range(0, len(left), AT_ONCE):
        for row in rows.filter(pk__in=left[at : at + AT_ONCE]).select_related("enterprise"):
            yield life_of(row, changed[row.pk], end)


def life_of(row, changes, end):
    """One hazard's Life, from its row as it is now and its changes since the span began, newest first."""
    now = Standing(**{
        name: getattr(row, f"{name}_id" if name in ROWS else name) for name in Standing._fields
    })  # fmt: skip
    after = rewind(now, [before for _step, at, before in changes if at >= end])
    within = [(step, before) for step, at, before in changes if at < end]
    before = rewind(after, [before for _step, before in within])
    if after.responsible is None and row.enterprise is not None:
        after = after._replace(responsible=row.enterprise.account_id)
    steps = tuple(step for step, _before in within)
    return Life(row.kind, row.source, before, after, steps, row.enterprise_id)


def tally(span_name):
    """{(organisation id, scope): cells} of an ended span; an organisation that is not in it has nothing to count.

    `watched` counts what an organisation and those below it watch over, `unit` what it is to rectify itself. What is at
    an enterprise stands under (its id, ENTERPRISE).
    """
    span = read_span(span_name)
    above = ancestors_of()
    lives = defaultdict(list)
    for life in lives_in(span):
        for organisation in above.get(life.after.organisation, ()):
            lives[organisation, StatementScope.WATCHED.value].append(life)
        if life.after.responsible:
            lives[life.after.responsible, StatementScope.UNIT.value].append(life)
        if life.enterprise:
            lives[life.enterprise, ENTERPRISE].append(life)
    end = start_of(span.after)
    return {key: count_cells(found, end) for key, found in lives.items()}


def cells_of(tallied, organisation, scope, span_name, enterprise=None):
    """The cells of one statement out of a tally; all zero where there was nothing."""
    end = start_of(read_span(span_name).after)
    key = (enterprise.pk, ENTERPRISE) if enterprise else (organisation.pk, str(scope))
    return tallied.get(key) or count_cells([], end)


def statement_subjects():
    """[(organisation, scope, enterprise)] of whom a statement is drawn up: units, whoever watches over hazards or stands above.

    Units are the operators of places, the enterprises with an account of their own, and whoever was ever responsible. Of an
    enterprise without an account (the third, else None) a statement is drawn up once a hazard was found at it.
    """
    in_use = organisations_in_use()
    responsible = Hazard.objects.exclude(responsible=None).order_by().values_list("responsible", flat=True)
    units = set(responsible.distinct()) | operators_in_use() | accounts_in_use()
    above = ancestors_of()
    watching = Hazard.objects.order_by().values_list("organisation", flat=True).distinct()
    watchers = {one for organisation in watching for one in above.get(organisation, ())}
    found = [(in_use[pk], StatementScope.UNIT, None) for pk in sorted(units) if pk in in_use]
    found += [(in_use[pk], StatementScope.WATCHED, None) for pk in sorted(watchers) if pk in in_use]
    at = Hazard.objects.exclude(enterprise=None).order_by().values_list("enterprise", flat=True).distinct()
    without = enterprises_without_accounts().filter(pk__in=at).order_by("pk")
    return found + [(one.supervisor, StatementScope.UNIT, one) for one in without]


def missing_statements(span):
    """[(organisation, scope, enterprise)] without a statement of an ended span; none before the first hazard was reported."""
    first = Hazard.objects.order_by("reported_at").values_list("reported_at", flat=True).first()
    if first is None or first >= start_of(span.after):
        return []
    known = set(Statement.objects.filter(span=span.name).values_list("organisation", "scope", "enterprise"))
    have = {enterprise for _organisation, _scope, enterprise in known if enterprise}
    return [
        one for one in statement_subjects()
        if (one[2].pk not in have if one[2] else (one[0].pk, one[1].value, None) not in known)
    ]  # fmt: skip


# ── what people read ────────────────────────────────────────────────────────────────────────────


def say_cell(cells, name):
    """One cell in words: the rate in per cent, money with thousands, an en dash where there is none."""
    if name == "rate":
        rate = rate_of(cells)
        return "–" if rate is None else f"{rate * 100:.1f}%"
    return f"{float(cells[name]):,.2f}" if name == "funds_yuan" else f"{cells[name]:,}"


def grade_lines(cells):
    """[{"label": measure, column: text}] of the cells by grade."""
    grades = cells["grades"]
    return [
        {"label": str(label)} | {column: say_cell(grades[column], name) for column in Cell.COLUMNS}
        for name, label in Cell.LABELS.items()
    ]


def part_lines(cells, part, *, on):
    """[{"label": kind or source, measure: text}] of the cells by kind or by source, with the rate."""
    name_of = (
        (lambda code: name_kind(code, on=on)) if part == "kinds" else dict(HazardSource.choices).get
    )  # fmt: skip
    return [
        {"label": str(name_of(code) or code), "rate": say_cell(counts, "rate")}
        | {name: say_cell(counts, name) for name in SHORT}
        for code, counts in cells[part].items()
    ]


def days_of(statement):
    """The span's days in words."""
    span = read_span(statement.span)
    return f"{span.first:%Y-%m-%d} – {span.last:%Y-%m-%d}"


def paper_values(statement):
    """What the paper of a signed statement says, by the places of its template."""
    on = read_span(statement.span).last
    return {
        "span": statement.span, "days": days_of(statement), "scope": str(statement.get_scope_display()),
        "version": statement.version, "grades": grade_lines(statement.cells),
        "kinds": part_lines(statement.cells, "kinds", on=on), "sources": part_lines(statement.cells, "sources", on=on),
        "post": statement.signer_post, "sha256": statement.sha256,
        "signer": f"{statement.signed_by} {timezone.localtime(statement.signed_at):%Y-%m-%d %H:%M}",
    }  # fmt: skip

"""The long jobs of an import: its planned rows are carried out, or what it added is taken back, batch by batch.

A batch is one transaction with what has come of the import so far; between two there is a rest for others who write.
Each change carries `row_key`, so that a batch done again after an interruption doubles nothing.
"""

from django.db import transaction

from anlan.kit.imports.steps import AT_ONCE, REST_S, load
from anlan.kit.models import Change
from anlan.kit.terms import Finding


def row_key(kind, handed_in, number=""):
    """The key of the change that the row of this number made; without one, what the keys of all its rows begin with."""
    return f"{kind}:{handed_in.pk}:{number}"


def carry_out_rows(model, asked, report, *, do, rest, at_once=AT_ONCE):
    """Carry out the rows of a confirmed import that add or change something; returns {added, changed, left}.

    `do(batch, handed_in, now, outcome)` does rows, counts them in `outcome`, and returns how many it came to, at least one.
    """
    handed_in, now = load(model, asked)
    rows = handed_in.rows.filter(finding__in=[Finding.ADD, Finding.CHANGE])
    outcome = {"added": 0, "changed": 0, "left": 0}
    return walk(rows, "number", handed_in, now, outcome, report, do=do, rest=rest, at_once=at_once)


def take_back_rows(model, asked, report, *, kind, verb, do, rest, at_once=AT_ONCE):
    """Take back what an import added by changes of `verb` under keys of `kind`; returns its outcome with {closed, kept}.

    `do(batch, handed_in, now, outcome)` is given those change rows, else as in `carry_out_rows`.
    """
    handed_in, now = load(model, asked)
    added = Change.objects.filter(key__startswith=row_key(kind, handed_in), what=verb)
    outcome = dict(handed_in.outcome) | {"closed": 0, "kept": 0}
    return walk(added, "pk", handed_in, now, outcome, report, do=do, rest=rest, at_once=at_once)


def walk(rows, order, handed_in, now, outcome, report, *, do, rest, at_once):
    """Go through the rows in this order, batch by batch, and keep the outcome with each."""
    total, reached, last = rows.count(), 0, 0
    while batch := list(rows.filter(**{f"{order}__gt": last}).order_by(order)[:at_once]):
        with transaction.atomic():
            count = do(batch, handed_in, now, outcome)
            type(handed_in).objects.filter(pk=handed_in.pk).update(outcome=outcome)
        reached, last = reached + count, getattr(batch[count - 1], order)
        report(reached, total, name_of(batch[count - 1]))
        rest(REST_S)
    return outcome


def name_of(row):
    """What the progress says of a planned row, or of a change row."""
    return row.subject_name if isinstance(row, Change) else row.name

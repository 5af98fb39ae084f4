"""Edits of a table: each one version of a row, with its reason, its clause and its change row."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from anlan.kit.actions import Done, Refused, action, check, permit
from anlan.kit.models import DistrictRow
from anlan.kit.tables.reading import find_line, last_edit
from anlan.kit.tables.spec import TABLES
from anlan.kit.terms import TableRefusal

OLDEST, FARTHEST = timedelta(days=7305), timedelta(days=3653)


@action("tables.set_row", label=_("修改规则表"))
def set_row(table, *, by, now, row_key, values, clause, why, valid_from=None):
    """Lay down the district's own values of one row of `table`, from a date on (today, where none is given).

    `values` as typed, by column name. Raises Refused naming each column that is wrong.
    """
    key = insist_key(table, row_key, on=timezone.localdate(now))
    kept, faults = table.clean(values)
    labels = {column.name: column.label for column in table.columns}
    check(" ".join(f"{labels[name]}：{fault}" for name, fault in faults.items()))
    check(table.refuse and table.refuse(key, kept))
    return write(table, key, kept, by=by, now=now, clause=clause, why=why, valid_from=valid_from)


@action("tables.reset_row", label=_("规则表恢复默认"))
def reset_row(table, *, by, now, row_key, why, clause="", valid_from=None):
    """Let the default of one row hold again; a row without one is gone."""
    line = find_line(table.name, row_key, on=valid_from or timezone.localdate(now))
    check(None if line and line.own else TableRefusal.NOT_OWN)
    clause = clause.strip() or line.own.clause
    return write(table, row_key, None, by=by, now=now, clause=clause, why=why, valid_from=valid_from)


@action("tables.undo_row", label=_("撤销规则表修改"))
def undo_row(row, *, by, now, why):
    """Take back the last edit of a row: what stood before it stands again, from the same date."""
    check(None if row == last_edit(row.table, row.key) else TableRefusal.NOT_LATEST)
    earlier = DistrictRow.objects.filter(table=row.table, key=row.key, valid_from__lte=row.valid_from)
    before = earlier.exclude(pk=row.pk).order_by("valid_from", "id").last()
    values, clause = (before.values, before.clause) if before else (None, row.clause)
    return write(
        TABLES[row.table], row.key, values, by=by, now=now, clause=clause, why=why, valid_from=row.valid_from
    )


def insist_key(table, key, *, on):
    """The key as it is kept. Raises Refused for one of another kind, and in a closed table for a new one."""
    try:
        key = table.read_key(key)
    except ValidationError as error:
        raise Refused(f"{table.key.label}：{' '.join(error.messages)}") from error
    known = table.is_open or table.find_seed(key, on=on)
    check(None if known else TableRefusal.UNKNOWN_KEY % {"key": key})
    return key


def write(table, key, values, *, by, now, clause, why, valid_from):
    """Add a version of a row; the change row says before and after in both languages."""
    today = timezone.localdate(now)
    row = DistrictRow(
        table=table.name, key=key, values=values, clause=clause.strip(), reason=why.strip(), by=by, made_at=now,
        valid_from=valid_from or today, organisation=top_organisation(),
    )  # fmt: skip
    permit(table.right, row, by, machine=False)
    check(None if row.reason else TableRefusal.NO_REASON)
    check(None if row.clause else TableRefusal.NO_CLAUSE)
    check(None if today - OLDEST <= row.valid_from <= today + FARTHEST else TableRefusal.TOO_FAR)
    before = find_line(table.name, key, on=row.valid_from)
    check(TableRefusal.SAME if values is not None and stands(before, values) else None)
    row.save()
    after = find_line(table.name, key, on=row.valid_from)
    named = {"table": say_both(lambda: str(table.title)), "valid_from": row.valid_from}
    return Done(row, tell(table, before), tell(table, after) | named)


def stands(line, values):
    """Whether a row says these values already; an unconfirmed default may be laid down as it is."""
    return line is not None and line.values == values and not line.is_unconfirmed


def tell(table, line):
    """A row as its change row keeps it: values and basis in words of both languages."""
    return {
        "values": line and say_both(lambda: table.say(line.values)),
        "clause": line and say_both(lambda: str(line.basis)),
    }


def say_both(say):
    """What `say()` says in Chinese and in English, as a text kept in both."""
    said = {}
    for name, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            said[name] = say()
    return said


def top_organisation():
    """The organisation that a table's rows are laid down for: the district's top one."""
    return DistrictRow._meta.get_field("organisation").related_model.objects.get(parent=None)

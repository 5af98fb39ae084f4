"""When a limit runs out, by the law or by what the district laid down in its place: the one door to the statutory clock.

    due = due_of("EV-DECIDE", accepted_at, on=today)        # rulebook.clock.Due
    version(on=today)                                       # kept by the record that was judged

The table `rulebook.deadlines` has the rulebook's limits as defaults; a district overrides one with the clause of its own
rule. A limit is that in force on the day on which it was set going; the calendar is as it is known `on`.
"""

from datetime import datetime

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from anlan import rulebook as book
from anlan.kit import calendar, tables
from anlan.kit.tables import Seed, Table, TableColumn, register
from anlan.kit.templatetags.look import spoken
from anlan.kit.terms import Counting, Unit
from anlan.rulebook.clock import ONE_DAY, Due, Limit, Override, limit_of, moment_of, plain_limit, reckon

TABLE, SHEET = "rulebook.deadlines", "deadlines"
MOST = 10_000
MINUTE_S = 60
speak_later = lazy(spoken, str)  # in the language of whoever reads it
ONLY_DAYS = _("只有以天计的时限可以按工作日计算。")


class NotInForce(LookupError):
    """No limit of this name is in force on the day on which it would begin; `rule_id`, `on`."""

    def __init__(self, rule_id, on):
        super().__init__(f"{rule_id} is not in force on {on}")
        self.rule_id, self.on = rule_id, on


def seeds(on):
    """The rulebook's limits; in force or not on a date."""
    return [make_seed(row, on) for row in book.rows(SHEET)]


def make_seed(row, on):
    values = {
        "amount": row.values["limit"], "unit": row.values["unit"], "counting": row.values["day_kind"],
        "in_force": row.holds_on(on),
    }  # fmt: skip
    return Seed(row.key, values, row.mark, speak_later({"zh": row.basis_zh, "en": row.basis}))


def refuse_row(key, values):
    """Working days make sense of days alone."""
    is_odd = values["counting"] == Counting.WORKING and values["unit"] != Unit.DAY
    return ONLY_DAYS if is_odd else None


def say_rule(rule_id):
    """A limit as people read it: its number and what must be done."""
    row = book.find(SHEET, rule_id)
    wording = spoken({"zh": row.values["action_zh"], "en": row.values["action_required"]})
    return f"{rule_id} {wording}"


register(Table(
    TABLE, title=_("时限"), lead=_("规则库的法定时限。本区另有规定的，在此登记期限和条款；此后起算的事项按本区规定计算，此前的仍按原规定。"),
    key=TableColumn("rule_id", _("编号")), say_key=say_rule,
    columns=(
        TableColumn("amount", _("期限"), "whole", low=0, high=MOST),
        TableColumn("unit", _("单位"), "word", words=Unit),
        TableColumn("counting", _("日期类别"), "word", words=Counting),
        TableColumn("in_force", _("适用"), "yes_no"),
    ),
    seeds=seeds, refuse=refuse_row,
))  # fmt: skip


def find_line(rule_id, *, on):
    """The Line of a limit as it holds on a date, the default beside it. Raises KeyError for one that is not known."""
    line = tables.find_line(TABLE, rule_id, on=on)
    if line is None:
        raise KeyError(rule_id)
    return line


def find_limit(rule_id, *, on) -> Limit:
    """The Limit as it holds on a date. Raises KeyError for one not known, NotInForce."""
    line = find_line(rule_id, on=on)
    if not line.values["in_force"]:
        raise NotInForce(rule_id, on)
    return limit_of(book.find(SHEET, rule_id), override_of(line.own))


def override_of(own):
    """What a district's row lays down; None where the default holds."""
    if own is None:
        return None
    told = own.values
    return Override(told["amount"], told["unit"], told["counting"] == Counting.WORKING, own.clause)


def due_of(rule_id, start, *, on, pauses=(), extensions=()) -> Due:
    """When a limit runs out that was set going at `start`, with the calendar as known `on`.

    Raises KeyError for a limit not known, NotInForce, and rulebook.clock.Unlawful for a pause or an extension the
    rule does not know.
    """
    limit = find_limit(rule_id, on=min(moment_of(start).date(), on))
    return reckon(start, limit, pauses=pauses, extensions=extensions, days=calendar.reader(today=on))


def due_set(until, start, *, pauses=(), extensions=()) -> Due:
    """The same of a date or a moment that somebody set: pauses and extensions (calendar days) move it.

    A date before its start is taken for the day of the start.
    """
    if isinstance(until, datetime):
        more = sum(one.days for one in extensions) * ONE_DAY
        amount = max(0, round((until + more - start).total_seconds() / MINUTE_S))
        limit, extensions = plain_limit(amount, Unit.MINUTE.value), ()
    else:
        limit = plain_limit(max(0, (until - moment_of(start).date()).days), Unit.DAY.value)
    return reckon(
        start, limit, pauses=pauses, extensions=extensions
    )  # calendar days alone: no calendar is asked


def version(*, on):
    """Which state of the law, of the district's limits and of its calendar a date was counted by, in a word."""
    names = (TABLE, calendar.DAYS, calendar.YEARS)
    return "/".join([book.version(), *(str(tables.version(name, on=on)) for name in names)])

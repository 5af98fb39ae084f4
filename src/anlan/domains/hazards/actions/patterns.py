"""Problems across hazards on record: what a night found, what people make of it, and its end."""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts import queries as accounts
from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries, rules
from anlan.domains.hazards.models import Pattern, PatternLook
from anlan.domains.hazards.queries.inspections import read_inspections
from anlan.domains.hazards.terms import PatternNature, PatternScope, PatternState, PatternStep
from anlan.kit import jobs
from anlan.kit.actions import action, check, done, note

FIND = "hazards.find_patterns"
CONCERNED_MOST = 30
JUDGED = ("nature", "p", "numbers", "since_on", "until", "confirmed_at", "calm_weeks")


@jobs.job(FIND)
def find_patterns(asked, report):
    """Judge the weeks of every series as a night sees them, and keep what is found."""
    now = datetime.fromisoformat(asked["at"])
    limits = queries.pattern_limits(on=timezone.localdate(now))
    definitions = rules.Definitions(
        **{name: limits[name] for name in rules.Definitions._fields if name in limits}
    )
    report(0, 3, gettext("读取隐患"))
    ledger = queries.read_ledger(now)
    report(1, 3, gettext("比较各周"))
    judged = rules.judge(ledger.series, ledger.counts, definitions)
    signals = rules.leave_out_explained(judged.signals, sharing(ledger.cells))
    report(2, 3, gettext("查找普遍性问题"))
    common = rules.find_common(queries.units_by_kind(ledger.until, definitions.common_weeks), definitions)
    keep_patterns(
        signals + common,
        judged.raised | {key_of(one) for one in common},
        ledger,
        definitions.calm_weeks,
        now=now,
    )
    keep_look(ledger, judged.tests, len(signals) + len(common), now=now)
    return {
        gettext("隐患"): int(sum(ledger.year.values())), gettext("序列"): judged.tests,
        gettext("问题"): len(signals) + len(common),
    }  # fmt: skip


def sharing(cells):
    """How many of the newest weeks' hazards lie in both of two series, as a function of the two."""

    def shared(one, other):
        return sum(
            number
            for cell, number in cells.items()
            if rules.lies_in(cell, one) and rules.lies_in(cell, other)
        )

    return shared


def key_of(signal):
    """How an episode's series is kept: what is common and what rises are episodes of their own."""
    is_common = signal.nature == PatternNature.COMMON
    return f"common/{signal.series.key}" if is_common else signal.series.key


def keep_patterns(signals, raised, ledger, calm_after, *, now):
    """Bring the open rows up to a night's look: told again, calm, over; or begin new ones. Twice a night is once."""
    until = ledger.until - timedelta(days=1)
    new = {key_of(signal): signal for signal in signals}
    with transaction.atomic():
        for key, row in queries.open_patterns().items():
            signal, weeks = new.pop(key, None), max(0, (until - row.until).days // 7)
            row.calm_weeks = rules.age_calm(
                row.calm_weeks, weeks, is_raised=signal is not None or key in raised
            )
            row.until = max(until, row.until)
            if row.calm_weeks >= calm_after:
                end_pattern(row, by=None, now=now)
            elif signal is None:
                row.save(update_fields=["calm_weeks", "until"])
            else:
                confirm(row, signal, now=now)
        for signal in new.values():
            begin_pattern(accounts.root(), by=None, now=now, signal=signal, ledger=ledger)


def confirm(row, signal, *, now):
    """Tell an open one again with tonight's numbers; that an incipient one has become a tendency is on record."""
    if row.nature != signal.nature:
        turn_pattern(row, by=None, now=now, nature=signal.nature)
    row.p, row.numbers, row.confirmed_at = signal.p, signal.numbers, now
    row.save(update_fields=JUDGED)


@action("hazards.begin_pattern", machine=True, label=_("发现普遍性、苗头性或倾向性问题"))
def begin_pattern(root, *, by, now, signal, ledger):
    """Keep what a night found as a new episode, with the numbers it was judged by and whom it concerns."""
    series, until = signal.series, ledger.until - timedelta(days=1)
    concerned = Counter()
    for cell, number in (ledger.cells or ledger.year).items():
        if rules.lies_in(cell, series):
            concerned[cell.area] += number
    area = int(series.where) if series.scope == PatternScope.AREA else None
    row = Pattern.objects.create(
        series=key_of(signal), nature=signal.nature, kind=series.kind, scope=series.scope, area_id=area,
        sector=series.where if series.scope == PatternScope.SECTOR else "", organisation_id=area or root.pk, p=signal.p,
        numbers=signal.numbers, first_numbers=signal.numbers, found_at=now, confirmed_at=now, until=until,
        since_on=ledger.until - timedelta(weeks=signal.numbers["since_weeks"]),
    )  # fmt: skip
    row.concerned.set([pk for pk, _number in concerned.most_common(CONCERNED_MOST)])
    named = {"kind": queries.say_subject(row), "sector": queries.name_sector(row.sector)}
    return done(row, after=note(row, "nature", "scope", "area") | named)


@action("hazards.turn_pattern", machine=True, label=_("问题性质变化"))
def turn_pattern(row, *, by, now, nature):
    """What had begun goes on, or the other way round."""
    before = note(row, "nature")
    row.nature = nature
    row.save(update_fields=["nature"])
    return done(row, before=before)


@action("hazards.end_pattern", machine=True, label=_("问题恢复正常，结束跟踪"))
def end_pattern(row, *, by, now):
    """It has been calm for the district's number of weeks: the episode is over, whatever was made of it."""
    before = note(row, "state")
    row.state, row.ended_at = PatternState.OVER, now
    row.save(update_fields=["state", "ended_at", "calm_weeks", "until"])
    return done(row, before=before)


@action("hazards.judge_pattern", may=Right.HAZARDS_SUPERVISE, label=pgettext_lazy("pattern", "研判问题"))
def judge_pattern(row, *, by, now, step, why=""):
    """Watch it, want a campaign for it, or dismiss it with the reason. Raises Refused."""
    row.refresh_from_db(from_queryset=Pattern.objects.select_for_update())
    check(rules.check_pattern_step(row.state, step, why))
    before = note(row, "state")
    row.state = rules.PATTERN_LIFE[PatternState(row.state), PatternStep(step)]
    row.decided_by, row.decided_at = by, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    return done(row, before=before)


def keep_look(ledger, tests, told, *, now):
    """Keep that this night looked, and the year's counts of each denominator for the rates; the same night again replaces it."""
    PatternLook.objects.update_or_create(
        on=timezone.localdate(now),
        defaults={
            "at": now, "until": ledger.until - timedelta(days=1), "weeks": ledger.counts.shape[1], "tests": tests,
            "told": told, "rates": rates_of(ledger.year, queries.count_units()),
            "inspected": read_inspections(ledger.until),
        },
    )  # fmt: skip


def rates_of(year, units):
    """What PatternLook keeps of a year's counts {Found: n} and the units."""
    told = {scope.value: {where: [n, {}] for where, n in by.items()} for scope, by in units.items()}
    for found, number in year.items():
        for series in rules.series_over(found):
            counts = told[series.scope].setdefault(series.where, [0, {}])[1]
            counts[series.kind] = counts.get(series.kind, 0) + number
    return told

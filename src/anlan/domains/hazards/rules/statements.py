"""The statutory statement of hazards: quarters and years, a hazard as it stood at a moment, and what is counted.

A hazard counts from its acceptance on (核实受理): a report that was not accepted is none. One that was merged counts
with the one that stands for it. So of each column

    carried + found + reopened − closed − merged = open
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from anlan.domains.hazards.terms import FIVE, HazardGrade, HazardState, StatementRefusal, Step

QUARTER_RULE, YEAR_RULE = "HZ-QTR", "HZ-YEAR"
SPAN = re.compile(r"(\d{4})(?:-Q([1-4]))?")
S = HazardState
OPEN = frozenset({S.ACCEPTED, S.GRADED, S.ORDERED, S.RECTIFYING, S.EXTENDING, S.VERIFYING})
WAITS = frozenset({S.ORDERED, S.RECTIFYING, S.EXTENDING})
UNGRADED, TOTAL = "ungraded", "total"
COLUMNS = (HazardGrade.GENERAL.value, HazardGrade.MAJOR.value, UNGRADED, TOTAL)
MEASURES = (
    "carried", "found", "reopened", "closed", "merged", "open", "overdue", "extended", "listed", "settled", "funds_yuan",
)  # fmt: skip
SHORT = ("carried", "found", "closed", "open", "overdue")  # of each kind and each source
COUNTED_STEPS = {
    Step.ACCEPT: "found", Step.CLOSE: "closed", Step.REOPEN: "reopened", Step.MERGE: "merged", Step.GRANT: "extended",
}  # fmt: skip


class Span(NamedTuple):
    """A quarter or a year by local days: the first, and the first after it."""

    name: str
    first: date
    after: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)

    @property
    def rule_id(self) -> str:
        """The limit within which its statement is signed (rules/README §3)."""
        return QUARTER_RULE if "Q" in self.name else YEAR_RULE


def read_span(name: str) -> Span | None:
    """The span of a name, `2026-Q3` or `2026`; None for what is none."""
    found = SPAN.fullmatch(name)
    if found is None:
        return None
    year, quarter = int(found[1]), found[2]
    if not 2000 <= year <= 2100:
        return None
    return quarter_of(year, int(quarter)) if quarter else Span(name, date(year, 1, 1), date(year + 1, 1, 1))


def quarter_of(year: int, quarter: int) -> Span:
    """A quarter of a year, 1 to 4."""
    after = date(year + 1, 1, 1) if quarter == 4 else date(year, 3 * quarter + 1, 1)
    return Span(f"{year}-Q{quarter}", date(year, 3 * quarter - 2, 1), after)


def ended_spans(today: date) -> tuple[Span, Span]:
    """The quarter and the year that ended last before a day."""
    quarter = (today.month - 1) // 3
    ended = quarter_of(today.year, quarter) if quarter else quarter_of(today.year - 1, 4)
    return ended, read_span(str(today.year - 1))


class Standing(NamedTuple):
    """What a statement asks of a hazard at a moment; `organisation` and `responsible` by id."""

    state: str
    grade: str = ""
    organisation: int | None = None
    responsible: int | None = None
    due_at: datetime | None = None
    listed_at: object = None
    delisted_at: object = None
    measures: str = ""
    responsibility: str = ""
    funds: str = ""
    plan: str = ""
    funds_yuan: object = None

    @property
    def is_open(self) -> bool:
        """Accepted, and neither closed nor merged."""
        return self.state in OPEN


def rewind(standing: Standing, changes: Iterable[Mapping]) -> Standing:
    """How it stood before these changes, newest first; each is what the record of changes calls `before`."""
    known = {}
    for before in changes:
        known |= {name: value for name, value in before.items() if name in Standing._fields}
    return standing._replace(**known)


class Life(NamedTuple):
    """A hazard in a span: how it stood at its beginning and its end, and the steps taken in it."""

    kind: str
    source: str
    before: Standing
    after: Standing
    steps: tuple[str, ...] = ()
    enterprise: int | None = None


def count_life(life: Life, end: datetime) -> Counter:
    """{measure: number} of one hazard in a span that ended at `end`."""
    counts = Counter(carried=int(life.before.is_open), open=int(life.after.is_open))
    counts.update(COUNTED_STEPS[step] for step in life.steps if step in COUNTED_STEPS)
    if counts["merged"] and not counts["carried"]:
        counts["merged"] = counts["found"] = 0  # found and merged in one span: it counts with the other alone
    after = life.after
    if after.is_open:
        counts["overdue"] = int(after.state in WAITS and after.due_at is not None and after.due_at < end)
        counts["listed"] = int(after.listed_at is not None and after.delisted_at is None)
        counts["settled"] = int(all((getattr(after, name) or "").strip() for name in FIVE))
    if after.funds_yuan and (after.is_open or counts["closed"]):
        counts["funds_yuan"] = Decimal(str(after.funds_yuan))
    return counts


def count_cells(lives: Sequence[Life], end: datetime) -> dict:
    """The cells of a statement: {"grades": {column: {measure: number}}, "kinds": {…}, "sources": {…}}.

    A grade is the one that the hazard had at the end of the span. `settled`: open ones of which measures,
    responsibility, funds and plan are laid down; `funds_yuan`: of those open at the end or closed in the span.
    """
    grades = {column: Counter() for column in COLUMNS}
    kinds, sources = {}, {}
    for life in lives:
        counts = count_life(life, end)
        if not any(counts.values()):
            continue
        for counter in (grades[life.after.grade or UNGRADED], grades[TOTAL]):
            counter.update(counts)
        kinds.setdefault(life.kind, Counter()).update(counts)
        sources.setdefault(life.source, Counter()).update(counts)
    return {
        "grades": {column: plain(grades[column], MEASURES) for column in COLUMNS},
        "kinds": {code: plain(kinds[code], SHORT) for code in sorted(kinds)},
        "sources": {code: plain(sources[code], SHORT) for code in sorted(sources)},
    }


def plain(counter: Counter, names: Sequence[str]) -> dict:
    """A counter as plain values of these names; money in yuan as text with two places."""
    return {name: f"{counter[name]:.2f}" if name == "funds_yuan" else counter[name] for name in names}


def rate_of(cells: Mapping) -> float | None:
    """The share rectified 整改率: closed of what was to be rectified in the span; None where there was nothing."""
    asked = cells["carried"] + cells["found"] + cells.get("reopened", 0) - cells.get("merged", 0)
    return cells["closed"] / asked if asked > 0 else None


def digest_of(words: Mapping) -> str:
    """The SHA-256 of a statement's words: JSON with sorted keys, in UTF-8."""
    text = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_span(name: str, today: date):
    """Why no statement of a span can be drawn up yet, or None."""
    span = read_span(name)
    if span is None:
        return StatementRefusal.SPAN_UNKNOWN
    return StatementRefusal.SPAN_RUNS % {"span": name} if today < span.after else None

"""What a table holds on a date: the defaults, and over them what the district laid down."""

from typing import NamedTuple

from anlan.kit.models import Change, DistrictRow
from anlan.kit.tables.spec import TABLES, Seed
from anlan.kit.terms import SourceMark


class Line(NamedTuple):
    """One row as it holds on a date: the default (None without one), and the district's own version (None: default)."""

    key: str
    values: dict
    seed: Seed | None
    own: DistrictRow | None

    @property
    def mark(self):
        """How sure the row's source is, as a SourceMark; D for the district's own."""
        return SourceMark(SourceMark.DISTRICT if self.own else self.seed.mark)

    @property
    def basis(self):
        """What the row rests on, in a sentence."""
        return self.own.clause if self.own else self.seed.basis

    @property
    def is_unconfirmed(self):
        """Whether it must be shown as 待核实."""
        return self.mark in {SourceMark.MEMORY, SourceMark.KNOWN}


def read(name, *, on):
    """{key: {column name: value}} of the table as it holds on the date `on`: defaults listed then, and own rows."""
    return {line.key: line.values for line in lines(name, on=on)}


def own_values(name, *, on):
    """The same of the district's own rows alone."""
    return {key: row.values for key, row in own_rows(name, on=on).items()}


def version(name, *, on):
    """The number of the edit that the table stands at on a date; 0 while only the defaults hold."""
    rows = DistrictRow.objects.filter(table=name, valid_from__lte=on)
    return rows.order_by("-id").values_list("id", flat=True).first() or 0


def own_rows(name, *, on, **narrowed):
    """{key: DistrictRow} in force on a date: of each key the latest version that has begun, if it is no return."""
    rows = DistrictRow.objects.filter(table=name, valid_from__lte=on, **narrowed).select_related("by")
    latest = {row.key: row for row in rows.order_by("valid_from", "id")}
    return {key: row for key, row in latest.items() if row.values is not None}


def lines(name, *, on):
    """Every Line of the table on a date, by key."""
    table, own = TABLES[name], own_rows(name, on=on)
    seeds = {seed.key: seed for seed in table.seeds(on)}
    seeds |= {key: seed for key in own if key not in seeds and (seed := table.find_seed(key, on=on))}
    keys = sorted(seeds.keys() | own.keys())
    return [make_line(key, seeds.get(key), own.get(key)) for key in keys]


def find_line(name, key, *, on):
    """The Line of one key on a date, listed or not; None where neither a default nor an own row holds."""
    seed, own = TABLES[name].find_seed(key, on=on), own_rows(name, on=on, key=key).get(key)
    return make_line(key, seed, own) if seed or own else None


def make_line(key, seed, own):
    return Line(key, own.values if own else seed.values, seed, own)


def story(name, key):
    """The changes of one row, newest first."""
    ids = [str(pk) for pk in DistrictRow.objects.filter(table=name, key=key).values_list("pk", flat=True)]
    kind = DistrictRow._meta.label_lower
    return Change.objects.filter(subject_kind=kind, subject_id__in=ids).select_related("by")


def last_edit(name, key):
    """The version of this row that was written last, or None."""
    return DistrictRow.objects.filter(table=name, key=key).order_by("-id").first()

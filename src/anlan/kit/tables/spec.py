"""What a district-editable table is: its key, its columns, where its defaults come from, who may edit it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import gettext

EDIT_RIGHT = "tables.edit"
TABLES = {}


@dataclass(frozen=True)
class TableColumn:
    """One column. kind: text | number | whole | day | word (one of `words`, a TextChoices) | yes_no.

    `low` and `high` bound numbers, `most` the signs of a text; `unit` stands behind the label.
    """

    name: str
    label: object
    kind: str = "text"
    unit: object = ""
    words: type | None = None
    is_required: bool = True
    low: float | None = None
    high: float | None = None
    most: int = 200

    @property
    def heading(self):
        """The label with its unit."""
        return f"{self.label}（{self.unit}）" if self.unit else str(self.label)

    def make_field(self):
        """The form field that reads and checks a value of this column."""
        return FIELDS[self.kind](self)

    def typed(self, text):
        """What was typed in a cell, with the label of a choice turned into the choice."""
        choices = getattr(self.make_field(), "choices", ())
        return next((value for value, label in choices if str(label) == text.strip()), text.strip())

    def say(self, value):
        """A value as people read it, in their language."""
        if value is None or value == "":
            return ""
        if self.kind == "word":
            return str(self.words(value).label) if value in self.words.values else value
        if self.kind == "yes_no":
            return gettext("是") if value else gettext("否")
        return f"{value:g}" if self.kind == "number" else str(value)


DATE = {"type": "date"}
FIELDS = {
    "text": lambda one: forms.CharField(label=one.heading, required=one.is_required, max_length=one.most),
    "number": lambda one: forms.FloatField(
        label=one.heading, required=one.is_required, min_value=one.low, max_value=one.high
    ),
    "whole": lambda one: forms.IntegerField(
        label=one.heading, required=one.is_required, min_value=one.low, max_value=one.high
    ),
    "day": lambda one: forms.DateField(
        label=one.heading, required=one.is_required, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    ),
    "word": lambda one: forms.ChoiceField(
        label=one.heading, required=one.is_required, choices=one.words.choices
    ),
    "yes_no": lambda one: forms.TypedChoiceField(
        label=one.heading,
        required=one.is_required,
        coerce=lambda typed: typed == "True",
        choices=[("False", gettext("否")), ("True", gettext("是"))],
    ),
}


@dataclass(frozen=True)
class Seed:
    """A default row: what the code brings, where it is from (a sentence) and how sure that is (a SourceMark)."""

    key: str
    values: dict
    mark: str
    basis: object = ""


@dataclass(frozen=True)
class Table:
    """A table that a district may override row by row.

    `seeds(on)` lists the default rows worth a line around a date; `seed_of(key)`, where given, knows the default of
    any key, listed or not. `is_open`: rows may be added that have no default. `refuse(key, values)`, where given, says
    why a row whose cells are sound each by itself cannot stand as a whole, or None. `say_key(key)`, where given, is how
    a key reads.
    """

    name: str
    title: object
    key: TableColumn
    columns: tuple[TableColumn, ...]
    seeds: Callable[[date], list[Seed]]
    seed_of: Callable[[str], Seed | None] | None = None
    lead: object = ""
    is_open: bool = False
    right: str = EDIT_RIGHT
    refuse: Callable[[str, dict], object] | None = None
    say_key: Callable[[str], str] | None = None

    def name_of(self, key):
        """A key as people read it."""
        return self.say_key(key) if self.say_key else self.key.say(key)

    def find_seed(self, key, *, on):
        """The default row of a key, or None."""
        if self.seed_of:
            return self.seed_of(key)
        return next((seed for seed in self.seeds(on) if seed.key == key), None)

    def read_key(self, text):
        """A key as it is kept: dates as 2026-01-31, numbers plain. Raises ValidationError for one of another kind."""
        return str(self.key.make_field().clean(text))

    def clean(self, values):
        """(values as they are kept, {column name: what is wrong with it}) of raw values by column name."""
        kept, faults = {}, {}
        for column in self.columns:
            try:
                value = column.make_field().clean(values.get(column.name))
                kept[column.name] = value.isoformat() if isinstance(value, date) else value
            except forms.ValidationError as error:
                faults[column.name] = " ".join(error.messages)
        return kept, faults

    def say(self, values):
        """The values of a row in one line, in the reader's language."""
        said = (column.say(values.get(column.name)) for column in self.columns)
        return gettext("；").join(part for part in said if part)


def register(table):
    """Make a table known by its name; returns it. Raises ValueError for a name that is taken."""
    if table.name in TABLES:
        raise ValueError(f"a table named {table.name!r} is already there")
    TABLES[table.name] = table
    return table

"""What a kind of document is: its number, what its template may name, and the outline of its default template."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

KINDS = {}

# What every document knows besides its own values.
GIVEN = {
    "number": _("文号"),
    "title": _("标题"),
    "organ": _("签发机关"),
    "issued_on": _("签发日期"),
    "issued_at": _("签发时间"),
    "code": _("校验码"),
    "verify_at": _("校验地址"),
}
A4_CM = (21.0, 29.7)
NEEDED = ("number", "code")  # without them a document cannot be found or verified


@dataclass(frozen=True)
class Place:
    """One value that a template may name: its name in the template and its label.

    `columns`, where given, makes it a list of rows; each column has a name and a label; `widths` are the columns' parts of
    the paper's width in the default template, even without.
    """

    name: str
    label: object
    columns: tuple[tuple[str, object], ...] = ()
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document.

    `number`: the pattern of its number, with {organ}, {year} and {serial}. `outline(labels)` lists the paragraphs of
    the default template as (style, text): style is `title`, `heading`, `text` or `signature`; a text names places as
    in a template, `{{ place }}`; a list place is drawn as a table by ("table", name). `page_cm`: the paper, (width, height).
    """

    code: str
    label: object
    number: str
    places: tuple[Place, ...]
    outline: Callable[[], list[tuple[str, str]]]
    right: str = "documents.edit"
    page_cm: tuple[float, float] = A4_CM

    def known(self):
        """The names that a template may use."""
        return [*GIVEN, *(place.name for place in self.places)]

    def find_place(self, name):
        """The place of a name."""
        return next(place for place in self.places if place.name == name)


def register(kind):
    """Make a kind known by its code; returns it. Raises ValueError for a code that is taken."""
    if kind.code in KINDS:
        raise ValueError(f"a document kind {kind.code!r} is already there")
    KINDS[kind.code] = kind
    return kind

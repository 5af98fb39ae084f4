"""Selecting in three formats: each has `rows` (the rows of a document) and `pick` (the first match from a row)."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Protocol

from jsonpath_ng import JSONPath
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext import parse
from jsonpath_ng.jsonpath import DatumInContext
from lxml import etree

from anlan.devices.body import MAX_ROWS, Part, parse_csv, parse_json, parse_xml, shown
from anlan.devices.refusal import Refusal

# Operators whose cost depends on the payload in ways we cannot bound (regular expressions), or that change it.
_ALLOWED, _NAMED = frozenset({"this", "parent", "len"}), re.compile(r"`([^`]*)`")
_TWISTED = (
    JSONPathError,
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


class Format(Protocol):
    """Rows of a document, and the parts of a row, by selectors."""

    def rows(self, part: Part, selector: str | None, delimiter: str) -> Iterable[Any]:
        """The rows that a selector names. Raises Refusal."""

    def pick(self, row: Any, selector: str) -> Any:
        """The first match seen from a row, None where there is none. Raises Refusal."""


class Json:
    """JSONPath, with filters, without regular expressions."""

    def rows(self, part: Part, selector: str | None, delimiter: str) -> list[DatumInContext]:
        """The matches of the row selector, each knowing its surroundings; without one, the document."""
        document = DatumInContext(parse_json(part))
        return _bounded(self._find(selector, document)) if selector else [document]

    def pick(self, row: DatumInContext, selector: str) -> Any:
        """The first match seen from a row, or None."""
        found = self._find(selector, row)
        return found[0].value if found else None

    @staticmethod
    def _find(selector: str, datum: DatumInContext) -> list[DatumInContext]:
        try:
            return json_path(selector).find(datum)
        except _TWISTED as why:
            raise Refusal(
                f"JSONPath {shown(selector)!r} does not fit the payload: {shown(why, 80)}"
            ) from None


class Xml:
    """XPath 1.0 over local names."""

    def rows(self, part: Part, selector: str | None, delimiter: str) -> list[Any]:
        """The matches of the row selector; without one, the root."""
        root = parse_xml(part)
        if not selector:
            return [root]
        found = self._find(selector, root)
        return _bounded(
            [match for match in found if isinstance(match, etree._Element)] if isinstance(found, list) else []
        )

    def pick(self, row: Any, selector: str) -> Any:
        """The text of the first match seen from a row, or None."""
        found = self._find(selector, row)
        if isinstance(found, list):
            found = found[0] if found else None
        return found.text if isinstance(found, etree._Element) else found

    @staticmethod
    def _find(selector: str, element: Any) -> Any:
        try:
            return xml_path(selector)(element)
        except etree.XPathError as why:
            raise Refusal(f"XPath {shown(selector)!r} does not fit the payload: {shown(why, 80)}") from None


class Csv:
    """Columns by the names of the first row."""

    def rows(self, part: Part, selector: str | None, delimiter: str) -> Iterator[dict[str, str]]:
        """One dict per line, by column name; missing cells are absent."""
        lines = parse_csv(part, delimiter)
        header = next(lines, [])
        for line in lines:
            yield dict.fromkeys(header, "") | dict(zip(header, line, strict=False))

    def pick(self, row: dict[str, str], selector: str) -> Any:
        """The cell of a column; None if empty. Raises Refusal if there is no such column."""
        if selector not in row:
            raise Refusal(
                f"column {shown(selector)!r} is not in the file: it has {shown(', '.join(row), 120)}"
            )
        return row[selector] or None


FORMATS: dict[str, Format] = {"json": Json(), "xml": Xml(), "csv": Csv()}


@lru_cache(maxsize=512)
def json_path(selector: str) -> JSONPath:
    """A parsed JSONPath. Raises Refusal."""
    if "=~" in selector or not _ALLOWED.issuperset(_NAMED.findall(selector)):
        raise Refusal(
            f"JSONPath {shown(selector)!r}: only `this`, `parent`, `len` and comparisons are allowed"
        )
    try:
        return parse(selector)
    except _TWISTED as why:
        raise Refusal(f"JSONPath {shown(selector)!r} cannot be read: {shown(why, 80)}") from None


@lru_cache(maxsize=512)
def xml_path(selector: str) -> etree.XPath:
    """A compiled XPath. Raises Refusal."""
    try:
        return etree.XPath(selector, regexp=False, smart_strings=False)
    except (etree.XPathError, ValueError) as why:
        raise Refusal(f"XPath {shown(selector)!r} cannot be read: {shown(why, 80)}") from None


def _bounded(rows: list) -> list:
    if len(rows) > MAX_ROWS:
        raise Refusal(f"rows selects more than {MAX_ROWS} rows: send smaller batches")
    return rows

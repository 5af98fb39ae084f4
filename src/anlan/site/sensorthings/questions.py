"""The query options of SensorThings 1.1 that are understood: $filter, $orderby, $top, $skip, $count, $select, $expand."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from anlan.site.sensorthings.refusals import Refused, shown

TOP, MOST_TOP = 100, 1_000
MOST_SKIP = 10**9
MOST_CHARS = 2_000
MOST_DEPTH = 20
MOST_WORDS = 20  # of $orderby, $select, $expand
OPTIONS = {"$filter", "$orderby", "$top", "$skip", "$count", "$select", "$expand"}
OPERATORS = {"eq", "ne", "gt", "ge", "lt", "le"}
MIRRORED = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
TOKEN = re.compile(
    r"""\s*(?:
      (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+\ -]\d\d:\d\d)?)
    | (?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?(?![\w.]))
    | '(?P<text>(?:[^']|'')*)'
    | (?P<name>@?[A-Za-z_][\w.@]*(?:/@?[A-Za-z_][\w.@]*)*)
    | (?P<mark>[()])
    )\s*""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True)
class Question:
    """What was asked of a set of entities. `where` is a tree of tuples, see `read_filter`."""

    top: int = TOP
    skip: int = 0
    count: bool = False
    where: tuple | None = None
    order: tuple = ()
    select: tuple = ()
    expand: dict = field(default_factory=dict)
    words: dict = field(default_factory=dict)  # as they were sent, for the link to the next page


def read_question(words, *, depth=0):
    """The Question of a dict of options; those without a `$` are passed over. Raises Refused (400)."""
    unknown = sorted(name for name in words if name.startswith("$") and name not in OPTIONS)
    if unknown:
        raise Refused(
            400, f"query option {shown(unknown[0])} is not understood; known: {', '.join(sorted(OPTIONS))}"
        )
    for name in OPTIONS & words.keys():
        if len(words[name]) > MOST_CHARS:
            raise Refused(400, f"{name} is longer than {MOST_CHARS} characters")
    return Question(
        top=read_number(words, "$top", TOP, MOST_TOP),
        skip=read_number(words, "$skip", 0, MOST_SKIP),
        count=read_flag(words),
        where=read_filter(words["$filter"]) if words.get("$filter") else None,
        order=tuple(read_order(each) for each in split_outside(words.get("$orderby", ""), ",")),
        select=tuple(split_outside(words.get("$select", ""), ",")),
        expand=read_expand(words.get("$expand", ""), depth),
        words=dict(words),
    )


def read_number(words, name, default, most):
    """A whole number from 0, cut off at `most` as the standard allows a server to."""
    text = words.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,12}", text, re.ASCII):
        raise Refused(400, f"{name} is {shown(text)}: a whole number from 0 is needed")
    return min(int(text), most)


def read_flag(words):
    text = words.get("$count", "false")
    if text not in {"true", "false"}:
        raise Refused(400, f"$count is {shown(text)}: true or false is needed")
    return text == "true"


def read_order(text):
    """(property, whether descending)."""
    parts = text.split()
    if not 1 <= len(parts) <= 2 or parts[1:] not in ([], ["asc"], ["desc"], ["ASC"], ["DESC"]):
        raise Refused(400, f"$orderby holds {shown(text)}: a property, then asc or desc, is needed")
    return parts[0], parts[1:] in (["desc"], ["DESC"])


def read_expand(text, depth):
    """{navigation property: Question}; options of each stand in brackets, divided by semicolons."""
    found = {}
    for each in split_outside(text, ","):
        if depth >= 3:
            raise Refused(400, "$expand goes deeper than 3 levels")
        name, bracket, rest = each.partition("(")
        if bracket and not rest.endswith(")"):
            raise Refused(400, f"$expand holds {shown(each)}: a bracket is left open")
        pairs = [pair.partition("=") for pair in split_outside(rest[:-1], ";")]
        words = {key.strip(): value for key, _, value in pairs}
        first, _, deeper = name.strip().partition("/")
        if deeper:
            words = {"$expand": f"{deeper}({rest}" if bracket else deeper}
        found[first] = read_question(words, depth=depth + 1)
    return found


def split_outside(text, mark):
    """The parts of a list, split at `mark` outside of quotes and brackets. Raises Refused on too many."""
    parts, depth, quoted = [""], 0, False
    for letter in text:
        quoted ^= letter == "'"
        depth += (letter == "(") - (letter == ")") if not quoted else 0
        if letter == mark and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    if len(parts) > MOST_WORDS:
        raise Refused(400, f"more than {MOST_WORDS} parts in {shown(text)}")
    return [part.strip() for part in parts if part.strip()]


# ── $filter ─────────────────────────────────────────────────────────────────────────────────────


def read_filter(text):
    """A tree: ("and"|"or", left, right), ("not", of), (operator, property, value). Times become UTC milliseconds.

    Understood are `and`, `or`, `not`, brackets, and comparisons of a property with a number, a 'text' or a time.
    """
    return Filter(text).read()


class Time(int):
    """A time in UTC milliseconds, told apart from a number."""


class Filter:
    """One reading of a $filter, from left to right."""

    def __init__(self, text):
        self.text, self.at, self.tokens = text, 0, list(cut(text))

    def read(self):
        tree = self.either(0)
        if self.at < len(self.tokens):
            raise self.wrong(f"{shown(str(self.tokens[self.at][1]))} is left over")
        return tree

    def wrong(self, why):
        return Refused(400, f"$filter cannot be read ({why}): {shown(self.text, 120)}")

    def next_is(self, word):
        """Whether the next token is this word or mark; it is then taken."""
        found = self.at < len(self.tokens) and self.tokens[self.at] in (("name", word), ("mark", word))
        self.at += found
        return found

    def either(self, depth):
        tree = self.both(depth)
        while self.next_is("or"):
            tree = ("or", tree, self.both(depth))
        return tree

    def both(self, depth):
        tree = self.one(depth)
        while self.next_is("and"):
            tree = ("and", tree, self.one(depth))
        return tree

    def one(self, depth):
        if depth > MOST_DEPTH:
            raise self.wrong(f"deeper than {MOST_DEPTH} brackets")
        if self.next_is("not"):
            return ("not", self.one(depth + 1))
        if self.next_is("("):
            tree = self.either(depth + 1)
            if not self.next_is(")"):
                raise self.wrong("a bracket is left open")
            return tree
        return self.comparison()

    def comparison(self):
        """(operator, property, value), whichever of the two stands first."""
        three = self.tokens[self.at : self.at + 3]
        if len(three) < 3 or three[1][0] != "name" or three[1][1] not in OPERATORS:
            raise self.wrong("a comparison such as `result gt 5` is needed")
        self.at += 3
        (left, a), (_, operator), (right, b) = three
        if left == "name" and right not in {"name", "mark"}:
            return operator, a, b
        if right == "name" and left not in {"name", "mark"}:
            return MIRRORED[operator], b, a
        raise self.wrong("a property is compared with a number, a 'text' or a time")


def cut(text):
    """The tokens of a $filter as (kind, value)."""
    at = 0
    while at < len(text.rstrip()):
        found = TOKEN.match(text, at)
        if found is None:
            raise Refused(400, f"$filter cannot be read at {shown(text[at:], 30)}")
        kind = found.lastgroup
        yield kind, as_value(kind, found[kind])
        at = found.end()


def as_value(kind, text):
    if kind == "time":
        return read_time(text)
    if kind == "number":
        return float(text)
    return text.replace("''", "'") if kind == "text" else text


def read_time(text):
    """A time in UTC milliseconds; a `+` that a query string turned into a blank is mended. Raises Refused (400)."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
        if moment.tzinfo is None:
            raise ValueError
        return Time(round(moment.timestamp() * 1000))
    except (ValueError, OverflowError, OSError):
        raise Refused(
            400, f"{shown(text)} is no time with an offset, such as 2026-01-31T08:00:00+08:00"
        ) from None

"""The expressions of XLSForm that our checklists use, read and worked out by ourselves: plain values in, a value out.

    worked = work_out(read_expression("${people} > 200 and selected(${risks}, 'gas')"), {"people": "240", …})

A subset of XPath 1.0 as ODK forms write it: `${name}`, `.`, numbers, texts, `= != < <= > >=`, `and`, `or`, `not()`,
`selected()`, `+ - * div`. A date is the number of its day where it is compared. Nothing of it is ever run as code.
"""

import math
import re
from datetime import date
from typing import NamedTuple

from anlan.domains.hazards.terms.checklists import ExpressionFault

LONGEST, DEEPEST = 500, 20
TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<text>'[^']*'|\"[^\"]*\")|\$\{(?P<name>[A-Za-z_][\w.-]*)\}"
    r"|(?P<sign>!=|<=|>=|[=<>()+*,-])|(?P<word>[A-Za-z_][\w-]*)|(?P<self>\.))"
)
POWER = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "div": 6,
}
NEGATIVE = 7  # how tightly a minus before a number binds
CALLS = {"not": 1, "selected": 2}
EPOCH = date(1970, 1, 1).toordinal()


class UnreadableExpression(ValueError):
    """What stands there is none of ours; its text says what and where."""


class Node(NamedTuple):
    """One part of an expression: what it is, its own value, its parts."""

    kind: str  # number, text, name, self, call, or a sign of POWER
    value: object = None
    parts: tuple = ()


class Token(NamedTuple):
    """One word of an expression."""

    kind: str
    value: str


def read_expression(text):
    """The Node tree of an expression. Raises UnreadableExpression."""
    if len(text) > LONGEST:
        raise UnreadableExpression(ExpressionFault.TOO_LONG % {"most": LONGEST})
    reader = Reader(split(text))
    tree = reader.read(0, 0)
    if reader.peek():
        raise UnreadableExpression(ExpressionFault.LEFT_OVER % {"text": reader.peek().value})
    return tree


def split(text):
    """The Tokens of an expression. Raises UnreadableExpression for a sign that is none of ours."""
    tokens, at, text = [], 0, text.rstrip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise UnreadableExpression(ExpressionFault.SIGN % {"text": text[at:].strip()[:20]})
        tokens.append(Token(found.lastgroup, found[found.lastgroup]))
        at = found.end()
    return tokens


class Reader:
    """Reads tokens by the binding power of their signs."""

    def __init__(self, tokens):
        self.tokens, self.at = tokens, 0

    def peek(self):
        """The next token, or None at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self):
        """The next token, gone by. Raises UnreadableExpression at the end."""
        token = self.peek()
        if token is None:
            raise UnreadableExpression(ExpressionFault.ENDS)
        self.at += 1
        return token

    def expect(self, sign):
        """Pass this sign. Raises UnreadableExpression for another."""
        token = self.take()
        if token.value != sign or token.kind != "sign":
            raise UnreadableExpression(ExpressionFault.EXPECTED % {"sign": sign, "text": token.value})

    def read(self, power, depth):
        """The expression from here on whose signs bind more tightly than `power`."""
        if depth > DEEPEST:
            raise UnreadableExpression(ExpressionFault.TOO_DEEP)
        left = self.read_one(depth)
        while (token := self.peek()) and self.is_sign(token) and POWER[token.value] > power:
            self.take()
            left = Node(token.value, None, (left, self.read(POWER[token.value], depth + 1)))
        return left

    def is_sign(self, token):
        """Whether a token joins two parts."""
        return token.kind in {"sign", "word"} and token.value in POWER

    def read_one(self, depth):
        """A single value, a bracket, a call, or a negative number."""
        token = self.take()
        if token.kind == "number":
            return Node("number", float(token.value))
        if token.kind == "text":
            return Node("text", token.value[1:-1])
        if token.kind in {"name", "self"}:
            return Node(token.kind, token.value)
        if token.value == "-" and token.kind == "sign":
            return Node("-", None, (Node("number", 0.0), self.read(NEGATIVE, depth + 1)))
        if token.value == "(" and token.kind == "sign":
            inner = self.read(0, depth + 1)
            self.expect(")")
            return inner
        if token.kind == "word" and token.value not in POWER:
            return self.read_call(token.value, depth)
        raise UnreadableExpression(ExpressionFault.SIGN % {"text": token.value})

    def read_call(self, name, depth):
        """The call of one of CALLS. Raises UnreadableExpression for another, or for too few or too many parts."""
        if name not in CALLS:
            raise UnreadableExpression(ExpressionFault.CALL % {"name": name})
        self.expect("(")
        parts = [self.read(0, depth + 1)]
        while (token := self.peek()) and token == Token("sign", ","):
            self.take()
            parts.append(self.read(0, depth + 1))
        self.expect(")")
        if len(parts) != CALLS[name]:
            raise UnreadableExpression(ExpressionFault.PARTS % {"name": name, "n": CALLS[name]})
        return Node("call", name, tuple(parts))


def names_in(tree):
    """The names that an expression asks for."""
    own = {tree.value} if tree.kind == "name" else set()
    return own.union(*(names_in(part) for part in tree.parts))


def work_out(tree, answers, own=""):
    """The value (number, text or truth) of an expression for {name: answer}; `own` is what `.` stands for.

    An answer is a text, a number, or a list of what was chosen; one that is missing is empty.
    """
    if tree.kind in {"number", "text"}:
        return tree.value
    if tree.kind == "self":
        return own
    if tree.kind == "name":
        return answers.get(tree.value, "")
    if tree.kind == "call":
        return work_out_call(tree, answers, own)
    if tree.kind in {"and", "or"}:
        found = [as_truth(work_out(part, answers, own)) for part in tree.parts]
        return all(found) if tree.kind == "and" else any(found)
    left, right = (work_out(part, answers, own) for part in tree.parts)
    return JOINED[tree.kind](left, right)


def work_out_call(tree, answers, own):
    """not(x), or selected(list, choice)."""
    values = [work_out(part, answers, own) for part in tree.parts]
    if tree.value == "not":
        return not as_truth(values[0])
    return as_text(values[1]) in as_list(values[0])


def as_truth(value):
    """XPath's boolean(): a number that is neither zero nor none, a text that holds something."""
    if isinstance(value, float | int):
        return bool(value) and not math.isnan(value)
    return bool(value)


def as_number(value):
    """XPath's number(), a date as the number of its day; NaN where it is none."""
    if isinstance(value, bool | int | float):
        return float(value)
    text = as_text(value).strip()
    try:
        return float(date.fromisoformat(text).toordinal() - EPOCH)
    except ValueError:
        pass
    if not re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)", text):
        return math.nan
    return float(text)


def as_text(value):
    """XPath's string(): whole numbers without a point, what was chosen separated by blanks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, float | int):
        if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        return str(int(value)) if value == int(value) else repr(float(value))
    return "" if value is None else str(value)


def as_list(value):
    """What was chosen, as a list."""
    return list(value) if isinstance(value, list | tuple) else as_text(value).split()


def is_same(left, right):
    """Whether two values are equal: as truths, as numbers where one is a number, else as texts."""
    if isinstance(left, bool) or isinstance(right, bool):
        return as_truth(left) == as_truth(right)
    if isinstance(left, float | int) or isinstance(right, float | int):
        return as_number(left) == as_number(right)
    return as_text(left) == as_text(right)


def divide(left, right):
    """A quotient as floats have it: none of 0 by 0, endless of others by 0."""
    above, below = as_number(left), as_number(right)
    if below == 0:
        return math.nan if above == 0 or math.isnan(above) else math.copysign(math.inf, above)
    return above / below


JOINED = {
    "=": is_same,
    "!=": lambda left, right: not is_same(left, right),
    "<": lambda left, right: as_number(left) < as_number(right),
    "<=": lambda left, right: as_number(left) <= as_number(right),
    ">": lambda left, right: as_number(left) > as_number(right),
    ">=": lambda left, right: as_number(left) >= as_number(right),
    "+": lambda left, right: as_number(left) + as_number(right),
    "-": lambda left, right: as_number(left) - as_number(right),
    "*": lambda left, right: as_number(left) * as_number(right),
    "div": divide,
}

"""Rows of entities as columns: choosing, ordering and cutting what a question asks for."""

import numpy as np

from anlan.site.sensorthings.questions import Time
from anlan.site.sensorthings.refusals import Refused, shown

COMPARE = {
    "eq": np.equal, "ne": np.not_equal, "gt": np.greater, "ge": np.greater_equal, "lt": np.less, "le": np.less_equal,
}  # fmt: skip
TIMES = {"phenomenonTime", "resultTime"}
ALIASES = {"id": "@iot.id"}


def choose(question, columns, n):
    """(positions of the page's rows, number of all rows that match) among n rows of columns by property."""
    positions = np.arange(n)
    if question.where is not None:
        positions = np.flatnonzero(holds(question.where, columns, n))
    for name, is_descending in reversed(question.order):
        column = column_of(columns, name)[positions]
        if is_descending:
            positions = positions[np.argsort(column[::-1], kind="stable")[::-1] * -1 + len(column) - 1]
        else:
            positions = positions[np.argsort(column, kind="stable")]
    return positions[question.skip : question.skip + question.top].tolist(), len(positions)


def column_of(columns, name):
    """The column of a property. Raises Refused (400) where the entities have none of that name."""
    column = columns.get(ALIASES.get(name, name))
    if column is None:
        known = ", ".join(sorted(columns))
        raise Refused(400, f"property {shown(name)} cannot be filtered or ordered by; these can: {known}")
    return column


def holds(tree, columns, n):
    """A mask over the rows for which the tree of a $filter holds."""
    operator, *parts = tree
    if operator in {"and", "or"}:
        left, right = (holds(part, columns, n) for part in parts)
        return left & right if operator == "and" else left | right
    if operator == "not":
        return ~holds(parts[0], columns, n)
    name, value = parts
    column = column_of(columns, name)
    kind = "a time" if name in TIMES else "a 'text'" if column.dtype == object else "a number"
    fits = {"a time": Time, "a 'text'": str, "a number": float}[kind]
    if not isinstance(value, fits):
        raise Refused(400, f"property {name} is compared with {kind}, not with {shown(str(value))}")
    return COMPARE[operator](column, value).astype(bool)


def bounds(tree, name):
    """(least, most) that a $filter leaves possible for a time: ends of a range, both included, or None."""
    if tree is None:
        return None, None
    operator, *parts = tree
    if operator == "and":
        (low, high), (lower, higher) = (bounds(part, name) for part in parts)
        lows, highs = ([one for one in pair if one is not None] for pair in ((low, lower), (high, higher)))
        return max(lows, default=None), min(highs, default=None)
    if operator in COMPARE and parts[0] == name and isinstance(parts[1], Time):
        time = parts[1]
        return (
            time if operator in {"eq", "gt", "ge"} else None,
            time if operator in {"eq", "lt", "le"} else None,
        )
    return None, None


def texts(values):
    """A column of texts."""
    column = np.empty(len(values), object)
    column[:] = values
    return column

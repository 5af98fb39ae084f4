"""What a risk scores and which level that is, by the rulebook's tables `lec` and `risk_levels` alone."""

from typing import NamedTuple

from anlan.domains.riskmap.terms import Refusal, RiskMethod
from anlan.rulebook import rows, version

LEC_FACTORS = ("L", "E", "C")
LS_FACTORS = ("L", "S")
LS_SCORES = (1, 2, 3, 4, 5)  # rulebook README §3: LS matrix R = L × S, 1–5 each


class Reckoned(NamedTuple):
    """A score, its level (1 the worst), the colour of that level, and the law's data that said so."""

    value: float
    level: int
    colour: str
    version: str
    is_unconfirmed: bool


class Unsound(ValueError):
    """Inputs that no table knows; the text says what is wrong and what may be chosen."""


def factors_of(method):
    """The factors that a method multiplies."""
    return LEC_FACTORS if method == RiskMethod.LEC else LS_FACTORS


def scores_of(method, factor):
    """[(score, what it means)] that may be chosen for a factor; the matrix method's meanings are not in the rulebook."""
    if method == RiskMethod.LS:
        return [(score, "", "") for score in LS_SCORES]
    return [
        (row.values["score"], row.values["zh"], row.values["en"])
        for row in rows("lec")
        if row.values["factor"] == factor
    ]


def read_inputs(method, inputs):
    """{factor: score} with exactly the method's factors, each a score of its table. Raises Unsound."""
    read = {}
    for factor in factors_of(method):
        score = inputs.get(factor)
        if score is None or score == "":
            raise Unsound(Refusal.SCORE_MISSING % {"factor": factor})
        known = [one for one, _zh, _en in scores_of(method, factor)]
        found = next((one for one in known if same(one, score)), None)
        if found is None:
            scores = "、".join(f"{one:g}" for one in known)
            raise Unsound(
                Refusal.SCORE_UNKNOWN % {"factor": factor, "score": str(score)[:20], "scores": scores}
            )
        read[factor] = found
    return read


def same(known, score):
    """Whether a typed score is this one of the table."""
    try:
        return float(score) == known
    except (TypeError, ValueError):
        return False


def reckon(method, inputs, *, on):
    """The product of the inputs and its level by the bands in force on a date. Raises Unsound."""
    value = 1.0
    for score in read_inputs(method, inputs).values():
        value *= score
    value = round(value, 6)  # 0.1 × 6 × 100 is 60, not 60.000000000000007
    row = find_band(method, value, on)
    return Reckoned(value, row.values["level"], row.values["colour"], version(), row.is_unconfirmed)


def find_band(method, value, on):
    """The rulebook's row of the level that a score falls in. Raises Unsound where none does."""
    for row in rows("risk_levels", on=on):
        least, most = row.values["min_incl"], row.values["max_excl"]
        if row.values["method"] == method and least <= value and (most is None or value < most):
            return row
    raise Unsound(Refusal.NO_BAND % {"value": f"{value:g}"})


def colour_of(level):
    """The colour (red, orange, yellow, blue) of a level; a ring without a colour before it is assessed."""
    return COLOURS.get(level, UNASSESSED)


UNASSESSED = "undetermined"  # the shape is a ring
COLOURS = {row.values["level"]: row.values["colour"] for row in rows("risk_levels")}

"""Fitting a text to a display of N signs × M lines: cut at sentences, then at clauses, never in a word.

A full-width sign counts one, a half-width one half (East Asian Width, Unicode Standard Annex 11).
"""

import re
import unicodedata
from typing import NamedTuple

FULL, HALF = 2, 1  # in half-signs
WIDE = frozenset("WF")
AMBIGUOUS = frozenset("…“”‘’—·")  # drawn full-width by Chinese fonts
SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+|[^。！？!?；;\n]+|(?<=\w)\.\s")
CLAUSE = re.compile(r"[^，,、：:\s]*[，,、：:\s]+|[^，,、：:\s]+")
TOKEN = re.compile(r"[A-Za-z0-9][\w.,:/%+-]*\s*|\s+|.", re.DOTALL)
NEVER_FIRST = frozenset("，。、；：！？）》」』”’,.;:!?)…")
MARK = "…"


class Fitted(NamedTuple):
    """The lines a display shows, and what of the text it does not."""

    lines: list[str]
    cut: str


def count_signs(text: str) -> float:
    """The length of a text in full-width signs."""
    return half_signs(text) / FULL


def half_signs(text: str) -> int:
    """The length of a text in half-width signs."""
    return sum(
        FULL if unicodedata.east_asian_width(sign) in WIDE or sign in AMBIGUOUS else HALF for sign in text
    )


def fit(text: str, *, signs: int, lines: int) -> Fitted:
    """`text` on at most `lines` lines of `signs` full-width signs, whole sentences first, then whole clauses.

    What does not fit is `cut`; where not even a clause fits, it is cut between words and marked with …
    """
    text = re.sub(r"[^\S\n]+", " ", text.strip())
    if len(wrap(text, signs=signs)) <= lines:
        return Fitted(lay_out(text, signs=signs, lines=lines), "")
    for pieces in (
        SENTENCE.findall(text),
        [part for one in SENTENCE.findall(text) for part in CLAUSE.findall(one)],
    ):
        kept = keep_whole(pieces, signs=signs, lines=lines)
        if (
            kept and half_signs(kept) * 2 >= signs * lines * FULL / 2
        ):  # at least a quarter of the display is used
            return Fitted(lay_out(kept, signs=signs, lines=lines), text[len(kept) :].strip())
    return cut_hard(text, signs=signs, lines=lines)


def lay_out(text: str, *, signs: int, lines: int) -> list[str]:
    """The lines of a text that fits: each clause on a line of its own where there is room for that, else run on."""
    found, line = [], ""
    for clause in [part for one in SENTENCE.findall(text) for part in CLAUSE.findall(one)]:
        if line and half_signs((line + clause).rstrip()) > signs * FULL:
            found, line = [*found, *wrap(line, signs=signs)], ""
        line += clause
    found += wrap(line, signs=signs)
    return found if len(found) <= lines else wrap(text, signs=signs)


def keep_whole(pieces: list[str], *, signs: int, lines: int) -> str:
    """As many whole pieces from the start as fit; a trailing comma or blank is left off."""
    kept = ""
    for piece in pieces:
        if len(wrap((kept + piece).strip(), signs=signs)) > lines:
            break
        kept += piece
    return kept.rstrip("，,、：: \n")


def cut_hard(text: str, *, signs: int, lines: int) -> Fitted:
    """As much as fits with a closing …, cut between tokens."""
    kept = ""
    for token in TOKEN.findall(text):
        if len(wrap(kept + token + MARK, signs=signs)) > lines:
            break
        kept += token
    return Fitted(wrap(kept.rstrip() + MARK, signs=signs)[:lines], text[len(kept) :].strip())


def wrap(text: str, *, signs: int) -> list[str]:
    """A text in lines of at most `signs` full-width signs: no closing mark begins a line, no short word is broken."""
    room, lines, line = signs * FULL, [], ""
    for token in TOKEN.findall(text):
        if token == "\n":
            lines, line = [*lines, line.rstrip()], ""
            continue
        for part in break_long(token, room):
            if half_signs(line + part.rstrip()) <= room:
                line += part
            elif part in NEVER_FIRST and line:
                lines, line = [*lines, line[:-1].rstrip()], line[-1] + part
            else:
                lines, line = [*lines, line.rstrip()], part.lstrip()
    return [one for one in [*lines, line.rstrip()] if one]


def break_long(token: str, room: int) -> list[str]:
    """A token that is longer than a line, in pieces that are not."""
    return [token] if half_signs(token.rstrip()) <= room else list(token)

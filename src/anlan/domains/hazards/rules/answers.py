"""What was answered to a checklist: which questions are shown, what is worked out, what is missing, what is a hazard."""

import re
from datetime import date
from typing import NamedTuple

from anlan.domains.hazards.rules.checklists import NESTING, SILENT, spots
from anlan.domains.hazards.rules.expressions import as_text, as_truth, read_expression, work_out
from anlan.domains.hazards.terms.checklists import AnswerFault, QuestionKind

TEXT_MOST, ROWS_MOST = 1000, 10
NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?")
INTEGER_MOST = 10**9
QUIET = (*SILENT, QuestionKind.CALCULATE)  # nobody answers these
NOTES = "notes:"  # beside the answers: {key: what was said of a failed one}; no question is named so
SHOWN = re.compile(r"\$\{([A-Za-z_][\w.-]*)\}")


class AnswerLine(NamedTuple):
    """One question as it stands: in which row of its repeat (None: in none), how deep, what it holds, what is wrong."""

    question: dict
    row: int | None
    depth: int
    value: object
    fault: str

    @property
    def key(self):
        """How the field of this line is named."""
        return key_of(self.question["name"], self.row)

    @property
    def takes_photos(self):
        """Whether photos are kept beside it: where they are asked for, and of whatever fails."""
        is_asked = self.question["kind"] == QuestionKind.IMAGE or self.question["is_photo_wanted"]
        return is_asked or self.opens_hazard

    @property
    def opens_hazard(self):
        """Whether the answer is one that opens a hazard."""
        return bool(self.question["hazard_kind"]) and self.value in self.question["hazard_when"]


def key_of(name, row):
    """How the answer to a question is named: by the question, and by its row in a repeat."""
    return name if row is None else f"{name}.{row}"


def read_answer(question, raw):
    """(value as it is kept, fault or "") of what was typed, or of the list of what was chosen."""
    kind = QuestionKind(question["kind"])
    if kind == QuestionKind.SELECT_MULTIPLE:
        chosen = [raw] if isinstance(raw, str) and raw else list(raw or ())
        known = [one["name"] for one in question["choices"]]
        wrong = any(one not in known for one in chosen)
        return [one for one in known if one in chosen], str(AnswerFault.CHOICE) if wrong else ""
    text = str(raw or "").replace("\0", "").strip()
    if not text:
        return "", ""
    if len(text) > TEXT_MOST:
        return text[:TEXT_MOST], AnswerFault.LONG % {"most": TEXT_MOST}
    return READERS.get(kind, lambda question, text: (text, ""))(question, text)


def read_whole(question, text):
    """A whole number."""
    if not re.fullmatch(r"[+-]?\d+", text):
        return text, str(AnswerFault.WHOLE)
    return (
        (int(text), "")
        if len(text) < 12 and abs(int(text)) <= INTEGER_MOST
        else (text, str(AnswerFault.RANGE))
    )


def read_decimal(question, text):
    """A number with at most six places."""
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        return text, str(AnswerFault.NUMBER)
    return (float(text), "") if NUMBER.fullmatch(text) else (text, str(AnswerFault.RANGE))


def read_choice(question, text):
    """One of the choices."""
    known = {one["name"] for one in question["choices"]}
    return text, "" if text in known else str(AnswerFault.CHOICE)


def read_day(question, text):
    """A day as 2026-01-31."""
    try:
        return date.fromisoformat(text).isoformat(), ""
    except ValueError:
        return text, str(AnswerFault.DAY)


def read_point(question, text):
    """Latitude and longitude in WGS-84, as XLSForm writes them."""
    parts = re.split(r"[\s,，]+", text)[:2]
    if len(parts) < 2 or not all(re.fullmatch(r"-?\d{1,3}(\.\d{1,10})?", part) for part in parts):
        return text, str(AnswerFault.POINT)
    lat, lon = map(float, parts)
    is_there = -90 <= lat <= 90 and -180 <= lon <= 180
    return " ".join(parts), "" if is_there else str(AnswerFault.POINT)


READERS = {
    QuestionKind.INTEGER: read_whole, QuestionKind.DECIMAL: read_decimal, QuestionKind.SELECT_ONE: read_choice,
    QuestionKind.DATE: read_day, QuestionKind.GEOPOINT: read_point,
}  # fmt: skip


def take_answers(questions, known, posted, shown, rows):
    """The answers after a page was sent: {key: [texts]} in the place of what was known, for the keys `shown` there.

    `rows`: {repeat: number of its rows on the page}. What a page did not show stays as it was.
    """
    kept = dict(known)
    for name, spot in spots(questions).items():
        if spot.question["kind"] in (*QUIET, QuestionKind.IMAGE):
            continue
        if spot.repeat is None and name in shown:
            kept[name] = picked(spot.question, posted.get(name, []))
    for repeat, number in rows.items():
        before = known.get(repeat) if isinstance(known.get(repeat), list) else []
        kept[repeat] = [dict(before[at]) if at < len(before) else {} for at in range(min(number, ROWS_MOST))]
    for name, spot in spots(questions).items():
        for at, row in enumerate(kept.get(spot.repeat, []) if spot.repeat in rows else []):
            if key_of(name, at) in shown and spot.question["kind"] not in (*QUIET, QuestionKind.IMAGE):
                row[name] = picked(spot.question, posted.get(key_of(name, at), []))
    return kept


def picked(question, texts):
    """What was sent for a question, bounded: a list where several may be chosen, else the last text."""
    if question["kind"] == QuestionKind.SELECT_MULTIPLE:
        return [text[:80] for text in texts[:50]]
    return texts[-1][: TEXT_MOST + 1] if texts else ""


class Scope:
    """What `${name}` finds from one row of a repeat, or from outside."""

    def __init__(self, filling, row):
        self.filling, self.row = filling, row

    def get(self, name, default=""):
        """The value of a question as it stands; of one in a repeat, in the same row."""
        spot = self.filling.spots.get(name)
        return default if spot is None else self.filling.value(name, self.row if spot.repeat else None)


class Filling:
    """A checklist with answers as typed or kept, {name: value} and {repeat: [{name: value}]}, and photos by key."""

    def __init__(self, questions, answers, photos=()):
        self.questions, self.answers = questions, answers
        self.spots, self.photos, self.known = spots(questions), set(photos), {}

    def rows(self, repeat):
        """The rows of a repeat: at least one, so that there is something to fill in."""
        kept = self.answers.get(repeat)
        rows = [row for row in kept if isinstance(row, dict)] if isinstance(kept, list) else []
        return rows[:ROWS_MOST] or [{}]

    def kept(self, name, row):
        """The answer as it was given, shown or not."""
        repeat = self.spots[name].repeat
        if repeat is None:
            return self.answers.get(name, "")
        rows = self.rows(repeat)
        return rows[row].get(name, "") if row is not None and row < len(rows) else ""

    def is_shown(self, name, row=None):
        """Whether a question, and all that it lies in, is asked."""
        if (name, row) not in self.known:
            spot = self.spots[name]
            asked = (*spot.within, name)
            self.known[name, row] = all(
                self.holds(self.spots[one].question["relevant"], row) for one in asked
            )
        return self.known[name, row]

    def holds(self, text, row, own=""):
        """Whether an expression is true; one that is not there is."""
        return not text or as_truth(work_out(read_expression(text), Scope(self, row), own))

    def value(self, name, row=None):
        """The answer, or what is worked out; empty where the question is not asked."""
        question = self.spots[name].question
        if not self.is_shown(name, row):
            return ""
        if question["kind"] != QuestionKind.CALCULATE:
            return read_answer(question, self.kept(name, row))[0]
        worked = work_out(read_expression(question["calculation"]), Scope(self, row))
        return "" if worked != worked or worked in (float("inf"), float("-inf")) else plain(worked)

    def fault(self, name, row):
        """What is wrong with the answer to a question that is asked, or an empty text."""
        question, key = self.spots[name].question, key_of(name, row)
        kind, is_here = question["kind"], key in self.photos
        if kind in QUIET or (row is not None and self.is_blank(self.spots[name].repeat, row)):
            return ""
        if kind == QuestionKind.IMAGE:
            return str(AnswerFault.PHOTO) if question["is_required"] and not is_here else ""
        value, wrong = read_answer(question, self.kept(name, row))
        if wrong:
            return wrong
        if value in ("", []):
            return str(AnswerFault.REQUIRED) if question["is_required"] else ""
        if not self.holds(question["constraint"], row, own=value):
            return question["constraint_message"] or str(AnswerFault.CONSTRAINT)
        is_bad = question["hazard_kind"] and value in question["hazard_when"]
        return str(AnswerFault.PHOTO) if question["is_photo_wanted"] and is_bad and not is_here else ""

    def is_blank(self, repeat, row):
        """Whether nothing was filled in in a row of a repeat: then nothing is missing there."""
        rows = self.rows(repeat)
        given = row < len(rows) and any(value not in ("", [], None) for value in rows[row].values())
        return not given and not any(key.endswith(f".{row}") and self.spots[key.rpartition(".")[0]].repeat == repeat for key in self.photos if "." in key)  # fmt: skip

    def lines(self):
        """The AnswerLines of what is asked, in order, repeats row by row."""
        return list(self.lines_of(self.questions, None, 0))

    def lines_of(self, questions, row, depth):
        """The same of a part of the tree."""
        for question in questions:
            name = question["name"]
            if not self.is_shown(name, row):
                continue
            is_nest = question["kind"] in NESTING
            value = "" if is_nest else self.value(name, row)
            yield AnswerLine(question, row, depth, value, "" if is_nest else self.fault(name, row))
            if question["kind"] == QuestionKind.REPEAT:
                for at in range(len(self.rows(name))):
                    yield from self.lines_of(question["parts"], at, depth + 1)
            elif is_nest:
                yield from self.lines_of(question["parts"], row, depth + 1)

    def shown_keys(self):
        """The keys of the questions that are asked and answered by somebody."""
        return {line.key for line in self.lines() if line.question["kind"] not in QUIET}

    def photo_keys(self):
        """The keys of the answers beside which photos are kept."""
        return {line.key for line in self.lines() if line.takes_photos}

    def label(self, line):
        """The words of a question, with the answers that it quotes."""
        scope = Scope(self, line.row)
        return SHOWN.sub(lambda found: as_text(scope.get(found[1])), line.question["label"])

    def values(self):
        """What counts once it is handed in: answers to what was asked and what was worked out, nothing else."""
        kept = {}
        for line in self.lines():
            if line.question["kind"] in (*SILENT, QuestionKind.IMAGE) or line.value in ("", []):
                continue
            name, repeat = line.question["name"], self.spots[line.question["name"]].repeat
            if repeat is None:
                kept[name] = line.value
            else:
                rows = kept.setdefault(repeat, [{} for _ in self.rows(repeat)])
                rows[line.row][name] = line.value
        return kept


def plain(worked):
    """A worked-out value as it is kept: truths as texts, whole numbers without a point."""
    if isinstance(worked, bool):
        return as_text(worked)
    if isinstance(worked, float):
        return int(worked) if worked == int(worked) else round(worked, 6)
    return worked

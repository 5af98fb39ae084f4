"""A checklist as XLSForm has it: rows of a workbook in, a tree of questions or the faults of its rows out.

A question is a plain dict, so that it can be kept and handed on as it is:
    kind, name, label, hint, is_required, relevant, constraint, constraint_message, calculation, clause, penalty,
    hazard_kind, hazard_when (choices that open a hazard), is_photo_wanted, list_name, choices [{name, label}], parts
"""

import re
from typing import NamedTuple

from anlan.domains.accounts.terms import COMMA
from anlan.domains.hazards.rules.expressions import UnreadableExpression, names_in, read_expression
from anlan.domains.hazards.terms.checklists import FormFault, QuestionKind

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
SURVEY, CHOICES = "survey", "choices"
QUESTIONS_MOST, DEEPEST, TEXT_MOST = 200, 4, 500
YES = {"yes", "true", "true()", "1", "是"}
NESTING = (QuestionKind.GROUP, QuestionKind.REPEAT)
SELECTS = (QuestionKind.SELECT_ONE, QuestionKind.SELECT_MULTIPLE)
PLAIN_COLUMNS = ("hint", "relevant", "constraint", "constraint_message", "calculation", "clause", "penalty")
EXPRESSIONS = ("relevant", "constraint", "calculation")
SILENT = (QuestionKind.NOTE, *NESTING)  # nothing is answered there
NAMED = {"relevant": "relevant", "constraint": "constraint", "calculation": "calculation"}


class FormRow(NamedTuple):
    """A row of a sheet: its line, and {column: value}."""

    number: int
    cells: dict


class RowFault(NamedTuple):
    """What is wrong, in which line of which sheet (0: with the sheet as a whole)."""

    sheet: str
    number: int
    text: str


class Spot(NamedTuple):
    """Where a question stands: itself, what it lies in from the outside in, and the repeat among these or None."""

    question: dict
    within: tuple
    repeat: str | None


def read_form(survey, choices, *, kinds):
    """(questions, [RowFault]) of the rows of both sheets; `kinds` are {code: name} of the kinds of hazard."""
    faults, lists = read_choices(choices)
    reading = FormReading(lists, kinds, faults)
    for row in survey:
        reading.take(FormRow(*row))
    questions = reading.end()
    if not faults:
        faults += check_expressions(questions, reading.lines)
    if not faults and not any(spot.question["kind"] not in SILENT for spot in spots(questions).values()):
        faults.append(RowFault(SURVEY, 0, str(FormFault.EMPTY)))
    return questions, faults


def text_of(cells, column):
    """A cell as text without blanks around it."""
    return str(cells.get(column, "")).strip()


def read_choices(rows):
    """([RowFault], {list: [{name, label}]}) of the sheet of choices."""
    faults, lists = [], {}
    for number, cells in rows:
        name, label, of = (text_of(cells, column) for column in ("name", "label", "list_name"))
        if not name or not label or not of or re.search(r"\s", name):
            faults.append(RowFault(CHOICES, number, str(FormFault.CHOICE)))
            continue
        faults += [RowFault(CHOICES, number, text) for text in cell_faults(cells)]
        if any(one["name"] == name for one in lists.setdefault(of, [])):
            faults.append(RowFault(CHOICES, number, FormFault.CHOICE_TWICE % {"text": name}))
        lists[of].append({"name": name, "label": label})
    return faults, lists


def cell_faults(cells):
    """Formulas, and texts that are too long."""
    for column, value in cells.items():
        text = str(value)
        if text.startswith("="):
            yield FormFault.FORMULA % {"column": column}
        elif len(text) > TEXT_MOST:
            yield FormFault.LONG % {"column": column, "most": TEXT_MOST}


class FormReading:
    """The sheet of questions, row by row."""

    def __init__(self, lists, kinds, faults):
        self.lists, self.kinds, self.faults = lists, kinds, faults
        self.questions, self.open, self.lines = [], [], {}

    def fault(self, row, text):
        """Note what is wrong with a row."""
        self.faults.append(RowFault(SURVEY, row.number, str(text)))

    def take(self, row):
        """One row: a question, or the beginning or end of a group."""
        for text in cell_faults(row.cells):
            self.fault(row, text)
        kind, rest = split_type(text_of(row.cells, "type"))
        if kind in ("end_group", "end_repeat"):
            self.close(row, QuestionKind(kind[4:]))
        elif kind not in QuestionKind.values:
            self.fault(row, FormFault.TYPE % {"text": text_of(row.cells, "type")[:40]})
        else:
            self.add(row, QuestionKind(kind), rest)

    def close(self, row, kind):
        """The end of a group."""
        if not self.open or self.open[-1]["kind"] != kind:
            self.fault(row, FormFault.END)
        else:
            self.open.pop()

    def add(self, row, kind, rest):
        """A question of this kind; `rest` is what follows the type."""
        question = self.make(row, kind, rest)
        if len(self.lines) == QUESTIONS_MOST:
            self.fault(row, FormFault.MANY % {"most": QUESTIONS_MOST})
        if len(self.lines) >= QUESTIONS_MOST:
            return
        if not NAME.fullmatch(question["name"]):
            self.fault(row, FormFault.NAME % {"text": question["name"][:60]})
        elif question["name"] in self.lines:
            self.fault(row, FormFault.NAME_TWICE % {"text": question["name"]})
        self.lines[question["name"]] = row.number
        (self.open[-1]["parts"] if self.open else self.questions).append(question)
        if kind in NESTING:
            if kind == QuestionKind.REPEAT and any(one["kind"] == kind for one in self.open):
                self.fault(row, FormFault.REPEAT_IN_REPEAT)
            if len(self.open) >= DEEPEST:
                self.fault(row, FormFault.DEEP % {"most": DEEPEST})
            self.open.append(question)

    def make(self, row, kind, rest):
        """The question that a row describes."""
        cells = row.cells
        question = {
            "kind": kind.value, "name": text_of(cells, "name"), "label": text_of(cells, "label"),
            "is_required": text_of(cells, "required").lower() in YES, "is_photo_wanted": text_of(cells, "photo").lower() in YES,
            "list_name": "", "choices": [], "parts": [], "hazard_kind": "", "hazard_when": [],
        } | {column: text_of(cells, column) for column in PLAIN_COLUMNS}  # fmt: skip
        if not question["label"] and kind not in (QuestionKind.CALCULATE, *NESTING):
            self.fault(row, FormFault.LABEL)
        if kind == QuestionKind.CALCULATE and not question["calculation"]:
            self.fault(row, FormFault.CALCULATION)
        if kind in SELECTS:
            question["list_name"] = rest
            question["choices"] = list(self.lists.get(rest, ()))
            if not rest:
                self.fault(row, FormFault.LIST_MISSING)
            elif not question["choices"]:
                self.fault(row, FormFault.LIST % {"text": rest[:40]})
        self.read_hazard(row, question)
        return question

    def read_hazard(self, row, question):
        """Which kind of hazard an answer opens, and which answers do: "no" where it is not said."""
        asked = text_of(row.cells, "hazard_kind")
        if not asked:
            return
        codes = {str(name): code for code, name in self.kinds.items()} | {code: code for code in self.kinds}
        if asked not in codes:
            words = str(COMMA).join(map(str, self.kinds.values()))
            return self.fault(row, FormFault.KIND_UNKNOWN % {"text": asked[:40], "words": words})
        if question["kind"] != QuestionKind.SELECT_ONE:
            return self.fault(row, FormFault.WHEN_NEEDS_CHOICE)
        question["hazard_kind"] = codes[asked]
        question["hazard_when"] = re.split(r"[\s,，、]+", text_of(row.cells, "hazard_when") or "no")
        known = {one["name"] for one in question["choices"]}
        for name in question["hazard_when"]:
            if known and name not in known:
                self.fault(row, FormFault.WHEN_UNKNOWN % {"text": name[:40]})

    def end(self):
        """The questions; a group that is still open is a fault of the row where it began."""
        for question in self.open:
            number = self.lines.get(question["name"], 0)
            self.faults.append(RowFault(SURVEY, number, FormFault.OPEN % {"name": question["name"]}))
        return self.questions


def split_type(text):
    """(the type with one underscore, what follows it): "select_one yes_no" → ("select_one", "yes_no")."""
    words = text.split()
    if not words:
        return "", ""
    first = words[0].lower()
    if first in ("begin", "end") and len(words) > 1:
        first, words = f"{first}_{words[1].lower()}", words[1:]
    return first.removeprefix("begin_"), " ".join(words[1:])


def spots(questions, within=(), repeat=None):
    """{name: Spot} of every question of a tree, in its order."""
    found = {}
    for question in questions:
        found[question["name"]] = Spot(question, within, repeat)
        inner = question["name"] if question["kind"] == QuestionKind.REPEAT else repeat
        found |= spots(question["parts"], (*within, question["name"]), inner)
    return found


def check_expressions(questions, lines):
    """The RowFaults of expressions: what cannot be read, what refers to nothing, what runs in a ring."""
    known, faults, asks = spots(questions), [], {}
    for name, spot in known.items():
        for column in EXPRESSIONS:
            if text := spot.question[column]:
                found, why = check_expression(text, column, spot, known)
                faults += [RowFault(SURVEY, lines[name], str(one)) for one in why]
                if column != "constraint":
                    asks.setdefault(name, set()).update(found)
    if not faults and (ring := find_ring(known, asks)):
        faults.append(RowFault(SURVEY, lines[ring], FormFault.RING % {"name": ring}))
    return faults


def check_expression(text, column, spot, known):
    """(the names that an expression asks for, [what is wrong with it])."""
    try:
        tree = read_expression(text)
    except UnreadableExpression as error:
        return set(), [FormFault.EXPRESSION % {"column": column, "why": error}]
    faults = [FormFault.SELF % {"column": column}] if column != "constraint" and has_self(tree) else []
    inside = spot.question["name"] if spot.question["kind"] == QuestionKind.REPEAT else spot.repeat
    for name in sorted(names_in(tree)):
        there = known.get(name)
        if there is None or there.question["kind"] in SILENT:
            faults.append(FormFault.REFERENCE % {"column": column, "name": name})
        elif there.repeat and (there.repeat != inside or spot.question["kind"] == QuestionKind.REPEAT):
            faults.append(FormFault.REFERENCE_REPEAT % {"column": column, "name": name})
    return names_in(tree), faults


def has_self(tree):
    """Whether an expression asks for the answer it stands at."""
    return tree.kind == "self" or any(has_self(part) for part in tree.parts)


def find_ring(known, asks):
    """The name of a question whose being shown or worked out leads back to itself, or None."""
    leads = {name: set(asks.get(name, ())).union(*(asks.get(one, ()) for one in spot.within)) for name, spot in known.items()}  # fmt: skip
    done, going = set(), set()

    def leads_back(name):
        if name in done:
            return False
        if name in going:
            return True
        going.add(name)
        found = any(leads_back(one) for one in leads[name])
        going.discard(name)
        done.add(name)
        return found

    return next((name for name in known if leads_back(name)), None)


def write_form(questions):
    """({column: value} rows of the survey, rows of the choices): the same form as a workbook has it."""
    survey, lists = [], {}
    for question in questions:
        kind, rest = question["kind"], question["list_name"]
        begins = kind in NESTING
        row = {column: question[column] for column in ("name", "label", *PLAIN_COLUMNS)} | {
            "type": f"begin {kind}" if begins else f"{kind} {rest}".strip(),
            "required": "yes" if question["is_required"] else "", "photo": "yes" if question["is_photo_wanted"] else "",
            "hazard_kind": question["hazard_kind"], "hazard_when": " ".join(question["hazard_when"]),
        }  # fmt: skip
        survey.append({column: value for column, value in row.items() if value})
        lists |= {rest: question["choices"]} if rest else {}
        if begins:
            inner, more = write_form(question["parts"])
            survey += [*inner, {"type": f"end {kind}"}]
            lists |= more
    return survey, lists

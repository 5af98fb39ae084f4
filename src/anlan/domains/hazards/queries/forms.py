"""A checklist's workbook in the way of XLSForm: its bytes in, questions and faults out; and the other way round."""

import io

from django.utils import timezone
from openpyxl import Workbook

from anlan.domains.hazards.queries.tables import kinds
from anlan.domains.hazards.rules.checklists import CHOICES, SURVEY, RowFault, read_form, write_form
from anlan.domains.hazards.terms.checklists import FormColumn, FormFault
from anlan.kit.workbooks import MIB, Limits, open_sheet

LIMITS = Limits(bytes_most=2 * MIB, unpacked_most=40 * MIB, rows_most=500)
SURVEY_COLUMNS = {
    "type": FormColumn.TYPE, "name": FormColumn.NAME, "label": FormColumn.LABEL, "hint": "hint", "required": "required",
    "relevant": "relevant", "constraint": "constraint", "constraint_message": "constraint_message",
    "calculation": "calculation", "clause": FormColumn.CLAUSE, "penalty": FormColumn.PENALTY,
    "hazard_kind": FormColumn.HAZARD_KIND, "hazard_when": FormColumn.HAZARD_WHEN, "photo": FormColumn.PHOTO,
}  # fmt: skip
CHOICE_COLUMNS = {"list_name": "list_name", "name": "name", "label": "label"}
OURS = ("clause", "penalty", "hazard_kind", "hazard_when", "photo")  # columns that XLSForm does not know
CHINESE = ("中文", "zh", "chinese")


def find_column(heading, columns):
    """The name of the column that a heading means: its own, our label, or `label::中文 (zh)`; None for another."""
    asked, _colons, language = heading.strip().removesuffix("*").partition("::")
    if language and not any(word in language.lower() for word in CHINESE):
        return None
    asked = asked.strip().lower().replace(" ", "_") if asked.isascii() else asked.strip()
    return next((name for name, label in columns.items() if asked in (name, str(label))), None)


def read_workbook(body, *, now):
    """(questions, [RowFault], headings that are not read) of a workbook. Raises UnreadableSheet."""
    survey = open_sheet(
        body, SURVEY, find=lambda text: find_column(text, SURVEY_COLUMNS), labels=SURVEY_COLUMNS,
        needed=("type", "name", "label"), limits=LIMITS,
    )  # fmt: skip
    if survey is None:
        return [], [RowFault(SURVEY, 0, FormFault.SHEET % {"name": SURVEY})], []
    choices = open_sheet(
        body, CHOICES, find=lambda text: find_column(text, CHOICE_COLUMNS), labels=CHOICE_COLUMNS,
        needed=("list_name", "name", "label"), limits=LIMITS,
    )  # fmt: skip
    headings, rows = survey
    return *read_form_rows(rows, choices[1] if choices else [], now=now), headings.unknown


def read_form_rows(survey, choices, *, now):
    """(questions, [RowFault]) of (line, {column: value}) rows of both sheets, with the kinds of hazard in use."""
    return read_form(survey, choices, kinds=kinds(on=timezone.localdate(now)))


def write_workbook(version):
    """The bytes of a version's workbook, which any reader of XLSForm reads, with our columns beside its own."""
    survey, lists = write_form(version.questions)
    book = Workbook()
    sheet = book.active
    sheet.title = SURVEY
    fill(sheet, list(SURVEY_COLUMNS), survey)
    rows = [{"list_name": name} | one for name, choices in lists.items() for one in choices]
    fill(book.create_sheet(CHOICES), list(CHOICE_COLUMNS), rows)
    settings = {
        "form_title": version.checklist.name, "form_id": version.checklist.code.replace("-", "_"),
        "version": str(version.number),
    }  # fmt: skip
    fill(book.create_sheet("settings"), list(settings), [settings])
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def fill(sheet, columns, rows):
    """Headings and rows as texts: nothing in them is run."""
    for at, column in enumerate(columns, 1):
        sheet.cell(1, at, column)
    for number, row in enumerate(rows, 2):
        for at, column in enumerate(columns, 1):
            if row.get(column):
                sheet.cell(number, at, str(row[column])).data_type = "s"

"""Small files of rows handed in as CSV or XLSX: read whole or refused, seen row by row, and only then carried out.

    planned = [Planned(number, name, Finding.ADD, "", deed), …]
    return import_page(request, title=…, columns={"place": _("场所编号"), …}, plan=plan, back=…)

`plan(rows)` looks at each row as read, {column name: text}, and says what would become of it; `deed()` does it.
"""

import csv
import io
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from anlan.kit.actions import Refused
from anlan.kit.listing import for_csv
from anlan.kit.terms import Finding, SheetFault
from anlan.kit.workbooks import (
    MIB,
    Limits,
    SheetRow,
    UnreadableSheet,
    decode_text,
    filled,
    find_delimiter,
    insist_columns,
    insist_size,
    read_xlsx,
)

LIMITS = Limits(
    bytes_most=MIB, rows_most=500
)  # in one transaction, for which the wall's writers wait on SQLite
INERT = "'"  # what an export puts before a text that a spreadsheet would run


class Planned(NamedTuple):
    """What would become of one row; `deed` does it, None where there is nothing to do."""

    number: int
    name: str
    finding: str
    text: str = ""
    deed: Callable | None = None


def read_text(body, name=""):
    """The text of a file; of a workbook (by its name) the first sheet as CSV. Raises UnreadableSheet."""
    insist_size(body, LIMITS)
    if not name.lower().endswith((".xlsx", ".xls")):
        return decode_text(body)
    if name.lower().endswith(".xls"):
        raise UnreadableSheet(SheetFault.OLD_EXCEL)
    out = io.StringIO()
    filled_lines = (line for line in read_xlsx(body, LIMITS) if any(map(filled, line)))
    for line in islice(
        filled_lines, LIMITS.rows_most + 2
    ):  # the headings, and one row too many for the refusal
        csv.writer(out).writerow(["" if cell is None else cell for cell in line])
    return out.getvalue()


def read_rows(text, columns, *, needed=()):
    """The SheetRows of a CSV text with a line of headings; `columns` are {name: label}, either may head a column.

    Other columns are left out. Raises UnreadableSheet for what is no such table.
    """
    try:
        table = csv.reader(io.StringIO(text, newline=""), delimiter=find_delimiter(text), strict=True)
        lines = [(table.line_num, line) for line in table if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise UnreadableSheet(SheetFault.NOT_CSV % {"why": error}) from error
    names = [find_column(heading, columns) for heading in lines[0][1]] if lines else []
    insist_columns([name for name in names if name], columns, needed)
    rows = [
        SheetRow(number, {name: cell for name, cell in zip(names, map(tidy, line), strict=False) if name and cell})
        for number, line in lines[1:]
        if not line[0].lstrip().startswith("#")
    ]  # fmt: skip
    if not rows:
        raise UnreadableSheet(SheetFault.EMPTY)
    if len(rows) > LIMITS.rows_most:
        raise UnreadableSheet(SheetFault.TOO_MANY_ROWS % {"most": LIMITS.rows_most})
    return rows


def find_column(heading, columns):
    """The name of the column that a heading means, by name or label; None for another."""
    asked = heading.strip().removesuffix("*").lower()
    return next(
        (name for name, label in columns.items() if asked in {name.lower(), str(label).lower()}), None
    )


def tidy(cell):
    """A cell without spaces around it, without control signs, and without the mark that made it inert."""
    text = "".join(sign if sign.isprintable() else " " for sign in cell).strip()
    return text[1:] if text.startswith(INERT) else text


def write_csv(name, headings, rows):
    """A CSV file to download: UTF-8 with a mark for spreadsheets, formulas made inert."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    out = csv.writer(answer)
    out.writerow([str(heading) for heading in headings])
    out.writerows([for_csv(cell) for cell in row] for row in rows)
    return answer


class SheetForm(forms.Form):
    """The file, or, once it was seen, its text again."""

    body = forms.FileField(
        label=_("文件"), help_text=_("XLSX 或 CSV，不超过 1 MB、500 行。先预览，确认后才写入。")
    )


def import_page(request, *, title, columns, needed, plan, back, crumbs, template_url=""):
    """Hand a file in, see what would become of each row, confirm: one page. `plan(rows)` gives the Planned rows.

    Nothing is kept between the two steps: the text comes back with the confirmation and is judged anew.
    """
    form = SheetForm(request.POST or None, request.FILES or None)
    context = {
        "title": title,
        "form": form,
        "columns": columns,
        "needed": needed,
        "cancel_url": back,
        "crumbs": crumbs,
    }
    context |= {"template_url": template_url, "verb": _("上传并预览")}  # fmt: skip
    confirmed = request.POST.get("text")
    if confirmed is None and not form.is_valid():
        return render(request, "kit/sheet_form.html", context)
    try:
        upload = form.cleaned_data["body"] if confirmed is None else None
        text = confirmed if upload is None else read_text(upload.read(), upload.name)
        planned = plan(read_rows(text, columns, needed=needed))
    except UnreadableSheet as error:
        messages.error(request, str(error))
        return render(request, "kit/sheet_form.html", context | {"form": SheetForm()})
    if confirmed is not None and (done := carry_out(request, planned)):
        messages.success(request, _("已导入 %(n)d 行。") % {"n": done})
        return redirect(back)
    counts = [(one, sum(row.finding == one for row in planned)) for one in Finding]
    context |= {"planned": planned, "counts": counts, "text": text, "doable": sum(row.deed is not None for row in planned)}  # fmt: skip
    return render(request, "kit/sheet_preview.html", context)


def carry_out(request, planned):
    """Do what is planned, all or nothing; the number of rows done, 0 with a message where one is refused now."""
    deeds = [row for row in planned if row.deed]
    number = 0
    try:
        with transaction.atomic():
            for number, _name, _finding, _text, deed in deeds:  # noqa: B007 the refusal names the row
                deed()
    except Refused as refusal:
        messages.error(
            request, _("第 %(number)d 行：%(why)s未写入任何内容。") % {"number": number, "why": refusal}
        )
        return 0
    return len(deeds)

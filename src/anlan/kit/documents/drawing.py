"""Templates drawn, checked and filled: `.docx` in, `.docx` out, nothing of a template may run."""

import io
from zipfile import BadZipFile

from django.conf import settings
from django.utils.translation import override
from docx import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from anlan.kit.attachments import DOCX, MOST_UNPACKED, tell_type
from anlan.kit.documents.spec import NEEDED
from anlan.kit.terms import FileRefusal

SIZES = {"title": Pt(18), "heading": Pt(14), "text": Pt(12), "signature": Pt(12)}
FONT = "仿宋"  # what official papers are set in; a machine without it shows its own


class Unusable(Exception):
    """A template that cannot be used; the text says why, for people."""


def draw_default(kind):
    """The default template of a kind of document as `.docx` bytes, from its outline, in the installation's language."""
    with override(settings.LANGUAGE_CODE):
        return draw_outline(kind)


def draw_outline(kind):
    """The same, in the language spoken now."""
    paper = Docx()
    for section in paper.sections:
        width, height = kind.page_cm
        section.page_width, section.page_height = Cm(width), Cm(height)
        section.orientation = WD_ORIENT.LANDSCAPE if width > height else WD_ORIENT.PORTRAIT
        section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    for style, text in kind.outline():
        if style == "table":
            draw_table(paper, kind.find_place(text))
        else:
            draw_paragraph(paper, style, text)
    target = io.BytesIO()
    paper.save(target)
    return target.getvalue()


def draw_paragraph(paper, style, text):
    paragraph = paper.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size, run.bold = SIZES[style], style in {"title", "heading"}
    if style == "title":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if style == "signature":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def draw_table(paper, place):
    """A table whose rows a list place fills: docxtpl repeats the row between its `tr` marks."""
    names = [name for name, _label in place.columns]
    table = paper.add_table(rows=4, cols=len(names), style="Table Grid")
    for column, (name, label) in enumerate(place.columns):
        table.rows[0].cells[column].text = str(label)
        table.rows[2].cells[column].text = f"{{{{ row.{name} }}}}"
    table.rows[1].cells[0].text = f"{{%tr for row in {place.name} %}}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    shape_table(paper, table, place.widths or (1,) * len(names))


def shape_table(paper, table, widths):
    """The columns in these parts of the width between the margins; the headings bold, and again on each page."""
    section = paper.sections[0]
    whole = section.page_width - section.left_margin - section.right_margin
    table.autofit = False
    for at, width in enumerate(widths):
        table.columns[at].width = share = int(whole * width / sum(widths))
        for row in table.rows:
            row.cells[at].width = share
    for run in (run for cell in table.rows[0].cells for run in cell.paragraphs[0].runs):
        run.bold = True
    for row, names in ((table.rows[0], ("cantSplit", "tblHeader")), (table.rows[2], ("cantSplit",))):
        for name in names:
            row._tr.get_or_add_trPr().append(OxmlElement(f"w:{name}"))


def examine(kind, body):
    """Check that a template can be used for a kind of document. Raises Unusable with what to mend."""
    if tell_type(body) != DOCX:
        raise Unusable(str(FileRefusal.NOT_DOCX % {"why": "DOCX"}))
    try:
        named = DocxTemplate(io.BytesIO(body)).get_undeclared_template_variables(jinja_env())
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, TemplateError) as error:
        raise Unusable(str(FileRefusal.NOT_DOCX % {"why": shorten(error)})) from error
    if unknown := sorted(named - set(kind.known())):
        known = ", ".join(kind.known())
        raise Unusable(str(FileRefusal.PLACES_UNKNOWN % {"names": ", ".join(unknown), "known": known}))
    if missing := [name for name in NEEDED if name not in named]:
        raise Unusable(str(FileRefusal.PLACES_MISSING % {"names": ", ".join(missing)}))


def fill(body, values):
    """The template filled with values, as `.docx` bytes. Raises Unusable where a statement of it fails."""
    try:
        template = DocxTemplate(io.BytesIO(body))
        template.render(values, jinja_env(), autoescape=True)
        target = io.BytesIO()
        template.save(target)
    except (
        PackageNotFoundError,
        BadZipFile,
        TemplateError,
        TypeError,
        ValueError,
        KeyError,
        AttributeError,
    ) as error:
        raise Unusable(str(FileRefusal.TEMPLATE_FAILS % {"why": shorten(error)})) from error
    if len(target.getvalue()) > MOST_UNPACKED:
        raise Unusable(str(FileRefusal.TEMPLATE_FAILS % {"why": "size"}))
    return target.getvalue()


def jinja_env():
    """The language of templates: no access to anything but the values, and a missing one is an error."""
    language = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    language.globals.clear()
    return language


def shorten(error):
    """An error in one line."""
    return f"{type(error).__name__}: {error}"[:200]

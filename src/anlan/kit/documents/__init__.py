"""Documents in their proper form: a `.docx` template that the district may replace, a number per organisation and year
without gaps, stored bytes that are the same whenever they are printed, a code by which anyone verifies them.

    REPORT = register(DocumentKind("incident_report", _("突发事件信息"), "{organ}应急报〔{year}〕{serial}号", (…), outline))
    change = issue(incident, by=person, now=now, kind="incident_report", title=…, values={…}, verify_at=…)
    change.subject.number
"""

from anlan.kit.documents.actions import issue, replace_template, reset_template, void
from anlan.kit.documents.spec import KINDS, DocumentKind, Place, register
from anlan.kit.models import Document


def documents_of(about):
    """The documents about a row, oldest first, void ones too."""
    about = {"about_kind": about._meta.label_lower, "about_id": str(about.pk)}
    return Document.objects.filter(**about).select_related("by").order_by("id")


__all__ = [
    "KINDS",
    "DocumentKind",
    "Place",
    "documents_of",
    "issue",
    "register",
    "replace_template",
    "reset_template",
    "void",
]

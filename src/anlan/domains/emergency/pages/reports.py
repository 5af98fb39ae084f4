"""One report: its words as they stand or were signed, and what may be done with it."""

import json

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.domains.emergency import queries
from anlan.domains.emergency.models import Report
from anlan.domains.emergency.pages import incident_deeds as deeds
from anlan.domains.emergency.pages.deeds import buttons
from anlan.domains.emergency.pages.incidents import crumbs_to, row_or_404
from anlan.domains.emergency.rules.reports import SIGNED, steps_from
from anlan.kit.documents import documents_of
from anlan.kit.models import Change


@require_safe
def report(request, pk):
    """A report, to be read, printed, or taken away as JSON or Markdown."""
    row = get_object_or_404(Report.objects.select_related("incident", "writer", "signer"), pk=pk)
    incident = row_or_404(request, row.incident_id)
    body = {"facts": row.facts, "sections": row.parts}
    wanted = request.GET.get("format")
    if wanted in {"json", "md"}:
        return download(row, incident, body, wanted)
    _model, table = deeds.PARTS["report"]
    steps = [] if row.sort == "oral" else [str(step) for step in steps_from(row.state)]
    documents = documents_of(row)
    if row.state in SIGNED and not documents:
        steps.append("draw")
    return render(request, "emergency/report.html", body | {
        "title": row.name, "row": row, "incident": incident, "crumbs": crumbs_to(incident),
        "digest": queries.digest_of(row), "is_signed": row.state in SIGNED, "is_untouched": queries.is_untouched(row),
        "buttons": buttons(table, steps, request.user, row), "changes": Change.objects.of(row), "documents": documents,
    })  # fmt: skip


def download(row, incident, body, wanted):
    """The report as a file: what was signed, its hash, who signed and when."""
    name = f"{incident.number}-{row.sort}-{row.serial}.{wanted}"
    signed = {
        "signer": str(row.signer or ""),
        "signed_at": row.signed_at and row.signed_at.isoformat(),
        "sha256": row.sha256,
    }
    if wanted == "json":
        words = {"number": incident.number, "report": row.name, "facts": row.facts, "sections": row.sections}
        answer = HttpResponse(
            json.dumps(words | signed | {"frozen": row.frozen, "sendings": row.sendings}, ensure_ascii=False, indent=1),
            content_type="application/json; charset=utf-8",
        )  # fmt: skip
    else:
        quote = queries.quote
        lines = [f"# {quote(incident)} {quote(row.name)}", ""]
        lines += [f"- {quote(label)}{_('：')}{quote(value)}" for label, value in body["facts"]]
        for label, text in body["sections"]:
            lines += ["", f"## {quote(label)}", "", *[quote(one) for one in text.splitlines()]]
        lines += [
            "",
            f"{_('签发人')}{_('：')}{quote(signed['signer'])} {quote(queries.say_time(row.signed_at))}",
        ]
        answer = HttpResponse("\n".join(lines) + "\n", content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

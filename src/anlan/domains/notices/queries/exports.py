"""A warning's draft as what is handed over: its fields in words, and as a Word document."""

import io
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx import Document

from anlan.channels.cap.alert import Alert, Method
from anlan.channels.newrs.write import write
from anlan.domains.notices import rules
from anlan.domains.notices.queries.alerts import make_info
from anlan.domains.notices.queries.notices import area_of, field_rows, statutory_values
from anlan.domains.notices.terms import EXERCISE_MARK, NoticeState, WarningColour

MSG_TYPES = {True: "Update", False: "Alert"}
DRAFT_STATUS = "Draft"  # whoever issues it makes it Actual; a file that slips out by itself warns nobody


def draft_lines(notice, *, now):
    """[(label, value)] of every statutory field of a draft, in the order of warning_fields.csv, then what else it says."""
    values, at = statutory_values(notice), timezone.localtime(notice.signed_at or now)
    colour = values.get("colour")
    sender = _("%(name)s（代码 %(code)s）") % {
        "name": values.get("sender_name") or "",
        "code": values.get("sender_code") or "",
    }
    words = {
        "identifier": identifier_of(notice, now=now),
        "sender": sender,
        "sendTime": _("由发布单位填写"),
        "status": "Exercise" if notice.is_exercise else "Actual",
        "msgType": MSG_TYPES[notice.updates_id is not None],
        "eventType": values.get("event_type"),
        "severity": WarningColour(colour).label if colour in WarningColour.values else colour,
        "effective": rules.say_time(timezone.localtime(values["effective_at"])),
        "expires": rules.say_time(timezone.localtime(notice.expires_at)) if notice.expires_at else "",
        "areaDesc": area_of(notice, "zh"),
        "headline": notice.headline_zh,
        "description": notice.description_zh,
        "instruction": notice.instruction_zh,
        "channel": values.get("channels"),
        "specialPlaces": values.get("special_places"),
    }
    lines = [(row["zh"], words.get(row["field"]) or "–") for row in field_rows(on=at.date())]
    signed = f"{notice.signed_by}  {at:%Y-%m-%d %H:%M}" if notice.signed_by_id else _("尚未签发")
    return [
        *lines,
        (_("依据"), values.get("legal_basis") or "–"),
        (_("抄报单位"), values.get("copied_to") or "–"),
        (_("拟稿单位"), str(notice.organisation)),
        (pgettext("notice", "签发"), signed),
        (_("签发内容摘要"), notice.frozen_sha256 or "–"),
    ]


def identifier_of(notice, *, now):
    """The identifier proposed for a warning: its issuer confirms it."""
    at = timezone.localtime(notice.signed_at or notice.submitted_at or notice.drafted_at)
    return rules.make_identifier(notice.fields.get("sender_code") or "", at)


def write_12379(notice, *, now):
    """The draft as a 12379 document, as bytes; a lifted one as a Cancel. Raises ValueError naming what it lacks."""
    values, code = statutory_values(notice), notice.fields.get("sender_code") or ""
    own, refers = identifier_of(notice, now=now), ()
    kind = MSG_TYPES[notice.updates_id is not None]
    if notice.updates_id:
        refers = (identifier_of(notice.updates, now=now),)
    if notice.state == NoticeState.LIFTED:
        refers, kind = (own,), "Cancel"
        own = rules.make_identifier(code, timezone.localtime(notice.ended_at))
    info = make_info(notice, "zh", origin="", now=now)
    codes = (("eventType", values.get("event_type") or ""),)
    info = replace(
        info, sender_name=values.get("sender_name") or "", colour=values.get("colour") or "", hazard_codes=codes,
        urgency="Unknown", web="",
    )  # fmt: skip
    status = "Exercise" if notice.is_exercise else DRAFT_STATUS
    said = [values.get("channels"), values.get("special_places")]
    return write(Alert(
        identifier=own, sender=values.get("sender_name") or "", sender_code=code,
        sent_at=timezone.localtime(notice.signed_at or now).replace(microsecond=0), status=status, msg_type=kind,
        scope="Public", infos=(info,), references=refers, methods=(Method("WEB", notice.description_zh),),
        note="; ".join(text for text in said if text),
    ))  # fmt: skip


def write_docx(notice, *, now):
    """The draft as a Word document, as bytes."""
    document = Document()
    mark = EXERCISE_MARK if notice.is_exercise else ""
    document.add_heading(mark + _("预警信息（拟稿，移交用）"), level=1)
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for label, value in draft_lines(notice, now=now):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = str(label), clean(str(value))
    document.add_paragraph(_("本稿未对外发布。是否发布、以何级别发布，由有权发布的单位决定。"))
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def clean(text):
    """A text without the signs that an XML document cannot hold."""
    return "".join(sign for sign in text if sign in "\n\t" or ord(sign) >= 32)

"""The timeline of an incident: every change of its record in the order in which things happened.

Nothing is written for it: entries are the change rows of the incident, of all that belongs to it, of what was merged
into it, of what it was split from as far as it took that along, and of its alarms.
"""

import json
from datetime import datetime
from typing import NamedTuple

from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.domains.emergency.models import (
    Call,
    CarriedEntry,
    IncidentAlarm,
    IncidentNote,
    Instruction,
    Need,
    Objective,
    Order,
    Relay,
    Report,
    RoleTenure,
    TeamCheck,
)
from anlan.domains.emergency.queries.incidents import family
from anlan.domains.emergency.queries.reports import say_time
from anlan.domains.emergency.rules.incidents import is_late
from anlan.domains.emergency.terms.incidents import ENTRY_WORDS, EntryKind
from anlan.kit.models import Change
from anlan.kit.templatetags.look import deed, differences

INCIDENT = "emergency.incident"
KINDS = {
    "call": EntryKind.CALL, "report": EntryKind.REPORT, "instruction": EntryKind.INSTRUCTION,
    "relay": EntryKind.INSTRUCTION, "roletenure": EntryKind.COMMAND, "objective": EntryKind.COMMAND,
    "order": EntryKind.ORDER, "need": EntryKind.NEED, "teamcheck": EntryKind.CHECK, "incidentnote": EntryKind.NOTE,
    "alarm": EntryKind.ALARM, "incident": EntryKind.STATE,
}  # fmt: skip
VERBS = {
    "emergency.update_figures": EntryKind.FIGURES,
    "emergency.correct_entry": EntryKind.CORRECTION,
    "emergency.link_alarm": EntryKind.ALARM,
    "emergency.unlink_alarm": EntryKind.ALARM,
    "emergency.remind_report": EntryKind.REPORT,
    "emergency.set_resources": EntryKind.COMMAND,
}
PARTS = (Call, IncidentNote, Instruction, Need, Objective, Order, Report, RoleTenure, TeamCheck)


class Entry(NamedTuple):
    """One entry: when it happened, when it was noted, of which kind, what was done, by whom, in which words."""

    change_id: int
    at: datetime
    noted_at: datetime
    kind: EntryKind
    label: str
    subject: str
    lines: list
    by: str
    on_behalf_of: str
    is_machine: bool
    is_late: bool
    number: str
    corrections: list

    @property
    def text(self):
        """Its words in one line."""
        return _("；").join(self.lines)


def owners_of(members):
    """{(kind of row, its primary key): number of the incident} of every row whose changes belong to the story."""
    numbers = {one.pk: one.number for one in members}
    owners = {(INCIDENT, str(one.pk)): one.number for one in members}
    for model in PARTS:
        rows = model.objects.filter(incident__in=members).values_list("pk", "incident_id")
        owners |= {(model._meta.label_lower, str(pk)): numbers[incident] for pk, incident in rows}
    relays = Relay.objects.filter(instruction__incident__in=members)
    for pk, incident in relays.values_list("pk", "instruction__incident_id"):
        owners[Relay._meta.label_lower, str(pk)] = numbers[incident]
    for pk, incident in IncidentAlarm.objects.filter(incident__in=members).values_list("alarm", "incident"):
        owners["emergency.alarm", str(pk)] = numbers[incident]
    return owners


def changes_of(incident):
    """The change rows of an incident's story, oldest first; each has `number`, the incident it came from."""
    members = family(incident)
    owners = owners_of(members)
    splits = {str(one.pk): one.split_from.number for member in members for one in member.split_off.all()}
    by_kind = {}
    for kind, pk in owners:
        by_kind.setdefault(kind, []).append(pk)
    wanted = Q(pk__in=CarriedEntry.objects.filter(incident__in=members).values("change"))
    for kind, ids in by_kind.items():
        wanted |= Q(subject_kind=kind, subject_id__in=ids)
    if splits:
        wanted |= Q(subject_kind=INCIDENT, subject_id__in=list(splits), what="emergency.split_incident")
    rows = list(Change.objects.filter(wanted).select_related("by").order_by("id"))
    carried_from = {one.pk: one.split_from.number for one in members if one.split_from}
    fallback = next(iter(carried_from.values()), "")
    for row in rows:
        row.number = owners.get((row.subject_kind, row.subject_id)) or splits.get(row.subject_id, fallback)
    return rows


def timeline(incident, *, newest=None):
    """[Entry] in the order in which things happened, all or only the newest so many.

    A correction stands in its own place, and beneath what it corrects.
    """
    changes = changes_of(incident)
    corrected = {}
    for change in changes:
        if target := change.after.get("corrects"):
            corrected.setdefault(target, []).append(change)
    changes.sort(key=lambda change: (happened_at(change), change.pk))
    shown = changes if newest is None else changes[-newest:]
    return [entry_of(change, corrected.get(change.pk, ())) for change in shown]


def happened_at(change):
    """When that of which a change row tells happened."""
    moment = change.after.get("moment")
    return datetime.fromisoformat(moment) if moment else change.at


def entry_of(change, corrections):
    """One change row as an entry."""
    at = happened_at(change)
    kind = VERBS.get(change.what) or KINDS.get(change.subject_kind.rpartition(".")[2], EntryKind.STATE)
    return Entry(
        change.pk, at, change.at, EntryKind(kind), str(deed(change)), name_subject(change), say_lines(change),
        str(change.by) if change.by else _("系统"), change.on_behalf_of, change.by is None,
        is_late(at, change.at), change.number,
        [f"{one.after.get('text', '')}（{one.by}，{say_time(one.at)}）" for one in corrections],
    )  # fmt: skip


def name_subject(change):
    """The row's name where it says more than the incident's own."""
    return "" if change.subject_kind in {INCIDENT, "emergency.incidentnote"} else change.subject_name


def say_lines(change):
    """What was altered, why, and who was told, in words; what the entry's own heading says already is left out."""
    named = name_subject(change)
    lines = []
    for label, before, after in differences(change):
        if after in (None, "") and before in (None, ""):
            continue
        if str(after) in named or (before in (None, "") and is_moment_of(change, after)):
            continue
        told = f"{before} → {after or '–'}" if before not in (None, "") else after
        lines.append(f"{label}{_('：')}{told}")
    known = {field.name for field in apps.get_model(change.subject_kind)._meta.get_fields()}
    for name, label in ENTRY_WORDS.items():
        if (value := change.after.get(name)) and name not in known:
            told = _("、").join(str(one) for one in value) if isinstance(value, list) else value
            lines.append(f"{label}{_('：')}{told}")
    if change.why:
        lines.append(f"{_('理由：')}{change.why}")
    return [str(line) for line in lines]


def is_moment_of(change, value):
    """Whether a value is the moment that stands before the entry anyhow."""
    moment = change.after.get("moment")
    return isinstance(value, str) and bool(moment) and value[:19].replace(" ", "T") == stamp_of(moment)


def stamp_of(moment):
    """A kept moment as the local stamp that `differences` shows."""
    return f"{timezone.localtime(datetime.fromisoformat(moment)):%Y-%m-%dT%H:%M:%S}"


# ── exports ─────────────────────────────────────────────────────────────────────────────────────

HEAD = (
    "at",
    "noted_at",
    "late",
    "kind",
    "label",
    "subject",
    "text",
    "by",
    "on_behalf_of",
    "number",
    "corrections",
)


def stamp(at):
    """A local moment to the second."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


def plain_entry(entry):
    """An entry as plain values for JSON; moments with their offset."""
    return {
        "at": timezone.localtime(entry.at).isoformat(timespec="seconds"),
        "noted_at": timezone.localtime(entry.noted_at).isoformat(timespec="seconds"),
        "late": entry.is_late, "kind": entry.kind.value, "label": entry.label, "subject": entry.subject,
        "lines": entry.lines, "by": entry.by, "on_behalf_of": entry.on_behalf_of, "machine": entry.is_machine,
        "number": entry.number, "change": entry.change_id, "corrections": entry.corrections,
    }  # fmt: skip


def as_json(incident, entries):
    """The whole story as one JSON document."""
    head = {
        "number": incident.number, "title": incident.title, "kind": incident.kind, "level": incident.level,
        "state": incident.state, "scene": incident.scene, "known_at": incident.known_at.isoformat(),
    }  # fmt: skip
    body = {"incident": head, "entries": [plain_entry(entry) for entry in entries]}
    return json.dumps(body, ensure_ascii=False, indent=1)


def as_markdown(incident, entries):
    """The whole story as Markdown; what people wrote stays text and cannot become markup."""
    lines = [f"# {quote(incident.number)} {quote(incident.title)}", ""]
    for entry in entries:
        late = _("【补记】") if entry.is_late else ""
        lines.append(
            f"- **{stamp(entry.at)}** {late}{quote(entry.kind.label)} · {quote(entry.label)} {quote(entry.subject)}"
        )
        lines += [f"  - {quote(line)}" for line in entry.lines]
        lines += [f"  - {_('更正：')}{quote(text)}" for text in entry.corrections]
        who = (
            _("%(by)s（代 %(party)s）") % {"by": entry.by, "party": entry.on_behalf_of}
            if entry.on_behalf_of
            else entry.by
        )
        lines.append(f"  - {quote(who)}，{_('登记于')} {stamp(entry.noted_at)}")
    return "\n".join(lines) + "\n"


def quote(text):
    """A text in which Markdown and HTML signs are themselves, on one line."""
    flat = " ".join(str(text).split())
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>()#+-!|~&" else sign for sign in flat)

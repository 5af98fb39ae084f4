"""An alarm's story: changes and messages in one line of time, for the page and the exports."""

import csv

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from anlan.domains.emergency import queries
from anlan.domains.emergency.models import Alarm
from anlan.kit.listing import for_csv
from anlan.kit.outbox import messages_about
from anlan.kit.templatetags.look import deed, differences, say_value, spoken

COMMA = "、"
NAMED = ("state", "level", "verdict")  # what of the alarm's own fields the story names


def tell_story(alarm):
    """[{at, kind, title, lines, who, is_late, recorded_at}], oldest first; kind: machine, person or message."""
    entries = [tell_change(change) for change in queries.story_of(alarm)]
    entries += [tell_message(message) for message in messages_about(alarm)]
    return sorted(entries, key=lambda one: one["at"])


def tell_change(change):
    """One change as an entry: what was done, what it says, by whom."""
    told = change.after
    happened = told.get("happened_at") if change.what == "emergency.note_alarm" else None
    who = str(change.by) if change.by_id else _("系统")
    if change.on_behalf_of:
        who = _("%(who)s 代 %(party)s") % {"who": who, "party": change.on_behalf_of}
    return {
        "at": as_moment(happened) or change.at, "kind": "person" if change.by_id else "machine",
        "title": str(deed(change)), "lines": [line for line in lines_of(change) if line], "who": who,
        "is_late": bool(told.get("is_late")), "recorded_at": change.at,
    }  # fmt: skip


def lines_of(change):
    """What a change says, in lines."""
    told = change.after
    parts = [told[name] for name in ("agency", "measure", "decision", "response_level") if told.get(name)]
    yield " · ".join(str(part) for part in parts)
    yield say_step(told) if told.get("told_people") or told.get("step_recipient") else ""
    yield told.get("words", "")
    if told.get("next_look_at"):
        yield _("下次查看 %(at)s") % {"at": say_moment(told["next_look_at"])}
    yield change.why
    if told.get("space"):
        yield f"{told['space']} {say_value(told.get('space_level'), level_field())}"
    yield spoken(told["reason"]) if isinstance(told.get("reason"), dict) and told["reason"] else ""
    yield " · ".join(
        f"{label} {after}" for label, _before, after in differences(change) if after and names(label)
    )


def say_step(told):
    """A step of reporting up, or a reminder: to whom, what came of it, who was on duty, by which channels."""
    parts = [spoken(told[name]) for name in ("step_recipient", "step_outcome") if told.get(name)]
    parts += [COMMA.join(told[name]) for name in ("told_people", "told_channels") if told.get(name)]
    if told.get("step_repeat"):
        parts.append(_("第 %(n)d 次提醒") % {"n": told["step_repeat"] + 1})
    if told.get("passed_over"):
        parts.append(_("越过 %(steps)s") % {"steps": COMMA.join(spoken(one) for one in told["passed_over"])})
    return " · ".join(parts)


def level_field():
    """The level's field, which knows the labels of levels."""
    return Alarm._meta.get_field("level")


def names(label):
    """Whether the story names a field of this label: those that people read."""
    return label in {Alarm._meta.get_field(name).verbose_name for name in NAMED}


def tell_message(message):
    """One message as an entry: to whom by which channel, and what became of it."""
    said = f"：{message.said}" if message.said else ""
    return {
        "at": message.queued_at, "kind": "message", "title": _("通知 %(who)s") % {"who": message.recipient or message.to or message.channel},
        "lines": [f"{message.channel} · {message.get_state_display()}{said}"], "who": _("系统"), "is_late": False,
        "recorded_at": message.queued_at,
    }  # fmt: skip


def as_moment(text):
    """A moment as a change row keeps it: a datetime, or its text."""
    return parse_datetime(text) if isinstance(text, str) else text


def say_moment(moment):
    return f"{timezone.localtime(as_moment(moment)):%m-%d %H:%M}"


def export_json(alarm):
    """The whole record of an alarm as JSON: facts, agencies, answers, judgements, story. No caller's contact."""
    record = {
        "number": alarm.number, "scene": alarm.scene, "title": alarm.title, "place": alarm.space_code,
        "origin": alarm.origin, "level": alarm.level, "peak_level": alarm.peak_level, "state": alarm.state,
        "verdict": alarm.verdict, "reason": alarm.reason, "organisation": str(alarm.organisation),
        "raised_at": alarm.raised_at, "round": alarm.round, "lifted_at": alarm.lifted_at, "spaces": alarm.spaces,
        "agencies": [
            {"name": row.agency.name, "joined_at": row.joined_at, "acknowledged_at": row.acknowledged_at}
            for row in queries.agencies_of(alarm)
        ],
        "answers": [
            {
                "at": row.at, "round": row.round, "agency": row.agency and row.agency.name, "who": row.who,
                "organisation": str(row.organisation), "way": row.way, "recorded_by": str(row.recorded_by),
                "called_at": row.called_at, "measure": row.measure, "authority": row.authority, "words": row.words,
                "next_look_at": row.next_look_at, "ended_at": row.ended_at, "ended_by": row.ended_by,
            }
            for row in queries.answers_of(alarm)
        ],
        "judgements": [
            {
                "at": row.at, "decision": row.decision, "response_level": row.response_level, "reason": row.reason,
                "decider": str(row.decider), "level": row.level, "next_at": row.next_at,
            }
            for row in queries.judgements_of(alarm)
        ],
        "story": tell_story(alarm),
    }  # fmt: skip
    answer = JsonResponse(record, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="alarm-{alarm.number}.json"'
    return answer


def export_csv(alarm):
    """The story of an alarm for spreadsheets: local times to the second, formulas made inert, a BOM for Excel."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="alarm-{alarm.number}.csv"'
    rows = csv.writer(answer)
    rows.writerow([_("时间"), _("类别"), _("事项"), _("内容"), _("办理人"), _("补记"), _("登记时间")])
    for one in tell_story(alarm):
        late = _("补记") if one["is_late"] else ""
        cells = [
            one["at"],
            one["kind"],
            one["title"],
            " / ".join(one["lines"]),
            one["who"],
            late,
            one["recorded_at"],
        ]
        rows.writerow([for_csv(cell) for cell in cells])
    return answer

"""How levels, times, numbers and table cells are shown, the same on every page."""

import json
from datetime import UTC, datetime
from typing import NamedTuple

from django import template
from django.apps import apps
from django.db.models import DateTimeField
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from anlan.kit.actions import ACTIONS

register = template.Library()

ABSENT = "–"
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400


class LevelLook(NamedTuple):
    """One level as people see it: its shape (an SVG path in a 24×24 box), its colour's name, its full words."""

    path: str
    hollow: bool
    word: str
    words: str


FIELD_LABELS = {
    "reason": _("原因"),
    "binding": _("通道绑定"),
    "place": _("场所"),
}  # of fields without one of their own
RING = "M12 3a9 9 0 1 1 0 18a9 9 0 1 1 0-18z"
HATCH = "M4.2 15.8 15.8 4.2M6.4 19 19 6.4M11.2 20.6 20.6 11.2"
LEVELS = {
    "none": LevelLook("M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16z", False, _("正常"), _("正常")),
    "blue": LevelLook("M12 3 22.4 21H1.6z", False, _("蓝色"), _("蓝色·关注")),
    "yellow": LevelLook("M12 1.6 22.4 12 12 22.4 1.6 12z", False, _("黄色"), _("黄色·加强值守")),
    "orange": LevelLook("M12 1.6 22.5 9.2 18.5 21.6H5.5L1.5 9.2z", False, _("橙色"), _("橙色·限流准备")),
    "red": LevelLook("M1.2 12 6.6 2.6h10.8L22.8 12l-5.4 9.4H6.6z", False, _("红色"), _("红色·停止进入")),
    "lost": LevelLook(RING + HATCH, True, _("数据中断"), _("数据中断")),
    "undetermined": LevelLook(RING, True, _("尚未核定"), _("尚未核定")),
}


@register.simple_tag
def level_badge(level, short=False):
    """A level as shape, colour and text: `{% level_badge "red" %}`; `short=True` says only the colour's name."""
    look = LEVELS[level or "none"]
    text = look.word if short else look.words
    return format_html('<span class="level level-{}">{}{}</span>', level or "none", draw_shape(look), text)


@register.simple_tag
def level_shape(level):
    """Only the shape, for places where the words stand beside it."""
    look = LEVELS[level or "none"]
    return format_html('<span class="level-{}">{}</span>', level or "none", draw_shape(look))


def draw_shape(look):
    return format_html(
        '<svg class="shape" width="1em" height="1em" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        draw_path(look),
    )


def draw_path(look):
    if look.hollow:
        return format_html('<path d="{}" fill="none" stroke-width="2.2"/>', look.path)
    return format_html('<path d="{}" stroke="none"/>', look.path)


@register.simple_tag
def level_shapes():
    """The shapes as symbols `#shape-<level>`, once per page, for modules that draw levels themselves."""
    symbols = ((name, draw_path(look)) for name, look in LEVELS.items())
    inside = format_html_join("", '<symbol id="shape-{}" viewBox="0 0 24 24">{}</symbol>', symbols)
    return format_html('<svg class="d-none" hidden aria-hidden="true">{}</svg>', inside)


@register.filter
def thousands(number):
    """12345 → 12,345; nothing → an en dash."""
    return ABSENT if number is None or number == "" else f"{number:,}"


@register.filter
def whole(number):
    """A count that was kept as a fraction, as whole people; nothing stays nothing."""
    return None if number in (None, "") else round(number)


@register.filter
def words(text):
    """The words of a text, to loop over: `{% for n in "3 24 72"|words %}`."""
    return text.split()


@register.filter
def percent(share):
    """0.824 → 82%; nothing → an en dash."""
    return ABSENT if share is None or share == "" else f"{share * 100:.0f}%"


@register.simple_tag(takes_context=True)
def ago(context, moment, now=None):
    """A time with its age, `22:37 · 3 分钟前`, from a datetime or from milliseconds since 1970.

    The present is the argument, else the context's `now` (a scene's own clock), else the wall clock.
    """
    if moment is None or moment == "":
        return ABSENT
    then = as_local(moment)
    present = as_local(now or context.get("now") or timezone.now())
    stamp = then.strftime("%H:%M" if then.date() == present.date() else "%m-%d %H:%M")
    return format_html(
        '<time class="tabular" datetime="{}" title="{}">{} · {}</time>',
        then.isoformat(timespec="seconds"),
        then.strftime("%Y-%m-%d %H:%M:%S"),
        stamp,
        say_age((present - then).total_seconds()),
    )


def as_local(moment):
    """A local datetime from a datetime or from milliseconds since 1970."""
    if isinstance(moment, int | float):
        moment = datetime.fromtimestamp(moment / 1000, UTC)
    return timezone.localtime(moment)


@register.filter
def clock(moment):
    """A time of today as the clock shows it, 18:40, from a datetime or from milliseconds since 1970."""
    return f"{as_local(moment):%H:%M}"


def say_age(age_s):
    """An age in words, the largest unit only; a moment to come is ahead."""
    if age_s <= -MINUTE_S:
        return say_ahead(-age_s)
    if age_s < MINUTE_S:
        return gettext("刚刚")
    if age_s < HOUR_S:
        return gettext("%(n)d 分钟前") % {"n": age_s // MINUTE_S}
    if age_s < DAY_S:
        return gettext("%(n)d 小时前") % {"n": age_s // HOUR_S}
    return gettext("%(n)d 天前") % {"n": age_s // DAY_S}


def say_ahead(ahead_s):
    """How far a moment is ahead in words, the largest unit only."""
    if ahead_s < HOUR_S:
        return gettext("%(n)d 分钟后") % {"n": ahead_s // MINUTE_S}
    if ahead_s < DAY_S:
        return gettext("%(n)d 小时后") % {"n": ahead_s // HOUR_S}
    return gettext("%(n)d 天后") % {"n": ahead_s // DAY_S}


@register.simple_tag(takes_context=True)
def cell(context, column, value):
    """One table cell by its column's kind: text, sentence, number, percent, level, time, yes, badge or html."""
    kind = column["kind"] if isinstance(column, dict) else column.kind
    return CELLS[kind](context, value)


def show_badge(context, value):
    return format_html('<span class="tag">{}</span>', value) if value else ABSENT


def show_yes(context, value):
    return gettext("是") if value else gettext("否")


CELLS = {
    "text": lambda context, value: ABSENT if value in (None, "") else value,
    "sentence": lambda context, value: ABSENT if value in (None, "") else value,
    "number": lambda context, value: thousands(value),
    "percent": lambda context, value: percent(value),
    "level": lambda context, value: level_badge(value),
    "time": ago,
    "badge": show_badge,
    "yes": show_yes,
    "html": lambda context, value: value,
}


@register.filter
def control(field):
    """A bound form field drawn with the look of its kind, tied to its help and its errors for screen readers."""
    kind = getattr(field.field.widget, "input_type", "text")
    looks = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select"}
    attrs = {"class": looks.get(kind, "form-control")}
    if field.errors:
        attrs["class"] += " is-invalid"
    if field.help_text or field.errors:
        attrs["aria-describedby"] = f"{field.auto_id}_note"
    return field.as_widget(attrs=attrs)


@register.filter
def boxes(field):
    """The single boxes of a field that is a group of boxes to tick or choose from, else nothing."""
    widget = field.field.widget
    if not hasattr(widget, "choices") or getattr(widget, "input_type", "") not in {"checkbox", "radio"}:
        return []
    widget.attrs.setdefault("class", "form-check-input")
    return field.subwidgets


@register.filter
def is_checkbox(field):
    """Whether the field is one box to tick, whose label stands behind it."""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not hasattr(field.field, "choices")


@register.filter
def deed(change):
    """What a change row says was done, in the words of its action."""
    known = ACTIONS.get(change.what)
    return known.label if known else change.what


@register.filter
def differences(change):
    """What a change row altered, in plain words: (label, before, after) of each field that people know by a label."""
    fields = {field.name: field for field in apps.get_model(change.subject_kind)._meta.get_fields()}
    rows = []
    for name, after in change.after.items():
        field = fields.get(name)
        if label := label_of(name, field):
            rows.append((label, say_value(change.before.get(name), field), say_value(after, field)))
    return rows


def label_of(name, field):
    """A field's label; None for one that only the machine reads, which has none of its own."""
    own = getattr(field, "verbose_name", None)
    return FIELD_LABELS.get(name) if own in (None, name.replace("_", " ")) else own


def say_value(value, field):
    """A value of a change row: a choice by its label, a row by its name, a moment in local time, yes and no."""
    if isinstance(value, bool):
        return show_yes({}, value)
    if isinstance(field, DateTimeField) and isinstance(value, str) and (moment := parse_datetime(value)):
        return as_local(moment).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list):
        return gettext("、").join(str(say_value(part, field)) for part in value)
    if isinstance(value, dict):
        return say_structure(value)
    return dict(getattr(field, "flatchoices", ())).get(value, value)


def say_structure(value):
    """A dict of a change row: a row's name, the reader's language, an outline, or the values it holds."""
    if "name" in value:
        return value["name"]
    if "zh" in value:
        return spoken(value)
    if "coordinates" in value:
        return gettext("已绘制")
    return gettext("、").join(str(one) for one in value.values() if one not in (None, ""))


@register.filter
def spoken(both):
    """One of the two languages of a text kept in both, {"zh": …, "en": …}; a plain text is itself."""
    if not isinstance(both, dict):
        return both or ""
    english = (get_language() or "").startswith("en")
    return both.get("en" if english else "zh", "")


@register.filter
def as_json(value):
    """A value as JSON for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)


@register.tag
def texts(parser, token):
    """Words for a page's module: lines `name: translated text` between the tags become the JSON script `#texts`."""
    nodes = parser.parse(("endtexts",))
    parser.delete_first_token()
    return TextsNode(nodes)


class TextsNode(template.Node):
    """Renders its lines and hands them over as JSON."""

    child_nodelists = ("nodes",)

    def __init__(self, nodes):
        self.nodes = nodes

    def render(self, context):
        """The JSON script; a line without a colon is an error of the template."""
        lines = [line.strip() for line in self.nodes.render(context).splitlines() if line.strip()]
        pairs = dict(line.split(":", 1) for line in lines)
        return json_script({name: text.strip() for name, text in pairs.items()}, "texts")


@register.simple_tag
def level_texts():
    """Lines for `{% texts %}`: `level.<name>` and `level.<name>.long` of every level."""
    lines = [f"level.{name}: {look.word}\nlevel.{name}.long: {look.words}" for name, look in LEVELS.items()]
    return mark_safe("\n".join(lines))

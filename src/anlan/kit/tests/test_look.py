"""How levels, times, numbers and texts are shown."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from anlan.kit.models import Change
from anlan.kit.templatetags import look

NOW = datetime(2026, 11, 23, 14, 37, 5, tzinfo=UTC)  # 22:37:05 in Shanghai


def render(source, **context):
    with translation.override("zh-hans"):
        return Template("{% load look %}" + source).render(Context(context))


@pytest.mark.parametrize("level", look.LEVELS)
def test_a_level_is_colour_shape_and_text(level):
    shown = render("{% level_badge level %}", level=level)
    assert f"level-{level}" in shown
    assert "<path" in shown
    assert str(look.LEVELS[level].words) in shown


def test_no_two_levels_share_a_shape():
    assert len({one.path for one in look.LEVELS.values()}) == len(look.LEVELS)


def test_the_shapes_for_scripts_have_one_symbol_for_each_level():
    symbols = re.findall(r'<symbol id="shape-(\w+)"', render("{% level_shapes %}"))
    assert symbols == list(look.LEVELS)


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (timedelta(seconds=20), "22:36 · 刚刚"),
        (timedelta(minutes=3), "22:34 · 3 分钟前"),
        (timedelta(hours=5), "17:37 · 5 小时前"),
        (timedelta(days=2), "11-21 22:37 · 2 天前"),
        (-timedelta(seconds=20), "22:37 · 刚刚"),
        (-timedelta(minutes=3), "22:40 · 3 分钟后"),
        (-timedelta(hours=1), "23:37 · 1 小时后"),
        (-timedelta(days=90), "02-21 22:37 · 90 天后"),
    ],
)
def test_a_time_is_absolute_with_its_age(age, shown):
    assert shown in render("{% ago moment %}", moment=NOW - age, now=NOW)


def test_milliseconds_and_moments_show_the_same():
    as_ms = int(NOW.timestamp() * 1000)
    assert render("{% ago a %}", a=as_ms, now=NOW) == render("{% ago a %}", a=NOW, now=NOW)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("number", 12345, "12,345"),
        ("percent", 0.824, "82%"),
        ("text", None, "–"),
        ("yes", False, "否"),
        ("badge", "商场", '<span class="tag">商场</span>'),
        ("text", "<b>", "&lt;b&gt;"),
    ],
)
def test_a_cell_is_drawn_by_its_kind(kind, value, shown):
    assert render("{% cell column value %}", column={"kind": kind}, value=value) == shown


def test_texts_reach_the_script_whole():
    shown = render("{% texts %}\na.b: {n} 人 & <3: 好\n{% endtexts %}")
    held = json.loads(re.search(r"<script[^>]*>(.*)</script>", shown, re.S)[1])
    assert held == {"a.b": "{n} 人 & <3: 好"}
    assert "<3" not in shown


@pytest.mark.parametrize(("language", "shown"), [("zh-hans", "好"), ("en", "good")])
def test_a_text_in_both_languages_speaks_the_reader_s(language, shown):
    with translation.override(language):
        assert look.spoken({"zh": "好", "en": "good"}) == shown


def test_a_change_is_told_by_labels_and_names_never_by_raw_fields():
    change = Change(
        subject_kind="places.place",
        before={"grade": "B", "operator": None},
        after={
            "grade": "A",
            "operator": {"id": 7, "name": "甲公司"},
            "outline": {"type": "Polygon", "coordinates": [[[121.1, 31.2]]]},
            "reason": {"zh": "人多", "en": "busy"},
            "offset": 12,
        },
    )
    with translation.override("zh-hans"):
        told = [tuple(map(str, row)) for row in look.differences(change)]
    assert told == [
        ("等级", "B 级", "A 级（最高）"),
        ("运营单位", "None", "甲公司"),
        ("范围", "None", "已绘制"),
        ("原因", "None", "人多"),
    ]

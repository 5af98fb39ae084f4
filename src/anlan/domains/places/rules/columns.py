"""The columns of an import, sheet by sheet: their names, in Chinese and in code, how a cell is read, what it expects."""

import re
from datetime import date
from typing import NamedTuple

from anlan.domains.places.terms import (
    INPUT_LABELS,
    CapacityKind,
    CapacityMethod,
    ColumnLabel,
    ColumnNote,
    EntranceForm,
    ImportKind,
    PlaceKind,
)

DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")


class ImportColumn(NamedTuple):
    """One column: `name` in code, its label and explanation, and how its cells are `read`.

    read: text (of at most `most` signs) | yes_no | number | whole | day | word (one of `words`) | organisation |
    lines | zone | own (by the sheet itself: what identifies a row, positions, outlines, parents).
    """

    name: str
    label: object
    note: object
    most: int = 0
    is_required: bool = False
    read: str = "text"
    words: object = None


PLACE = ImportColumn("place", ColumnLabel.PLACE, ColumnNote.PLACE, 40, True, "own")
PART_CODE = ImportColumn("code", ColumnLabel.CODE, ColumnNote.PART_CODE, 20, True, "own")
PART_NAME = ImportColumn("name", ColumnLabel.NAME, ColumnNote.NAME, 80, True)
LON = ImportColumn("lon", ColumnLabel.LON, ColumnNote.LON, read="own")
LAT = ImportColumn("lat", ColumnLabel.LAT, ColumnNote.LAT, read="own")
OUTLINE = ImportColumn("outline", ColumnLabel.OUTLINE, ColumnNote.OUTLINE, read="own")
INPUTS = tuple(name for name in INPUT_LABELS if name != "parts")
SHEETS = {
    ImportKind.PLACES: (
        ImportColumn("code", ColumnLabel.CODE, ColumnNote.CODE, 40, True, "own"),
        ImportColumn("name", ColumnLabel.NAME, ColumnNote.NAME, 120, True),
        ImportColumn("name_en", ColumnLabel.NAME_EN, ColumnNote.OPTIONAL, 120),
        ImportColumn("kind", ColumnLabel.KIND, ColumnNote.KIND, 40, True, "word", PlaceKind),
        ImportColumn("organisation", ColumnLabel.ORGANISATION, ColumnNote.ORGANISATION, 40, True, "organisation"),
        ImportColumn("operator", ColumnLabel.OPERATOR, ColumnNote.OPERATOR, 40, read="organisation"),
        ImportColumn("parent", ColumnLabel.PARENT, ColumnNote.PARENT, 40, read="own"),
        ImportColumn("rail_lines", ColumnLabel.RAIL_LINES, ColumnNote.RAIL_LINES, 200, read="lines"),
        ImportColumn("responsible_person", ColumnLabel.RESPONSIBLE_PERSON, ColumnNote.OPTIONAL, 60),
        ImportColumn("responsible_phone", ColumnLabel.RESPONSIBLE_PHONE, ColumnNote.OPTIONAL, 40),
        ImportColumn("address", ColumnLabel.ADDRESS, ColumnNote.OPTIONAL, 200),
        ImportColumn("surroundings", ColumnLabel.SURROUNDINGS, ColumnNote.OPTIONAL, 5000),
        LON, LAT, OUTLINE,
        ImportColumn("is_capacity_due", ColumnLabel.IS_CAPACITY_DUE, ColumnNote.YES_NO, read="yes_no"),
        ImportColumn("has_safety_signs", ColumnLabel.HAS_SAFETY_SIGNS, ColumnNote.YES_NO, read="yes_no"),
        ImportColumn("is_public", ColumnLabel.IS_PUBLIC, ColumnNote.YES_NO, read="yes_no"),
    ),
    ImportKind.ZONES: (
        PLACE, PART_CODE, PART_NAME,
        ImportColumn("level", ColumnLabel.LEVEL, ColumnNote.LEVEL, 10),
        ImportColumn("effective_area_m2", ColumnLabel.AREA, ColumnNote.NUMBER, read="number"),
        OUTLINE,
    ),
    ImportKind.ENTRANCES: (
        PLACE, PART_CODE, PART_NAME,
        ImportColumn("form", ColumnLabel.FORM, ColumnNote.FORM, 40, True, "word", EntranceForm),
        ImportColumn("zone", ColumnLabel.ZONE, ColumnNote.ZONE_OF, 20, read="zone"),
        ImportColumn("clear_width_m", ColumnLabel.WIDTH, ColumnNote.NUMBER, read="number"),
        ImportColumn("gate_count", ColumnLabel.GATES, ColumnNote.GATES, read="whole"),
        LON, LAT,
    ),
    ImportKind.CAPACITIES: (
        PLACE,
        ImportColumn("zone", ColumnLabel.ZONE, ColumnNote.ZONE_OR_ALL, 20, read="zone"),
        ImportColumn("kind", ColumnLabel.CAPACITY_KIND, ColumnNote.CAPACITY_KIND, 40, True, "word", CapacityKind),
        ImportColumn("method", ColumnLabel.METHOD, ColumnNote.METHOD, 40, read="word", words=CapacityMethod),
        ImportColumn("value_persons", ColumnLabel.VALUE, ColumnNote.VALUE, 0, True, "whole"),
        ImportColumn("determined_by", ColumnLabel.DETERMINED_BY, ColumnNote.ORGANISATION, 40, True, "organisation"),
        ImportColumn("determined_on", ColumnLabel.DETERMINED_ON, ColumnNote.DETERMINED_ON, 0, True, "day"),
        ImportColumn("document_number", ColumnLabel.DOCUMENT_NUMBER, ColumnNote.DOCUMENT_NUMBER, 80),
        ImportColumn("valid_until", ColumnLabel.VALID_UNTIL, ColumnNote.DAY, read="day"),
        ImportColumn("reason", ColumnLabel.REASON, ColumnNote.REASON, 1000),
        *(ImportColumn(name, INPUT_LABELS[name], ColumnNote.INPUT, read="number") for name in INPUTS),
    ),
}  # fmt: skip
COLUMNS = SHEETS[ImportKind.PLACES]
YES, NO = {"是", "yes", "true", "1", "y"}, {"否", "no", "false", "0", "n"}
# The Chinese headings, which are understood whatever the page's language is.
ZH_HEADINGS = {
    "编号": "code", "名称": "name", "英文名称": "name_en", "类型": "kind", "主管部门编码": "organisation",
    "运营单位编码": "operator", "所属场所编号": "parent", "轨交线路编号": "rail_lines", "责任人": "responsible_person",
    "责任人电话": "responsible_phone", "地址": "address", "周边情况": "surroundings", "经度": "lon", "纬度": "lat",
    "范围": "outline", "应核定最大承载量": "is_capacity_due", "已设安全提示设施": "has_safety_signs",
    "在公众页面显示": "is_public",
    "场所编号": "place", "区域编号": "zone", "楼层": "level", "有效面积（m²）": "effective_area_m2", "形式": "form",
    "净宽（m）": "clear_width_m", "闸机台数": "gate_count", "种类": "kind", "核定方法": "method", "核定值（人）": "value_persons",
    "核定单位编码": "determined_by", "核定日期": "determined_on", "文号": "document_number", "有效期至": "valid_until",
    "说明": "reason", "人均面积（m²/人）": "m2_per_person", "线路长度（m）": "path_length_m", "线路宽度（m）": "path_width_m",
    "卡口净宽（m）": "clear_width_m", "通行能力（人/m·分钟）": "flow_per_m_min", "平均停留（分钟）": "stay_min",
    "瞬时承载量（人）": "instantaneous_persons", "开放时间（小时）": "open_h", "平均停留（小时）": "stay_h",
    "固定座位数": "seats", "历史安全峰值（人）": "peak_persons", "取用比例（0–1）": "share",
}  # fmt: skip
SHARED_HEADINGS = {"有效面积（m²）": ("effective_area_m2", "area_m2")}  # of a zone, of a computation


def columns_by_name(kind):
    """{name: column} of a sheet of this kind."""
    return {column.name: column for column in SHEETS[kind]}


def find_column(heading, columns=COLUMNS):
    """The name of the column that a heading means, in Chinese, in the page's language, or in code; or None."""
    asked = heading.strip().removesuffix("*").strip()
    names = {column.name for column in columns}
    for name in SHARED_HEADINGS.get(asked, (ZH_HEADINGS.get(asked),)):
        if name in names:
            return name
    known = {str(column.label).lower(): column.name for column in columns}
    return known.get(asked.lower(), asked if asked in names else None)


def read_yes_no(value):
    """True, False, or None where the cell says neither."""
    text = str(value).strip().lower()
    return True if text in YES else False if text in NO else None


def read_number(value):
    """A finite float from a number or a text, or None."""
    try:
        number = float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError):
        return None
    return number if number is not None and abs(number) < float("inf") else None


def read_whole(value):
    """A whole number that is not negative, from a number or a text, or None."""
    number = read_number(value)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def read_day(value):
    """A date from 2026-01-31, 2026/1/31, 2026.1.31 or 2026年1月31日, with or without a midnight, or None."""
    found = DAY.fullmatch(str(value).strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None

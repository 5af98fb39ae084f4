"""The columns of an import: their names, in Chinese and in code, and what each expects."""

from typing import NamedTuple

from anlan.domains.places.terms import ColumnLabel, ColumnNote


class ImportColumn(NamedTuple):
    """One column: `name` in code, its label and explanation, the longest text it takes (0: no text)."""

    name: str
    label: object
    note: object
    most: int = 0
    is_required: bool = False


COLUMNS = (
    ImportColumn("code", ColumnLabel.CODE, ColumnNote.CODE, 40, True),
    ImportColumn("name", ColumnLabel.NAME, ColumnNote.NAME, 120, True),
    ImportColumn("name_en", ColumnLabel.NAME_EN, ColumnNote.OPTIONAL, 120),
    ImportColumn("kind", ColumnLabel.KIND, ColumnNote.KIND, 40, True),
    ImportColumn("organisation", ColumnLabel.ORGANISATION, ColumnNote.ORGANISATION, 40, True),
    ImportColumn("operator", ColumnLabel.OPERATOR, ColumnNote.OPERATOR, 40),
    ImportColumn("parent", ColumnLabel.PARENT, ColumnNote.PARENT, 40),
    ImportColumn("rail_lines", ColumnLabel.RAIL_LINES, ColumnNote.RAIL_LINES, 200),
    ImportColumn("responsible_person", ColumnLabel.RESPONSIBLE_PERSON, ColumnNote.OPTIONAL, 60),
    ImportColumn("responsible_phone", ColumnLabel.RESPONSIBLE_PHONE, ColumnNote.OPTIONAL, 40),
    ImportColumn("address", ColumnLabel.ADDRESS, ColumnNote.OPTIONAL, 200),
    ImportColumn("surroundings", ColumnLabel.SURROUNDINGS, ColumnNote.OPTIONAL, 5000),
    ImportColumn("lon", ColumnLabel.LON, ColumnNote.LON),
    ImportColumn("lat", ColumnLabel.LAT, ColumnNote.LAT),
    ImportColumn("outline", ColumnLabel.OUTLINE, ColumnNote.OUTLINE),
    ImportColumn("is_capacity_due", ColumnLabel.IS_CAPACITY_DUE, ColumnNote.YES_NO),
    ImportColumn("has_safety_signs", ColumnLabel.HAS_SAFETY_SIGNS, ColumnNote.YES_NO),
    ImportColumn("is_public", ColumnLabel.IS_PUBLIC, ColumnNote.YES_NO),
)
BY_NAME = {column.name: column for column in COLUMNS}
TEXT_COLUMNS = ("name", "name_en", "responsible_person", "responsible_phone", "address", "surroundings")
YES_NO_COLUMNS = ("is_capacity_due", "has_safety_signs", "is_public")
YES, NO = {"是", "yes", "true", "1", "y"}, {"否", "no", "false", "0", "n"}
ZH_HEADINGS = {
    "编号": "code", "名称": "name", "英文名称": "name_en", "类型": "kind", "主管部门编码": "organisation",
    "运营单位编码": "operator", "所属场所编号": "parent", "轨交线路编号": "rail_lines", "责任人": "responsible_person",
    "责任人电话": "responsible_phone", "地址": "address", "周边情况": "surroundings", "经度": "lon", "纬度": "lat",
    "范围": "outline", "应核定最大承载量": "is_capacity_due", "已设安全提示设施": "has_safety_signs",
    "在公众页面显示": "is_public",
}  # fmt: skip


def find_column(heading):
    """The name of the column that a heading means, in Chinese, in the page's language, or in code; or None."""
    asked = heading.strip().removesuffix("*").strip()
    if asked in ZH_HEADINGS:
        return ZH_HEADINGS[asked]
    known = {str(column.label).lower(): column.name for column in COLUMNS}
    return known.get(asked.lower(), asked if asked in BY_NAME else None)


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

"""The columns of risk points in files, coming in and going out: names, labels, and how a cell is read."""

from typing import NamedTuple

from anlan.domains.riskmap.rules.levels import LEC_FACTORS, LS_FACTORS
from anlan.domains.riskmap.terms import ColumnNote, Field, Refusal, RiskMethod

FACTORS = tuple(dict.fromkeys((*LEC_FACTORS, *LS_FACTORS)))


class Column(NamedTuple):
    """One column. read: text (of at most `most` signs) | number | word | code (of a row elsewhere) | own (by the planner)."""

    name: str
    label: object
    read: str = "text"
    most: int = 0
    is_required: bool = False
    note: object = ""
    example: str = ""


COLUMNS = (
    Column("number", Field.NUMBER, "own", 20, note=ColumnNote.NUMBER),
    Column("name", Field.NAME, most=120, is_required=True, example="1号楼锅炉房"),
    Column("category", Field.CATEGORY, most=60, example="锅炉"),
    Column("organisation", Field.ORGANISATION_CODE, "code", 40, True, ColumnNote.ORGANISATION, "TRADE"),
    Column("place", Field.PLACE_CODE, "code", 40, note=ColumnNote.SPOT),
    Column("enterprise", Field.ENTERPRISE_CODE, "code", 18, note=ColumnNote.SPOT),
    Column("lon", Field.LON, "own", note=ColumnNote.SPOT, example="121.4475"),
    Column("lat", Field.LAT, "own", note=ColumnNote.SPOT, example="31.2338"),
    Column("outline", Field.OUTLINE, "own", note=ColumnNote.OUTLINE),
    Column("post", Field.POST, most=60, example="锅炉班长"),
    Column("person_name", Field.PERSON, most=60),
    Column("precautions", Field.PRECAUTIONS, most=2000, example="无关人员不得入内"),
    Column("engineering", Field.ENGINEERING, most=2000, example="安全阀每年校验"),
    Column("management", Field.MANAGEMENT, most=2000),
    Column("training", Field.TRAINING, most=2000),
    Column("protective", Field.PROTECTIVE, most=2000),
    Column("emergency", Field.EMERGENCY, most=2000),
    Column("method", Field.METHOD, "own", note=ColumnNote.METHOD, example="LEC"),
    *(Column(factor, Field.FACTORS[factor], "own", note=ColumnNote.SCORE, example=score)
      for factor, score in zip(FACTORS, ("3", "6", "15", ""), strict=True)),
)  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
# The Chinese headings, which are understood whatever the page's language is.
ZH_HEADINGS = {
    "编号": "number", "风险点名称": "name", "名称": "name", "风险类别": "category", "责任单位编码": "organisation",
    "场所编号": "place", "企业统一社会信用代码": "enterprise", "经度": "lon", "纬度": "lat", "范围": "outline",
    "责任岗位": "post", "责任人": "person_name", "注意事项": "precautions", "工程技术措施": "engineering",
    "管理措施": "management", "培训教育措施": "training", "个体防护措施": "protective", "应急处置措施": "emergency",
    "评估方法": "method", "L 发生的可能性": "L", "E 暴露的频繁程度": "E", "C 后果的严重程度": "C", "S 后果的严重程度": "S",
}  # fmt: skip


class Unread(ValueError):
    """A cell that is not what its column holds; the text says why."""


def find_column(heading):
    """The name of the column that a heading means, in Chinese, in the page's language, or in code; or None."""
    asked = heading.strip().removesuffix("*").strip()
    if asked in ZH_HEADINGS:
        return ZH_HEADINGS[asked]
    labels = {str(column.label).lower(): column.name for column in COLUMNS}
    return labels.get(asked.lower(), asked if asked in BY_NAME else None)


def read_text(column, value):
    """A text that is not too long. Raises Unread."""
    text = str(value).strip()
    if len(text) > column.most:
        raise Unread(str(Refusal.TOO_LONG % {"most": column.most}))
    return text


def read_number(value):
    """A finite number from a number or a text. Raises Unread."""
    try:
        number = float(value) if not isinstance(value, bool | dict) else None
    except (TypeError, ValueError):
        number = None
    if number is None or not abs(number) < float("inf"):
        raise Unread(str(Refusal.NOT_A_NUMBER % {"text": str(value)[:20]}))
    return number


def read_assessment(cells):
    """(method, {factor: score as written}) of a row's cells, or None where it says nothing of an assessment. Raises Unread."""
    inputs = {factor: cells[factor] for factor in FACTORS if factor in cells}
    asked = str(cells.get("method", "")).strip().upper()
    if not asked:
        if inputs:
            raise Unread(str(Refusal.METHOD_MISSING))
        return None
    for method in RiskMethod:
        if asked in {method.value, str(method.label).upper()}:
            return method.value, inputs
    raise Unread(str(Refusal.WORD_UNKNOWN % {"text": asked[:20], "words": "、".join(RiskMethod.values)}))

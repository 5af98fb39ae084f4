"""The columns of an import of enterprises: names, labels, and how a cell is read."""

from datetime import date
from typing import NamedTuple

from anlan.domains.enterprises.terms import EnterpriseSize, Field, Refusal, StandardGrade

MAGNITUDE = 10**9


class Column(NamedTuple):
    """One column. read: code | text (of at most `most` signs) | whole | day | word (one of `words`) | supervisor."""

    name: str
    label: object
    read: str = "text"
    most: int = 0
    is_required: bool = False
    words: object = None
    example: str = ""


COLUMNS = (
    Column("code", Field.CODE, "code", example="91350100M000100Y43"),
    Column("former_number", Field.FORMER, "former", 15, example=""),
    Column("name", Field.NAME, most=120, is_required=True, example="示例商贸有限公司"),
    Column("supervisor", Field.SUPERVISOR, "supervisor", is_required=True, example="TRADE"),
    Column("industry_code", Field.INDUSTRY_CODE, most=8, example="F52"),
    Column("industry", Field.INDUSTRY, most=60, example="零售业"),
    Column("size", Field.SIZE, "word", words=EnterpriseSize, example="小型"),
    Column("staff_count", Field.STAFF, "whole", example="35"),
    Column("address", Field.ADDRESS, most=200),
    Column("registered_address", Field.REGISTERED, most=200),
    Column("principal", Field.PRINCIPAL, most=60),
    Column("principal_phone", Field.PRINCIPAL_PHONE, most=40),
    Column("safety_officer", Field.SAFETY, most=60),
    Column("safety_phone", Field.SAFETY_PHONE, most=40),
    Column("standard_grade", Field.STANDARD, "word", words=StandardGrade, example="三级"),
    Column("standard_until", Field.STANDARD_UNTIL, "day", example="2027-12-31"),
    Column("insurer", Field.INSURER, most=80),
    Column("insured_until", Field.INSURED_UNTIL, "day", example="2027-06-30"),
)
BY_NAME = {column.name: column for column in COLUMNS}
# The Chinese headings, which are understood whatever the page's language is.
ZH_HEADINGS = {
    "统一社会信用代码": "code", "原注册号": "former_number", "名称": "name", "企业名称": "name", "监管单位编码": "supervisor",
    "行业代码": "industry_code", "行业": "industry", "规模": "size", "从业人数": "staff_count", "经营地址": "address",
    "注册地址": "registered_address", "主要负责人": "principal", "主要负责人电话": "principal_phone",
    "安全管理人员": "safety_officer", "安全管理人员电话": "safety_phone", "标准化等级": "standard_grade",
    "标准化有效期至": "standard_until", "安责险承保公司": "insurer", "安责险有效期至": "insured_until",
}  # fmt: skip


class Unread(ValueError):
    """A cell that is not what its column holds; the text says why."""


def find_column(heading):
    """The name of the column that a heading means, in Chinese, in the page's language, or in code; or None."""
    asked = heading.strip().removesuffix("*").strip()
    if name := ZH_HEADINGS.get(asked):
        return name
    labels = {str(column.label).lower(): column.name for column in COLUMNS}
    return labels.get(asked.lower(), asked if asked in BY_NAME else None)


def read_text(column, value):
    """A text that is not too long. Raises Unread."""
    text = str(value).strip()
    if len(text) > column.most:
        raise Unread(str(Refusal.TOO_LONG % {"most": column.most}))
    return text


def read_whole(column, value):
    """A whole number. Raises Unread."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if isinstance(value, bool) or not 0 <= number < MAGNITUDE or number != int(number):
        raise Unread(str(Refusal.NUMBER_FORM % {"text": str(value)[:40]}))
    return int(number)


def read_day(column, value):
    """A date, as 2026-01-31, 2026/1/31, 2026.1.31 or 2026年1月31日, with or without a time. Raises Unread."""
    text = str(value).strip().partition(" ")[0].partition("T")[0]
    plain = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    try:
        return date(*(int(part) for part in plain.split("-")))
    except (TypeError, ValueError, OverflowError):
        raise Unread(str(Refusal.DAY_FORM % {"text": str(value)[:40]})) from None


def read_word(column, value):
    """One of the column's words, by value or by label. Raises Unread."""
    asked = str(value).strip()
    for choice, label in column.words.choices:
        if asked in {choice, str(label)}:
            return choice
    if choice := ZH_WORDS.get((column.name, asked)):
        return choice
    words = "、".join(str(label) for _choice, label in column.words.choices)
    raise Unread(str(Refusal.WORD_UNKNOWN % {"text": asked[:40], "words": words}))


ZH_WORDS = {
    ("size", "大型"): "large", ("size", "中型"): "medium", ("size", "小型"): "small", ("size", "微型"): "micro",
    ("standard_grade", "一级"): "1", ("standard_grade", "二级"): "2", ("standard_grade", "三级"): "3",
}  # fmt: skip
READERS = {"text": read_text, "whole": read_whole, "day": read_day, "word": read_word}

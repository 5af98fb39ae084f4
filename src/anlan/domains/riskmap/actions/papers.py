"""The district's sheet as one paper: number, stored bytes, code of verification; A3."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.riskmap.queries.district import district_sheet
from anlan.domains.riskmap.rules import life
from anlan.domains.riskmap.terms import Refusal, RiskLevel
from anlan.kit.actions import action, check, done
from anlan.kit.address import absolute
from anlan.kit.documents import DocumentKind, Place, issue, register

A3_LANDSCAPE_CM = (42.0, 29.7)


def outline():
    """The default template: the sum, the departments' sheets, the points by level, the list."""
    return [
        ("title", "{{ organ }}{{ year }}年安全风险分布汇总表"),
        ("text", "{{ number }}　截至 {{ issued_at }}"),
        ("text", "{{ summary }}"),
        ("heading", "一、按风险等级"),
        ("table", "levels"),
        ("heading", "二、各单位分表"),
        ("table", "sheets"),
        ("heading", "三、风险点清单"),
        ("table", "points"),
        ("text", "{{ more }}"),
        ("signature", "汇总：{{ writer }}　{{ organ }}　{{ issued_on }}"),
        ("text", "校验码：{{ code }}　{{ verify_at }}"),
    ]


SHEETS = (
    ("organisation", _("单位")), ("state", _("状态")), ("due_on", _("截止日期")), ("checked", _("已核对")), ("due", _("应核对")),
    ("share", _("完成率")), *((f"level{level.value}", level.label) for level in RiskLevel), ("unassessed", _("未评估")),
)  # fmt: skip
POINTS = (
    ("n", _("序号")), ("number", _("编号")), ("name", _("风险点名称")), ("level", _("风险等级")), ("organisation", _("责任单位")),
    ("answerer", _("责任岗位和责任人")), ("precautions", _("注意事项")), ("measures", _("管控措施")),
)  # fmt: skip
SHEET_WIDTHS, POINT_WIDTHS = (4, *(2,) * (len(SHEETS) - 1)), (1, 2, 4, 2, 3, 3, 4, 9)
DISTRICT = register(
    DocumentKind(
        "risk_district_sheet", _("安全风险分布汇总表"), "{organ}风险汇〔{year}〕{serial}号",
        (
            Place("year", _("年度")), Place("summary", _("汇总情况")), Place("more", _("清单以外")), Place("writer", _("汇总人")),
            Place("levels", _("按风险等级"), (("label", _("风险等级")), ("n", _("风险点")))),
            Place("sheets", _("各单位分表"), SHEETS, SHEET_WIDTHS), Place("points", _("风险点清单"), POINTS, POINT_WIDTHS),
        ),
        outline, right=Right.RISKMAP_CHECK, page_cm=A3_LANDSCAPE_CM,
    )
)  # fmt: skip


@action("riskmap.issue_district_sheet", may=Right.RISKMAP_CHECK, label=_("签发风险分布汇总表"))
def issue_district_sheet(organisation, *, by, now, year):
    """Issue the year's sums, sheets and points, as `by` sees them, as one paper of `organisation`.

    Raises Refused for a year in which no sheet was opened.
    """
    check(life.year_is_sound(year, timezone.localdate(now)))
    told = district_sheet(by, year)
    check(None if told.lines else Refusal.NO_SHEETS % {"year": year})
    with override(settings.LANGUAGE_CODE):  # the paper speaks the district's language, whichever `by` reads
        change = issue(
            organisation, by=by, now=now, kind=DISTRICT.code, title=gettext("%(year)d 年安全风险分布汇总表") % {"year": year},
            values=put_down(told, str(by)), verify_at=absolute(reverse("kit:verify_any")),
        )  # fmt: skip
    return done(organisation, after={"document": change.subject.number})


def put_down(told, writer):
    """A DistrictSheet as the places of the template."""
    every = told.rolled["all"]
    summary = gettext(
        "分表已核对 %(done)d / %(sheets)d 份；风险点已核对 %(checked)d / %(due)d 个，完成率 %(share)s；未纳入分表 %(outside)d 个。"
    )
    facts = {"done": told.rolled["rolled_up"], "sheets": told.rolled["sheets"], "outside": told.outside}
    facts |= {"checked": every.checked, "due": every.due, "share": percent(every.share)}
    more = gettext("另有 %(n)d 个风险点未列入，见系统列表。") % {"n": told.more} if told.more else ""
    return {
        "year": told.year, "summary": summary % facts, "more": more, "writer": writer,
        "levels": [
            {"label": str(level.label if level else gettext("未评估")), "n": n} for level, _colour, n in told.levels
        ],
        "sheets": [put_line(line) for line in told.lines],
        "points": [put_point(n, point) for n, point in enumerate(told.points, 1)],
    }  # fmt: skip


def put_line(line):
    """One organisation's sheet as a row."""
    levels = zip([name for name, _label in SHEETS[6:]], line.levels, strict=True)
    return {
        "organisation": str(line.sheet.organisation), "state": str(line.sheet.get_state_display()),
        "due_on": f"{line.sheet.due_on:%Y-%m-%d}", "checked": line.progress.checked, "due": line.progress.due,
        "share": percent(line.progress.share), **dict(levels),
    }  # fmt: skip


def put_point(n, point):
    """One risk point as a row."""
    measures = "；".join(f"{label}：{text.strip()}" for label, text in point.measures if text.strip())
    return {
        "n": n, "number": point.number, "name": point.name, "level": str(point.get_level_display() or gettext("未评估")),
        "organisation": str(point.organisation), "answerer": point.answerer or "–", "precautions": point.precautions or "–",
        "measures": measures or "–",
    }  # fmt: skip


def percent(share):
    """A share in whole percent; a dash where there is none."""
    return "–" if share is None else f"{share:.0%}"

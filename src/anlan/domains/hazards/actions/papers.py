"""Papers of hazards: the signed statement, and the consent to resume production."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.kit.documents import DocumentKind, Place, register


def outline_statement():
    """The default template of a statement."""
    return [
        ("title", "安全生产事故隐患排查治理统计表"),
        ("text", "{{ number }}"),
        ("heading", "{{ title }}"),
        ("text", "统计单位：{{ organ }}　统计期：{{ span }}（{{ days }}）　统计范围：{{ scope }}　第 {{ version }} 版"),
        ("table", "grades"),
        ("heading", "按隐患类别"),
        ("table", "kinds"),
        ("heading", "按隐患来源"),
        ("table", "sources"),
        ("text", "口径：核实受理后计入；合并的隐患不重复计数；期初未销号 + 本期发现 + 重新整改 − 本期销号 − 合并 = 期末未销号；整改率 = 本期销号 ÷（期初未销号 + 本期发现 + 重新整改 − 合并）。"),
        ("signature", "主要负责人（{{ post }}）：{{ signer }}"),
        ("signature", "{{ organ }}　{{ issued_on }}"),
        ("text", "数字校验值：{{ sha256 }}"),
        ("text", "校验码：{{ code }}　{{ verify_at }}"),
    ]  # fmt: skip


def outline_consent():
    """The default template of a consent to resume production."""
    return [
        ("title", "同意恢复生产经营通知书"),
        ("text", "{{ number }}"),
        ("heading", "{{ title }}"),
        ("text", "{{ unit }}："),
        ("text", "因重大隐患（{{ hazard }}），根据 {{ decision_number }}，你单位{{ scope }}（{{ what }}）。你单位于 {{ applied_at }} 申请恢复生产经营。"),
        ("text", "经 {{ reviewed_at }} 现场审查（审查人：{{ reviewer }}）：{{ review }}"),
        ("text", "隐患已复查销号，同意恢复生产经营。{{ decision }}"),
        ("signature", "批准：{{ decider }}"),
        ("signature", "{{ organ }}　{{ issued_on }}"),
        ("text", "校验码：{{ code }}　{{ verify_at }}"),
    ]  # fmt: skip


SHORT_COLUMNS = (
    ("label", _("项目")), ("carried", _("期初未销号")), ("found", _("本期发现")), ("closed", _("本期销号")),
    ("open", _("期末未销号")), ("overdue", _("逾期未整改")),
)  # fmt: skip
STATEMENT = register(
    DocumentKind(
        "hazard_statement", _("隐患排查治理统计表"), "{organ}隐统〔{year}〕{serial}号",
        (
            Place("span", _("统计期")), Place("days", _("起止日期")), Place("scope", _("统计范围")), Place("version", _("版本")),
            Place("grades", _("分级数字"), (
                ("label", _("项目")), ("general", _("一般隐患")), ("major", _("重大隐患")), ("ungraded", _("未定级")), ("total", _("合计")),
            )),
            Place("kinds", _("按隐患类别"), SHORT_COLUMNS), Place("sources", _("按来源"), SHORT_COLUMNS),
            Place("post", _("签字人职务")), Place("signer", _("签字人")), Place("sha256", _("校验值")),
        ),
        outline_statement, right=Right.HAZARDS_SIGN,
    )
)  # fmt: skip
CONSENT = register(
    DocumentKind(
        "resume_consent", _("同意恢复生产经营通知书"), "{organ}安复〔{year}〕{serial}号",
        (
            Place("unit", _("整改责任单位")), Place("hazard", _("隐患")), Place("decision_number", _("决定书文号")),
            Place("scope", _("停产停业范围")), Place("what", _("停产停业部位")), Place("applied_at", _("申请恢复时间")),
            Place("reviewed_at", _("审查时间")), Place("reviewer", _("审查人")), Place("review", _("现场审查意见")),
            Place("decision", _("决定意见")), Place("decider", _("批准人")),
        ),
        outline_consent, right=Right.HAZARDS_SUPERVISE,
    )
)  # fmt: skip

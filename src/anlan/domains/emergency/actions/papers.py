"""Reports as documents: a `.docx` in the district's own form, with number and code of verification."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions.incidents import told
from anlan.domains.emergency.rules.reports import SIGNED
from anlan.domains.emergency.terms.reports import ReportRefusal
from anlan.kit.actions import action, check, done
from anlan.kit.address import absolute
from anlan.kit.documents import DocumentKind, Place, documents_of, issue, register


def outline():
    """The default template: letterhead, facts, sections, signature."""
    return [
        ("title", "{{ organ }}突发事件信息"),
        ("text", "{{ number }}　{{ report }}"),
        ("heading", "{{ title }}"),
        ("table", "facts"),
        ("table", "sections"),
        ("text", "报送：{{ sent_to }}"),
        ("signature", "拟稿：{{ writer }}　签发：{{ signer }}"),
        ("signature", "{{ organ }}　{{ issued_on }}"),
        ("text", "签发内容校验值：{{ sha256 }}"),
        ("text", "校验码：{{ code }}　{{ verify_at }}"),
    ]


REPORT = register(
    DocumentKind(
        "incident_report", _("突发事件信息"), "{organ}应急报〔{year}〕{serial}号",
        (
            Place("report", _("报告")),
            Place("facts", _("事件要素"), (("label", _("项目")), ("value", _("内容")))),
            Place("sections", _("报告内容"), (("label", _("项目")), ("text", _("内容")))),
            Place("sent_to", _("报送单位")), Place("writer", _("拟稿人")), Place("signer", _("签发人")),
            Place("sha256", _("校验值")),
        ),
        outline, right=Right.INCIDENTS_SIGN,
    )
)  # fmt: skip


@action("emergency.draw_report", may=Right.INCIDENTS_RUN, label=_("生成信息报告文书"))
def draw_report(report, *, by, now, scene):
    """Make the document of a signed report, once: afterwards it is printed from the stored bytes."""
    check(None if report.state in SIGNED else ReportRefusal.NOT_SIGNED)
    standing = documents_of(report).exclude(state="void").first()
    check(ReportRefusal.DRAWN % {"number": standing.number} if standing else None)
    values = {
        "report": str(report.name), "sent_to": report.sent_to or "–", "writer": str(report.writer),
        "signer": f"{report.signer} {timezone.localtime(report.signed_at):%Y-%m-%d %H:%M}", "sha256": report.sha256,
        "facts": [{"label": str(label), "value": str(value)} for label, value in report.facts],
        "sections": [{"label": str(label), "text": text} for label, text in report.parts],
    }  # fmt: skip
    change = issue(
        report, by=by, now=now, scene=scene, kind=REPORT.code, title=report.incident.title, values=values,
        verify_at=absolute(reverse("kit:verify_any")),
    )  # fmt: skip
    return done(report, after={"document": change.subject.number} | told(now))

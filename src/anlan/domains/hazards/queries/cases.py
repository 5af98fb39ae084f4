"""Reads of cases: who sees which, what waits, what goes back and was not acknowledged, by which channel it is pushed."""

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards.models import CaseResult, IncomingCase
from anlan.domains.hazards.terms import CaseChannel, CaseState, HazardState
from anlan.kit import tables
from anlan.kit.models import Channel, Message
from anlan.kit.tables import Seed, Table, TableColumn, register

FILES_SHOWN = 10
CASE_CHANNELS = "hazards.case_channels"
OVER = (HazardState.CLOSED, HazardState.REJECTED, HazardState.CONTESTED)
WITH = ("organisation", "place", "hazard__organisation", "hazard__merged_into", "decided_by")

register(Table(
    CASE_CHANNELS, title=_("案件渠道"), lead=_("办理结果推送到哪个发送渠道（网络回调）。不填的，由对方从接口领取，或导出文件回送。"),
    key=TableColumn("channel", _("渠道"), "word", words=CaseChannel),
    columns=(TableColumn("push_by", _("发送渠道编码"), most=40, is_required=False),),
    seeds=lambda on: [Seed(one.value, {"push_by": ""}, "K", _("平台默认；请按本区规定核定")) for one in CaseChannel],
))  # fmt: skip


def visible_cases(person):
    """The cases of organisations within reach of `person` (or of an access token)."""
    return IncomingCase.objects.filter(person.reach(Right.VIEW)).select_related(*WITH)


def withdrawable_cases(person):
    """The cases that wait and that a person may take back, the newest first."""
    rows = IncomingCase.objects.filter(person.reach(Right.HAZARDS_VERIFY), state=CaseState.WAITING)
    return rows.select_related(*WITH)


def handed_in_together(person):
    """[(handed in at, how many of them wait)] of the last files: waiting cases that came in at one moment."""
    rows = withdrawable_cases(person).order_by().values("handed_in_at").annotate(number=Count("pk"))
    several = rows.filter(number__gt=1).order_by("-handed_in_at")[:FILES_SHOWN]
    return [(one["handed_in_at"], one["number"]) for one in several]


def visible_results(person):
    """The results of those cases."""
    seen = person.reach(Right.VIEW, through="case__organisation")
    return CaseResult.objects.filter(seen, case__left_at=None).select_related(
        "case__organisation", "case__hazard"
    )


def find_case(channel, number):
    """The case of this channel and number, or None."""
    return IncomingCase.objects.filter(channel=channel, number=number).select_related(*WITH).first()


def known_outcomes(case):
    """{(outcome, round)} that the channel was told."""
    return set(case.results.values_list("outcome", "round"))


def cases_to_follow():
    """Cases whose hazard went on since the channel heard last."""
    merged = HazardState.MERGED
    went_on = Q(state=CaseState.TAKEN, hazard__state__in=(*OVER, merged)) | (
        Q(state=CaseState.ENDED) & ~Q(hazard__state__in=(*OVER, merged))
    )
    return IncomingCase.objects.filter(went_on).select_related(*WITH)


def cases_to_warn(before):
    """Open cases whose own deadline lies before a moment and was not told of twice."""
    waits = (CaseState.WAITING, CaseState.TAKEN)
    return IncomingCase.objects.filter(state__in=waits, due_at__lt=before, warned__lt=2).select_related(*WITH)


def push_channel(channel, *, on):
    """The channel of the outbox by which results go back, or None where they are fetched or exported."""
    row = tables.read(CASE_CHANNELS, on=on).get(channel) or {}
    code = (row.get("push_by") or "").strip()
    return Channel.objects.filter(code=code, is_active=True).first() if code else None


def push_key(result, push):
    """Under which key a push of a result stands in the outbox."""
    return f"case-result/{result.position}/{push}"


def last_push(result):
    """The message by which a result was pushed last, or None."""
    return Message.objects.filter(key=push_key(result, result.pushes)).first() if result.pushes else None


def unreceived_pushes():
    """Results that were pushed and have no receipt yet."""
    waiting = CaseResult.objects.filter(received_at=None, pushes__gt=0, case__left_at=None)
    return waiting.select_related("case__organisation")

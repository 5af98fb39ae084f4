"""Cases of other channels: handed in once, taken as a hazard or returned, and every result told once and acknowledged."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries, rules
from anlan.domains.hazards.actions.finding import accept_hazard, report_hazard
from anlan.domains.hazards.models import CaseResult, IncomingCase, ResultPosition
from anlan.domains.hazards.terms import CaseOutcome, CaseRefusal, CaseState, Refusal
from anlan.kit.actions import action, check, done, note
from anlan.kit.models import Change
from anlan.kit.outbox import queue, tell_organisation

VERIFY = Right.HAZARDS_VERIFY
TOLD = ("text", "sort", "address", "place", "lon", "lat", "received_at", "due_at")
SOON, OVER = _("案件时限将到"), _("案件已超过时限")
WARNING = _("%(case)s 的时限是 %(due)s，目前“%(state)s”。请办理。")
PUSHES_MOST = 24  # by itself; a person may push on


def locked(case):
    """The case locked and read again."""
    case.refresh_from_db(from_queryset=IncomingCase.objects.select_for_update())
    return case


def insist_state(case, *states):
    """Refuse a step that does not fit where the case stands."""
    locked(case)
    label = CaseState(case.state).label
    check(None if case.state in states else CaseRefusal.NOT_NOW % {"state": label})


@action("hazards.hand_in_case", machine=True, may=VERIFY, label=_("接收案件"))
def hand_in_case(
    organisation, *, by, now, channel, number, text, received_at, sort="", address="", place=None, lon=None, lat=None,
    due_at=None,
):  # fmt: skip
    """A case comes in for `organisation`, once for each channel and number; a withdrawn one may come again.

    `by` None: by the interface. Raises Refused for a case without number or text, and for one that is known.
    """
    check(rules.check_case(number=number, text=text, received_at=received_at, due_at=due_at))
    words = {
        "text": text.strip(), "sort": sort.strip(), "address": address.strip(), "place": place, "lon": lon, "lat": lat,
        "received_at": received_at, "due_at": due_at,
    }  # fmt: skip
    known = queries.find_case(channel, number.strip())
    is_gone = known is not None and known.state == CaseState.WITHDRAWN
    check(CaseRefusal.DIFFERS % {"number": number} if known and not is_gone else None)
    case = known or IncomingCase(channel=channel, number=number.strip())
    for name, value in (words | {"organisation": organisation, "handed_in_at": now}).items():
        setattr(case, name, value)
    case.state, case.warned = CaseState.WAITING, 0
    case.save()
    return done(case, after=note(case, "channel", "number", "organisation", *TOLD))


def is_same(case, **words):
    """Whether a case that comes again says what it said before."""
    return all(getattr(case, name) == words.get(name, getattr(case, name)) for name in TOLD)


@action("hazards.take_case", may=VERIFY, label=_("案件转为隐患"))
def take_case(case, *, by, now, kind="", known=None):
    """It is ours: a hazard with the case's number, accepted at once; or the one, `known`, that it is about already."""
    insist_state(case, CaseState.WAITING)
    is_ours = known is None or known.organisation_id == case.organisation_id
    check(None if is_ours else CaseRefusal.HAZARD_OTHER % {"number": known.number if known else ""})
    before = note(case, "state", "hazard")
    case.hazard = known or make_hazard(case, by=by, now=now, kind=kind)
    case.state, case.decided_by, case.decided_at = CaseState.TAKEN, by, now
    case.save(update_fields=["hazard", "state", "decided_by", "decided_at"])
    tell_outcomes(case, now)
    return done(case, before=before)


def make_hazard(case, *, by, now, kind):
    """An accepted hazard of the case's organisation."""
    hazard = report_hazard(
        case.organisation, by=by, now=now, what=case.text, kind=kind, source=case.channel, outer_number=case.number,
        lon=case.lon, lat=case.lat, address=case.address or case.get_channel_display(),
    ).subject  # fmt: skip
    if case.place_id:
        hazard.place, hazard.responsible = case.place, case.place.operator
        hazard.save(update_fields=["place", "responsible"])
    accept_hazard(hazard, by=by, now=now)
    return hazard


@action("hazards.return_case", may=VERIFY, label=_("退回案件"))
def return_case(case, *, by, now, why):
    """It is not ours, with the reason that the channel reads."""
    insist_state(case, CaseState.WAITING)
    check(None if why.strip() else CaseRefusal.NO_REASON)
    before = note(case, "state")
    case.state, case.decided_by, case.decided_at = CaseState.RETURNED, by, now
    case.returned_why = why.strip()[:500]
    case.save(update_fields=["state", "decided_by", "decided_at", "returned_why"])
    make_result(case, CaseOutcome.RETURNED, 1, case.returned_why, now)
    return done(case, before=before)


@action("hazards.transfer_case", may=VERIFY, label=_("转派案件"))
def transfer_case(case, *, by, now, organisation, why):
    """Another organisation is to deal with it, with the reason."""
    insist_state(case, CaseState.WAITING)
    check(None if why.strip() else Refusal.NEEDS_REASON)
    check(Refusal.SAME_ORGANISATION if organisation.pk == case.organisation_id else None)
    before = note(case, "organisation")
    case.organisation = organisation
    case.save(update_fields=["organisation"])
    return done(case, before=before)


@action("hazards.withdraw_case", may=VERIFY, label=_("撤回案件"))
def withdraw_case(case, *, by, now, why):
    """It was handed in wrongly, with the reason; the channel may hand its number in again."""
    insist_state(case, CaseState.WAITING)
    check(None if why.strip() else Refusal.NEEDS_REASON)
    before = note(case, "state")
    case.state, case.decided_by, case.decided_at = CaseState.WITHDRAWN, by, now
    case.save(update_fields=["state", "decided_by", "decided_at"])
    return done(case, before=before)


# ── results ─────────────────────────────────────────────────────────────────────────────────────


@action("hazards.follow_case", machine=True, may=VERIFY, label=_("案件随隐患办理"))
def follow_case(case, *, by, now):
    """The hazard went on: the case stands with it, and the channel is told what it was not told yet."""
    locked(case)
    before = note(case, "state")
    case.state = rules.state_after(queries.standing(case.hazard).state)
    case.save(update_fields=["state"])
    tell_outcomes(case, now)
    check(
        None if before["state"] != case.state else CaseRefusal.NOT_NOW % {"state": case.get_state_display()}
    )
    return done(case, before=before)


def tell_outcomes(case, now):
    """Every outcome of the case's hazard that the channel does not know yet, in order."""
    hazard = queries.standing(case.hazard)
    for outcome, number in rules.outcomes_due(hazard.state, hazard.round, queries.known_outcomes(case)):
        text = say_outcome(hazard, outcome)
        make_result(case, outcome, number, text, now)


def say_outcome(hazard, outcome):
    """The words of a result: the number, the reason or the conclusion that is on record."""
    if outcome in (CaseOutcome.ACCEPTED, CaseOutcome.REOPENED):
        return str(_("隐患编号 %(number)s") % {"number": hazard.number or "–"})
    verb = "hazards.reject" if outcome == CaseOutcome.REJECTED else "hazards.close"
    last = Change.objects.of(hazard).filter(what=verb).order_by("-id").first()
    return last.why[:500] if last else ""


def make_result(case, outcome, number, text, now):
    """A result at the next position, pushed where the channel has a push; the same one is made once."""
    if case.results.filter(outcome=outcome, round=number).exists():
        return None
    result = CaseResult.objects.create(
        case=case, position=take_position(), outcome=outcome, round=number, text=text, made_at=now
    )
    queue_push(result, now)
    return result


def take_position():
    """The next position: its row stays locked until this transaction ends, so readers never see a gap fill later."""
    ResultPosition.objects.get_or_create(pk=1)
    line = ResultPosition.objects.select_for_update().get(pk=1)
    line.last += 1
    line.save(update_fields=["last"])
    return line.last


def say_result(result):
    """A result as it is told to the channel, by push and by the interface."""
    case = result.case
    return {
        "position": result.position, "channel": case.channel, "number": case.number, "outcome": result.outcome,
        "round": result.round, "text": result.text, "hazard_number": case.hazard.number if case.hazard else None,
        "made_at": result.made_at.isoformat(),
    }  # fmt: skip


def queue_push(result, now):
    """Queue a result for the channel's webhook, if it has one; whether it was queued."""
    channel = queries.push_channel(result.case.channel, on=timezone.localdate(now))
    if channel is None:
        return False
    result.pushes += 1
    result.save(update_fields=["pushes"])
    queue(
        result.case, key=queries.push_key(result, result.pushes), channel=channel, title=str(result), text=result.text,
        link=result.case.get_absolute_url(), words=say_result(result), now=now,
    )  # fmt: skip
    return True


@action("hazards.push_result", machine=True, may=VERIFY, label=_("再次推送办理结果"))
def push_result(result, *, by, now):
    """Push a result again that was not acknowledged: the same position, so that the channel does not count it twice."""
    result.refresh_from_db(from_queryset=CaseResult.objects.select_for_update())
    check(CaseRefusal.RECEIVED_ALREADY % {"receipt": result.receipt} if result.received_at else None)
    last = queries.last_push(result)
    check(CaseRefusal.PUSH_WAITS if last is not None and last.state in ("queued", "sending") else None)
    before = note(result, "pushes")
    check(None if queue_push(result, now) else CaseRefusal.NO_PUSH)
    return done(result, before=before)


@action("hazards.receive_result", machine=True, may=VERIFY, label=pgettext_lazy("case", "登记回执"))
def receive_result(result, *, by, now, receipt, received_by=""):
    """The channel acknowledged a result; the first receipt stands."""
    result.refresh_from_db(from_queryset=CaseResult.objects.select_for_update())
    check(CaseRefusal.RECEIVED_ALREADY % {"receipt": result.receipt} if result.received_at else None)
    check(None if receipt.strip() else CaseRefusal.NO_RECEIPT)
    before = note(result, "receipt", "received_at", "received_by")
    result.receipt, result.received_at = receipt.strip()[:120], now
    result.received_by = (received_by or str(by or ""))[:120]
    result.save(update_fields=["receipt", "received_at", "received_by"])
    return done(result, before=before)


@action("hazards.warn_case", machine=True, may=VERIFY, label=_("案件时限提醒"))
def warn_case(case, *, by, now, warned):
    """The organisation hears that the case's own deadline is near, or over; each once."""
    locked(case)
    check(
        None
        if case.is_open and warned > case.warned
        else CaseRefusal.NOT_NOW % {"state": case.get_state_display()}
    )
    before = note(case, "warned")
    case.warned = warned
    case.save(update_fields=["warned"])
    due = f"{timezone.localtime(case.due_at):%Y-%m-%d %H:%M}"
    told = tell_organisation(
        case.organisation, about=case, key=f"hazards/case/{case.pk}/{case.due_at:%Y%m%d%H%M}/{warned}",
        title=str(OVER if warned == 2 else SOON), link=case.get_absolute_url(), now=now,
        text=str(WARNING % {"case": case, "due": due, "state": case.get_state_display()}),
    )  # fmt: skip
    return done(case, before=before, after={"told": len(told)})

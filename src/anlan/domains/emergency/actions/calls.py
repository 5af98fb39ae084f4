"""The call log: what came in by phone, found again by the case number that agencies share."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions.incidents import claim_case, hold_open, keep_case, numbered, told
from anlan.domains.emergency.models import Call
from anlan.domains.emergency.queries.incidents import lead_of
from anlan.domains.emergency.rules import calls as rules
from anlan.domains.emergency.terms.calls import CallRefusal
from anlan.domains.emergency.terms.incidents import IncidentRefusal
from anlan.kit.actions import action, check, done, note

LOGGED = (
    "caller_sort",
    "caller_name",
    "caller_number",
    "what",
    "place",
    "where",
    "called_at",
    "case",
    "incident",
)
CORRECTED = ("caller_sort", "caller_name", "caller_number", "what", "place", "where")


@action("emergency.log_call", may=Right.INCIDENTS_RUN, label=_("来电登记"))
def log_call(
    organisation, *, by, now, caller_sort, caller_name, what, called_at=None, caller_number="", place=None, where="",
    case_kind="", case_number="", incident=None, alarm=None, scene,
):  # fmt: skip
    """Keep a call. With a case number that is known already it belongs to the incident of that number at once."""
    called_at = called_at or now
    check(rules.check_call(
        caller_name=caller_name, what=what, called_at=called_at, case_kind=case_kind, case_number=case_number, now=now,
    ))  # fmt: skip
    case = keep_case(case_kind, case_number, scene) if case_kind else None
    if incident is None and case is not None and case.incident:
        incident = lead_of(case.incident)
    call = numbered(
        Call.objects.filter(scene=scene), f"{timezone.localdate(now):%Y%m%d}-", 3,
        lambda number: Call(
            scene=scene, number=number, organisation=organisation, called_at=called_at, noted_at=now, taken_by=by,
            caller_sort=caller_sort, caller_name=caller_name.strip(), caller_number=caller_number.strip(),
            what=what.strip(), place=place, where=where.strip(), case=case, incident=incident, alarm=alarm,
        ),
    )  # fmt: skip
    if incident is not None and case is not None and case.incident is None:
        claim_case(incident, case.kind, case.number)
    return done(call, after=note(call, "number", *LOGGED) | told(called_at))


@action("emergency.link_call", may=Right.INCIDENTS_RUN, label=_("来电关联突发事件"))
def link_call(call, *, by, now, incident):
    """The call belongs to this incident, and so does its case number."""
    check(CallRefusal.LINKED % {"incident": call.incident} if call.incident else None)
    check(None if call.scene == incident.scene else CallRefusal.OTHER_SCENE)
    hold_open(incident)
    before = note(call, "incident")
    if call.case:
        claim_case(incident, call.case.kind, call.case.number)
    call.incident = incident
    call.save(update_fields=["incident"])
    return done(call, before=before, after=told(now))


@action("emergency.unlink_call", may=Right.INCIDENTS_RUN, label=_("取消来电关联"))
def unlink_call(call, *, by, now, why):
    """It does not, with the reason."""
    check(None if call.incident else IncidentRefusal.NOT_LINKED)
    check(None if why.strip() else IncidentRefusal.NO_REASON)
    before = note(call, "incident")
    call.incident = None
    call.save(update_fields=["incident"])
    return done(call, before=before, after=told(now))


@action("emergency.correct_call", may=Right.INCIDENTS_RUN, label=_("更正来电登记"))
def correct_call(call, *, by, now, why, **words):
    """Other words for a call, with the reason; the record keeps what stood before."""
    check(None if why.strip() else IncidentRefusal.NO_REASON)
    words = {name: words.get(name, getattr(call, name)) for name in CORRECTED}
    check(rules.check_call(
        caller_name=words["caller_name"], what=words["what"], called_at=call.called_at, case_kind="", case_number="",
        now=now,
    ))  # fmt: skip
    before = note(call, *CORRECTED)
    for name, value in words.items():
        setattr(call, name, value.strip() if isinstance(value, str) else value)
    call.save(update_fields=CORRECTED)
    return done(call, before=before, after=told(now))

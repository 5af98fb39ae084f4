"""Incidents: opened by a person, led through the table of their life, described with numbers and notes."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.models import (
    Call,
    CaseNumber,
    Incident,
    IncidentAlarm,
    IncidentNote,
    IncidentPlace,
)
from anlan.domains.emergency.queries.incidents import facts_of, lead_of, next_serial
from anlan.domains.emergency.queries.reports import FIGURES
from anlan.domains.emergency.rules import calls as call_rules
from anlan.domains.emergency.rules import incidents as rules
from anlan.domains.emergency.terms.incidents import IncidentRefusal, IncidentState, IncidentStep
from anlan.kit.actions import action, check, done, note
from anlan.kit.followups import open_follow_up
from anlan.kit.models import Change

OPENED = (
    "title",
    "kind",
    "organisation",
    "place",
    "where",
    "lon",
    "lat",
    "happened_at",
    "known_at",
    "described",
)
CORRECTED = ("title", "kind", "place", "where", "lon", "lat", "happened_at", "known_at", "described")
TRIES = 5  # two people may open one at the same moment: the number is then taken anew


@action("emergency.open_incident", may=Right.INCIDENTS_RUN, label=_("登记突发事件"))
def open_incident(
    organisation, *, by, now, title, kind, known_at, happened_at=None, place=None, where="", lon=None, lat=None,
    described="", alarms=(), call=None, case_kind="", case_number="", scene,
):  # fmt: skip
    """Open an incident of `organisation`, from alarms, from a call or by hand. Its level is left to a person.

    Refused while the case number belongs to another incident.
    """
    check(rules.check_opening(
        title=title, where=where, has_place=place is not None, known_at=known_at, happened_at=happened_at, lon=lon,
        lat=lat, now=now,
    ))  # fmt: skip
    check(call_rules.check_case(case_kind, case_number))
    incident = numbered(
        Incident.objects.filter(scene=scene), f"{timezone.localdate(now).year}-", 4,
        lambda number: Incident(
            scene=scene, number=number, title=title.strip(), kind=kind, organisation=organisation, place=place,
            where=where.strip(), lon=lon, lat=lat, happened_at=happened_at, known_at=known_at,
            described=described.strip(), opened_at=now, opened_by=by,
        ),
    )  # fmt: skip
    for alarm in alarms:
        IncidentAlarm.objects.create(incident=incident, alarm=alarm)
    if call is not None:
        Call.objects.filter(pk=call.pk).update(incident=incident)
        case_kind, case_number = (call.case.kind, call.case.number) if call.case else (case_kind, case_number)
    if case_number:
        claim_case(incident, case_kind, case_number)
    linked = {"alarms": [str(alarm) for alarm in alarms], "call": str(call) if call else None}
    return done(incident, after=note(incident, "number", *OPENED) | linked | told(known_at))


def numbered(rows, prefix, digits, make):
    """The row that `make(number)` gives, kept under the next free number of `rows`."""
    for _nth in range(TRIES):
        row = make(f"{prefix}{next_serial(rows, prefix):0{digits}d}")
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            continue
        return row
    raise IntegrityError(f"no free number {prefix}")


def hold(incident):
    """The incident as it stands now, locked until the action is done: two people cannot take one step twice."""
    return Incident.objects.select_for_update().get(pk=incident.pk)


def hold_open(incident):
    """The same; refused where nothing may be registered any more. What belongs to a merged one goes by its lead."""
    incident = hold(incident)
    lead = lead_of(incident)
    check(IncidentRefusal.CLOSED % {"state": lead.get_state_display()} if lead.is_closed else None)
    return incident


def moment_of(happened_at, now):
    """When something happened that is entered now: as told, else now. Refused where it lies in the future."""
    check(rules.check_moment(happened_at, now))
    return happened_at or now


def told(moment):
    """What a change row keeps besides the fields: the moment it tells of."""
    return {"moment": moment.isoformat()}


def claim_case(incident, kind, number):
    """Put a case number under this incident. Refused where it belongs to another one."""
    case = keep_case(kind, number, incident.scene)
    if case.incident and case.incident_id != incident.pk:
        check(IncidentRefusal.CASE_TAKEN % {
            "kind": case.get_kind_display(), "number": case.number, "incident": case.incident,
        })  # fmt: skip
    case.incident = incident
    case.save(update_fields=["incident"])
    return case


def keep_case(kind, number, scene):
    """The row of a case number, made where it is new; locked, so that of two who claim it one is told."""
    key = {"scene": scene, "kind": kind, "number": rules.clean_case(kind, number)}
    case, _is_new = CaseNumber.objects.get_or_create(**key)
    return CaseNumber.objects.select_for_update().get(pk=case.pk)


# ── the table of its life ───────────────────────────────────────────────────────────────────────


def take_step(incident, step, *, now, happened_at=None, given=None, **fields):
    """Carry out one line of the table: the state it leads to, and `fields` besides. Raises Refused."""
    incident = hold(incident)
    moment = moment_of(happened_at, now)
    to, refusal = rules.advance(facts_of(incident), step, {"why": ""} | fields | (given or {}))
    check(refusal)
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    fields["state"] = to
    before = note(incident, *fields)
    for name, value in fields.items():
        setattr(incident, name, value)
    incident.save(update_fields=list(fields))
    return done(incident, before=before, after=told(moment))


@action("emergency.grade_incident", may=Right.INCIDENTS_RUN, label=_("初步定级"))
def grade_incident(incident, *, by, now, level, happened_at=None):
    """A person gives it its first level."""
    return take_step(incident, IncidentStep.GRADE, now=now, happened_at=happened_at, level=level)


@action("emergency.change_level", may=Right.INCIDENTS_RUN, label=_("调整事件级别"))
def change_level(incident, *, by, now, level, why):
    """A person gives it another level, with the reason."""
    return take_step(incident, IncidentStep.CHANGE_LEVEL, now=now, given={"why": why}, level=level)


@action("emergency.activate_plan", may=Right.INCIDENTS_RUN, label=_("启动预案"))
def activate_plan(incident, *, by, now, plan_name, response_level, happened_at=None):
    """A plan is activated at a response level that a person chose."""
    words = {"plan_name": plan_name, "response_level": response_level}
    return take_step(incident, IncidentStep.ACTIVATE_PLAN, now=now, happened_at=happened_at, **words)


@action("emergency.set_up_command", may=Right.INCIDENTS_RUN, label=_("设立现场指挥部"))
def set_up_command(incident, *, by, now, happened_at=None):
    """The command post is set up, with an on-scene commander."""
    return take_step(incident, IncidentStep.SET_UP_COMMAND, now=now, happened_at=happened_at)


@action("emergency.transfer_command", may=Right.INCIDENTS_RUN, label=_("移交指挥"))
def transfer_command(incident, *, by, now, receiver, why, happened_at=None):
    """Command goes to another organisation, which was told how things stand (`why`)."""
    return take_step(
        incident, IncidentStep.TRANSFER, now=now, happened_at=happened_at,
        given={"receiver": receiver, "why": why}, transferred_to=receiver,
    )  # fmt: skip


@action("emergency.take_back_command", may=Right.INCIDENTS_RUN, label=_("收回指挥"))
def take_back_command(incident, *, by, now, why, happened_at=None):
    """Command comes back."""
    step = IncidentStep.TAKE_BACK
    return take_step(incident, step, now=now, happened_at=happened_at, given={"why": why}, transferred_to="")


@action("emergency.bring_under_control", may=Right.INCIDENTS_RUN, label=_("登记事态已控制"))
def bring_under_control(incident, *, by, now, happened_at=None):
    """The situation is under control."""
    return take_step(incident, IncidentStep.BRING_UNDER_CONTROL, now=now, happened_at=happened_at)


@action("emergency.raise_response", may=Right.INCIDENTS_RUN, label=_("提级响应"))
def raise_response(incident, *, by, now, response_level, why):
    """A higher response level, chosen by a person."""
    step = IncidentStep.RAISE_RESPONSE
    return take_step(incident, step, now=now, given={"why": why}, response_level=response_level)


@action("emergency.lower_response", may=Right.INCIDENTS_RUN, label=_("降级响应"))
def lower_response(incident, *, by, now, response_level, why):
    """A lower response level, chosen by a person."""
    step = IncidentStep.LOWER_RESPONSE
    return take_step(incident, step, now=now, given={"why": why}, response_level=response_level)


@action("emergency.end_incident", may=Right.INCIDENTS_RUN, label=_("终止响应"))
def end_incident(incident, *, by, now, happened_at=None):
    """The response ends: by a person, after a signed final report, with no team left in the field unasked."""
    ended = moment_of(happened_at, now)
    return take_step(
        incident, IncidentStep.END, now=now, happened_at=happened_at, ended_at=ended, next_report_at=None
    )


@action("emergency.review_incident", may=Right.INCIDENTS_RUN, label=_("总结评估"))
def review_incident(incident, *, by, now, review):
    """What was learned."""
    return take_step(incident, IncidentStep.REVIEW, now=now, review=review)


@action("emergency.track_improvement", may=Right.INCIDENTS_RUN, label=_("登记改进事项"))
def track_improvement(incident, *, by, now, title, owner_organisation, due_on):
    """What is to become better becomes a follow-up of an organisation, with a date and its ladder of reminders."""
    check(None if title.strip() else IncidentRefusal.NO_TEXT)
    check(None if due_on >= timezone.localdate(now) else IncidentRefusal.DUE_PAST)
    known = Change.objects.of(incident).filter(what="emergency.track_improvement").count()
    open_follow_up(
        incident, key=f"emergency/incident/{incident.pk}/improve/{known + 1}", title=title.strip(), due=due_on,
        organisation=owner_organisation, by=by, now=now, link=incident.get_absolute_url(), scene=incident.scene,
    )  # fmt: skip
    words = {"improvement": title.strip(), "owner": str(owner_organisation), "due_on": due_on.isoformat()}
    return done(incident, after=words | told(now))


@action("emergency.file_incident", may=Right.INCIDENTS_RUN, label=_("归档"))
def file_incident(incident, *, by, now):
    """Nothing is left to do."""
    return take_step(incident, IncidentStep.FILE, now=now)


@action("emergency.reopen_incident", may=Right.INCIDENTS_RUN, label=_("重新开启"))
def reopen_incident(incident, *, by, now, why):
    """It goes on, with the reason; an end needs a final report anew."""
    step = IncidentStep.REOPEN
    return take_step(incident, step, now=now, given={"why": why}, reopened_at=now, ended_at=None)


@action("emergency.declare_false", may=Right.INCIDENTS_RUN, label=_("撤销误报"))
def declare_false(incident, *, by, now, why):
    """It was none, with the reason."""
    return take_step(incident, IncidentStep.DECLARE_FALSE, now=now, given={"why": why}, ended_at=now)


# ── what is known of it ─────────────────────────────────────────────────────────────────────────


@action("emergency.correct_incident", may=Right.INCIDENTS_RUN, label=_("更正事件要素"))
def correct_incident(incident, *, by, now, why, **words):
    """Replace what was entered at the opening (words as there), with the reason; the record keeps what stood before."""
    incident = hold_open(incident)
    check(None if why.strip() else IncidentRefusal.NO_REASON)
    words = {name: words.get(name, getattr(incident, name)) for name in CORRECTED}
    check(rules.check_opening(
        title=words["title"], where=words["where"], has_place=words["place"] is not None,
        known_at=words["known_at"], happened_at=words["happened_at"], lon=words["lon"], lat=words["lat"], now=now,
    ))  # fmt: skip
    before = note(incident, *CORRECTED)
    for name, value in words.items():
        setattr(incident, name, value.strip() if isinstance(value, str) else value)
    incident.save(update_fields=CORRECTED)
    return done(incident, before=before)


@action("emergency.update_figures", may=Right.INCIDENTS_RUN, label=_("更新伤亡损失"))
def update_figures(incident, *, by, now, figures_at=None, **figures):
    """Numbers of people and losses as of a moment; None is unknown and keeps what is on record."""
    incident = hold(incident)
    check(
        IncidentRefusal.CLOSED % {"state": incident.get_state_display()}
        if incident.state in {IncidentState.MERGED, IncidentState.FALSE, IncidentState.FILED} else None
    )  # fmt: skip
    at = figures_at or now
    figures = {name: figures.get(name) for name in FIGURES}
    check(rules.check_figures(figures, at=at, known_at=incident.figures_at, now=now))
    before = note(incident, *FIGURES, "figures_at")
    for name, value in figures.items():
        if value is not None:
            setattr(incident, name, value)
    incident.figures_at = at
    incident.save(update_fields=[*FIGURES, "figures_at"])
    return done(incident, before=before, after=told(at))


@action("emergency.set_resources", may=Right.INCIDENTS_RUN, label=_("更新到场力量和物资"))
def set_resources(incident, *, by, now, resources):
    """Who and what is on the scene, in words."""
    incident = hold_open(incident)
    before = note(incident, "resources")
    incident.resources = resources.strip()
    incident.save(update_fields=["resources"])
    return done(incident, before=before)


@action("emergency.set_next_report", may=Right.INCIDENTS_RUN, label=_("约定下次续报时间"))
def set_next_report(incident, *, by, now, next_report_at=None):
    """When the next follow-up report is due; None for none."""
    incident = hold_open(incident)
    before = note(incident, "next_report_at")
    incident.next_report_at = next_report_at
    incident.save(update_fields=["next_report_at"])
    return done(incident, before=before)


@action("emergency.note_incident", may=Right.INCIDENTS_RUN, label=_("记事"))
def note_incident(incident, *, by, now, text, happened_at=None):
    """Write an entry into the timeline, also into that of a closed incident; one of earlier is marked 补记."""
    moment = moment_of(happened_at, now)
    check(None if text.strip() else IncidentRefusal.NO_TEXT)
    row = IncidentNote.objects.create(incident=incident, text=text.strip(), happened_at=moment)
    return done(row, after=note(row, "text") | told(moment))


@action("emergency.correct_entry", may=Right.INCIDENTS_RUN, label=_("更正记录"))
def correct_entry(incident, *, by, now, entry, text):
    """Say what is wrong with an entry of the timeline (`entry`: its change row); the entry itself stays as it was."""
    check(None if text.strip() else IncidentRefusal.NO_TEXT)
    row = IncidentNote.objects.create(incident=incident, text=text.strip(), happened_at=now, corrects=entry)
    return done(row, after=note(row, "text") | {"corrects": entry.pk} | told(now))


# ── what it is linked with ──────────────────────────────────────────────────────────────────────


@action("emergency.link_alarm", may=Right.INCIDENTS_RUN, label=_("关联预警处置单"))
def link_alarm(incident, *, by, now, alarm):
    """An alarm belongs to this incident."""
    incident = hold_open(incident)
    _link, is_new = IncidentAlarm.objects.get_or_create(incident=incident, alarm=alarm)
    check(None if is_new else IncidentRefusal.ALREADY_LINKED)
    return done(incident, after={"alarms": [str(alarm)]} | told(now))


@action("emergency.unlink_alarm", may=Right.INCIDENTS_RUN, label=_("取消关联预警处置单"))
def unlink_alarm(incident, *, by, now, alarm, why):
    """It does not, with the reason."""
    incident = hold_open(incident)
    check(None if why.strip() else IncidentRefusal.NO_REASON)
    gone, _each = IncidentAlarm.objects.filter(incident=incident, alarm=alarm).delete()
    check(None if gone else IncidentRefusal.NOT_LINKED)
    return done(incident, after={"unlinked": [str(alarm)]} | told(now))


@action("emergency.link_place", may=Right.INCIDENTS_RUN, label=_("关联场所"))
def link_place(incident, *, by, now, place):
    """The incident touches a further place."""
    incident = hold_open(incident)
    _link, is_new = IncidentPlace.objects.get_or_create(incident=incident, place=place)
    check(None if is_new and place != incident.place else IncidentRefusal.ALREADY_LINKED)
    return done(incident, after={"places": [str(place)]} | told(now))


@action("emergency.add_case", may=Right.INCIDENTS_RUN, label=_("登记警情编号"))
def add_case(incident, *, by, now, case_kind, case_number):
    """Another agency's number for it. Refused while it belongs to another incident: merge them."""
    incident = hold_open(incident)
    check(call_rules.check_case(case_kind, case_number))
    check(None if case_number.strip() else IncidentRefusal.NO_TEXT)
    case = claim_case(incident, case_kind, case_number)
    Call.objects.filter(case=case, incident=None).update(incident=incident)
    return done(incident, after={"case": str(case)} | told(now))

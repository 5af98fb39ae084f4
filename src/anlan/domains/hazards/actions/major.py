"""About major hazards: who was told of them, and stops of production until consent to resume."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries
from anlan.domains.hazards.actions.papers import CONSENT
from anlan.domains.hazards.actions.stepping import locked, within
from anlan.domains.hazards.models import StopOrder, Telling
from anlan.domains.hazards.rules.stops import RESUME_RULE, RESUMING, check_stop_step
from anlan.domains.hazards.terms import Audience, HazardGrade, MajorRefusal, Means, StopState, StopStep
from anlan.kit.actions import action, check, done, note, permit
from anlan.kit.address import absolute
from anlan.kit.deadlines import due_of
from anlan.kit.documents import issue
from anlan.kit.followups import follow_ups_about, open_follow_up, settle_follow_up, settle_follow_ups
from anlan.kit.outbox import tell_organisation

MAJOR_TITLE = _("重大隐患报告")
MAJOR_TEXT = _("已定为重大隐患：%(hazard)s。整改责任单位：%(responsible)s。请核实并督促治理。")
TELL_TITLES = {
    Audience.DEPARTMENT: _("向监管部门报告重大隐患 %(hazard)s"),
    Audience.WORKERS: _("向职工大会或者职工代表大会报告重大隐患 %(hazard)s"),
}
REVIEW_TITLE, CONSENT_TITLE = (
    _("现场审查恢复生产经营申请：%(hazard)s"),
    _("决定是否同意恢复生产经营：%(hazard)s"),
)
NO_LONGER = _("已不是重大隐患")


def follow_tellings(hazard, *, by, now):
    """A hazard became a major one: the department hears of it, and what is still to be told is followed; else not."""
    if hazard.grade != HazardGrade.MAJOR:
        for audience in Audience:
            stop_telling(hazard, audience, by=by, now=now, outcome=NO_LONGER)
        return
    told = set(hazard.tellings.values_list("audience", flat=True))
    if Audience.DEPARTMENT not in told and (messages := tell_department(hazard, now=now)):
        heard = "、".join(sorted({one.recipient for one in messages}))
        Telling.objects.create(
            hazard=hazard, audience=Audience.DEPARTMENT, means=Means.PLATFORM, told_at=now, recorded_at=now,
            note=heard[:300],
        )  # fmt: skip
        told.add(Audience.DEPARTMENT)
    for audience in Audience:
        if audience not in told:
            follow_telling(hazard, audience, by=by, now=now)


def tell_department(hazard, *, now):
    """Queue the report to whoever watches over a hazard; the messages."""
    words = {"hazard": hazard, "responsible": hazard.rectifier}
    return tell_organisation(
        hazard.organisation, about=hazard, key=f"hazards.major/{hazard.pk}/{hazard.round}", title=str(MAJOR_TITLE),
        text=str(MAJOR_TEXT % words), link=hazard.get_absolute_url(), now=now,
    )  # fmt: skip


def follow_telling(hazard, audience, *, by, now):
    """Have it reported to an audience within the district's limit: by the unit to its workers, else by who watches."""
    start = queries.telling_key(hazard, audience)
    if any(one.is_open and one.key.startswith(start) for one in follow_ups_about(hazard)):
        return
    is_unit = audience == Audience.WORKERS
    open_follow_up(
        hazard, key=f"{start}{now:%Y%m%d%H%M%S}", title=str(TELL_TITLES[audience] % {"hazard": hazard}),
        organisation=hazard.rectifier if is_unit else hazard.organisation, due=within("told_days", now),
        link=hazard.get_absolute_url(), by=by, now=now,
    )  # fmt: skip


def stop_telling(hazard, audience, *, by, now, outcome):
    """Nobody need be reminded any more to report it to an audience."""
    begins = queries.telling_key(hazard, audience)
    settle_follow_ups(hazard, by=by, now=now, outcome=str(outcome), begins=begins)


@action("hazards.tell", label=_("登记重大隐患报告"))
def record_telling(hazard, *, by, now, audience, means, told_at, remark=""):
    """Record that a major hazard was reported to an audience: when, by what means."""
    locked(hazard)
    check(None if queries.may_record_telling(hazard, by) else MajorRefusal.TELL_NOT_YOURS)
    check(None if hazard.grade == HazardGrade.MAJOR else MajorRefusal.TELL_MAJOR)
    audience, means = Audience(audience), Means(means)
    check(MajorRefusal.MEANS_PLATFORM if means == Means.PLATFORM else None)
    check(None if hazard.reported_at <= told_at <= now else MajorRefusal.TOLD_LATER)
    Telling.objects.create(
        hazard=hazard,
        audience=audience,
        means=means,
        told_at=told_at,
        note=remark.strip(),
        by=by,
        recorded_at=now,
    )
    stop_telling(hazard, audience, by=by, now=now, outcome=means.label)
    told = {"audience": audience.label, "means": means.label, "told_at": timezone.localtime(told_at)}
    return done(hazard, after={name: str(value) for name, value in told.items()})


# ── stops of production ─────────────────────────────────────────────────────────────────────────


@action("hazards.stop", label=_("登记停产停业决定"))
def order_stop(hazard, *, by, now, scope, what, decision_number):
    """Record that production is stopped because of a major hazard, by which decision."""
    locked(hazard)
    permit(Right.HAZARDS_SUPERVISE, hazard, by, machine=False)
    is_one = hazard.grade == HazardGrade.MAJOR and hazard.state in queries.UNDER_WAY
    check(None if is_one else MajorRefusal.STOP_MAJOR)
    check(MajorRefusal.STOPPED_ALREADY if queries.open_stop(hazard) else None)
    check(None if what.strip() and decision_number.strip() else MajorRefusal.STOP_WORDS)
    stop = StopOrder.objects.create(
        hazard=hazard, scope=scope, what=what.strip(), decision_number=decision_number.strip(), ordered_by=by,
        ordered_at=now,
    )  # fmt: skip
    return done(hazard, after={"stop": f"{stop.get_scope_display()} {stop.what} {stop.decision_number}"})


@action("hazards.stop_apply", label=StopStep.APPLY.label)
def apply_to_resume(stop, *, by, now, why):
    """The unit asks to resume; whoever watches over it reviews on site within the statutory days (HZ-RESUME)."""
    taken = take(
        stop, StopStep.APPLY, by=by, now=now, why=why, applied_by=by, applied_at=now, application=why.strip()
    )
    due = due_of(RESUME_RULE, now, on=timezone.localdate(now))
    follow_stop(stop, REVIEW_TITLE, due, by=by, now=now)
    return taken


@action("hazards.stop_pass", label=StopStep.PASS.label)
def pass_review(stop, *, by, now, why):
    """Reviewed on site by another than who applied, and found in order: somebody else decides."""
    taken = take(
        stop, StopStep.PASS, by=by, now=now, why=why, reviewed_by=by, reviewed_at=now, review=why.strip()
    )
    follow_stop(stop, CONSENT_TITLE, within("verify_days", now), by=by, now=now)
    return taken


@action("hazards.stop_fail", label=StopStep.FAIL.label)
def fail_review(stop, *, by, now, why):
    """Reviewed on site and not in order: production stays stopped, with the reason."""
    taken = take(
        stop, StopStep.FAIL, by=by, now=now, why=why, reviewed_by=by, reviewed_at=now, review=why.strip()
    )
    follow_stop(stop, None, None, by=by, now=now)
    return taken


@action("hazards.stop_consent", label=StopStep.CONSENT.label)
def consent_to_resume(stop, *, by, now, scene, why):
    """Consent by a person who neither applied nor reviewed, after the hazard is closed; a paper is issued."""
    taken = take(
        stop, StopStep.CONSENT, by=by, now=now, why=why, decided_by=by, decided_at=now, decision=why.strip()
    )
    follow_stop(stop, None, None, by=by, now=now)
    change = issue(
        stop, by=by, now=now, scene=scene, kind=CONSENT.code, title=str(stop.hazard)[:200], values=consent_values(stop),
        verify_at=absolute(reverse("kit:verify_any")),
    )  # fmt: skip
    taken.after["document"] = change.subject.number
    return taken


@action("hazards.stop_deny", label=StopStep.DENY.label)
def deny_resuming(stop, *, by, now, why):
    """No consent: production stays stopped, with the reason."""
    taken = take(
        stop, StopStep.DENY, by=by, now=now, why=why, decided_by=by, decided_at=now, decision=why.strip()
    )
    follow_stop(stop, None, None, by=by, now=now)
    return taken


def take(stop, step, *, by, now, why, **changed):
    """Lock the stop, ask right and guards, move it; the action's Done. Raises Refused."""
    stop.refresh_from_db(from_queryset=StopOrder.objects.select_for_update())
    stop.hazard.refresh_from_db()
    move = RESUMING.get((StopState(stop.state), step))
    if move is not None:
        permit(move.right, queries.stop_holder(stop, move.right), by, machine=False)
    check(check_stop_step(stop.state, step, queries.stop_facts(stop, by=by, why=why)))
    before = note(stop, "state", *changed)
    stop.state = move.to
    for name, value in changed.items():
        setattr(stop, name, value)
    stop.save(update_fields=["state", *changed])
    return done(stop, before=before)


def follow_stop(stop, title, due, *, by, now):
    """Settle what was followed about a stop; where a title is given, follow this instead."""
    known = list(follow_ups_about(stop))
    for one in known:
        settle_follow_up(one.key, by=by, now=now, outcome=stop.get_state_display())
    if title:
        open_follow_up(
            stop, key=f"hazards.stop/{stop.pk}/{len(known) + 1}", title=str(title % {"hazard": stop.hazard}),
            organisation=stop.organisation, due=due, link=stop.hazard.get_absolute_url(), by=by, now=now,
        )  # fmt: skip


def consent_values(stop):
    """What the consent to resume says, by the places of its template."""
    say = "{:%Y-%m-%d %H:%M}".format
    return {
        "unit": str(stop.hazard.rectifier), "hazard": str(stop.hazard), "decision_number": stop.decision_number,
        "scope": str(stop.get_scope_display()), "what": stop.what, "applied_at": say(timezone.localtime(stop.applied_at)),
        "reviewed_at": say(timezone.localtime(stop.reviewed_at)), "reviewer": str(stop.reviewed_by),
        "review": stop.review, "decision": stop.decision, "decider": str(stop.decided_by),
    }  # fmt: skip

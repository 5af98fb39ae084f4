"""From a report to a graded hazard: the one door of every finder, and what is decided about a report."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries, rules
from anlan.domains.hazards.actions.criteria import criterion_by_grading, criterion_columns
from anlan.domains.hazards.actions.major import follow_tellings
from anlan.domains.hazards.actions.stepping import follow, insist, locked, move
from anlan.domains.hazards.models import Evidence, Hazard, HazardNumber
from anlan.domains.hazards.terms import HazardGrade, HazardSource, Refusal, Stage, Step
from anlan.domains.places.queries import visible_places
from anlan.kit.actions import Refused, action, check, done, note
from anlan.kit.attachments import keep
from anlan.kit.geo import UnsoundGeometry, check_point


@action("hazards.report", machine=True, label=_("上报隐患"))
def report_hazard(
    organisation, *, by, now, what, kind, source=HazardSource.PATROL, outer_number="", place=None, enterprise=None,
    lon=None, lat=None, address="", photos=(), criterion="",
):  # fmt: skip
    """Report a hazard to `organisation`, which will watch over it: the one door for every finder.

    `photos`: (name, body) pairs, kept as files of before; `criterion`: the key of the standard's criterion it falls under. A sensor or the public (actions.public) reports with
    `by` None. Whoever may report anywhere may report to any organisation: it decides nothing. Raises Refused for a
    report without words or place, an unknown kind, or an outer number known already.
    """
    check(None if by is None or by.may(Right.HAZARDS_REPORT) else Refusal.NOT_FINDER)
    today = timezone.localdate(now)
    check(None if what.strip() else Refusal.NO_WHAT)
    check(None if kind in queries.kinds(on=today) else Refusal.KIND_UNKNOWN)
    has_point = lon is not None and lat is not None
    check(None if place or enterprise or address.strip() or has_point else Refusal.NO_WHERE)
    if place and by:
        is_seen = visible_places(by).filter(pk=place.pk).exists()
        check(None if is_seen else Refusal.PLACE_NOT_YOURS % {"name": place.name})
    if has_point:
        insist_point(lon, lat)
    elif place:
        lon, lat = place.lon, place.lat
    outer_number = outer_number.strip()
    known = Hazard.objects.filter(source=source, outer_number=outer_number).first() if outer_number else None
    check(Refusal.OUTER_TWICE % {"number": outer_number, "hazard": known} if known else None)
    hazard = Hazard.objects.create(
        organisation=organisation, source=source, outer_number=outer_number, what=what.strip(), kind=kind, place=place,
        enterprise=enterprise, lon=lon, lat=lat, address=address.strip(), reported_at=now, reported_by=by,
        responsible=enterprise.account if enterprise else place.operator if place else None, **criterion_columns(criterion, now),
    )  # fmt: skip
    for name, body in photos:
        attach(hazard, Stage.BEFORE, by=by, now=now, name=name, body=body)
    return done(
        hazard,
        after=note(
            hazard,
            "what",
            "kind",
            "source",
            "outer_number",
            "place",
            "enterprise",
            "address",
            "criterion_says",
        ),
    )


def insist_point(lon, lat):
    """Raise Refused for a point that is none."""
    try:
        check_point(lon, lat)
    except UnsoundGeometry as error:
        raise Refused(str(error)) from error


def attach(hazard, stage, *, by, now, name, body):
    """Keep a file and what it shows."""
    kept = keep(hazard, by=by, now=now, name=name, body=body).subject
    return Evidence.objects.create(
        hazard=hazard, attachment=kept, stage=stage, round=hazard.round, by=by, at=now
    )


@action("hazards.evidence", label=_("上传隐患照片或材料"))
def keep_evidence(hazard, *, by, now, stage, name, body):
    """Keep a photo or file of before, after or verification; by whoever may at this stage (queries.stages_for)."""
    locked(hazard)
    stage = Stage(stage)
    check(None if stage in queries.stages_for(hazard, by) else Refusal.FILE_NOT_NOW % {"stage": stage.label})
    kept = attach(hazard, stage, by=by, now=now, name=name, body=body)
    return done(
        hazard, after={"stage": stage.label, "file": kept.attachment.name, "sha256": kept.attachment.sha256}
    )


@action("hazards.accept", label=pgettext_lazy("hazard", "核实受理"))
def accept_hazard(hazard, *, by, now):
    """It is there and ours: give it its number of the year."""
    insist(hazard, Step.ACCEPT, by=by, now=now)
    return move(hazard, Step.ACCEPT, number=hazard.number or take_number(now), accepted_at=now)


@action("hazards.reject", label=pgettext_lazy("hazard", "不予受理"))
def reject_hazard(hazard, *, by, now, why):
    """It is none, or not ours, with the reason; the reporter may appeal."""
    insist(hazard, Step.REJECT, by=by, now=now, why=why)
    return move(hazard, Step.REJECT)


@action("hazards.merge", label=pgettext_lazy("hazard", "合并重复隐患"))
def merge_hazard(hazard, *, by, now, into):
    """It is the same as `into`, which stands for both from now on; this one keeps its number, or gets one."""
    check(Refusal.MERGE_ITSELF if into.pk == hazard.pk else None)
    for one in sorted((hazard, into), key=lambda one: one.pk):
        locked(one)  # always in this order: two who merge crosswise do not wait for each other
    insist(hazard, Step.MERGE, by=by, now=now)
    check(None if into.state in rules.ON_THE_WAY else Refusal.MERGE_ENDED % {"number": into.number or "–"})
    return move(hazard, Step.MERGE, number=hazard.number or take_number(now), merged_into=into)


@action("hazards.transfer", label=pgettext_lazy("hazard", "转交"))
def transfer_hazard(hazard, *, by, now, organisation, why):
    """Another organisation is to watch over it, with the reason."""
    insist(hazard, Step.TRANSFER, by=by, now=now, why=why)
    check(Refusal.SAME_ORGANISATION if organisation.pk == hazard.organisation_id else None)
    return move(hazard, Step.TRANSFER, organisation=organisation)


@action("hazards.grade", label=pgettext_lazy("hazard", "定级"))
def grade_hazard(hazard, *, by, now, grade, standard="", criterion=""):
    """General or major, by a judgement standard in force today; which state of the standards is kept.

    `criterion`: the standard's criterion it falls under; where none is chosen, the one it has or the standard itself.

    A major one is reported: the department hears of it at once, and what is still to be told is followed.
    """
    insist(hazard, Step.GRADE, by=by, now=now)
    today, grade = timezone.localdate(now), HazardGrade(grade)
    check(Refusal.STANDARD_MISSING if grade == HazardGrade.MAJOR and not standard else None)
    if standard:
        line = next((one for one in queries.standard_lines(on=today) if one.key == standard), None)
        check(None if line else Refusal.STANDARD_UNKNOWN)
        check(None if line.values["grade"] == grade else Refusal.STANDARD_DIFFERS % {"grade": grade.label})
    chosen = criterion_by_grading(hazard, criterion, standard)
    columns = criterion_columns(chosen, now) if chosen != hazard.criterion else {}
    graded = move(
        hazard,
        Step.GRADE,
        grade=grade,
        standard=standard,
        judged_by=queries.rules_version(on=today),
        **columns,
    )
    follow_tellings(hazard, by=by, now=now)
    return graded


@action("hazards.appeal", label=pgettext_lazy("hazard", "提出异议"))
def appeal_hazard(hazard, *, by, now, why):
    """The reporter does not agree that his report was not accepted."""
    insist(hazard, Step.APPEAL, by=by, now=now, why=why)
    return move(hazard, Step.APPEAL)


@action("hazards.contest", label=pgettext_lazy("hazard", "仍未解决"))
def contest_hazard(hazard, *, by, now, why):
    """The reporter does not agree that it is closed."""
    insist(hazard, Step.CONTEST, by=by, now=now, why=why)
    return move(hazard, Step.CONTEST)


@action("hazards.uphold", label=pgettext_lazy("hazard", "维持原结论"))
def uphold_hazard(hazard, *, by, now, why):
    """What was decided stands, with the reason the reporter reads."""
    insist(hazard, Step.UPHOLD, by=by, now=now, why=why)
    return move(hazard, Step.UPHOLD)


@action("hazards.reopen", label=pgettext_lazy("hazard", "重新整改"))
def reopen_hazard(hazard, *, by, now, why):
    """It is there again: a new round, for which no evidence of the earlier one counts."""
    insist(hazard, Step.REOPEN, by=by, now=now, why=why)
    if hazard.is_listed is False and hazard.listed_at:
        cleared = {"listed_at": None, "listed_until": None, "delisted_at": None}
    else:
        cleared = {}
    fallen = move(
        hazard, Step.REOPEN, round=hazard.round + 1, due_on=None, due_at=None, ordered_at=None, fixed_by=None,
        fixed_at=None, verified_by=None, closed_at=None, looked_back_at=None, height=0, **cleared,
    )  # fmt: skip
    follow(hazard, by=by, now=now)
    return fallen


def take_number(now):
    """The next number of the year: locked, so that there are no gaps and no twins."""
    year = timezone.localdate(now).year
    HazardNumber.objects.get_or_create(year=year)
    line = HazardNumber.objects.select_for_update().get(year=year)
    line.last += 1
    line.save(update_fields=["last"])
    return rules.say_number(year, line.last)

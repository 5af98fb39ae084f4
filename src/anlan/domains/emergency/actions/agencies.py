"""Agencies of joint response: adding one is data; joining one to an alarm."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions.alarms import lock
from anlan.domains.emergency.models import Agency, AlarmAgency
from anlan.domains.emergency.queries.answers import party_of
from anlan.domains.emergency.rules.agencies import check_agency
from anlan.domains.emergency.terms import AgencyRefusal, AnswerRefusal
from anlan.kit.actions import action, check, done, note

FIELDS = ("name", "name_en", "is_core", "position", "joins_from", "place_kinds")


@action("emergency.add_agency", may=Right.DUTY_EDIT, label=_("增加联动单位"))
def add_agency(
    organisation, *, by, now, name, name_en="", is_core=False, position=100, joins_from="", place_kinds=()
):
    """Let an organisation answer alarms for itself from now on."""
    check(check_agency(name=name))
    check(
        AgencyRefusal.TWICE % {"name": name}
        if Agency.objects.filter(organisation=organisation).exists()
        else None
    )
    row = Agency.objects.create(
        organisation=organisation, name=name.strip(), name_en=name_en.strip(), is_core=is_core, position=position,
        joins_from=joins_from, place_kinds=list(place_kinds),
    )  # fmt: skip
    return done(row, after=note(row, *FIELDS))


@action("emergency.change_agency", may=Right.DUTY_EDIT, label=_("修改联动单位"))
def change_agency(agency, *, by, now, **words):
    """Change how an agency is called, where it stands, and when it joins by itself."""
    check(check_agency(name=words.get("name", agency.name)))
    before = note(agency, *FIELDS)
    for name in FIELDS:
        value = words.get(name, getattr(agency, name))
        setattr(agency, name, value.strip() if isinstance(value, str) else value)
    check(AgencyRefusal.SAME if note(agency, *FIELDS) == before else None)
    agency.save(update_fields=FIELDS)
    return done(agency, before=before)


@action("emergency.retire_agency", may=Right.DUTY_EDIT, label=_("停用联动单位"))
def retire_agency(agency, *, by, now):
    """Let an agency join no more; where it is in on an alarm it stays."""
    return set_retired(agency, now)


@action("emergency.restore_agency", may=Right.DUTY_EDIT, label=_("恢复启用联动单位"))
def restore_agency(agency, *, by, now):
    """Let a retired agency join again."""
    return set_retired(agency, None)


def set_retired(agency, at):
    """Take an agency out of use at a moment, or (None) back into it. Raises Refused where it is so already."""
    check(AgencyRefusal.ALREADY_SO if bool(agency.retired_at) == bool(at) else None)
    before = note(agency, "retired_at")
    agency.retired_at = at
    agency.save(update_fields=["retired_at"])
    return done(agency, before=before)


@action("emergency.join_agency", label=_("加入联动单位"))
def join_agency(alarm, *, by, now, agency):
    """Ask an agency into an alarm; whoever may answer the alarm may."""
    alarm = lock(alarm)
    check(None if party_of(by, alarm) else AnswerRefusal.NO_RIGHT)
    check(None if alarm.is_open else AgencyRefusal.CLOSED)
    check(AgencyRefusal.RETIRED % {"name": agency} if agency.retired_at else None)
    known = AlarmAgency.objects.filter(alarm=alarm, agency=agency).exists()
    check(AgencyRefusal.JOINED % {"name": agency} if known else None)
    AlarmAgency.objects.create(alarm=alarm, agency=agency, joined_at=now, joined_by=by)
    return done(alarm, after={"agency": str(agency)})

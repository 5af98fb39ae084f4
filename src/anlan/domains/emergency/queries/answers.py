"""Answers: for whom a person answers, which count, and what a form was drawn with."""

from typing import NamedTuple

from django.db.models import Max

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.models import Answer
from anlan.domains.emergency.queries.agencies import agencies_of


class Party(NamedTuple):
    """For whom an answer is: a joined agency, or (agency None) an organisation that answers for the place."""

    agency: object
    organisation: object

    def __str__(self):
        return str(self.agency or self.organisation)


def party_of(person, alarm):
    """The Party for which `person` may answer this alarm, or None.

    A joined agency at or above his organisation, the nearest first, where he holds the right there; else his own
    organisation, where he holds it over the responsible organisation or the operator of the place.
    """
    own_path = person.organisation.path
    joined = [row.agency for row in agencies_of(alarm) if own_path.startswith(row.agency.organisation.path)]
    for agency in sorted(joined, key=lambda row: -len(row.organisation.path)):
        if person.may(Right.ALARMS_ANSWER, agency.organisation):
            return Party(agency, agency.organisation)
    operator = alarm.place.operator if alarm.place else None
    for organisation in filter(None, (alarm.organisation, operator)):
        if person.may(Right.ALARMS_ANSWER, organisation):
            return Party(None, person.organisation)
    return None


def counting_answers(alarm):
    """The answers of the present round that nothing has ended, newest first."""
    rows = Answer.objects.filter(alarm=alarm, round=alarm.round, ended_at=None)
    return rows.select_related("agency", "organisation", "person", "recorded_by")


def answers_of(alarm):
    """Every answer of an alarm, newest first."""
    rows = Answer.objects.filter(alarm=alarm)
    return rows.select_related("agency", "organisation", "person", "recorded_by")


def newest_of(alarm, party):
    """The newest counting answer of a party, or None."""
    own = {"agency": party.agency} if party.agency else {"agency": None}
    return counting_answers(alarm).filter(**own).first()


def seen_of(alarm):
    """What a form is drawn with, so that an answer which came in between is noticed: `ROUND.NEWEST ANSWER`."""
    newest = Answer.objects.filter(alarm=alarm).aggregate(pk=Max("pk"))["pk"]
    return f"{alarm.round}.{newest or 0}"

"""The command post as it stands: roles, objectives, orders, needs, teams in the field."""

from typing import NamedTuple

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.models import Need, Objective, Order, RoleTenure, TeamCheck
from anlan.domains.emergency.queries.incidents import family
from anlan.domains.emergency.rules import checks as check_rules
from anlan.domains.emergency.rules import orders as rules
from anlan.domains.emergency.terms.checks import CheckStand

URGENT = (CheckStand.MISSED, CheckStand.TROUBLE)


class OrderLine(NamedTuple):
    """An order and whether it is past its time."""

    order: Order
    is_overdue: bool
    steps: list


class CheckLine(NamedTuple):
    """A team in the field: how it stands, when it is to be heard of, how often it was missed."""

    check: TeamCheck
    stand: CheckStand
    due_at: object
    misses: int

    @property
    def is_urgent(self):
        return self.stand in URGENT

    @property
    def is_short(self):
        """Whether fewer people were present than belong to the team."""
        return self.check.present is not None and self.check.present < self.check.people


def roles_of(incident):
    """(who holds a role now, who held one before), of the incident and of those merged into it."""
    rows = RoleTenure.objects.filter(incident__in=family(incident))
    rows = list(rows.select_related("person", "handed_from", "incident__organisation"))
    return [row for row in rows if row.until is None], [row for row in rows if row.until is not None]


def objectives_of(incident):
    return Objective.objects.filter(incident__in=family(incident)).select_related("incident__organisation")


def needs_of(incident):
    return Need.objects.filter(incident__in=family(incident)).select_related("incident__organisation")


def orders_of(incident, now):
    """[OrderLine], the newest first."""
    rows = Order.objects.filter(incident__in=family(incident))
    rows = rows.select_related("to", "to_person", "issued_by", "incident__organisation").order_by("-id")
    return [
        OrderLine(row, rules.is_overdue(row.state, row.due_at, now), rules.steps_from(row.state))
        for row in rows
    ]


def watch_of(check):
    """A team's clock as plain values."""
    return check_rules.Watch(check.heard_at, check.every_min, check.grace_min, check.answer, check.stopped_at)


def check_line(check, now):
    """How a team stands now."""
    watch = watch_of(check)
    stand = CheckStand(check_rules.stand(watch, now))
    return CheckLine(check, stand, check_rules.due_at(watch), check_rules.count_misses(watch, now))


def checks_of(incident, now):
    """[CheckLine], those that run first."""
    rows = TeamCheck.objects.filter(incident__in=family(incident)).select_related(
        "incident__organisation", "team_organisation"
    )
    return sorted((check_line(row, now) for row in rows), key=lambda line: line.stand == CheckStand.STOPPED)


def running_checks():
    """Every team in the field that is being asked."""
    return TeamCheck.objects.filter(stopped_at=None).select_related(
        "incident__organisation__parent", "team_organisation"
    )


def belongs_to(person, organisation):
    """Whether `person` answers for this organisation: it is his own or above it, and he may answer there."""
    if organisation is None or not person.may(Right.ALARMS_ANSWER):
        return False
    return person.organisation.path.startswith(organisation.path)

"""Agencies of joint response, and those in on an alarm."""

from anlan.domains.emergency.models import Agency, AlarmAgency
from anlan.domains.emergency.rules.agencies import joins


def agencies(*, retired=False):
    """The agencies, core ones first; `retired` adds those out of use."""
    rows = Agency.objects.select_related("organisation")
    return rows if retired else rows.filter(retired_at=None)


def joining(level, place_kind):
    """The agencies that join by themselves at this level and kind of place ("" where there is no place)."""
    return [
        row
        for row in agencies()
        if joins(joins_from=row.joins_from, place_kinds=row.place_kinds, level=level, place_kind=place_kind)
    ]


def agencies_of(alarm):
    """The agencies in on an alarm with their answers."""
    rows = AlarmAgency.objects.filter(alarm=alarm)
    return rows.select_related("agency__organisation", "answer__person", "joined_by")


def agencies_outside(alarm):
    """The agencies in use that are not in on an alarm."""
    return agencies().exclude(pk__in=AlarmAgency.objects.filter(alarm=alarm).values("agency"))


def find_agency(pk):
    """The agency with this primary key, or None."""
    return agencies(retired=True).filter(pk=pk).first()

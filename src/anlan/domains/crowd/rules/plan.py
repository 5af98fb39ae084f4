"""How far the plan for more counters 「增设计划」 leads: how many places are counted now, and by when how many more."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

MONTHS_SHOWN = 12  # a year of columns; a longer plan is told by its first months and its last


class PlannedPlace(NamedTuple):
    """One place: the group it is told in, whether it is counted, and the date it is to be counted by, if any."""

    group: object
    is_covered: bool
    planned_on: date | None


class Progress(NamedTuple):
    """Numbers of places of one group; `by_month` is how many are counted by each month's end if the plan is kept."""

    group: object
    total: int
    covered: int
    overdue: int
    unplanned: int
    by_month: tuple[int, ...]

    @property
    def share(self) -> float | None:
        """Covered places over all, 0 to 1; None where there are no places."""
        return self.covered / self.total if self.total else None

    @property
    def shares(self) -> list[float | None]:
        """The share at each month's end, 0 to 1."""
        return [count / self.total if self.total else None for count in self.by_month]


def plan_months(places: Iterable[PlannedPlace], *, today: date) -> list[date]:
    """The first days of the months in which places are still to be counted, at most twelve, the last among them."""
    months = sorted({one.planned_on.replace(day=1) for one in places if is_ahead(one, today)})
    return months if len(months) <= MONTHS_SHOWN else [*months[: MONTHS_SHOWN - 1], months[-1]]


def is_ahead(place: PlannedPlace, today: date) -> bool:
    """Whether the place is yet to be counted by a date that has not passed."""
    return not place.is_covered and place.planned_on is not None and place.planned_on >= today


def sum_progress(group: object, places: list[PlannedPlace], *, months: list[date], today: date) -> Progress:
    """The Progress of these places. A date that has passed promises nothing: its place counts in no later month."""
    open_ones = [one for one in places if not one.is_covered]
    ahead = [one.planned_on.replace(day=1) for one in open_ones if is_ahead(one, today)]
    unplanned = sum(one.planned_on is None for one in open_ones)
    covered = len(places) - len(open_ones)
    return Progress(
        group=group,
        total=len(places),
        covered=covered,
        overdue=len(open_ones) - len(ahead) - unplanned,
        unplanned=unplanned,
        by_month=tuple(covered + sum(planned <= month for planned in ahead) for month in months),
    )

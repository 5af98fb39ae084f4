"""Which reminders have come: plain values in, rungs out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from anlan.rulebook.clock import Due, Extension, Pause, Rung, ladder, moment_of

ESCALATES = (3, 7)  # days overdue at which the organisation above hears of it (ux.md: overdue 1/3/7)


class NewRung(NamedTuple):
    """A rung to be noted: days from the last day, and whether it is told or only noted."""

    days: int
    is_told: bool


def new_rungs(due: Due, given: Collection[int], *, began_at: datetime, pauses: Sequence[Pause] = (), now: datetime) -> list[NewRung]:  # fmt: skip
    """The rungs that have come and were not given in this round, in order; none while paused.

    Of several at once only the last is told, and none that had come before the round began (`began_at`): whoever
    extended a limit knows. A rung below one that was given is never made good.
    """
    if is_paused(pauses, now):
        return []
    highest = max(given, default=None)
    come = [rung for rung in ladder(due, now) if rung.is_reached and (highest is None or rung.days > highest)]
    return [NewRung(rung.days, is_told=rung is come[-1] and rung.at >= began_at) for rung in come]


def next_rung(due: Due, given: Collection[int], now: datetime) -> Rung | None:
    """The rung that comes next, or has come and was not given; None where no more will."""
    highest = max(given, default=None)
    left = (rung for rung in ladder(due, now) if highest is None or rung.days > highest)
    return next(left, None)


def is_paused(pauses: Sequence[Pause], now: datetime) -> bool:
    """Whether a pause is going on."""
    return any(pause.since <= now and (pause.until is None or now < pause.until) for pause in pauses)


def began_at(opened_at: datetime, extensions: Sequence[Extension]) -> datetime:
    """When the present round of reminders began: with the last extension, else with the opening."""
    return max([moment_of(one.granted_at) for one in extensions], default=opened_at)

"""What makes an answer: a measure that one may take, a next look, and whose turn it was."""

from datetime import timedelta

from anlan.domains.crowd.terms import WarningLevel
from anlan.domains.emergency.terms import AnswerRefusal, AnswerWay, Deed, Measure

NEXT_LOOK_MOST = timedelta(hours=24)
CALL_SLACK = timedelta(minutes=1)  # clocks of people who write down a call
# [K] our own proposal until a district says otherwise: minutes to the next look by level
NEXT_LOOK_MIN = {
    WarningLevel.NONE: 30, WarningLevel.BLUE: 30, WarningLevel.YELLOW: 15, WarningLevel.ORANGE: 10,
    WarningLevel.RED: 5,
}  # fmt: skip
DOING = frozenset(
    {Measure.SEND_PEOPLE, Measure.LIMIT_INFLOW, Measure.ONE_WAY, Measure.BATCHES, Measure.SUSPEND_ENTRY}
)


def deed_of(measure):
    """What a measure does to the alarm: whoever sends people or holds them back handles it, the others received it."""
    if measure == Measure.FALSE_ALARM:
        return Deed.CLEAR
    return Deed.HANDLE if measure in DOING else Deed.RECEIVE


def counts(*, answer_round, ended_at, alarm_round):
    """An answer counts in its own round, until something ends it: those of an older round never do."""
    return ended_at is None and answer_round == alarm_round


def check_answer(*, measure, words, next_look_at, now, way=AnswerWay.SCREEN, caller="", called_at=None):
    """An answer has a measure and a next look within a day; on behalf of a caller also who called and when."""
    if measure not in Measure.values:
        return AnswerRefusal.NO_MEASURE
    if measure == Measure.FALSE_ALARM and not words.strip():
        return AnswerRefusal.NO_REASON
    if next_look_at is None or next_look_at <= now:
        return AnswerRefusal.NEXT_LOOK_PAST
    if next_look_at > now + NEXT_LOOK_MOST:
        return AnswerRefusal.NEXT_LOOK_FAR % {"hours": NEXT_LOOK_MOST // timedelta(hours=1)}
    if way in dict(AnswerWay.by_voice()):
        return check_call(caller, called_at, now)
    return None


def check_call(caller, called_at, now):
    """A call has a caller, and was not made later than now."""
    if not caller.strip():
        return AnswerRefusal.NO_CALLER
    return AnswerRefusal.CALLED_LATER if called_at is None or called_at > now + CALL_SLACK else None


def read_seen(text):
    """(round, newest answer) that a form was drawn with, from `12.345`; None where it is not of that form."""
    first, _dot, second = text.partition(".")
    return (int(first), int(second)) if first.isdecimal() and second.isdecimal() else None


def is_overtaken(seen, *, newest):
    """Whether the same party answered (`newest`: that answer's number, 0 for none) after the form was drawn."""
    return newest > seen[1]


def has_timed_out(next_look_at, now, grace):
    """Whether nothing followed the promised look within `grace`."""
    return next_look_at is not None and now >= next_look_at + grace

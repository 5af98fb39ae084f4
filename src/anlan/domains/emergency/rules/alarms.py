"""The life of an alarm as a table, and how the levels of a place and its zones make the level of its alarm.

    spaces = join_space(alarm.spaces, code, …)
    turn = turn_of(alarm.level, worst_of(spaces, alarm.hand_level))     # rose, fell, ended, same
    to, refusal = step(alarm.state, Deed.LIFT, Facts(level=…, is_answered=…, …))

Only a person lifts: the machine's deeds are RISE, EASE and FALL_BACK (`MACHINE`), and none of them ends an alarm.
"""

from enum import StrEnum
from typing import NamedTuple

from anlan.domains.crowd.terms import WarningLevel
from anlan.domains.emergency.terms import LEVELS, AlarmOrigin, AlarmRefusal, AlarmState, Deed, Verdict

WAITING, RECEIVED, CHECKING, HANDLING, EASING, LIFTED, FILED = (
    AlarmState.WAITING, AlarmState.RECEIVED, AlarmState.CHECKING, AlarmState.HANDLING, AlarmState.EASING,
    AlarmState.LIFTED, AlarmState.FILED,
)  # fmt: skip
MACHINE = frozenset({Deed.RISE, Deed.EASE, Deed.FALL_BACK})
JUDGED_FROM = (
    WarningLevel.ORANGE
)  # from here up a false alarm is cleared, and an alarm lifted, only with care


class Facts(NamedTuple):
    """What the guards look at. `level` is the present one, `is_by_hand` whether people alone set it."""

    level: str = WarningLevel.NONE
    is_by_hand: bool = False
    is_answered: bool = False
    why: str = ""
    may_judge: bool = True


def free(facts):
    """Nothing to guard."""


def gives_reason(facts):
    """Whoever overrules the record says why."""
    return None if facts.why.strip() else AlarmRefusal.NO_REASON


def lifts_what_is_over(facts):
    """An alarm ends with a reason, after somebody answered it, and not while the machine still says orange or red."""
    if not facts.is_answered:
        return AlarmRefusal.UNANSWERED
    return lifts_what_eased(facts)


def lifts_what_eased(facts):
    """The same where the crowd has gone by itself: nobody need have answered."""
    if not facts.is_by_hand and rank(facts.level) >= rank(JUDGED_FROM):
        return AlarmRefusal.STILL_HIGH % {"level": WarningLevel(facts.level).label}
    return gives_reason(facts)


def clears_with_care(facts):
    """A false alarm has a reason; at orange and red one who may judge finds it false."""
    if rank(facts.level) >= rank(JUDGED_FROM) and not facts.may_judge:
        return AlarmRefusal.NEEDS_JUDGE
    return gives_reason(facts)


# from, deed, to, guard. Answers never take an alarm back, and while it eases they leave it there.
LIFE = (
    (WAITING,  Deed.RECEIVE,   RECEIVED, free),
    (WAITING,  Deed.HANDLE,    HANDLING, free),
    (WAITING,  Deed.CHECK,     CHECKING, free),
    (WAITING,  Deed.CLEAR,     LIFTED,   clears_with_care),
    (WAITING,  Deed.RISE,      WAITING,  free),
    (WAITING,  Deed.EASE,      EASING,   free),
    (WAITING,  Deed.LIFT,      LIFTED,   lifts_what_is_over),
    (RECEIVED, Deed.RECEIVE,   RECEIVED, free),
    (RECEIVED, Deed.HANDLE,    HANDLING, free),
    (RECEIVED, Deed.CHECK,     CHECKING, free),
    (RECEIVED, Deed.CONFIRM,   HANDLING, free),
    (RECEIVED, Deed.CLEAR,     LIFTED,   clears_with_care),
    (RECEIVED, Deed.RISE,      WAITING,  free),
    (RECEIVED, Deed.EASE,      EASING,   free),
    (RECEIVED, Deed.FALL_BACK, WAITING,  free),
    (RECEIVED, Deed.LIFT,      LIFTED,   lifts_what_is_over),
    (CHECKING, Deed.RECEIVE,   CHECKING, free),
    (CHECKING, Deed.HANDLE,    HANDLING, free),
    (CHECKING, Deed.CONFIRM,   HANDLING, free),
    (CHECKING, Deed.CLEAR,     LIFTED,   clears_with_care),
    (CHECKING, Deed.RISE,      WAITING,  free),
    (CHECKING, Deed.EASE,      EASING,   free),
    (CHECKING, Deed.FALL_BACK, WAITING,  free),
    (CHECKING, Deed.LIFT,      LIFTED,   lifts_what_is_over),
    (HANDLING, Deed.RECEIVE,   HANDLING, free),
    (HANDLING, Deed.HANDLE,    HANDLING, free),
    (HANDLING, Deed.CHECK,     CHECKING, free),
    (HANDLING, Deed.CONFIRM,   HANDLING, free),
    (HANDLING, Deed.CLEAR,     LIFTED,   clears_with_care),
    (HANDLING, Deed.RISE,      WAITING,  free),
    (HANDLING, Deed.EASE,      EASING,   free),
    (HANDLING, Deed.FALL_BACK, WAITING,  free),
    (HANDLING, Deed.LIFT,      LIFTED,   lifts_what_is_over),
    (EASING,   Deed.RECEIVE,   EASING,   free),
    (EASING,   Deed.HANDLE,    EASING,   free),
    (EASING,   Deed.CONFIRM,   EASING,   free),
    (EASING,   Deed.CLEAR,     LIFTED,   clears_with_care),
    (EASING,   Deed.RISE,      WAITING,  free),
    (EASING,   Deed.LIFT,      LIFTED,   lifts_what_eased),
    (LIFTED,   Deed.REOPEN,    WAITING,  gives_reason),
    (LIFTED,   Deed.FILE,      FILED,    free),
)  # fmt: skip
STEPS = {(state, deed): (to, guard) for state, deed, to, guard in LIFE}


def step(state, deed, facts=None):
    """(next state, None), or (the same state, why not) where the table has no such step or its guard says no."""
    facts = facts or Facts()
    if (state, deed) not in STEPS:
        words = {"state": AlarmState(state).label, "deed": Deed(deed).label}
        return state, AlarmRefusal.NOT_NOW % words
    to, guard = STEPS[state, deed]
    refusal = guard(facts)
    return (state, refusal) if refusal else (to, None)


def may_step(state, deed):
    """Whether the table has this step at all: pages show its button then."""
    return (state, deed) in STEPS


def rank(level):
    """A level's place in the order none < blue < yellow < orange < red."""
    return LEVELS.index(level)


def worst(levels):
    """The highest of these levels; none of nothing."""
    return max(levels, key=rank, default=WarningLevel.NONE.value)


class Turn(StrEnum):
    """What a change of level means for an alarm."""

    ROSE = "rose"
    FELL = "fell"
    ENDED = "ended"
    SAME = "same"


def turn_of(known, level):
    """A rise restarts the chain, a fall keeps it, none means that the crowd is gone (ux.md, Answering)."""
    if rank(level) > rank(known):
        return Turn.ROSE
    if level == known:
        return Turn.SAME
    return Turn.ENDED if level == WarningLevel.NONE else Turn.FELL


def join_space(spaces, code, *, name, level, reason, warning):
    """`spaces` of an alarm with what the machine now says of one of them; its peak is kept."""
    known = spaces.get(code, {})
    peak = worst([level, known.get("peak_level", level)])
    told = {"name": name, "level": level, "peak_level": peak, "reason": reason, "warning": warning}
    return spaces | {code: told}


def worst_of(spaces, hand_level=WarningLevel.NONE):
    """The level of an alarm: the worst of its spaces and of what a person set."""
    return str(worst([hand_level, *(space["level"] for space in spaces.values())]))


def leading_reason(spaces, code):
    """The reason of the worst space; `code`, which spoke last, leads among equals."""

    def key(item):
        return rank(item[1]["level"]), item[0] == code

    return max(spaces.items(), key=key)[1]["reason"] if spaces else {}


def opens(level):
    """Whether a change to `level` opens an alarm where none is open: whatever is above none does."""
    return rank(level) > 0


def base_code(space_code):
    """The place's code of a space's: zones are PLACE/ZONE."""
    return space_code.partition("/")[0]


def number_of(day, count):
    """The number of the `count`th alarm of a day, as people say it: 20261124-003."""
    return f"{day:%Y%m%d}-{count:03d}"


def check_raised(*, origin, level, title, why, raised_at, now):
    """An alarm by hand says where, how grave and why, and did not happen later than now."""
    if origin == AlarmOrigin.WARNING or level not in LEVELS[1:]:
        return AlarmRefusal.NO_LEVEL
    if not title.strip():
        return AlarmRefusal.NO_TITLE
    if not why.strip():
        return AlarmRefusal.NO_REASON
    return AlarmRefusal.IN_FUTURE if raised_at > now else None


def check_grade(*, machine_level, known, level, why):
    """A person sets a level with a reason; below what the machine says of a crowd nobody can."""
    if rank(level) < rank(machine_level):
        return AlarmRefusal.NOT_BY_HAND
    if level == known:
        return AlarmRefusal.SAME_LEVEL
    return None if why.strip() else AlarmRefusal.NO_REASON


def deed_of_verdict(verdict):
    """The deed of a verdict: true goes on, false and exercise end it."""
    return Deed.CONFIRM if verdict == Verdict.TRUE else Deed.CLEAR

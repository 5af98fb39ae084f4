"""What an entrance lets through. No measure ever closes a door to people leaving (mission: Who may decide what)."""

from typing import NamedTuple

from anlan.domains.places.terms import EntranceState, Refusal


class Passage(NamedTuple):
    """Which way people may pass."""

    lets_in: bool
    lets_out: bool


WIDTH_MOST_M = 100

STATES = {
    # state                         in     out
    EntranceState.OPEN:            Passage(True, True),
    EntranceState.EXIT_ONLY:       Passage(False, True),
    EntranceState.ENTRY_ONLY:      Passage(True, False),
    EntranceState.ENTRY_SUSPENDED: Passage(False, True),
    EntranceState.OUT_OF_USE:      Passage(False, False),
}  # fmt: skip


def check_width(clear_width_m):
    """Refuses a clear width that is not above zero or beyond belief; None is a width not known."""
    if clear_width_m is not None and not 0 < clear_width_m <= WIDTH_MOST_M:
        return Refusal.WIDTH_NOT_SOUND


def lets_in(state):
    """Whether people may enter through an entrance in `state`."""
    return STATES[state].lets_in


def may_leave(state, *, evacuating=False):
    """Whether people may leave through an entrance in `state`; in an evacuation every door lets people out."""
    return evacuating or STATES[state].lets_out


def check_ways_out(states):
    """Refuses when a place has entrances and none of them, in these `states`, lets people out."""
    if states and not any(may_leave(state) for state in states):
        return Refusal.LAST_WAY_OUT


def check_entrance_state(state, *, reason, until, now, others):
    """Whether an entrance may be put into `state`; `others` are the states of the place's other entrances.

    Out of use is for works only, with reason and end (`until`, later than `now`). Whatever does not let
    people out needs another entrance that does.
    """
    if state not in STATES:
        return Refusal.STATE_UNKNOWN % {"state": state}
    if state == EntranceState.OUT_OF_USE and not reason.strip():
        return Refusal.OUT_OF_USE_NEEDS_REASON
    if state == EntranceState.OUT_OF_USE and (until is None or until <= now):
        return Refusal.OUT_OF_USE_NEEDS_END
    return check_ways_out([state, *others])

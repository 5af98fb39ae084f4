"""What an entrance lets through. No measure ever closes a door to people leaving (mission: Who may decide what)."""

from typing import NamedTuple

from anlan.domains.places.terms import EntranceForm, EntranceState, Refusal


class Passage(NamedTuple):
    """Which way people may pass."""

    lets_in: bool
    lets_out: bool


WIDTH_MOST_M = 100
GATES_MOST = 500
# GB 50157-2013, table 9.3.14, not read again (K): people an hour through a metre of clear width, both ways mixed
# (doors as passages; an escalator at 0.5 m/s), and through a flap gate.
PER_M_H = {
    EntranceForm.DOOR: 4_000, EntranceForm.PASSAGE: 4_000, EntranceForm.STAIR: 3_200, EntranceForm.ESCALATOR: 6_720,
}  # fmt: skip
PER_GATE_H = 1_800

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


def check_gates(form, gate_count):
    """Refuses a number of gates beyond belief, or of an entrance that is no row of gates; None is not known."""
    if gate_count is not None and not (form == EntranceForm.GATE and 0 < gate_count <= GATES_MOST):
        return Refusal.GATES_NOT_SOUND


def passage_per_min(form, clear_width_m, gate_count):
    """People a minute whom an entrance lets through, both ways together; None where its size is not known."""
    if form == EntranceForm.GATE:
        return gate_count * PER_GATE_H / 60 if gate_count else None
    return clear_width_m * PER_M_H[form] / 60 if clear_width_m else None


def sum_passages(entrances):
    """Of all entrances in use together, each (state, people a minute): None where one is not known, or none is in use."""
    in_use = [per_min for state, per_min in entrances if STATES[state].lets_in or STATES[state].lets_out]
    return sum(in_use) if in_use and None not in in_use else None


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

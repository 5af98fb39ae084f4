"""The default steps of reporting up by level, and the other times of an alarm.

Times for crowds: at once, again at 60 s, the next step at 120 s, back to unanswered at 5 min; blue is patient, red goes
to all at once. They are this system's own proposal [K] until the district confirms them.
"""

from anlan.domains.emergency.rules.ladder import Step, Timers
from anlan.domains.emergency.terms.ladder import CALLED_LEVELS, STEPS_MOST, Recipient, StepWay

TURN, TOGETHER = StepWay.IN_TURN, StepWay.PARALLEL

DEFAULT_STEPS = {
    "blue": (
        Step(1, Recipient.SQUAD_LEADER, 0, TURN, 300, 1),
        Step(2, Recipient.DETACHMENT_DUTY, 600, TURN, 300, 1),
    ),
    "yellow": (
        Step(1, Recipient.SQUAD_LEADER, 0, TURN, 60, 1),
        Step(2, Recipient.OPERATOR, 0, TOGETHER, 60, 1),
        Step(3, Recipient.DETACHMENT_DUTY, 120, TURN, 60, 1),
        Step(4, Recipient.COMMAND_CENTRE, 120, TURN, 60, 1),
    ),
    "orange": (
        Step(1, Recipient.SQUAD_LEADER, 0, TURN, 60, 1),
        Step(2, Recipient.OPERATOR, 0, TOGETHER, 60, 1),
        Step(3, Recipient.OWNER, 0, TOGETHER, 60, 1),
        Step(4, Recipient.DETACHMENT_DUTY, 120, TURN, 60, 1),
        Step(5, Recipient.COMMAND_CENTRE, 120, TURN, 60, 1),
        Step(6, Recipient.DUTY_ROOM, 0, TOGETHER, 60, 1),
    ),
    "red": (
        Step(1, Recipient.SQUAD_LEADER, 0, TOGETHER, 60, 3),
        Step(2, Recipient.DETACHMENT_DUTY, 0, TOGETHER, 60, 3),
        Step(3, Recipient.COMMAND_CENTRE, 0, TOGETHER, 60, 3),
        Step(4, Recipient.OPERATOR, 0, TOGETHER, 60, 3),
        Step(5, Recipient.AGENCIES, 0, TOGETHER, 60, 3),
        Step(6, Recipient.DUTY_ROOM, 0, TOGETHER, 60, 3),
    ),
}
DEFAULT_TIMERS = {
    "blue": Timers(unanswered_s=1800, grace_s=300, mute_most_min=240, link_valid_min=240),
    "yellow": Timers(unanswered_s=300, grace_s=300, mute_most_min=60, link_valid_min=60),
    "orange": Timers(unanswered_s=300, grace_s=300, mute_most_min=30, link_valid_min=60),
    "red": Timers(unanswered_s=300, grace_s=300, mute_most_min=15, link_valid_min=60),
}


def step_rows() -> dict[str, dict]:
    """{row key: column values} of every default row; those not in use tell nobody."""
    rows = {}
    for level in CALLED_LEVELS:
        known = {step.number: step for step in DEFAULT_STEPS[level]}
        for number in range(1, STEPS_MOST + 1):
            step = known.get(number, Step(number, Recipient.NOBODY, 0, TURN, 60, 0))
            values = step._asdict()
            del values["number"]
            rows[f"{level}-{number}"] = {
                name: str(one) if isinstance(one, str) else one for name, one in values.items()
            }
    return rows

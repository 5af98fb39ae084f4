"""Follow-ups 跟踪事项: a task with an owner and a date, reminded by a ladder, for every domain through one door.

    open_follow_up(
        hazard, key=f"hazards/{hazard.pk}/rectify", title=…, organisation=…, due=due_of("HZ-…", …), by=person, now=now
    )
    settle_follow_up(f"hazards/{hazard.pk}/rectify", by=person, now=now, outcome=…)

Opening again under the same key changes nothing. The date is counted again whenever a pause, an extension, the
district's limits or its calendar change.
"""

from anlan.kit.followups.actions import (
    do_follow_up,
    drop_follow_up,
    extend_follow_up,
    hand_over_follow_up,
    open_follow_up,
    pause_follow_up,
    resume_follow_up,
    return_follow_up,
    settle_follow_up,
    settle_follow_ups,
)
from anlan.kit.followups.digesting import my_follow_ups
from anlan.kit.followups.reading import (
    RIGHT,
    find_follow_up,
    follow_ups_about,
    mine,
    of_my_organisation,
    visible_follow_ups,
)
from anlan.kit.followups.reminding import remind, sweeps

__all__ = [
    "RIGHT",
    "do_follow_up",
    "drop_follow_up",
    "extend_follow_up",
    "find_follow_up",
    "follow_ups_about",
    "hand_over_follow_up",
    "mine",
    "my_follow_ups",
    "of_my_organisation",
    "open_follow_up",
    "pause_follow_up",
    "remind",
    "resume_follow_up",
    "return_follow_up",
    "settle_follow_up",
    "settle_follow_ups",
    "sweeps",
    "visible_follow_ups",
]

"""Replays: counts of the past, run again through the same reading path and rules in a scene of their own.

Published evenings (`script`), a metro's day out of a file (`metro`), the installation's own journal (`past`).

Nothing here needs Django, a database or a server: `anlan replay NAME --headless --json` prints what was warned.
"""

from anlan.domains.crowd.replays.counts import CountsRefused
from anlan.domains.crowd.replays.metro import GATES_PER_STATION, NAME, TITLE, load_metro_day
from anlan.domains.crowd.replays.past import (
    Stretch,
    count_levels,
    is_of,
    pair_up,
    read_stretch,
    refuse_thresholds,
    ring_again,
)
from anlan.domains.crowd.replays.play import change_line, open_headless, open_listed, run, run_paced, steps
from anlan.domains.crowd.replays.script import Replay, load, names

METRO_DAY = NAME

__all__ = [
    "GATES_PER_STATION",
    "METRO_DAY",
    "CountsRefused",
    "Replay",
    "Stretch",
    "change_line",
    "count_levels",
    "is_of",
    "load",
    "load_metro_day",
    "names",
    "open_headless",
    "open_listed",
    "pair_up",
    "read_stretch",
    "refuse_thresholds",
    "ring_again",
    "run",
    "run_paced",
    "steps",
    "title_of",
]


def title_of(name: str) -> dict[str, str]:
    """The title, {"zh", "en"}, of a replay by its name or its scene's; of an unknown one its name."""
    if name in names():
        return load(name).title
    return TITLE if name.startswith(NAME) else {"zh": name, "en": name}

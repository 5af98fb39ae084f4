"""Replays: published counts of the past, run again through the same reading path and rules in a scene of their own.

Nothing here needs Django, a database or a server: `anlan replay NAME --headless --json` prints what was warned.
"""

from anlan.domains.crowd.replays.play import change_line, open_headless, open_listed, run, run_paced, steps
from anlan.domains.crowd.replays.script import Replay, load, names

__all__ = [
    "Replay",
    "change_line",
    "load",
    "names",
    "open_headless",
    "open_listed",
    "run",
    "run_paced",
    "steps",
]

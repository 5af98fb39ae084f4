"""A scene's past, read from its folder by another process than the one that runs it.

The newest snapshot, the chunks of history and the journal's tail give the same minutes as the scene itself would;
nothing is written and no lock is taken.
"""

from pathlib import Path

import numpy as np

from anlan.stream.chunks import span
from anlan.stream.core import Core
from anlan.stream.fold import LATE_AFTER_MS
from anlan.stream.history import History
from anlan.stream.journal import JournalReader, NoJournal
from anlan.stream.judging import silent_judge
from anlan.stream.minutes import Past
from anlan.stream.snapshot import sound_snapshots
from anlan.stream.topology import Space


class _ShelfHistory(History):
    """A history that is only read: chunks which a recovery would make again are passed over, not deleted."""

    def drop_beyond(self, offset: int, *, whole: bool = True) -> int:
        """Up to where the minutes are known; at_hand leaves chunks beyond it alone."""
        spans = [span(path) for path in self._all_chunks()]
        stay = [end for begin, end in spans if end <= offset or (not whole and begin < offset)]
        self.closed_to = max([offset, *stay])
        return self.closed_to


class LookBack:
    """The spaces of a scene as they are declared now, and their minutes."""

    def __init__(self, core: Core) -> None:
        self.spaces: list[Space] = list(core.wiring.spaces)
        self.now_ms = core.state.now_ms
        self._past = Past(core.history, core.wiring, core.state)

    def minutes(self, space: str, from_ms: int, to_ms: int, step_min: int = 1) -> dict[str, np.ndarray]:
        """As Scene.space_minutes. Raises ValueError on an unknown space."""
        return self._past.minutes([space], from_ms=from_ms, to_ms=to_ms, step_min=step_min)[space]

    def many(
        self, spaces: list[str], from_ms: int, to_ms: int, step_min: int = 1
    ) -> dict[str, dict[str, np.ndarray]]:
        """As Scene.spaces_minutes. Raises ValueError on an unknown space."""
        return self._past.minutes(spaces, from_ms=from_ms, to_ms=to_ms, step_min=step_min)


def look_back(folder: Path) -> LookBack:
    """Open a scene's folder for reading; a running scene goes on. Raises FileNotFoundError where it has no journal."""
    folder = Path(folder)
    journal = JournalReader(folder / "journal")
    core, offset = _bare_core(folder), 0
    for at, arrays in sound_snapshots(folder / "snapshot", at_most=journal.end):
        try:
            core.load(arrays)
            offset = at
            break
        except (KeyError, ValueError, TypeError):  # of another version: an older one or the journal serves
            core = _bare_core(folder)
    begin = max(offset, journal.start)
    known_to = core.history.drop_beyond(begin, whole=offset >= journal.start)
    core.replay(journal.read(begin), history_from=known_to)
    return LookBack(core)


def _bare_core(folder: Path) -> Core:
    return Core(
        folder.name,
        journal=NoJournal(),
        history=_ShelfHistory(folder / "history"),
        judge=silent_judge,
        told=lambda news: None,
        late_after_ms=LATE_AFTER_MS,
    )

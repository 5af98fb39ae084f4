"""Judging from memory while the disk is full: refused readings are not counted, but they still warn.

A copy of the core takes what the journal cannot keep. Its changes go to the feed marked `volatile`, and the
numbers on the wall are its numbers. Nothing of it is durable: senders are told to send again, and with room on
the disk the copy is dropped and what is stored holds.
"""

from collections.abc import Callable, Iterator, Sequence

from anlan.stream.core import Core
from anlan.stream.history import History
from anlan.stream.journal import NoJournal
from anlan.stream.judging import LevelChange, change_news
from anlan.stream.readings import Columns
from anlan.stream.state import LEVELS

CALM_MS = 10_000  # without a refusal, until a successful tick alone is believed to mean room

BACK = {"zh": "磁盘已有空间，以已存数据为准", "en": "the disk has room again: what is stored holds"}


class Volatile:
    """The copy of a core at the moment of the first refusal, moved on by what is refused."""

    def __init__(self, core: Core, told: Callable[[dict], object]) -> None:
        self._told = told
        self.core = Core(
            core.name,
            journal=NoJournal(),
            history=History(),
            judge=core.judge,
            told=self._tell,
            late_after_ms=core.late_after_ms,
            register=core.register,
        )
        self.core.load(core.to_arrays(closed_to=0))
        self.refused_ms = core.state.now_ms

    def take(self, blocks: Sequence[Columns]) -> None:
        """Judge readings that were refused; what is sent again is told apart as ever."""
        self.core.take(blocks)
        self.refused_ms = self.core.state.now_ms

    def tick(self, now_ms: int) -> bool:
        """Let time pass; whether refusals have ceased for a while."""
        self.core.tick(now_ms)
        return now_ms - self.refused_ms >= CALM_MS

    def end(self, core: Core) -> None:
        """Take back the levels that only memory knew: those of `core` hold."""
        for _, change in self.unlike(core):
            self._tell(
                change_news(
                    change, scene=core.name, offset=-1, at_ms=core.state.now_ms, wiring=self.core.wiring
                )
            )

    def unlike(self, core: Core) -> Iterator[tuple[str, LevelChange]]:
        """The spaces whose level only memory knows, each with the change back to the level of `core`."""
        mine, theirs = self.core.state.levels.level, core.state.levels.level
        for code, position in self.core.wiring.index.items():
            there = core.wiring.index.get(code)
            if there is not None and mine[position] != theirs[there]:
                levels = LEVELS[mine[position]], LEVELS[theirs[there]]
                yield code, LevelChange(position, *levels, "disk", BACK)

    def _tell(self, news: dict) -> None:
        self._told({**news, "volatile": True})

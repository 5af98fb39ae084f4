"""A stretch of a live scene's journal once more, perhaps with other thresholds: which levels would have changed?

The same fold and the same judging as live, on the journalled ticks, so that with the same judge and thresholds
the changes are those of the journal, bit for bit. The folder is only read; its scene may be running.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np

from anlan.stream.core import Core
from anlan.stream.fold import LATE_AFTER_MS
from anlan.stream.frames import Frame, Record
from anlan.stream.history import History
from anlan.stream.journal import JournalReader, NoJournal
from anlan.stream.judging import Judge, LevelChange, change_news, to_json
from anlan.stream.snapshot import sound_snapshots
from anlan.stream.topology import Topology

Thresholds = Mapping[str, Mapping[str, float]]  # by space code; "*" is for all spaces


class _Again(Core):
    """A core that keeps nothing and puts other thresholds into every topology."""

    thresholds: Thresholds

    def __init__(self, name: str, judge: Judge, *, thresholds: Thresholds, late_after_ms: int) -> None:
        self.thresholds = thresholds
        super().__init__(
            name, journal=NoJournal(), history=History(), judge=judge, told=_hush, late_after_ms=late_after_ms
        )
        self.history.muted = True

    def _wire(self, topology: Topology) -> None:
        everywhere = self.thresholds.get("*", {})
        spaces = [
            msgspec.structs.replace(
                space, thresholds={**space.thresholds, **everywhere, **self.thresholds.get(space.code, {})}
            )
            for space in topology.spaces
        ]
        super()._wire(msgspec.structs.replace(topology, spaces=spaces))

    def step(self, record: Record, *, from_ms: int) -> list[dict]:
        """Take one frame; the changes it causes. Before from_ms the recorded changes hold."""
        if record.type == Frame.CHANGE:
            news = msgspec.json.decode(record.payload)
            if news["at_ms"] < from_ms:
                self._keep_change(record.offset, news)
            return []
        changes = self._replay_one(record)
        if self.state.now_ms < from_ms:
            return []
        return [self._put_in_force(each, record.offset) for each in changes]

    def _put_in_force(self, change: LevelChange, cause: int) -> dict:
        payload = to_json(
            change_news(change, scene=self.name, offset=cause, at_ms=self.state.now_ms, wiring=self.wiring)
        )
        news = msgspec.json.decode(payload)
        self._keep_change(cause, news)
        return news


def rerun(
    folder: Path,
    judge: Judge,
    from_ms: int,
    to_ms: int,
    *,
    thresholds: Thresholds | None = None,
    name: str = "live",
    late_after_ms: int = LATE_AFTER_MS,
) -> Iterator[dict]:
    """The level changes of [from_ms, to_ms), as CHANGE frames have them, in order.

    Starts from the newest snapshot of before from_ms, else from the journal's beginning. `thresholds` are put
    over those of the topology. Needs no lock. Raises FileNotFoundError where the folder holds no journal.
    """
    journal = JournalReader(Path(folder) / "journal")
    core = _Again(name, judge, thresholds=thresholds or {}, late_after_ms=late_after_ms)
    begin = journal.start
    for offset, arrays in sound_snapshots(Path(folder) / "snapshot", at_most=journal.end):
        if begin <= offset and _time_of(arrays) <= from_ms:
            core.load(arrays)
            core.history.muted = True
            begin = offset
            break
    for record in journal.read(begin):
        yield from core.step(record, from_ms=from_ms)
        if core.state.now_ms >= to_ms:
            return


def _time_of(arrays: dict[str, np.ndarray]) -> int:
    """The scene's time at a snapshot; beyond all times where it cannot be read."""
    try:
        return int(msgspec.msgpack.decode(arrays["plain"].tobytes())["now_ms"])
    except (KeyError, TypeError, ValueError):
        return 2**62


def _hush(news: dict) -> None:
    """Nobody hears of what is only tried."""

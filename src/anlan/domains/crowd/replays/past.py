"""The installation's own past: what its live journal says rang, and what would have rung with other thresholds.

Reads the data folder without its lock, so a running server goes on.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from anlan.domains.crowd import rules
from anlan.stream.frames import Frame
from anlan.stream.journal import JournalReader
from anlan.stream.rerun import rerun
from anlan.stream.topology import Topology


@dataclass(frozen=True)
class Stretch:
    """A stretch [from_ms, to_ms) of a live journal: the changes it records of it, and the spaces it has named.

    `begins_ms` is the journal's first tick, None where time never passed.
    """

    folder: Path
    from_ms: int
    to_ms: int
    begins_ms: int | None
    spaces: dict[str, str]
    rang: list[dict]


def read_stretch(folder: Path, *, from_ms: int, to_ms: int) -> Stretch:
    """Look a stretch up in the journal of a scene's folder. Raises FileNotFoundError where it has none."""
    begins_ms, spaces, rang = None, {}, []
    for record in JournalReader(Path(folder) / "journal").read():
        if record.type == Frame.TICK:
            now_ms = int.from_bytes(record.payload, "little")
            begins_ms = now_ms if begins_ms is None else begins_ms
            if now_ms >= to_ms:
                break
        elif record.type == Frame.TOPOLOGY:
            spaces |= {space.code: space.name for space in Topology.from_bytes(record.payload).spaces}
        elif record.type == Frame.CHANGE:
            change = msgspec.json.decode(record.payload)
            if from_ms <= change["at_ms"] < to_ms:
                rang.append(change)
    return Stretch(Path(folder), from_ms, to_ms, begins_ms, spaces, rang)


def is_of(code: str, place: str | None) -> bool:
    """Whether a space is the place or a zone of it; every space is of no place in particular."""
    return place is None or code == place or code.startswith(f"{place}/")


def ring_again(
    stretch: Stretch,
    *,
    thresholds: Mapping[str, float],
    place: str | None = None,
    on_progress: Callable[[int], object] = lambda now_ms: None,
) -> Iterator[dict]:
    """The changes of the stretch under these thresholds, put over each space's own; of one place or of all.

    With no thresholds they are those that rang, as long as the rules are the same. Levels begin as they stood
    at `from_ms`. `on_progress` is told the simulated time of each judgement, that of the run-up too.
    """

    def judge(block, levels, now_ms, fresh):
        on_progress(now_ms)
        return rules.judge(block, levels, now_ms, fresh)

    own = {code: dict(thresholds) for code in stretch.spaces if is_of(code, place)} if thresholds else {}
    for change in rerun(stretch.folder, judge, stretch.from_ms, stretch.to_ms, thresholds=own):
        if change["at_ms"] < stretch.to_ms and is_of(change["code"], place):
            yield change


def refuse_thresholds(values: Mapping[str, float]) -> str | None:
    """Why these thresholds cannot be tried, in English and without Django's languages; None where they can."""
    fault = rules.find_fault(values)
    if fault is None:
        return None
    words = fault.words
    if not words:
        return (
            "use_share=0 with use_density=0 leaves a place without any warning to fall back on: keep one on"
        )
    if "names" in words:
        return f"unknown threshold {words['names']}: choose from {', '.join(rules.DEFAULT_THRESHOLDS)}"
    if "before" in words:
        return f"{words['name']}={words['value']} beside {words['before']}={words['limit']} makes the higher level easier to reach: set both"
    return f"{words['name']}={words['value']}: give a number from {words['low']} to {words['high']}"


class Pair(NamedTuple):
    """A space at a moment: the change that rang then, and the one that would have; None where there is none."""

    rang: dict | None
    would: dict | None

    @property
    def either(self) -> dict:
        return self.would or self.rang or {}


def pair_up(rang: list[dict], would: list[dict]) -> list[Pair]:
    """Both lists side by side in order of time; changes of one space at one moment to one level are one pair."""
    pairs: dict[tuple, list] = {}
    for side, changes in enumerate((rang, would)):
        for change in changes:
            key = (change["at_ms"], change["code"], change["from"], change["to"])
            pairs.setdefault(key, [None, None])[side] = change
    return [Pair(*pairs[key]) for key in sorted(pairs, key=lambda key: key[0])]


def count_levels(changes: list[dict]) -> dict[str, int]:
    """How many changes led to each level."""
    return {level: sum(change["to"] == level for change in changes) for level in rules.LEVELS}

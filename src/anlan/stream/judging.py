"""The judge's side of a scene: what it is asked, what it answers, and how an answer becomes news."""

from collections.abc import Callable
from math import isnan
from typing import Any

import msgspec
import numpy as np

from anlan.stream.readings import Kind
from anlan.stream.spaces import SpaceBlock, SpacesView
from anlan.stream.state import LEVELS, Correction, LevelState
from anlan.stream.topology import Wiring


class LevelChange(msgspec.Struct, frozen=True):
    """A judge's answer for one space: from which level to which, by which rule, and why.

    from_level and to_level are names of LEVELS; reason is {"zh": …, "en": …}; numbers is a flat dict.
    """

    space: int
    from_level: str
    to_level: str
    rule: str
    reason: dict[str, str]
    numbers: dict[str, Any] = {}
    channel: str = "D"


# judge(block, levels, now_ms, fresh): `fresh` marks the spaces that a fresh reading has just touched; only
# those may rise. On ticks it is all False: levels may only be lowered then, and none is asked for while none stands.
Judge = Callable[[SpaceBlock, LevelState, int, np.ndarray], list[LevelChange]]


def silent_judge(block: SpaceBlock, levels: LevelState, now_ms: int, fresh: np.ndarray) -> list[LevelChange]:
    """Never warns: for scenes that only count."""
    return []


def to_json(news: Any) -> bytes:
    """JSON; numpy numbers become plain ones, nan becomes null."""
    return msgspec.json.encode(news, enc_hook=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be sent: use plain numbers and text in a level change")


def change_news(change: LevelChange, *, scene: str, offset: int, at_ms: int, wiring: Wiring) -> dict:
    """A level change as it is journalled and told; `offset` is of the frame that caused it."""
    return {
        "scene": scene,
        "offset": offset,
        "at_ms": at_ms,
        "code": wiring.codes[change.space],
        "name": wiring.names[change.space],
        "from": change.from_level,
        "to": change.to_level,
        "rule": change.rule,
        "channel": change.channel,
        "reason": change.reason,
        "numbers": change.numbers,
    }


def apply_news(levels: LevelState, codes: dict[str, int], news: dict) -> None:
    """Set the level of the space that a change speaks of; a space that is gone is passed over."""
    position = codes.get(news["code"])
    if position is not None:
        levels.level[position] = LEVELS.index(news["to"])
        levels.since_ms[position] = news["at_ms"]
        levels.reasons[position] = {"rule": news["rule"], "channel": news["channel"], **news["reason"]}


def correction_news(correction: Correction, names: list[tuple[str, str]]) -> dict:
    """A correction in words that a page can show."""
    told = msgspec.structs.asdict(correction)
    sensor, channel = names[told.pop("line")]
    kind = Kind(told.pop("kind")).name.lower()
    return {"sensor": sensor, "channel": channel, "kind": kind, **told}


def numbers_news(view: SpacesView, chosen: np.ndarray) -> dict:
    """The `spaces` message: [code, occupancy, share, density, net_per_min, level, last_received_ms, ttc_min,
    band, dead_share].

    Unknown numbers are nan, which to_json writes as null.
    """

    def rounded(array: np.ndarray, digits: int) -> list[float]:
        return np.round(array[chosen], digits).tolist()

    positions = chosen.tolist()
    columns = (
        [view.codes[position] for position in positions],
        [None if isnan(number) else int(number) for number in rounded(view.occupancy, 0)],
        rounded(view.share, 4),
        rounded(view.density_per_m2, 3),
        rounded(view.net_flow_per_min, 1),
        [view.level[position] for position in positions],
        [received or None for received in view.last_received_ms[chosen].tolist()],
        rounded(view.time_to_capacity_min, 1),
        rounded(view.band, 0),
        rounded(view.dead_share, 2),
    )
    return {"at": view.now_ms, "rows": list(zip(*columns, strict=True))}

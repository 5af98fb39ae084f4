"""Spaces for the tests of the rules: every quantity unknown unless given, time and levels kept as the scene does."""

import dataclasses

import numpy as np

from anlan.domains.crowd import rules
from anlan.stream.judging import apply_news
from anlan.stream.spaces import SpaceBlock
from anlan.stream.state import LevelState

QUANTITIES = (
    "occupancy", "capacity", "area_m2", "density_per_m2", "net_flow_per_min", "inflow_per_min", "outflow_per_min",
    "exit_capacity_per_min", "bottleneck_width_m", "passages_per_min", "passage_capacity_per_min",
    "band",
)  # fmt: skip


def block(*, age_ms=0, thresholds=None, **numbers):
    """A SpaceBlock of the spaces whose quantities are given as numbers or equally long lists."""
    n = max(np.size(value) for value in numbers.values())
    given = {name: np.array(np.broadcast_to(numbers.get(name, np.nan), n), float) for name in QUANTITIES}
    codes = [f"S{space}" for space in range(n)]
    return SpaceBlock(
        codes=codes,
        names=codes,
        has_capacity=given["capacity"] > 0,
        age_ms=np.array(np.broadcast_to(age_ms, n), float),
        thresholds=thresholds or [{}] * n,
        **given,
    )


class Watch:
    """Some spaces under judgement; `numbers` may be changed and the clock wound between two looks."""

    def __init__(self, **numbers):
        self.numbers = numbers
        self.now_ms = 1_700_000_000_000
        self.levels = LevelState(len(block(**numbers).codes))
        self.outlooks = {}
        self.changes = []

    def wind(self, seconds):
        self.now_ms += seconds * 1000
        return self

    def see(self, *, fresh=True):
        """Judge once and apply the changes, as a scene does."""
        seen = dataclasses.replace(block(**self.numbers), outlooks=self.outlooks)
        index = {code: position for position, code in enumerate(seen.codes)}
        self.changes = rules.judge(seen, self.levels, self.now_ms, np.full(len(seen.codes), fresh))
        for change in self.changes:
            told = {
                "rule": change.rule,
                "channel": change.channel,
                "reason": change.reason,
                "at_ms": self.now_ms,
            }
            apply_news(self.levels, index, told | {"code": seen.codes[change.space], "to": change.to_level})
        return self

    @property
    def level(self):
        return rules.LEVELS[self.levels.level[0]]

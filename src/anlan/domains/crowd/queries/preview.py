"""What other thresholds would say of the present numbers, before anyone saves them."""

from dataclasses import dataclass

import numpy as np

from anlan.domains.crowd.queries.live import LIVE, LiveSpace, live_scene, live_spaces
from anlan.domains.crowd.rules import judge
from anlan.stream.spaces import SpaceBlock
from anlan.stream.state import LevelState


@dataclass(frozen=True)
class Preview:
    """A space, the level these thresholds would give it now, and why ({zh, en}; empty for none)."""

    space: LiveSpace
    level: str
    reason: dict


def preview_levels(place, values, *, scene=LIVE):
    """A Preview of the place and of each of its zones under the thresholds `values`.

    Judged as if nothing had been warned of before: the level is the one the numbers alone justify.
    """
    spaces = [space for space in live_spaces(scene).values() if place.code in (space.code, space.parent)]
    if not spaces:
        return []
    declared = {space.code: space for space in live_scene(scene).topology.spaces}
    block = gather(spaces, [declared[space.code] for space in spaces], values)
    changes = judge(block, LevelState(len(spaces)), spaces[0].at_ms, np.ones(len(spaces), bool))
    found = {change.space: change for change in changes}
    return [
        Preview(space, found[at].to_level, found[at].reason) if at in found else Preview(space, "none", {})
        for at, space in enumerate(spaces)
    ]


def gather(spaces, declared, values):
    """Live numbers and declared sizes of spaces as the judge's block."""

    def column(rows, name):
        return np.array([np.nan if (value := getattr(row, name)) is None else value for row in rows], float)

    capacity = column(declared, "capacity")
    return SpaceBlock(
        codes=[space.code for space in spaces],
        names=[space.name for space in spaces],
        occupancy=column(spaces, "occupancy"),
        capacity=capacity,
        area_m2=column(declared, "area_m2"),
        density_per_m2=column(spaces, "density_per_m2"),
        net_flow_per_min=column(spaces, "net_flow_per_min"),
        inflow_per_min=column(spaces, "in_last_min"),
        outflow_per_min=column(spaces, "out_last_min"),
        exit_capacity_per_min=column(declared, "exit_capacity_per_min"),
        bottleneck_width_m=column(declared, "bottleneck_width_m"),
        passages_per_min=column(spaces, "passage_share") * column(declared, "passage_capacity_per_min"),
        passage_capacity_per_min=column(declared, "passage_capacity_per_min"),
        has_capacity=capacity > 0,
        age_ms=np.array([float(space.at_ms - space.last_t_end_ms) for space in spaces]),
        thresholds=[values] * len(spaces),
        band=np.array([space.band for space in spaces]),
    )

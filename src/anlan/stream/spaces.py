"""Spaces now: occupancy, density, flows and slopes of every space, for the judge and for the pages."""

import dataclasses

import numpy as np

from anlan.science.drift import compute_occupancy_band
from anlan.stream.outlook import Outlook
from anlan.stream.readings import ESTIMATE, Kind
from anlan.stream.state import LEVELS, MINUTE_MS, MINUTES, State
from anlan.stream.topology import Links, Wiring

SLOPE_MINUTES = 10
SLOPE_AT_LEAST = 3
FLOW_MINUTES = 3
PASSAGE_MINUTES = 5  # what gates let through is read in steps of five minutes


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class SpaceBlock:
    """What a judge sees: float64 arrays over spaces, nan where unknown.

    net_flow_per_min: slope of the occupancy over the last 10 whole minutes (nan with fewer than 3 samples);
    inflow_per_min, outflow_per_min: means of the last 3 whole minutes; age_ms: since the newest t_end.
    passages_per_min: both directions, the mean of the 5 whole minutes up to the newest t_end; known only
    where a passage capacity is declared. outlooks: what a forecaster has said is coming, by index of the space.
    """

    codes: list[str]
    names: list[str]
    occupancy: np.ndarray
    capacity: np.ndarray
    area_m2: np.ndarray
    density_per_m2: np.ndarray
    net_flow_per_min: np.ndarray
    inflow_per_min: np.ndarray
    outflow_per_min: np.ndarray
    exit_capacity_per_min: np.ndarray
    bottleneck_width_m: np.ndarray
    passages_per_min: np.ndarray
    passage_capacity_per_min: np.ndarray
    has_capacity: np.ndarray
    age_ms: np.ndarray
    thresholds: list[dict[str, float]]
    band: np.ndarray  # half the width of what is unsure about the occupancy; 0 where people are measured
    outlooks: dict[int, Outlook] = dataclasses.field(default_factory=dict)

    @property
    def share(self) -> np.ndarray:
        """Occupancy as a share of capacity."""
        return np.divide(
            self.occupancy, self.capacity, out=np.full(len(self.codes), np.nan), where=self.has_capacity
        )

    @property
    def time_to_capacity_min(self) -> np.ndarray:
        """Minutes until capacity at the present slope: 0 when reached, nan when not filling or unknown."""
        room = self.capacity - self.occupancy
        filling = self.net_flow_per_min > 0
        minutes = np.divide(room, self.net_flow_per_min, out=np.full(len(room), np.nan), where=filling)
        return np.where(room <= 0, 0.0, minutes)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class SpacesView:
    """A copy of the state of all spaces for readers; the arrays run over spaces, nan where unknown.

    in_last_min and out_last_min: passages of the last whole minute; level: names; times in UTC ms, 0 never.
    """

    now_ms: int
    codes: list[str]
    names: list[str]
    parents: list[str | None]
    occupancy: np.ndarray
    capacity: np.ndarray
    share: np.ndarray
    density_per_m2: np.ndarray
    net_flow_per_min: np.ndarray
    in_last_min: np.ndarray
    out_last_min: np.ndarray
    time_to_capacity_min: np.ndarray
    passage_share: np.ndarray  # of the declared passage capacity
    last_t_end_ms: np.ndarray
    last_received_ms: np.ndarray
    level: list[str]
    since_ms: np.ndarray
    reason: list[dict]
    band: np.ndarray  # half the width of what is unsure about the occupancy
    factor: np.ndarray  # by which people counted in are multiplied
    imputed: np.ndarray  # passages since the newest baseline that were estimated
    dead_share: np.ndarray  # of the usual flow, past doors that are silent
    base_ms: np.ndarray  # since when passages make the number: the newest baseline, 0 none
    samples: np.ndarray  # occupancy at the end of each of the last 120 minutes, oldest first
    samples_end_ms: int  # when the last of these minutes ends

    def index(self, code: str) -> int:
        """The position of a space. Raises ValueError where there is none of that code."""
        return self.codes.index(code)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class LineView:
    """A copy of the health and totals of all lines."""

    now_ms: int
    names: list[tuple[str, str]]
    last_received_ms: np.ndarray
    last_t_end_ms: np.ndarray
    lag_ms: np.ndarray  # from the end of the newest measurement to its receipt
    last_quality: np.ndarray
    total_in: np.ndarray
    total_out: np.ndarray
    n_readings: np.ndarray
    n_duplicates: np.ndarray
    value: np.ndarray  # newest occupancy, else density, else nan
    heard: np.ndarray  # bool [lines, kinds]: whether a reading of this kind ever came


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class FlowLinks:
    """Which line counts into which space: line, space and sign (+1: its `in` goes in) side by side, int64.

    Over spaces: codes, base_ms (the newest baseline, 0 none), night_in and night_out of the last day (-1 none).
    """

    line: np.ndarray
    space: np.ndarray
    sign: np.ndarray
    codes: list[str]
    base_ms: np.ndarray
    night_in: np.ndarray
    night_out: np.ndarray


def flow_links(state: State, wiring: Wiring) -> FlowLinks:
    """The links of passages as they are wired now."""
    n, spaces, flow = state.spaces.n, state.spaces, wiring.flow
    return FlowLinks(
        flow.line.copy(),
        flow.space.copy(),
        flow.sign.copy(),
        list(wiring.codes),
        base_ms=np.maximum(spaces.base_minute[:n], 0) * MINUTE_MS,
        night_in=spaces.night_in[:n, -1].copy(),
        night_out=spaces.night_out[:n, -1].copy(),
    )


def compute_occupancy(state: State, wiring: Wiring) -> np.ndarray:
    """People in each space, nan unknown: measured presence, else passages (not below 0), else the children's sum."""
    rows = slice(state.spaces.n)
    passed = np.maximum(np.rint(state.spaces.read_raw(rows)), 0)
    occupancy = np.where(state.spaces.has_flow[rows], passed, np.nan)
    present, known = _sum_of_values(state, wiring, Kind.OCCUPANCY, len(occupancy))
    occupancy[known] = present[known]
    for children in wiring.tiers:
        children = children[~np.isnan(occupancy[children])]
        parent = wiring.parent[children]
        total = np.zeros(len(occupancy))
        np.add.at(total, parent, occupancy[children])
        bare = parent[np.isnan(occupancy[parent])]
        occupancy[bare] = total[bare]
    return occupancy


def compute_band(state: State, wiring: Wiring) -> np.ndarray:
    """Half the width of each space's band: passages make it, a measured presence has none, children add up."""
    spaces, present = state.spaces, slice(state.spaces.n)
    band = compute_occupancy_band(
        came=np.where(spaces.has_flow[present], spaces.came[present], 0),
        spread=spaces.spread[present],
        imputed=spaces.made_in[present] + spaces.made_out[present],
    )
    band[wiring.has_presence] = 0
    summed = ~(wiring.has_presence | spaces.has_flow[present])
    for children in wiring.tiers:
        np.add.at(band, wiring.parent[children], np.where(summed[wiring.parent[children]], band[children], 0))
    return band


def _sum_of_values(state: State, wiring: Wiring, kind: Kind, n: int) -> tuple[np.ndarray, np.ndarray]:
    links = wiring.presence
    values, known = _values(state, wiring, links, kind)
    total, any_known = np.zeros(n), np.zeros(n, bool)
    np.add.at(total, links.space[known], values[known])
    any_known[links.space[known]] = True
    return total, any_known


def _values(state: State, wiring: Wiring, links: Links, kind: Kind) -> tuple[np.ndarray, np.ndarray]:
    """The newest value of each linked line, and whether there is one; a person's estimate holds for a while only."""
    slot = state.lines.slot[links.line, kind]
    values = (
        np.where(slot >= 0, state.slots.value[np.maximum(slot, 0)], np.nan)
        if state.slots.n
        else np.full(len(slot), np.nan)
    )
    by_eye = state.lines.last_quality[links.line] & ESTIMATE != 0
    age_ms = state.now_ms - state.lines.last_t_end_ms[links.line]
    return values, ~np.isnan(values) & ~(by_eye & (age_ms > wiring.topology.estimate_s * 1000))


def compute_density(state: State, wiring: Wiring, occupancy: np.ndarray, area_m2: np.ndarray) -> np.ndarray:
    """People per m²: the highest measured density bound to the space, else occupancy over area.

    What a person has estimated of a spot in it raises that number and never lowers it.
    """
    density = np.divide(occupancy, area_m2, out=np.full(len(occupancy), np.nan), where=area_m2 > 0)
    links = wiring.density
    values, known = _values(state, wiring, links, Kind.DENSITY)
    by_eye = known & (state.lines.last_quality[links.line] & ESTIMATE != 0)
    measured, estimated = np.full((2, len(occupancy)), -np.inf)
    np.maximum.at(measured, links.space[known & ~by_eye], values[known & ~by_eye])
    np.maximum.at(estimated, links.space[by_eye], values[by_eye])
    density = np.where(measured >= 0, measured, density)
    return np.where(estimated >= 0, np.fmax(estimated, density), density)


def compute_slope(sample: np.ndarray) -> np.ndarray:
    """Least-squares slope per column step of rows [n, minutes]; nan where fewer than 3 samples are known."""
    known = ~np.isnan(sample)
    n = known.sum(1)
    x = np.where(known, np.arange(sample.shape[1], dtype=float), 0.0)
    y = np.where(known, sample, 0.0)
    spread = n * (x * x).sum(1) - x.sum(1) ** 2
    joint = n * (x * y).sum(1) - x.sum(1) * y.sum(1)
    return np.divide(joint, spread, out=np.full(len(n), np.nan), where=n >= SLOPE_AT_LEAST)


def compute_passages(state: State, wiring: Wiring) -> np.ndarray:
    """Passages per minute, both directions, over the 5 whole minutes up to each space's newest count.

    Reckoned from the count, not from now: between two reports of a counter nobody knows of fewer people.
    nan where no passage capacity is declared, nothing was counted, or the count is older than the rings.
    """
    spaces, passages = state.spaces, np.full(state.spaces.n, np.nan)
    last = spaces.last_t_end_ms[: spaces.n] // MINUTE_MS - 1
    oldest = state.minute - MINUTES + PASSAGE_MINUTES
    chosen = np.flatnonzero((wiring.passage_capacity_per_min > 0) & (last >= max(oldest, 0)))
    if len(chosen):
        ring = (last[chosen, None] - np.arange(PASSAGE_MINUTES)) % MINUTES
        rows = chosen[:, None]
        passages[chosen] = (spaces.minute_in[rows, ring] + spaces.minute_out[rows, ring]).mean(1)
    return passages


def sample_minutes(state: State, wiring: Wiring, now_ms: int) -> bool:
    """At the turn of a minute: note the occupancies and renew the slopes. Whether a minute has turned."""
    ended = now_ms // MINUTE_MS - 1
    state.advance(ended + 1)
    if ended <= state.sampled_minute:
        return False
    n = state.spaces.n
    state.spaces.sample[:n, ended % MINUTES] = compute_occupancy(state, wiring)
    state.sampled_minute = ended
    window = np.arange(ended - SLOPE_MINUTES + 1, ended + 1) % MINUTES
    state.spaces.net_per_min[:n] = compute_slope(state.spaces.sample[:n][:, window])
    return True


def space_block(state: State, wiring: Wiring) -> SpaceBlock:
    """All spaces as the judge sees them at the state's time."""
    n, spaces = state.spaces.n, state.spaces
    occupancy = compute_occupancy(state, wiring)
    now_minute = state.now_ms // MINUTE_MS
    recent = np.arange(now_minute - FLOW_MINUTES, now_minute) % MINUTES
    last = spaces.last_t_end_ms[:n]
    return SpaceBlock(
        codes=wiring.codes,
        names=wiring.names,
        occupancy=occupancy,
        capacity=wiring.capacity,
        area_m2=wiring.area_m2,
        density_per_m2=compute_density(state, wiring, occupancy, wiring.area_m2),
        net_flow_per_min=spaces.net_per_min[:n].copy(),
        inflow_per_min=spaces.minute_in[:n][:, recent].mean(1),
        outflow_per_min=spaces.minute_out[:n][:, recent].mean(1),
        exit_capacity_per_min=wiring.exit_capacity_per_min,
        bottleneck_width_m=wiring.bottleneck_width_m,
        passages_per_min=compute_passages(state, wiring),
        passage_capacity_per_min=wiring.passage_capacity_per_min,
        has_capacity=wiring.capacity > 0,
        age_ms=np.where(last > 0, state.now_ms - last, np.nan),
        thresholds=wiring.thresholds,
        band=compute_band(state, wiring),
        outlooks={
            wiring.index[code]: row
            for code, row in state.outlooks.standing(state.now_ms).items()
            if code in wiring.index
        },
    )


def spaces_view(state: State, wiring: Wiring) -> SpacesView:
    """All spaces as readers see them: nothing in it changes afterwards."""
    n, spaces, block = state.spaces.n, state.spaces, space_block(state, wiring)
    minute = state.now_ms // MINUTE_MS - 1
    ring = np.arange(state.sampled_minute - MINUTES + 1, state.sampled_minute + 1) % MINUTES
    return SpacesView(
        now_ms=state.now_ms,
        codes=list(wiring.codes),
        names=list(wiring.names),
        parents=[space.parent for space in wiring.spaces],
        occupancy=block.occupancy,
        capacity=block.capacity,
        share=block.share,
        density_per_m2=block.density_per_m2,
        net_flow_per_min=block.net_flow_per_min,
        in_last_min=spaces.minute_in[:n, minute % MINUTES].copy(),
        out_last_min=spaces.minute_out[:n, minute % MINUTES].copy(),
        time_to_capacity_min=block.time_to_capacity_min,
        passage_share=block.passages_per_min / block.passage_capacity_per_min,
        last_t_end_ms=spaces.last_t_end_ms[:n].copy(),
        last_received_ms=spaces.last_received_ms[:n].copy(),
        level=[LEVELS[level] for level in state.levels.level],
        since_ms=state.levels.since_ms.copy(),
        reason=list(state.levels.reasons),
        band=block.band,
        factor=spaces.factor[:n].copy(),
        imputed=spaces.made_in[:n] + spaces.made_out[:n],
        dead_share=spaces.dead_share[:n].copy(),
        base_ms=np.maximum(spaces.base_minute[:n], 0) * MINUTE_MS,
        samples=spaces.sample[:n][:, ring],
        samples_end_ms=(state.sampled_minute + 1) * MINUTE_MS,
    )


def line_view(state: State, names: list[tuple[str, str]]) -> LineView:
    """All lines as readers see them."""
    lines, n = state.lines, state.lines.n
    slots = np.append(state.slots.value[: state.slots.n], np.nan)  # slot -1, no slot, reads the nan
    occupancy, density = (slots[lines.slot[:n, kind]] for kind in (Kind.OCCUPANCY, Kind.DENSITY))
    columns = (
        "last_received_ms",
        "last_t_end_ms",
        "lag_ms",
        "last_quality",
        "total_in",
        "total_out",
        "n_readings",
        "n_duplicates",
    )
    copies = {name: getattr(lines, name)[:n].copy() for name in columns}
    value, heard = np.where(np.isnan(occupancy), density, occupancy), lines.slot[:n] >= 0
    return LineView(state.now_ms, names[:n], value=value, heard=heard, **copies)

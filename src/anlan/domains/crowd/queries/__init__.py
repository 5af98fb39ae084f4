"""Reads of the crowd watch."""

from anlan.domains.crowd.queries.arrivals import (
    arrivals_ahead,
    arrivals_by_place,
    curve_points,
    days_of,
    find_arrivals,
    gathering_days,
    planned_arrivals,
    visible_arrivals,
)
from anlan.domains.crowd.queries.backtests import find_backtest, visible_backtests
from anlan.domains.crowd.queries.coverage import (
    Coverage,
    Plan,
    coverage,
    coverage_plan,
    covered_place_ids,
    find_plan,
)
from anlan.domains.crowd.queries.decoding import as_hex, as_lines, as_text, decode_payload
from anlan.domains.crowd.queries.episodes import (
    blind_doors,
    blind_sensors,
    episodes_of,
    gaps_now,
    sensors_in_use,
    unwell_since,
)
from anlan.domains.crowd.queries.history import EntranceFlow, daily_totals, entrance_flows, history
from anlan.domains.crowd.queries.imputing import Gap, estimate_gaps
from anlan.domains.crowd.queries.live import (
    LIVE,
    LiveSpace,
    SensorHealth,
    count_states,
    health_of,
    live_place,
    live_scene,
    live_space,
    live_spaces,
)
from anlan.domains.crowd.queries.observations import (
    DensityClass,
    density_classes,
    visible_observations,
)
from anlan.domains.crowd.queries.outlooks import (
    ComingHour,
    coming_hour,
    crossing_of,
    outlook_of,
    visible_skill,
)
from anlan.domains.crowd.queries.payloads import LastPayload, forget_payloads, last_payload, remember_payload
from anlan.domains.crowd.queries.preview import Preview, preview_levels
from anlan.domains.crowd.queries.quarantine import count_waiting, name_refusal, visible_quarantine
from anlan.domains.crowd.queries.reporting import SensorCard, engine_state, reporting_sensors, sensor_counts
from anlan.domains.crowd.queries.resets import Baseline, baselines_of, reset_of, resets_by_place
from anlan.domains.crowd.queries.search import search
from anlan.domains.crowd.queries.sensors import (
    bindings_of,
    channels_seen,
    find_sensor,
    recounts_of,
    sensor_for_readings,
    sensors_of_place,
    visible_sensors,
)
from anlan.domains.crowd.queries.signals import open_tendencies, open_unusual, tendencies, unusual_counts
from anlan.domains.crowd.queries.sources import answer_of, called_sensors, forget_answer, note_answer
from anlan.domains.crowd.queries.spaces import space_code
from anlan.domains.crowd.queries.thresholds import (
    default_thresholds,
    find_threshold_set,
    own_values,
    places_with_own_thresholds,
    refuse_thresholds,
    threshold_lines,
    threshold_rows,
    thresholds_in_force,
)
from anlan.domains.crowd.queries.topology import build_topology
from anlan.domains.crowd.queries.usual import Signs, Usual, forget_signs, look_for_signs
from anlan.domains.crowd.queries.warnings import (
    find_warning,
    open_first,
    open_warnings,
    scenes_with_warnings,
    warning_steps,
    warnings,
    warnings_by_id,
)
from anlan.domains.crowd.rules import DEFAULT_THRESHOLDS
from anlan.domains.crowd.rules.outlook import chance_within_hour

__all__ = [
    "DEFAULT_THRESHOLDS",
    "LIVE",
    "Baseline",
    "ComingHour",
    "Coverage",
    "DensityClass",
    "EntranceFlow",
    "Gap",
    "LastPayload",
    "LiveSpace",
    "Plan",
    "Preview",
    "SensorCard",
    "SensorHealth",
    "Signs",
    "Usual",
    "answer_of",
    "arrivals_ahead",
    "arrivals_by_place",
    "as_hex",
    "as_lines",
    "as_text",
    "baselines_of",
    "bindings_of",
    "blind_doors",
    "blind_sensors",
    "build_topology",
    "called_sensors",
    "chance_within_hour",
    "channels_seen",
    "coming_hour",
    "count_states",
    "count_waiting",
    "coverage",
    "coverage_plan",
    "covered_place_ids",
    "crossing_of",
    "curve_points",
    "daily_totals",
    "days_of",
    "decode_payload",
    "default_thresholds",
    "density_classes",
    "engine_state",
    "entrance_flows",
    "episodes_of",
    "estimate_gaps",
    "find_arrivals",
    "find_backtest",
    "find_plan",
    "find_sensor",
    "find_threshold_set",
    "find_warning",
    "forget_answer",
    "forget_payloads",
    "forget_signs",
    "gaps_now",
    "gathering_days",
    "health_of",
    "history",
    "last_payload",
    "live_place",
    "live_scene",
    "live_space",
    "live_spaces",
    "look_for_signs",
    "name_refusal",
    "note_answer",
    "open_first",
    "open_tendencies",
    "open_unusual",
    "open_warnings",
    "outlook_of",
    "own_values",
    "places_with_own_thresholds",
    "planned_arrivals",
    "preview_levels",
    "recounts_of",
    "refuse_thresholds",
    "remember_payload",
    "reporting_sensors",
    "reset_of",
    "resets_by_place",
    "scenes_with_warnings",
    "search",
    "sensor_counts",
    "sensor_for_readings",
    "sensors_in_use",
    "sensors_of_place",
    "space_code",
    "tendencies",
    "threshold_lines",
    "threshold_rows",
    "thresholds_in_force",
    "unusual_counts",
    "unwell_since",
    "visible_arrivals",
    "visible_backtests",
    "visible_observations",
    "visible_quarantine",
    "visible_sensors",
    "visible_skill",
    "warning_steps",
    "warnings",
    "warnings_by_id",
]  # fmt: skip

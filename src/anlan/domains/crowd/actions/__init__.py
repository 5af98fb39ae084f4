"""Writes of the crowd watch."""

from anlan.domains.crowd.actions.arrivals import (
    change_arrivals,
    draft_arrivals,
    is_same,
    plan_arrivals,
    withdraw_arrivals,
)
from anlan.domains.crowd.actions.backtests import ask_backtest, see_backtest
from anlan.domains.crowd.actions.bindings import bind_channel, edit_binding, unbind_channel
from anlan.domains.crowd.actions.counts import recount
from anlan.domains.crowd.actions.learning import fit_levels
from anlan.domains.crowd.actions.observations import keep_observation, observe
from anlan.domains.crowd.actions.patrols import (
    check_in,
    end_round,
    lapse_round,
    miss_round,
    note_finding,
    start_round,
)
from anlan.domains.crowd.actions.plans import drop_plan, plan_counters
from anlan.domains.crowd.actions.quarantine import dismiss_quarantined, keep_unread, replay_quarantined
from anlan.domains.crowd.actions.resets import set_reset
from anlan.domains.crowd.actions.routes import (
    add_route,
    edit_route,
    keep_rounds,
    plan_ahead,
    resume_route,
    stop_route,
)
from anlan.domains.crowd.actions.sensors import (
    edit_sensor,
    give_credential,
    register_sensor,
    restore_sensor,
    retire_sensor,
    set_credential,
)
from anlan.domains.crowd.actions.sources import drop_source, set_source
from anlan.domains.crowd.actions.tendencies import find_tendencies
from anlan.domains.crowd.actions.thresholds import reset_thresholds, set_thresholds
from anlan.domains.crowd.actions.warnings import close_lost_warning, key_of, record_warning_change

# Written by the watch, never by people: news for those who follow the record, nothing that the topology hangs on.
MACHINE_DEEDS = (
    record_warning_change.verb, close_lost_warning.verb, fit_levels.verb, keep_rounds.verb, lapse_round.verb,
    miss_round.verb,
)  # fmt: skip

__all__ = [
    "MACHINE_DEEDS",
    "add_route",
    "ask_backtest",
    "bind_channel",
    "change_arrivals",
    "check_in",
    "dismiss_quarantined",
    "draft_arrivals",
    "drop_plan",
    "drop_source",
    "edit_binding",
    "edit_route",
    "edit_sensor",
    "end_round",
    "find_tendencies",
    "fit_levels",
    "give_credential",
    "is_same",
    "keep_observation",
    "keep_unread",
    "key_of",
    "note_finding",
    "observe",
    "plan_ahead",
    "plan_arrivals",
    "plan_counters",
    "record_warning_change",
    "recount",
    "register_sensor",
    "replay_quarantined",
    "reset_thresholds",
    "restore_sensor",
    "resume_route",
    "retire_sensor",
    "see_backtest",
    "set_credential",
    "set_reset",
    "set_source",
    "set_thresholds",
    "start_round",
    "stop_route",
    "unbind_channel",
    "withdraw_arrivals",
]  # fmt: skip

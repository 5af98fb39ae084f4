"""Addresses of crowd."""

from django.urls import path

from anlan.domains.crowd.pages import (
    backtests,
    bindings,
    counts,
    coverage,
    quarantine,
    sensors,
    sources,
    thresholds,
    warnings,
)

app_name = "crowd"
urlpatterns = [
    path("warnings/", warnings.warnings, name="warnings"),
    path("warnings/<int:pk>/", warnings.warning, name="warning"),
    path("sensors/", sensors.sensors, name="sensors"),
    path("sensors/new/", sensors.add_sensor, name="sensor_add"),
    path("sensor/<str:code>/", sensors.sensor, name="sensor"),
    path("sensor/<str:code>/edit/", sensors.edit_sensor, name="sensor_edit"),
    path("sensor/<str:code>/retire/", sensors.retire_sensor, name="sensor_retire"),
    path("sensor/<str:code>/restore/", sensors.restore_sensor, name="sensor_restore"),
    path("sensor/<str:code>/credential/", sensors.give_credential, name="sensor_credential"),
    path("sensor/<str:code>/source/", sources.set_source, name="sensor_source"),
    path("sensor/<str:code>/source/drop/", sources.drop_source, name="sensor_source_drop"),
    path("sensor/<str:code>/try/", sensors.try_payload, name="sensor_try"),
    path("sensor/<str:code>/bindings/new/", bindings.add_binding, name="binding_add"),
    path("sensor/<str:code>/bindings/<int:pk>/", bindings.edit_binding, name="binding_edit"),
    path("sensor/<str:code>/bindings/<int:pk>/remove/", bindings.remove_binding, name="binding_remove"),
    path("thresholds/", thresholds.all_thresholds, name="all_thresholds"),
    path("thresholds/<str:code>/", thresholds.thresholds, name="thresholds"),
    path("thresholds/<str:code>/preview/", thresholds.preview_thresholds, name="thresholds_preview"),
    path("thresholds/<str:code>/reset/", thresholds.reset_thresholds, name="thresholds_reset"),
    path("thresholds/<str:code>/backtest/", backtests.ask_backtest, name="backtest_ask"),
    path("backtests/", backtests.backtests, name="backtests"),
    path("backtests/<int:pk>/", backtests.backtest, name="backtest"),
    path("backtests/<int:pk>/adopt/", backtests.adopt_backtest, name="backtest_adopt"),
    path("backtests/<int:pk>/steps.csv", backtests.backtest_steps, name="backtest_steps"),
    path("quarantine/", quarantine.quarantine, name="quarantine"),
    path("quarantine/picked/", quarantine.act_on_picked, name="quarantine_picked"),
    path("quarantine/<int:pk>/", quarantine.quarantined, name="quarantined"),
    path("quarantine/<int:pk>/retry/", quarantine.retry_quarantined, name="quarantine_retry"),
    path("quarantine/<int:pk>/dismiss/", quarantine.dismiss_quarantined, name="quarantine_dismiss"),
    path("recount/<str:code>/", counts.recount, name="recount"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/progress/", coverage.coverage_progress, name="coverage_progress"),
    path("coverage/<str:code>/plan/", coverage.counter_plan, name="counter_plan"),
    path("coverage/<str:code>/drop/", coverage.drop_plan, name="drop_plan"),
]

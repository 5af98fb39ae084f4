"""Sensors that fail, and what was missed by it."""

from anlan.domains.crowd import queries
from anlan.domains.crowd.actions.health import note_health
from anlan.stream.estimates import Estimates


class HealthWatch:
    """Once a minute: what sensors usually count, who of them fails, since when, and what was missed by it."""

    def __init__(self, scene):
        self.scene, self.usual = scene, queries.Usual(scene)
        self.estimated = None

    def note(self, now):
        """Learn, judge, keep the episodes on record, and hand the estimates to the engine."""
        sensors = list(queries.sensors_in_use())
        self.usual.learn(now, blind_on=queries.blind_sensors)
        queries.look_for_signs(self.scene, self.usual, {one.code: one.place_id for one in sensors}, now)
        health = queries.health_of(sensors, now_ms=round(now.timestamp() * 1000), scene=self.scene.name)
        note_health({one.code: one.pk for one in sensors}, health, now=now)
        estimates = Estimates(queries.estimate_gaps(self.scene, self.usual, queries.gaps_now(now), now))
        if estimates.rows or estimates != self.estimated:
            self.scene.estimate(estimates)
            self.estimated = estimates

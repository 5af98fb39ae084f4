"""A scene's level changes kept on record as warnings."""

from datetime import UTC, datetime

from anlan.domains.crowd.actions.warnings import close_lost_warning, key_of, record_warning_change
from anlan.domains.crowd.models import Warning
from anlan.domains.places.queries import places_by_id
from anlan.kit.models import Change


class WarningRecord:
    """Keeps one scene's level changes on record as warnings; forgets nothing that the journal knows."""

    def __init__(self, scene, place_ids=None):
        self.scene = scene
        self.place_ids = place_ids if place_ids is not None else {}
        self.told = None  # the journal offset up to which all changes are on record; None: not asked yet
        self.topology = None  # the one under which all open warnings are known to be watched

    def record(self, now):
        """Record what is new, in order; then end the warnings of spaces that are no longer watched."""
        if self.told is None:
            self.told = self.last_recorded()
        topology, news = self.scene.topology, self.scene.changes_since(self.told)
        for offset, change in news:
            self.record_one(change)
            self.told = offset
        if news or topology is not self.topology:
            self.close_lost({space.code for space in topology.spaces}, now)
            self.topology = topology

    def close_lost(self, watched, now):
        """End the open warnings of spaces that are not in `watched`."""
        for warning in Warning.objects.filter(scene=self.scene.name, closed_at=None):
            if warning.space_code not in watched:
                close_lost_warning(warning, by=None, now=now, scene=self.scene.name)

    def record_one(self, change):
        place_id = self.place_ids.get(change["code"])
        place = places_by_id([place_id]).get(place_id) if place_id else None
        at = datetime.fromtimestamp(change["at_ms"] / 1000, UTC)
        record_warning_change(
            place, by=None, now=at, scene=change["scene"], key=key_of(change), change=change
        )

    def last_recorded(self):
        """Where to go on: at the frame that caused the newest change on record, or the start of a shorter journal.

        Going over changes again is harmless: each has its key.
        """
        rows = Change.objects.filter(what=record_warning_change.verb, scene=self.scene.name)
        newest = rows.order_by("-id").first()
        offset = newest.after["offset"] if newest else -1
        return offset if offset < self.scene.journal.end else -1


def record_of_replay(scene):
    """The WarningRecord of a replay's scene, or None where an earlier run of it is on record: it says the same."""
    return None if Warning.objects.filter(scene=scene.name).exists() else WarningRecord(scene)

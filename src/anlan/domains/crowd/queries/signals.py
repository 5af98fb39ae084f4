"""What is no warning and yet worth a look: counts far above the usual, and tendencies from week to week."""

from anlan.domains.crowd.models import Tendency, UnusualCount
from anlan.domains.crowd.queries.spaces import sees

LIVE = "live"


def unusual_counts(person, *, scene=LIVE):
    """The episodes of channel C that `person` may see, the newest first."""
    return UnusualCount.objects.filter(sees(person), scene=scene).select_related("place__organisation")


def open_unusual(*, person=None, scene=LIVE):
    """The spaces with far more people than usual now; `person` None: all (for the wall)."""
    rows = UnusualCount.objects.filter(scene=scene) if person is None else unusual_counts(person, scene=scene)
    return rows.filter(closed_at=None)


def tendencies(person):
    """The tendencies that `person` may see, the newest first."""
    return Tendency.objects.filter(sees(person)).select_related("place__organisation")


def open_tendencies(person):
    """Those that the last night still found."""
    return tendencies(person).filter(ended_on=None)

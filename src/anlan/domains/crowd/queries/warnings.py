"""Warnings: episodes of a space above `none`, and the steps each went through."""

from django.db.models import F

from anlan.domains.crowd.models import Warning
from anlan.domains.crowd.queries.spaces import sees
from anlan.domains.crowd.rules import LEVELS
from anlan.kit.models import Change

LIVE = "live"


def warnings(person, scene=LIVE):
    """The warnings of a scene that `person` may see, last changed first.

    Other scenes than `live` are replays of published counts: they are nobody's and seen by all.
    """
    rows = Warning.objects.filter(scene=scene).select_related("place__organisation")
    return rows.filter(sees(person)) if scene == LIVE else rows


def open_warnings(scene=LIVE, *, person=None):
    """The open warnings of a scene, worst first, then longest open; `person` None: all (for the wall)."""
    rows = (
        Warning.objects.filter(scene=scene).select_related("place")
        if person is None
        else warnings(person, scene)
    )
    return sorted(rows.filter(closed_at=None), key=lambda row: (-LEVELS.index(row.level), row.opened_at))


def open_first(rows):
    """Warnings with the open ones first, then the last changed."""
    return rows.order_by(F("closed_at").desc(nulls_first=True), "-changed_at", "-id")


def find_warning(person, number):
    """The warning with this primary key if `person` may see it, else None."""
    row = Warning.objects.filter(pk=number).first()
    return row and warnings(person, row.scene).filter(pk=row.pk).first()


def scenes_with_warnings():
    """The scenes that have warnings, `live` first."""
    names = set(Warning.objects.order_by().values_list("scene", flat=True).distinct())
    return [LIVE, *sorted(names - {LIVE})]


def warning_steps(warning):
    """The change rows of an episode, oldest first."""
    return Change.objects.of(warning).order_by("id")


def warnings_by_id(ids):
    """{primary key: warning} of these, with their places: for whoever takes what is recorded of them."""
    return Warning.objects.select_related("place__organisation").in_bulk(list(ids))

"""Zones and entrances of a place, kept by its supervising or its operating side.

Each change row is the part's own; the place's page gathers them.
"""

from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.places import rules
from anlan.domains.places.actions.register import (
    insist_answering,
    insist_sound,
    settle_outline,
    settle_point,
)
from anlan.domains.places.models import Entrance, Zone
from anlan.domains.places.terms import EntranceState, Refusal
from anlan.kit.actions import Done, Refused, action, check, done, note

ZONE_WORDS = ("code", "name", "level", "effective_area_m2", "outline")
ENTRANCE_WORDS = ("code", "name", "form", "zone", "clear_width_m", "gate_count", "lon", "lat")
STATE_WORDS = ("state", "state_reason", "state_until")


@action("places.add_zone", label=_("新增区域"))
def add_zone(place, *, by, now, code, name, level="", effective_area_m2=None, outline=None):
    """Add a zone that is watched for itself. Raises Refused for a taken or unsound code, area or outline."""
    insist_answering(by, Right.PLACES_EDIT, place)
    zone = Zone(
        place=place, code=code, name=name, level=level, effective_area_m2=effective_area_m2, outline=outline
    )
    settle_zone(zone)
    return done(zone, after=note(zone, "place", *ZONE_WORDS))


@action("places.edit_zone", label=_("修改区域"))
def edit_zone(zone, *, by, now, **words):
    """Change fields of a zone (ZONE_WORDS); those not named stay."""
    insist_answering(by, Right.PLACES_EDIT, zone.place)
    before = note(zone, *words)
    assign(zone, words, ZONE_WORDS)
    settle_zone(zone)
    return done(zone, before=before)


@action("places.remove_zone", label=_("删除区域"))
def remove_zone(zone, *, by, now):
    """Remove a zone. Refused while an entrance, a determination or a sensor refers to it."""
    insist_answering(by, Right.PLACES_EDIT, zone.place)
    check(Refusal.ZONE_IN_USE if zone.determinations.exists() else None)
    return remove(zone, ZONE_WORDS, Refusal.ZONE_IN_USE)


@action("places.add_entrance", label=_("新增出入口"))
def add_entrance(place, *, by, now, code, name, form, zone=None, lon=None, lat=None, **size):
    """Add an entrance, open; `size` is clear_width_m and gate_count.

    Raises Refused for a taken or unsound code, size, position, or another's zone.
    """
    insist_answering(by, Right.PLACES_EDIT, place)
    entrance = Entrance(place=place, code=code, name=name, form=form, zone=zone, lon=lon, lat=lat)
    assign(entrance, size, ("clear_width_m", "gate_count"))
    settle_entrance(entrance)
    return done(entrance, after=note(entrance, "place", *ENTRANCE_WORDS))


@action("places.edit_entrance", label=_("修改出入口"))
def edit_entrance(entrance, *, by, now, **words):
    """Change fields of an entrance (ENTRANCE_WORDS); those not named stay. Its state has an action of its own."""
    insist_answering(by, Right.PLACES_EDIT, entrance.place)
    before = note(entrance, *words)
    assign(entrance, words, ENTRANCE_WORDS)
    settle_entrance(entrance)
    return done(entrance, before=before)


@action("places.remove_entrance", label=_("删除出入口"))
def remove_entrance(entrance, *, by, now):
    """Remove an entrance. Refused while a sensor refers to it, or when those left let nobody out."""
    insist_answering(by, Right.PLACES_EDIT, entrance.place)
    check(rules.check_ways_out(states_beside(entrance)))
    return remove(entrance, ENTRANCE_WORDS, Refusal.ENTRANCE_IN_USE)


@action("places.set_entrance_state", label=_("出入口状态"))
def set_entrance_state(entrance, *, by, now, state, until=None, why=""):
    """Put an entrance into a state of `terms.EntranceState`; whoever edits the place, or operates it, may.

    Out of use is for works only, with reason and end. Refused where nobody could leave any more.
    """
    insist_answering(by, Right.PLACES_EDIT, entrance.place)
    others = states_beside(entrance)
    check(rules.check_entrance_state(state, reason=why, until=until, now=now, others=others))
    before = note(entrance, *STATE_WORDS)
    is_open = state == EntranceState.OPEN
    entrance.state, entrance.state_reason = state, "" if is_open else why
    entrance.state_until = None if is_open else until
    entrance.save(update_fields=STATE_WORDS)
    return done(entrance, before=before)


def states_beside(entrance):
    """The states of the place's other entrances."""
    return list(entrance.place.entrances.exclude(pk=entrance.pk).values_list("state", flat=True))


def assign(row, words, known):
    """Put `words` into the row. Raises TypeError for a name that is not among `known`."""
    if strange := set(words) - set(known):
        raise TypeError(f"unknown fields {', '.join(sorted(strange))}; known: {', '.join(known)}")
    for name, value in words.items():
        setattr(row, name, value)


def settle_zone(zone):
    """Check and store a zone. Raises Refused."""
    check(rules.check_area(zone.effective_area_m2))
    settle_outline(zone)
    insist_sound(zone)
    zone.save()


def settle_entrance(entrance):
    """Check and store an entrance. Raises Refused."""
    check(rules.check_width(entrance.clear_width_m))
    check(rules.check_gates(entrance.form, entrance.gate_count))
    check(Refusal.ZONE_ELSEWHERE if entrance.zone and entrance.zone.place_id != entrance.place_id else None)
    settle_point(entrance)
    insist_sound(entrance)
    entrance.save()


def remove(row, words, refusal):
    """Delete a row that nothing refers to; the change row keeps its fields and its number."""
    before, number = note(row, *words), row.pk
    try:
        row.delete()
    except ProtectedError as error:
        raise Refused(str(refusal)) from error
    row.pk = number
    return Done(row, before, dict.fromkeys(before))

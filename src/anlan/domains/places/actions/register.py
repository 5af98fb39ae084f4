"""Places come onto the register, change, are graded, and leave it (never their history)."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.places import rules
from anlan.domains.places.models import Place
from anlan.domains.places.queries import answers_for
from anlan.domains.places.terms import PlaceKind, Refusal
from anlan.kit.actions import Done, Refused, action, check, done, note
from anlan.kit.geo import UnsoundGeometry, check_point, find_inner_point, read_outline

WORDS = (
    "name", "name_en", "kind", "parent", "organisation", "operator", "responsible_person", "responsible_phone",
    "address", "surroundings", "lon", "lat", "outline", "is_capacity_due", "has_safety_signs", "is_public",
)  # fmt: skip


@action("places.register", may=Right.PLACES_EDIT, label=_("登记场所"))
def register_place(organisation, *, by, now, code, rail_lines=(), is_demo=False, **words):
    """Register a place under the organisation that supervises it; positions are WGS-84.

    `words` are fields of Place (see WORDS); a station exit needs no capacity of its own unless told so.
    Raises Refused for an unsound or taken code, an unsound field, position, outline or parent.
    """
    check(rules.check_code(code))
    place = Place(code=code, organisation=organisation, is_demo=is_demo)
    place.is_capacity_due = words.get("kind") != PlaceKind.STATION_EXIT
    settle(place, words)
    place.save()
    after = {"code": code} | kept(place)
    if rail_lines:  # thousands of places are imported, and few of them are stations
        place.rail_lines.set(rail_lines)
        after |= name_lines(rail_lines)
    return done(place, after=after)


@action("places.edit", may=Right.PLACES_EDIT, label=_("修改场所"))
def edit_place(place, *, by, now, rail_lines=None, **words):
    """Change fields of a registered place; those not named stay.

    Raises Refused as `register_place` does, and where the place would go to an organisation that `by` may
    not act for.
    """
    check(Refusal.RETIRED if place.retired_at else None)
    before = note(place, *words)
    if rail_lines is not None:
        before |= name_lines(place.rail_lines.all())
    settle(place, words)
    if not by.may(Right.PLACES_EDIT, place.organisation):
        raise Refused(str(Refusal.NOT_YOURS % {"name": place.organisation}))
    place.save()
    after = note(place, *words)
    if rail_lines is not None:
        place.rail_lines.set(rail_lines)
        after |= name_lines(rail_lines)
    return Done(place, before, after)


@action("places.retire", may=Right.PLACES_EDIT, label=_("注销场所"))
def retire_place(place, *, by, now, why):
    """Take a place off the register, with its reason; its records stay. Refused while parts are registered."""
    check(rules.check_reason(why))
    check(Refusal.RETIRED if place.retired_at else None)
    if left := place.parts.filter(retired_at=None).count():
        check(Refusal.HAS_PARTS % {"n": left})
    before = note(place, "retired_at")
    place.retired_at = now
    place.save(update_fields=["retired_at"])
    return done(place, before=before)


@action("places.restore", may=Right.PLACES_EDIT, label=_("恢复登记"))
def restore_place(place, *, by, now, why):
    """Put a retired place back on the register. Refused without a reason or while its parent is retired."""
    check(rules.check_reason(why))
    check(None if place.retired_at else Refusal.NOT_RETIRED)
    check(Refusal.PARENT_RETIRED if place.parent and place.parent.retired_at else None)
    before = note(place, "retired_at")
    place.retired_at = None
    place.save(update_fields=["retired_at"])
    return done(place, before=before)


@action("places.grade", may=Right.PLACES_EDIT, label=_("分级"))
def grade_place(place, *, by, now, grade, reason, review_on=None):
    """Grade a place A–D with its reason and the date of the next review; "" takes the grade away."""
    check(rules.check_grade(grade, reason=reason, review_on=review_on, today=timezone.localdate(now)))
    names = ("grade", "grade_reason", "grade_review_on")
    before = note(place, *names)
    place.grade, place.grade_reason, place.grade_review_on = grade, reason, review_on if grade else None
    place.save(update_fields=names)
    return done(place, before=before)


def settle(place, words):
    """Put `words` into the unsaved place and check the whole of it. Raises Refused."""
    if strange := set(words) - set(WORDS):
        raise TypeError(f"no fields of a place: {', '.join(sorted(strange))}; known: {', '.join(WORDS)}")
    for name, value in words.items():
        setattr(place, name, value)
    settle_position(place)
    parent = place.parent
    check(rules.check_parent(
        place.kind, code=place.code, parent_kind=parent.kind if parent else None,
        parent_retired=bool(parent and parent.retired_at), above=codes_above(place),
    ))  # fmt: skip
    insist_sound(place)


def settle_position(place):
    """Check the place's point and outline; an outline without a point gives one. Raises Refused."""
    settle_point(place)
    settle_outline(place)
    if place.outline is not None and place.lon is None:
        place.lon, place.lat = find_inner_point(place.outline)


def settle_point(row):
    """Both coordinates or none, on the globe. Raises Refused."""
    check(Refusal.HALF_POINT if (row.lon is None) != (row.lat is None) else None)
    try:
        if row.lon is not None:
            check_point(row.lon, row.lat)
    except UnsoundGeometry as error:
        raise Refused(str(error)) from error


def settle_outline(row):
    """The outline as it is stored: sound, flat, right-handed. Raises Refused."""
    try:
        row.outline = read_outline(row.outline) if row.outline is not None else None
    except UnsoundGeometry as error:
        raise Refused(str(error)) from error


def codes_above(place):
    """The codes from the parent upwards; ends at a ring."""
    above, one = [], place.parent
    while one is not None and one.code not in above:
        above.append(one.code)
        one = one.parent
    return above


def insist_answering(by, right, place):
    """Raise Refused unless `by` holds `right` over the place on its supervising or its operating side."""
    if not answers_for(by, right, place):
        raise Refused(str(Refusal.NOT_YOURS % {"name": place}))


def insist_sound(row):
    """Raise Refused with the first fault that the model's own checks find, naming the field."""
    try:
        row.full_clean()
    except ValidationError as error:
        name, faults = next(iter(error.message_dict.items()))
        label = "" if name == "__all__" else f"{row._meta.get_field(name).verbose_name}："
        raise Refused(f"{label}{faults[0]}") from error


def kept(place):
    """The fields of a new place that say something, as they go into the change row."""
    return {name: value for name, value in note(place, *WORDS).items() if value not in (None, "")}


def name_lines(lines):
    """The names of a station's rail lines in order, as they go into a change row."""
    return {"rail_lines": [line.name for line in sorted(lines, key=lambda line: line.code)]}

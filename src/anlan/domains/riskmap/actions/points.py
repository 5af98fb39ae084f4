"""Risk points come onto the map, change, are checked by another person, hold, and leave it."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.riskmap.actions.following import follow_review
from anlan.domains.riskmap.models import RiskPoint
from anlan.domains.riskmap.models.points import MEASURES
from anlan.domains.riskmap.queries import next_number
from anlan.domains.riskmap.rules import life
from anlan.domains.riskmap.terms import PointState, Refusal, RiskCause
from anlan.kit.actions import Done, Refused, action, check, done, note
from anlan.kit.followups import settle_follow_ups
from anlan.kit.geo import UnsoundGeometry, find_inner_point, read_outline
from anlan.kit.geo import check_point as check_degrees

WORDS = (
    "name", "category", "place", "enterprise", "lon", "lat", "outline", "post", "person_name", "precautions", *MEASURES
)  # fmt: skip
PRIVATE = ("person_name",)  # names of people stay out of the record of changes, which is kept for good


@action("riskmap.register", may=Right.RISKMAP_EDIT, label=_("登记风险点"))
def register_point(organisation, *, by, now, is_demo=False, **words):
    """Put a new risk point on the map, answered for by `organisation`; it waits to be assessed and checked.

    Raises Refused for one without a name or a position.
    """
    point = RiskPoint(
        organisation=organisation, number=next_number(), written_by=by, changed_at=now, is_demo=is_demo
    )
    settle(point, words)
    point.save()
    return done(point, after=kept(note(point, "number", *WORDS)))


@action("riskmap.edit", may=Right.RISKMAP_EDIT, label=_("修改风险点"))
def edit_point(point, *, by, now, organisation=None, **words):
    """Change fields of a point; those not named stay. It waits to be checked again. Raises Refused.

    Where something changed that bears on the risk, and it was assessed, its review is due today.
    """
    check(life.must_be(point.state, *PointState.alive()))
    names = [*words, "organisation", "state", "review_on", "review_cause"]
    before = note(point, *names)
    if organisation is not None and organisation != point.organisation:
        permitted = by.may(Right.RISKMAP_EDIT, organisation)
        check(None if permitted else Refusal.OTHER_PLACE % {"name": organisation})
        point.organisation = organisation
    settle(point, words)
    write_anew(point, by, now)
    changed = [name for name, value in note(point, *words).items() if value != before[name]]
    if life.is_review_called(changed, level=point.level, pending=point.review_cause):
        point.review_on, point.review_cause = timezone.localdate(now), RiskCause.CHANGE
    point.save()
    after = note(point, *names)
    if point.review_on and any(before[name] != after[name] for name in ("organisation", "review_on")):
        follow_review(point, by=by, now=now)
    return Done(point, *mask(before, after))


def settle(point, words):
    """Give a point these words; where it has no position of its own it takes its place's. Raises Refused."""
    for name, value in words.items():
        setattr(point, name, value.strip() if isinstance(value, str) else value)
    check(
        life.words_are_sound(
            name=point.name, has_place=point.place_id is not None, lon=point.lon, lat=point.lat,
            has_enterprise=point.enterprise_id is not None, has_outline=bool(point.outline),
        )
    )  # fmt: skip
    try:
        settle_drawing(point)
    except UnsoundGeometry as error:
        raise Refused(str(error)) from None


def settle_drawing(point):
    """A sound outline and position; without a position it is within the outline, else at the place. Raises UnsoundGeometry."""
    point.outline = read_outline(point.outline) if point.outline else None
    if point.lon is None and point.outline:
        point.lon, point.lat = find_inner_point(point.outline)
    if point.lon is None and point.place is not None:
        point.lon, point.lat = point.place.lon, point.place.lat
    if point.lon is not None:
        check_degrees(point.lon, point.lat)


def write_anew(point, by, now):
    """What was checked does not hold for other words: the point waits for another person again."""
    point.state, point.written_by, point.changed_at = PointState.DRAFT, by, now
    point.checked_by = point.checked_on = None


def kept(words):
    """What is registered, without what is empty and with names of people masked."""
    return {name: hide(name, value) for name, value in words.items() if value not in ("", None)}


def mask(before, after):
    """The two sides of a change with names of people masked, but so that a change of them is still told."""
    changed = {name for name in PRIVATE if before.get(name) != after.get(name)}
    before = {name: "" if name in changed else hide(name, value) for name, value in before.items()}
    return before, {name: hide(name, value) for name, value in after.items()}


def hide(name, value):
    """The value, or signs in its place where it is of people."""
    return "***" if name in PRIVATE and value else value


@action("riskmap.check", may=Right.RISKMAP_CHECK, label=_("核对风险点"))
def check_point(point, *, by, now):
    """Another person than the writer finds the point right. Raises Refused."""
    check(
        life.may_check(
            state=point.state, level=point.level, measures=[getattr(point, name) for name in MEASURES],
            answerer=point.answerer, is_own=point.written_by_id == by.pk,
        )
    )  # fmt: skip
    before = note(point, "state", "checked_by", "checked_on")
    point.state, point.checked_by, point.changed_at = PointState.CHECKED, by, now
    point.checked_on = timezone.localdate(now)
    point.save()
    return done(point, before=before)


@action("riskmap.return", may=Right.RISKMAP_CHECK, label=_("退回风险点"))
def return_point(point, *, by, now, why):
    """Take a check back, or the force of a point: it waits to be put right and checked again."""
    check(life.must_be(point.state, PointState.CHECKED, PointState.IN_FORCE))
    check(None if why.strip() else Refusal.NO_REASON)
    before = note(point, "state", "checked_by", "checked_on")
    point.state, point.checked_by, point.checked_on, point.changed_at = PointState.DRAFT, None, None, now
    point.save()
    return done(point, before=before)


@action("riskmap.put_in_force", may=Right.RISKMAP_EDIT, label=_("风险点生效"))
def put_in_force(point, *, by, now):
    """Let a checked point hold."""
    check(life.must_be(point.state, PointState.CHECKED))
    return turn(point, PointState.IN_FORCE, now)


@action("riskmap.retire", may=Right.RISKMAP_EDIT, label=_("撤下风险点"))
def retire_point(point, *, by, now, why):
    """Take a point off the map; its record stays, and nobody is reminded of its review any more."""
    check(life.must_be(point.state, *PointState.alive()))
    check(None if why.strip() else Refusal.NO_REASON)
    settle_follow_ups(point, by=by, now=now, outcome=why)
    return turn(point, PointState.RETIRED, now)


@action("riskmap.restore", may=Right.RISKMAP_EDIT, label=_("恢复风险点"))
def restore_point(point, *, by, now, why):
    """Put a point back on the map; it waits to be checked again, and its review is due where the day has passed."""
    check(None if point.state == PointState.RETIRED else Refusal.STATE % {"state": point.get_state_display()})
    check(None if why.strip() else Refusal.NO_REASON)
    before = note(point, "state", "written_by", "checked_by", "checked_on")
    write_anew(point, by, now)
    point.save()
    if point.review_on:
        follow_review(point, by=by, now=now)
    return done(point, before=before)


def turn(point, state, now):
    """Give a point another state."""
    before = note(point, "state")
    point.state, point.changed_at = state, now
    point.save(update_fields=["state", "changed_at"])
    return done(point, before=before)

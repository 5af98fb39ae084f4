"""Risk points as people see them."""

from django.db.models import F

from anlan.domains.accounts.queries import reached_ids
from anlan.domains.riskmap.models import RiskPoint
from anlan.domains.riskmap.terms import PointState

NUMBER_DIGITS = 6


def visible_points(person, *, retired=False):
    """The points whose responsible organisation `person` sees; `retired` adds those taken off the map."""
    points, reached = (
        RiskPoint.objects.select_related("organisation", "place", "enterprise"),
        reached_ids(person),
    )
    points = points if reached is None else points.filter(organisation__in=reached)
    return points if retired else points.exclude(state=PointState.RETIRED)


def find_point(number, person):
    """The point of this number that `person` sees, also a retired one, or None."""
    return visible_points(person, retired=True).filter(number=number).first()


def next_number():
    """The next number of a point: F and six digits."""
    last = RiskPoint.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return f"F{last + 1:0{NUMBER_DIGITS}d}"


def points_at(place, person):
    """The points at a place that `person` sees, the worst first."""
    return worst_first(visible_points(person).filter(place=place))


def points_of_enterprise(enterprise, person):
    """The points of an enterprise that `person` sees, the worst first."""
    return worst_first(visible_points(person).filter(enterprise=enterprise))


def worst_level_of(enterprise):
    """The gravest level among an enterprise's points in force, or None where none is assessed."""
    rows = RiskPoint.objects.filter(enterprise=enterprise, state=PointState.IN_FORCE, level__isnull=False)
    return rows.order_by("level").values_list("level", flat=True).first()


def worst_first(points):
    """The points by level; those not assessed last."""
    return points.order_by(F("level").asc(nulls_last=True), "number")


def reviews_due(person, today):
    """The points that `person` sees and whose review is due, the longest due first."""
    return visible_points(person).filter(review_on__lte=today).order_by("review_on", "number")


def categories(person):
    """The categories in use among the points that `person` sees."""
    named = visible_points(person).exclude(category="").order_by("category")
    return list(named.values_list("category", flat=True).distinct()[:200])

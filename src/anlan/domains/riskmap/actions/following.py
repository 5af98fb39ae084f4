"""The responsible organisation is reminded of the next review of a point, and of no earlier one."""

from django.urls import reverse
from django.utils.translation import gettext

from anlan.kit.followups import open_follow_up, settle_follow_ups


def follow_review(point, *, by, now, is_first=False):
    """Have the responsible organisation reminded of the next review, and of no earlier one; `is_first`: there is none."""
    if not is_first:
        settle_follow_ups(point, by=by, now=now, outcome=gettext("复评日期已变"))
    open_follow_up(
        point, key=f"riskmap/{point.pk}/review/{point.review_on}/{now:%Y%m%d%H%M%S%f}",
        title=gettext("风险点复评：%(point)s") % {"point": point}, organisation=point.organisation, due=point.review_on,
        link=reverse("riskmap:point", args=[point.number]), by=by, now=now,
    )  # fmt: skip

"""The responsible organisation is reminded of the next review of a point, and of no earlier one."""

from django.urls import reverse
from django.utils.translation import gettext

from anlan.kit.followups import follow_ups_about, open_follow_up, settle_follow_up
from anlan.kit.terms import FollowUpState


def end_reminders(row, *, by, now, outcome):
    """Nobody need be reminded any more of what is open about a point or a sheet."""
    for one in follow_ups_about(row).filter(state__in=FollowUpState.open_ones()):
        settle_follow_up(one.key, by=by, now=now, outcome=outcome)


def follow_review(point, *, by, now, is_first=False):
    """Have the responsible organisation reminded of the next review, and of no earlier one; `is_first`: there is none."""
    if not is_first:
        end_reminders(point, by=by, now=now, outcome=gettext("复评日期已变"))
    open_follow_up(
        point, key=f"riskmap/{point.pk}/review/{point.review_on}/{now:%Y%m%d%H%M%S%f}",
        title=gettext("风险点复评：%(point)s") % {"point": point}, organisation=point.organisation, due=point.review_on,
        link=reverse("riskmap:point", args=[point.number]), by=by, now=now,
    )  # fmt: skip

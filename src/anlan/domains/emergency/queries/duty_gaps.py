"""Times without duty at posts that must be staffed, from the last that was held to a week ahead."""

from collections import defaultdict
from datetime import timedelta

from anlan.domains.emergency.models import DutyPost
from anlan.domains.emergency.queries.duty import watches_by_post
from anlan.domains.emergency.rules import rosters as rules

AHEAD = timedelta(days=7)
LOOK = timedelta(days=10)  # farther than AHEAD, so that where a gap ends is known
BACK = timedelta(days=8)  # how far back the beginning of a running gap is looked for


def staffed_posts():
    """The posts in use that must always be staffed."""
    return DutyPost.objects.filter(retired_at=None, must_be_staffed=True).select_related("organisation")


def gaps_by_post(posts, now):
    """{post id: Holes that run at `now` or begin within a week}; `is_whole`: nobody is on for a week from now.

    People who left do not count. A post that need not be staffed has none.
    """
    posts = [post for post in posts if post.must_be_staffed]
    found = watches_by_post(posts, now - BACK, now + LOOK)
    holes = {post.pk: near(holes_of(post, found[post.pk], now, LOOK), now) for post in posts}
    return defaultdict(list, holes)


def near(holes, now):
    """The Holes that begin within a week."""
    return [one for one in holes if one.since <= now + AHEAD]


def holes_of(post, watches, now, look):
    """The Holes of one post that have not ended, up to `look` ahead, from its Watches since BACK."""
    seated = [
        rules.Seated(one.role, one.seat, one.since, one.until, one.person.pk, one.person.pk, one.source)
        for one in watches
        if one.person.is_active
    ]
    span = {"roles": post.needed_roles, "since": max(post.since, now - BACK), "until": now + look}
    holes = [one for one in rules.find_holes(seated, **span) if one.until > now]
    return [one._replace(is_whole=one.since <= now and one.until >= now + AHEAD) for one in holes]

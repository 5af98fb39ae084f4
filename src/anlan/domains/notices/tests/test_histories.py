"""Any order of steps by anyone: nothing is public without two people, nothing that ended is shown."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.domains.notices import actions, queries
from anlan.domains.notices.models import Notice
from anlan.domains.notices.tests.conftest import NOW, draft_at, sha
from anlan.kit.actions import Refused
from anlan.kit.models import Change

WHO = ("drafter", "second", "signer", "reader", None)
DEEDS = {
    "submit": lambda row, by, now: actions.submit_notice(row, by=by, now=now),
    "edit": lambda row, by, now: actions.edit_notice(row, by=by, now=now, headline_zh=f"标题{now:%M%S}"),
    "sign": lambda row, by, now: actions.sign_notice(
        row, by=by, now=now, seen_sha256=sha(queries.frozen_of(row))
    ),
    "return": lambda row, by, now: actions.return_notice(row, by=by, now=now, why="改"),
    "publish": lambda row, by, now: actions.publish_notice(row, by=by, now=now),
    "lift": lambda row, by, now: actions.lift_notice(row, by=by, now=now, why="回落"),
    "drop": lambda row, by, now: actions.drop_notice(row, by=by, now=now, why="不用"),
    "expire": lambda row, by, now: actions.expire_notice(row, by=by, now=now),
    "update": lambda row, by, now: actions.draft_update(row, by=by, now=now),
}
ENDED = ("lifted", "expired", "updated", "dropped")
steps = st.lists(
    st.tuples(st.sampled_from(sorted(DEEDS)), st.sampled_from(WHO), st.integers(0, 2), st.integers(0, 90)),
    min_size=1,
    max_size=14,
)
WALK = [("submit", "drafter", 0, 1), ("sign", "signer", 0, 1), ("publish", "drafter", 0, 1)]


def play(town, history):
    """Try each step; what is refused changes nothing. Yields the moment after each."""
    draft_at(town, outlets=["web", f"display:{town.screen.pk}"])
    now = NOW
    for deed, who, at, minutes in history:
        now += timedelta(minutes=minutes)
        rows = list(Notice.objects.order_by("pk"))
        row, by = rows[min(at, len(rows) - 1)], getattr(town, who) if who else None
        before = list(Notice.objects.order_by("pk").values())
        try:
            DEEDS[deed](row, by, now)
        except Refused:
            assert list(Notice.objects.order_by("pk").values()) == before
        yield now


def judge(town, now):
    """What must hold at any moment."""
    for row in queries.current_notices(now=now):
        assert row.signed_by_id and row.submitted_by_id and row.signed_by_id != row.submitted_by_id
        assert row.signed_by_id not in (row.drafted_by_id, row.edited_by_id)
        assert row.signed_by == town.signer  # the only one in the role
        assert queries.frozen_of(row) == row.frozen_text
        assert row.expires_at > now
        assert Change.objects.of(row).filter(what="notices.publish").count() == 1
    shown = {frame["number"] for frame in queries.frames_of(town.screen, now=now)}
    assert not shown & set(Notice.objects.filter(state__in=ENDED).values_list("number", flat=True))
    assert shown == {row.number for row in queries.current_notices(now=now)}
    numbers = [row.number for row in Notice.objects.exclude(number=None)]
    assert len(numbers) == len(set(numbers))
    for row in queries.told_notices():
        assert row.number and row.published_at


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps, walk=st.booleans())
def test_nothing_is_public_without_two_people_and_nothing_ended_is_shown(town, history, walk):
    Notice.objects.update(updates=None)
    Notice.objects.all().delete()
    for now in play(town, (WALK if walk else []) + history):
        judge(town, now)

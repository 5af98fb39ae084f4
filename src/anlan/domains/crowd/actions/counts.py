"""Recounts: what people or a camera counted sets the number present, on record."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.queries.live import live_space
from anlan.domains.crowd.queries.spaces import space_code
from anlan.domains.places.queries import answers_for
from anlan.kit.actions import Done, action, check

MAX_PERSONS = 5_000_000
OLDEST = timedelta(hours=12)  # an older count says nothing about who is there now


@action("crowd.recount", label=_("校正在场人数"))
def recount(subject, *, by, now, persons, counted_at, counted_by):
    """`persons` were present in `subject` (a place or a zone) at `counted_at`, counted by `counted_by`.

    Whoever supervises or operates the place may correct its count. The row is the news: the engine takes it as
    the space's new baseline (see workers), also after a restart.
    """
    place = getattr(subject, "place", subject)
    check(None if answers_for(by, Right.COUNTS_CORRECT, place) else _("您没有校正该场所在场人数的权限。"))
    check(None if 0 <= persons <= MAX_PERSONS else _("人数应在 0 到 5,000,000 之间。"))
    check(None if now - OLDEST <= counted_at <= now else _("清点时间应在过去 12 小时之内。"))
    check(None if counted_by.strip() else _("请写明由谁清点（人员或摄像机）。"))
    present = live_space(space_code(subject))
    overtaken = present is not None and counted_at.timestamp() * 1000 < present.base_ms
    check(_("此后已有更新的清点或已归零，不能再按更早的清点校正。") if overtaken else None)
    counted = {
        "space": space_code(subject), "persons": persons, "counted_at": counted_at, "counted_by": counted_by.strip(),
        "shown_before": present and present.people,
    }  # fmt: skip
    return Done(subject, {}, counted)

"""Who hears of an overdue hazard, listed supervision and delisting."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries, rules
from anlan.domains.hazards.actions.stepping import insist, locked, move
from anlan.domains.hazards.terms import MajorRefusal, Refusal, Step
from anlan.kit.actions import action, check, done, note, permit
from anlan.kit.outbox import tell_organisation

OVERDUE = _("隐患整改逾期：%(hazard)s。责任单位：%(responsible)s；期限：%(due)s。请督办。")
OVERDUE_TITLE = _("隐患整改逾期督办")


@action("hazards.escalate", machine=True, may=Right.HAZARDS_SUPERVISE, label=_("逾期逐级督办"))
def escalate_hazard(hazard, *, by, now):
    """The next one above hears of an overdue hazard (unit, street, department, committee office). Raises Refused."""
    locked(hazard)
    height = rules.height_due(hazard.due_at, now) if hazard.is_overdue(now) else 0
    check(None if height > hazard.height else Refusal.NOT_ESCALATED)
    before = note(hazard, "height")
    hazard.height = height
    hazard.save(update_fields=["height"])
    due = f"{timezone.localtime(hazard.due_at) - timedelta(seconds=1):%Y-%m-%d}"
    words = {"hazard": hazard, "responsible": hazard.rectifier, "due": due}
    told = queries.supervisors_of(hazard)[height - 1]
    tell_organisation(
        told, about=hazard, key=f"hazards/{hazard.pk}/{hazard.round}/{hazard.due_at:%Y%m%d}/{height}",
        title=str(OVERDUE_TITLE), text=str(OVERDUE % words), link=hazard.get_absolute_url(), now=now,
    )  # fmt: skip
    return done(hazard, before=before, after={"told": str(told)})


@action("hazards.list", label=pgettext_lazy("hazard", "挂牌督办"))
def list_hazard(hazard, *, by, now, listed_until, why=""):
    """Put a major hazard under listed supervision until a date within the district's limit."""
    insist(hazard, Step.LIST, by=by, now=now, why=why)
    today = timezone.localdate(now)
    days = queries.limit("listed_days", on=today)
    is_sound = today < listed_until <= today + timedelta(days=days)
    check(None if is_sound else Refusal.LISTED_UNTIL % {"days": days})
    return move(hazard, Step.LIST, listed_at=now, listed_until=listed_until, delisted_at=None)


@action("hazards.delist", label=pgettext_lazy("hazard", "摘牌"))
def delist_hazard(hazard, *, by, now, why=""):
    """Take a closed one off the list; not by who closed it."""
    insist(hazard, Step.DELIST, by=by, now=now, why=why)
    return move(hazard, Step.DELIST, delisted_at=now)


@action("hazards.publish", label=_("公布挂牌督办"))
def publish_listing(hazard, *, by, now, is_published):
    """Say whether a listed hazard is published."""
    locked(hazard)
    permit(Right.HAZARDS_SUPERVISE, hazard, by, machine=False)
    check(None if hazard.is_listed else MajorRefusal.NOT_LISTED_NOW)
    before = note(hazard, "is_published")
    hazard.is_published = is_published
    hazard.save(update_fields=["is_published"])
    return done(hazard, before=before)

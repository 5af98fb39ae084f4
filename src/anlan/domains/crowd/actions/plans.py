"""The plan for more counters 「增设计划」: by when a place that has none shall be counted."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.models import CounterPlan
from anlan.domains.crowd.queries.coverage import covered_place_ids
from anlan.domains.places.terms import PlaceKind
from anlan.kit import actions as kit
from anlan.kit.actions import action, check, done

LONGEST = timedelta(days=3653)  # ten years: what lies farther is a slip of the pen
PLANNED = ("planned_on", "note")


@action("crowd.plan_counters", may=Right.SENSORS_EDIT, label=_("制订增设计划"))
def plan_counters(place, *, by, now, planned_on, note=""):
    """Set the date by which `place` is to be counted; doing it again moves the date."""
    today = timezone.localdate(now)
    check(refuse_plan(place))
    check(None if today <= planned_on <= today + LONGEST else _("计划完成日期应在今天之后、十年之内。"))
    plan = CounterPlan.objects.filter(place=place).first() or CounterPlan(place=place)
    return replace_plan(plan, planned_on, note.strip())


@action("crowd.drop_plan", may=Right.SENSORS_EDIT, label=_("取消增设计划"))
def drop_plan(place, *, by, now, why):
    """Take the place off the plan; the reason stays on record."""
    plan = CounterPlan.objects.filter(place=place, planned_on__isnull=False).first()
    check(None if plan else _("该场所没有增设计划。"))
    check(None if why.strip() else _("请写明取消计划的原因。"))
    return replace_plan(plan, None, "")


def refuse_plan(place):
    """Why this place needs no plan, or None."""
    if place.retired_at:
        return _("该场所已注销，无需增设计划。")
    if place.kind == PlaceKind.STATION_EXIT:
        return _("车站出入口随车站计数：请为车站制订计划。")
    return _("该场所已有客流计数，无需增设计划。") if place.pk in covered_place_ids() else None


def replace_plan(plan, planned_on, note):
    """Keep date and note; the change row has those before and after."""
    before = kit.note(plan, *PLANNED)
    check(
        _("计划与现有内容相同，没有需要保存的修改。")
        if before == {"planned_on": planned_on, "note": note}
        else None
    )
    plan.planned_on, plan.note = planned_on, note
    plan.save()
    return done(plan, before=before)

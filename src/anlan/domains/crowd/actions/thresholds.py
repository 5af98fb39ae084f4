"""The thresholds of a place: changed by people with a reason, kept as before and after in the change row."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import rules
from anlan.domains.crowd.models import ThresholdSet
from anlan.domains.crowd.queries.thresholds import refuse_thresholds
from anlan.kit.actions import Done, action, check


@action("crowd.set_thresholds", may=Right.THRESHOLDS_EDIT, label=_("修改预警阈值"))
def set_thresholds(place, *, by, now, values, why):
    """Give `place` thresholds of its own: `values` by name; names left out keep the default."""
    own = {name: value for name, value in values.items() if value != rules.DEFAULT_THRESHOLDS.get(name)}
    check(None if why.strip() else _("请写明修改阈值的理由。"))
    check(refuse_thresholds(own))
    return replace_values(place, own, why)


@action("crowd.reset_thresholds", may=Right.THRESHOLDS_EDIT, label=_("恢复默认阈值"))
def reset_thresholds(place, *, by, now, why):
    """Give `place` the default thresholds again."""
    check(None if why.strip() else _("请写明恢复默认阈值的理由。"))
    return replace_values(place, {}, why)


def replace_values(place, own, why):
    """Keep `own` as the place's values; the change row has the thresholds in force before and after."""
    kept, _made = ThresholdSet.objects.get_or_create(place=place)
    before, after = rules.DEFAULT_THRESHOLDS | kept.values, rules.DEFAULT_THRESHOLDS | own
    check(_("阈值与现行值相同，没有需要保存的修改。") if before == after else None)
    kept.values, kept.reason = own, why
    kept.save(update_fields=["values", "reason"])
    return Done(kept, before, after)

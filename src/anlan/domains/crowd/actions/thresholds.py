"""The thresholds of a place: changed by people with a reason, kept as before and after in the change row."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import rules
from anlan.domains.crowd.models import ThresholdSet
from anlan.domains.crowd.queries.backtests import has_seen_backtest, own_only
from anlan.domains.crowd.queries.thresholds import refuse_thresholds
from anlan.domains.crowd.terms import ThresholdRefusal
from anlan.kit.actions import Done, action, check


@action("crowd.set_thresholds", may=Right.THRESHOLDS_EDIT, label=_("修改预警阈值"))
def set_thresholds(place, *, by, now, values, why, untested_why=""):
    """Give `place` thresholds of its own: `values` by name; names left out keep the default.

    Whoever sets them has looked at what they would have done (a back-test of exactly these values), or says why not.
    """
    own = own_only(values)
    check(None if why.strip() else _("请写明修改阈值的理由。"))
    check(refuse_thresholds(own))
    is_tested = has_seen_backtest(place, own, by, now=now)
    check(None if is_tested or untested_why.strip() else ThresholdRefusal.UNTESTED)
    return replace_values(place, own, why, {} if is_tested else {"untested_why": untested_why.strip()})


@action("crowd.reset_thresholds", may=Right.THRESHOLDS_EDIT, label=_("恢复默认阈值"))
def reset_thresholds(place, *, by, now, why):
    """Give `place` the default thresholds again."""
    check(None if why.strip() else _("请写明恢复默认阈值的理由。"))
    return replace_values(place, {}, why)


def replace_values(place, own, why, remarks=None):
    """Keep `own` as the place's values; the change row has the thresholds in force before and after."""
    kept, _made = ThresholdSet.objects.get_or_create(place=place)
    before, after = rules.DEFAULT_THRESHOLDS | kept.values, rules.DEFAULT_THRESHOLDS | own
    check(_("阈值与现行值相同，没有需要保存的修改。") if before == after else None)
    kept.values, kept.reason = own, why
    kept.save(update_fields=["values", "reason"])
    return Done(kept, before, after | (remarks or {}))

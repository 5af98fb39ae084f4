"""When a place's number of people is set anew each night: by people, with a reason."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import rules
from anlan.domains.crowd.models import CountReset
from anlan.kit.actions import Done, action, check

TERMS = ("quiet_minute", "residual_persons")


@action("crowd.set_reset", may=Right.THRESHOLDS_EDIT, label=_("修改每夜归零"))
def set_reset(place, *, by, now, quiet_minute, residual_persons, why):
    """Set the number present in `place` to `residual_persons` each night at `quiet_minute` of the day; None: never."""
    check(None if why.strip() else _("请写明修改归零设置的理由。"))
    check(
        None if quiet_minute is None or 0 <= quiet_minute < 1440 else _("归零时刻应在 00:00 至 23:59 之间。")
    )
    check(None if 0 <= residual_persons <= 5_000_000 else _("留存人数应在 0 到 5,000,000 之间。"))
    kept = CountReset.objects.filter(place=place).first() or CountReset(
        place=place, quiet_minute=rules.QUIET_MINUTE
    )
    before = {name: getattr(kept, name) for name in TERMS}
    after = {"quiet_minute": quiet_minute, "residual_persons": residual_persons}
    check(_("归零设置与现行设置相同，没有需要保存的修改。") if before == after else None)
    kept.quiet_minute, kept.residual_persons, kept.reason = quiet_minute, residual_persons, why
    kept.save()
    return Done(kept, before, after)

"""Days that somebody is reminded of: a licence or a grade that runs out, a pledge to be signed again."""

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from anlan.domains.enterprises.models import Licence
from anlan.kit.followups import follow_ups_about, open_follow_up, settle_follow_up, settle_follow_ups
from anlan.kit.terms import FollowUpState


def follow(part, *, by, now):
    """Have the supervisor's people reminded before a licence or a pledge runs out."""
    if part.valid_until is None:
        return
    enterprise = part.enterprise
    if isinstance(part, Licence):
        title = _("%(enterprise)s：%(licence)s 到期前换证") % {"enterprise": enterprise, "licence": part}
    else:
        title = _("%(enterprise)s：安全承诺到期前重新签署") % {"enterprise": enterprise}
    open_follow_up(
        part, key=f"{part._meta.label_lower}/{part.pk}/{part.valid_until}/{now:%Y%m%d%H%M%S}", title=title,
        organisation=enterprise.supervisor, due=part.valid_until, link=reverse("enterprises:by_id", args=[enterprise.pk]), by=by, now=now,
    )  # fmt: skip


def stop_following(part, *, by, now, outcome):
    """It was renewed, replaced or ended: nobody need be reminded of its day any more."""
    settle_follow_ups(part, by=by, now=now, outcome=outcome)


DAY_TITLES = {
    "standard_until": gettext_lazy("%(enterprise)s：安全生产标准化等级到期前复评"),
    "insured_until": gettext_lazy("%(enterprise)s：安全生产责任保险到期前续保"),
}


def day_key(enterprise, name, day):
    """The key of what follows the last day of a grade or an insurance: each day is followed once."""
    return f"enterprises.day/{enterprise.pk}/{name}/{day}"


def follow_day(enterprise, name, day, *, by, now, again=""):
    """Have the supervisor's people reminded before a grade or an insurance runs out; `again` ends the key of a second time."""
    open_follow_up(
        enterprise, key=day_key(enterprise, name, day) + again, title=DAY_TITLES[name] % {"enterprise": enterprise},
        organisation=enterprise.supervisor, due=day, link=reverse("enterprises:by_id", args=[enterprise.pk]), by=by, now=now,
    )  # fmt: skip


def followed_days(enterprise):
    """What follows or followed the last days of an enterprise."""
    return follow_ups_about(enterprise).filter(key__startswith=f"enterprises.day/{enterprise.pk}/")


def day_of(follow_up):
    """(field, day as text) that a follow-up of `followed_days` is of."""
    _room, _pk, name, day, *_again = follow_up.key.split("/")
    return name, day


def follow_days_again(enterprise, *, by, now, left_at):
    """Follow anew the days that hold still and whose follow-up ended when the enterprise left the register, at `left_at`."""
    for one in followed_days(enterprise).filter(settled_at=left_at):
        name, day = day_of(one)
        present = getattr(enterprise, name)
        if present and str(present) == day:
            follow_day(enterprise, name, present, by=by, now=now, again=f"/{now:%Y%m%d%H%M%S}")


def stop_following_days(enterprise, *, by, now, outcome=""):
    """Settle what follows days that do not hold any more: they were renewed, or the enterprise is closed or merged."""
    for one in followed_days(enterprise).filter(state__in=FollowUpState.open_ones()):
        name, day = day_of(one)
        present = getattr(enterprise, name)
        if enterprise.is_active and str(present) == day:
            continue
        said = outcome or (
            gettext("有效期已更新为 %(day)s") % {"day": present} if present else gettext("已撤下")
        )
        settle_follow_up(one.key, by=by, now=now, outcome=said)

"""Days that somebody is reminded of: a licence that runs out, a pledge to be signed again."""

from django.urls import reverse
from django.utils.translation import gettext as _

from anlan.domains.enterprises.models import Licence
from anlan.kit.followups import follow_ups_about, open_follow_up, settle_follow_up
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
    for one in follow_ups_about(part).filter(state__in=FollowUpState.open_ones()):
        settle_follow_up(one.key, by=by, now=now, outcome=outcome)

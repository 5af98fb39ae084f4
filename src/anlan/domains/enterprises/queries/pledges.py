"""Which text an enterprise pledges, and whether its pledge stands."""

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.models import Enterprise, Pledge, PledgeText
from anlan.domains.enterprises.rules.register import standing_of_pledge
from anlan.domains.enterprises.terms import EnterpriseState, PledgeStanding, PledgeState


def text_for(enterprise, *, on):
    """The text in use for an enterprise on a day: the newest of its supervisor, else of the nearest above; or None."""
    paths = [enterprise.supervisor.path[: end + 1] for end in range(len(enterprise.supervisor.path))]
    texts = PledgeText.objects.filter(organisation__path__in=paths, valid_from__lte=on)
    return texts.order_by("-organisation__path", "-valid_from", "-version").first()


def pledge_standing(enterprise, *, on):
    """(the pledge that was signed last or None, whether it stands on a day)."""
    pledge = enterprise.pledges.exclude(state=PledgeState.REPLACED).select_related("text").first()
    return pledge, pledge is not None and standing_of_pledge(pledge.state, pledge.valid_until, on)


def pledges_of(person):
    """The latest pledges of the enterprises that `person` sees, what was signed last at the top."""
    rows = Pledge.objects.exclude(state=PledgeState.REPLACED)
    seen = rows.filter(person.reach(Right.VIEW, through="enterprise__supervisor"))
    return seen.select_related("enterprise__supervisor", "text__organisation")


def texts_of(person):
    """The texts that `person` may read, those in use first."""
    rows = PledgeText.objects.filter(person.reach(Right.VIEW)).select_related("organisation", "by")
    return rows.order_by("organisation__path", "-version")


def count_pledges(person, *, on):
    """{standing: how many active enterprises that `person` sees}: held, run out, broken, never pledged."""
    active = Enterprise.objects.filter(
        person.reach(Right.VIEW, through="supervisor"), state=EnterpriseState.ACTIVE
    )
    latest = Pledge.objects.filter(enterprise__in=active).exclude(state=PledgeState.REPLACED)
    held = latest.filter(state=PledgeState.HELD)
    counts = {
        PledgeStanding.HELD: held.filter(valid_until__gte=on).count(),
        PledgeStanding.OVER: held.filter(valid_until__lt=on).count(),
    }
    standing = held.values("enterprise")
    broken = latest.filter(state=PledgeState.BROKEN).exclude(enterprise__in=standing)
    counts[PledgeStanding.BROKEN] = broken.values("enterprise").distinct().count()
    counts[PledgeStanding.NONE] = active.count() - sum(counts.values())
    return counts


def tell_standing(pledge, *, on):
    """How a pledge (or None) stands on a day, in a word."""
    if pledge is None:
        return PledgeStanding.NONE
    if pledge.state == PledgeState.BROKEN:
        return PledgeStanding.BROKEN
    is_held = standing_of_pledge(pledge.state, pledge.valid_until, on)
    return PledgeStanding.HELD if is_held else PledgeStanding.OVER

"""Which text an enterprise pledges, and whether its pledge stands."""

from anlan.domains.enterprises.models import PledgeText
from anlan.domains.enterprises.rules.register import standing_of_pledge
from anlan.domains.enterprises.terms import PledgeState


def text_for(enterprise, *, on):
    """The text in use for an enterprise on a day: the newest of its supervisor, else of the nearest above; or None."""
    paths = [enterprise.supervisor.path[: end + 1] for end in range(len(enterprise.supervisor.path))]
    texts = PledgeText.objects.filter(organisation__path__in=paths, valid_from__lte=on)
    return texts.order_by("-organisation__path", "-valid_from", "-version").first()


def pledge_standing(enterprise, *, on):
    """(the pledge that was signed last or None, whether it stands on a day)."""
    pledge = enterprise.pledges.exclude(state=PledgeState.REPLACED).select_related("text").first()
    return pledge, pledge is not None and standing_of_pledge(pledge.state, pledge.valid_until, on)

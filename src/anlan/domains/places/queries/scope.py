"""Which places lie within organisations: for doors that hold a scope but no person."""

from django.db.models import Q

from anlan.domains.places.models import Place


def codes_within(paths):
    """The codes of registered places supervised or operated at or below one of these organisation paths."""
    within = Q(pk__in=[])
    for path in paths:
        within |= Q(organisation__path__startswith=path) | Q(operator__path__startswith=path)
    return frozenset(Place.objects.filter(within, retired_at=None).values_list("code", flat=True))

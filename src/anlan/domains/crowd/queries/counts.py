"""How often patrols looked somewhere: what a rate of hazards may be a rate of."""

from django.db.models import Count, F
from django.db.models.functions import Coalesce

from anlan.domains.crowd.models import CheckIn


def count_check_ins(since, until):
    """[(organisation id, kind of place or None, place id or None, number)] of check-ins from one moment to before another.

    The organisation is the place's supervisor, where there is no place the one that patrols. Those at places of a
    demonstration that was left are not counted.
    """
    rows = CheckIn.objects.filter(at__gte=since, at__lt=until).annotate(
        organisation=Coalesce("place__organisation", "round__organisation"), kind=F("place__kind")
    )
    rows = rows.exclude(place__is_demo=True, place__retired_at__isnull=False).order_by()
    return list(rows.values_list("organisation", "kind", "place").annotate(Count("pk")))

"""How many places there are: what a rate is a rate of."""

from django.db.models import Count

from anlan.domains.places.models import Place


def count_units():
    """[(organisation id, kind, number)] of the places in use."""
    rows = Place.objects.filter(retired_at=None).order_by()
    return list(rows.values_list("organisation_id", "kind").annotate(Count("pk")))

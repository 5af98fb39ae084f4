"""How many enterprises there are: what a rate is a rate of."""

from django.db.models import Count

from anlan.domains.enterprises.models import Enterprise
from anlan.domains.enterprises.terms import EnterpriseState


def count_units():
    """[(supervisor id, industry code, number)] of the active enterprises."""
    rows = Enterprise.objects.filter(state=EnterpriseState.ACTIVE).order_by()
    return list(rows.values_list("supervisor_id", "industry_code").annotate(Count("pk")))

"""Payloads that nobody could read, as far as a person may see them."""

from django.db.models import Q

from anlan.domains.accounts.queries import root, visible
from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.models import QuarantinedPayload
from anlan.domains.crowd.rules import sort_of_refusal
from anlan.domains.crowd.terms import QuarantineState, UnreadSort


def visible_quarantine(person):
    """Quarantined payloads of the sensors that `person` may set up, newest first.

    Those of no known sensor belong to nobody: whoever sets up sensors for the whole district sees them.
    """
    rows = QuarantinedPayload.objects.select_related("sensor__place__organisation")
    own = visible(rows, person, through="sensor__place__organisation", right=Right.SENSORS_EDIT)
    if person.may(Right.SENSORS_EDIT, root()):
        return rows.filter(Q(sensor=None) | Q(pk__in=own.values("pk")))
    return own


def count_waiting(person, sensor=None):
    """How many payloads wait, of one sensor or of all that `person` sees."""
    rows = visible_quarantine(person).filter(state=QuarantineState.WAITING)
    return rows.filter(sensor=sensor).count() if sensor else rows.count()


def name_refusal(reason):
    """What sort of reason this is, to stand before the decoder's own English words; empty where it says all itself."""
    return UnreadSort(sort_of_refusal(reason)).label

"""Finding sensors by a few letters."""

from django.db.models import Q

from anlan.domains.crowd.queries.sensors import visible_sensors

SHOWN = 20


def search(text, person):
    """Sensors that `person` sees and whose code or name holds `text`; at most twenty."""
    text = text.strip()
    if not text:
        return []
    return list(visible_sensors(person).filter(Q(code__icontains=text) | Q(name__icontains=text))[:SHOWN])

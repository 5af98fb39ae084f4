"""Finding sensors and warnings by a few letters."""

from django.db.models import Q

from anlan.domains.crowd.queries.sensors import visible_sensors
from anlan.domains.crowd.queries.warnings import warnings

SHOWN = 20


def search(text, person):
    """Sensors and live warnings that `person` sees and whose name or number holds `text`: two short lists."""
    text = text.strip()
    if not text:
        return {"sensors": [], "warnings": []}
    sensors = visible_sensors(person).filter(Q(code__icontains=text) | Q(name__icontains=text))
    named = warnings(person).filter(Q(space_name__icontains=text) | Q(space_code__icontains=text))
    return {"sensors": list(sensors[:SHOWN]), "warnings": list(named[:SHOWN])}

"""Local days as moments."""

from datetime import datetime, time

from django.utils import timezone


def start_of(day):
    """The first moment of a local day."""
    return timezone.make_aware(datetime.combine(day, time.min))

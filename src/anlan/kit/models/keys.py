"""Foreign keys that every domain has: to an organisation, to a person; by name, kept, without a way back."""

from django.conf import settings
from django.db import models


def organisation_key(label, **options):
    """A foreign key to an organisation."""
    return models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=label, **options
    )


def person_key(label, **options):
    """A foreign key to somebody who signs in."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=label, **options
    )

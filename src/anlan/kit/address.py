"""The address at which people reach this installation, for links in messages, which no request's own host tells."""

from django.conf import settings


def absolute(path):
    """A path of ours with the installation's address before it; the bare path while none is known (ANLAN_ADDRESS)."""
    return f"{settings.ADDRESS}{path}"

"""The address at which people reach this installation, for links in messages, which no request's own host tells."""

import socket

from django.conf import settings

ANYWHERE = {"", "0.0.0.0", "::"}
_listening = {"address": ""}


def absolute(path):
    """A path of ours behind the installation's address: the one set, else the one that the server listens at."""
    return f"{settings.ADDRESS or _listening['address']}{path}"


def listen_at(host, port, *, address=None):
    """Remember where the server listens: at `address` if given; on every interface, by the machine's own name."""
    if address:
        _listening["address"] = address
        return
    name = socket.gethostname() if host in ANYWHERE else host
    _listening["address"] = f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

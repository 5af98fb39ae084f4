"""How often somebody knocks: a count of a name within a window, in the process's own memory.

    if too_often(f"unknown-link/{sender(request)}", 30):
        return refuse(request, status=429)

Counts are lost with the process: what must hold across restarts counts rows instead.
"""

import ipaddress

from django.core.cache import cache

MINUTE_S = 60
IPV6_HOME = 64  # the part of an address that one household is given


def too_often(name, most, *, window_s=MINUTE_S):
    """Whether this has happened more than `most` times within the window, this time included."""
    cache.add(name, 0, window_s)
    try:
        return cache.incr(name) > most
    except ValueError:  # the window ended between the two
        return False


def sender(request):
    """Whom an address on the net stands for, as text: an IPv4 address, the /64 of an IPv6 one, "" where it is none."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, IPV6_HOME), strict=False))

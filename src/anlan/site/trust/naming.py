"""By which names and addresses people reach this machine."""

import socket
from ipaddress import ip_address

OUTWARD = {
    socket.AF_INET: ("192.0.2.1", 9),
    socket.AF_INET6: ("2001:db8::1", 9),
}  # documentation: nothing is sent


def own_address(family=socket.AF_INET):
    """The address under which the machine would speak to the outside, or None; nothing is sent."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(OUTWARD[family])
            found = probe.getsockname()[0].partition("%")[0]
    except OSError:
        return None
    return None if ip_address(found).is_unspecified else found


def own_names(host, extra=()):
    """What the server's certificate is for: `extra` names first, the machine's own, its addresses, this machine itself."""
    name = socket.gethostname().lower()
    listened = [] if host in ("", "0.0.0.0", "::") else [host]
    addresses = [own_address(), own_address(socket.AF_INET6)]
    local = [name, f"{name}.local"] if "." not in name else [name]
    found = [*extra, *listened, *local, *filter(None, addresses), "localhost", "127.0.0.1", "::1"]
    return list(dict.fromkeys(one.lower().rstrip(".") for one in found if is_sound(one)))


def is_sound(name):
    """Whether a name can stand in a certificate."""
    return bool(name) and name.isascii() and " " not in name and "/" not in name and len(name) <= 253


def best_name(host, extra=()):
    """The name or address to be told to people: the first given, else where a phone in the same net reaches it."""
    if extra:
        return extra[0]
    return own_address() or socket.gethostname() if host in ("", "0.0.0.0", "::") else host

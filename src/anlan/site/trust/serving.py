"""Serving with the own authority: https at the port, and at a plain one beside it what leads there."""

import contextlib
from dataclasses import dataclass

import uvicorn
from django.conf import settings

from anlan.site.trust.authority import Authority
from anlan.site.trust.doors import PAGE, TrustDoors
from anlan.site.trust.naming import best_name, own_names

FOLDER = "trust"
PLAIN_BELOW = {443: 80, 8443: 8080}


class PlainServer(uvicorn.Server):
    """The server of the plain port; it ends when the other one does, whose part the signals are."""

    @contextlib.contextmanager
    def capture_signals(self):
        yield


@dataclass
class Secured:
    """What `anlan serve --tls` adds: the authority, the name that people are told, the two ports."""

    own: Authority
    name: str
    host: str
    port: int
    plain_port: int

    @classmethod
    def prepare(cls, *, host, port, plain_port, names, now):
        """Make or renew the certificates for this machine and `names`. Raises authority.NotPermitted."""
        own = Authority(settings.DATA / FOLDER)
        own.prepare(names=own_names(host, names), now=now)
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
        return cls(own, best_name(host, names), host, port, plain_port or PLAIN_BELOW.get(port, port + 1))

    @property
    def doors(self):
        return TrustDoors(self.own, name=self.name, port=self.port)

    @property
    def address(self):
        """Where people reach the platform."""
        return self.doors.address(self.name)

    @property
    def trust_address(self):
        """Where a phone that does not trust yet reads how to."""
        shown = f"[{self.name}]" if ":" in self.name else self.name
        port = "" if self.plain_port == 80 else f":{self.plain_port}"
        return f"http://{shown}{port}{PAGE}"

    def uvicorn_words(self):
        """What uvicorn needs for https."""
        return {"ssl_certfile": str(self.own.server_chain), "ssl_keyfile": str(self.own.server_key)}

    def plain_server(self):
        """The server of the plain port, not started."""
        config = uvicorn.Config(
            self.doors.plain_app(), host=self.host, port=self.plain_port, log_level="warning", access_log=False,
            ws="none", timeout_graceful_shutdown=1, lifespan="off", server_header=False,
        )  # fmt: skip
        return PlainServer(config)

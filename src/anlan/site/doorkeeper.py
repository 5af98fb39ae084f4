"""Who may report what: the credentials and sensors of the register, held in memory for the ingest doors."""

import base64
import binascii
import threading
from dataclasses import dataclass, field

from anlan.domains.accounts import actions
from anlan.domains.accounts import queries as accounts
from anlan.domains.crowd import queries as crowd

MOST_UNKNOWN = 10_000


@dataclass(frozen=True)
class Caller:
    """A device or gateway that showed a valid credential, and the sensors that report through it."""

    credential_id: int
    name: str
    sensors: dict = field(default_factory=dict)

    @property
    def only_sensor(self):
        """The sensor's code where the credential has just one, else empty: readings must then name it."""
        return next(iter(self.sensors)) if len(self.sensors) == 1 else ""


class Doorkeeper:
    """Answers `admit(token)` from memory; `reload()` reads the register anew (after any change of it)."""

    def __init__(self):
        self.callers = {}
        self.topics = {}
        self.sensors = {}
        self.unknown = set()
        self.used = set()
        self._lock = threading.Lock()

    def reload(self):
        """Read live credentials and reporting sensors. Old tables serve until the new ones stand."""
        with self._lock:
            sensors = {card.code: card for card in crowd.reporting_sensors()}
            self.topics = {card.mqtt_topic: card for card in sensors.values() if card.mqtt_topic}
            self.callers = group_callers(sensors, accounts.live_credentials())
            self.sensors = sensors
            self.unknown.clear()

    def admit(self, token):
        """The caller with this token, or None."""
        caller = self.callers.get(accounts.fingerprint(token))
        if caller is not None:
            self.used.add(caller.credential_id)
        return caller

    def tell_used(self, now):
        """A sweep: the credentials shown since the last one were used just now; their pages say so."""
        used, self.used = self.used, set()
        if used:
            actions.mark_seen(list(used), now=now)

    def is_issued(self, token):
        """Whether the register knows this token although memory does not: it was issued a moment ago.

        A token that is in neither is remembered for a while, so that guessing does not load the register.
        """
        sha = accounts.fingerprint(token)
        if sha in self.callers or sha in self.unknown:
            return False
        if accounts.find_credential(token) is not None:
            return True
        if len(self.unknown) > MOST_UNKNOWN:
            self.unknown.clear()
        self.unknown.add(sha)
        return False


def group_callers(sensors, credentials):
    """token hash → Caller, in one pass over the sensors."""
    by_credential = {}
    for card in sensors.values():
        by_credential.setdefault(card.credential_id, {})[card.code] = card
    return {sha: Caller(key, name, by_credential.get(key, {})) for key, name, sha in credentials}


def read_token(authorization):
    """The token in an Authorization header: Bearer, or the password of Basic (for devices that only know that)."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""

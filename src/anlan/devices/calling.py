"""What all sources share: a source is the loop that calls a device which does not report by itself.

    settings ─ Caller: HTTP with Digest ─ <kind>/source: what to ask, what of it counts
             ─▶ deliver(body, headers): the same bytes that a door would have received
             ─▶ tell(""): it answers   or   tell("why it does not"), then again after a growing wait

Everything a source uses of the world is handed in (`Means`): client, clock, sleep, chance. A stream that ends is
a fault, silence is a fault, and neither ends the loop. Passwords are never told, not by repr and not by a fault.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import msgspec

from anlan.devices.body import shown
from anlan.devices.refusal import Refusal
from anlan.devices.settings import as_settings

CONNECT_S = 10
SILENCE_S = 60  # without a whole answer or part; a Hikvision camera sends a sign of life every 10 to 30 s
_DAMAGED = (NotImplementedError, KeyError, ValueError)  # how a challenge that makes no sense surfaces


class SourceSettings(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Where a device is called and as whom. `channel` as the device numbers it; "" is all, or its first."""

    url: Annotated[str, msgspec.Meta(max_length=300)]
    username: Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[ !#-~]*$")] = ""
    password: Annotated[str, msgspec.Meta(max_length=200)] = ""
    channel: Annotated[str, msgspec.Meta(max_length=20, pattern=r"^[A-Za-z0-9]*$")] = ""
    poll_s: Annotated[float, msgspec.Meta(ge=5, le=3600)] = 60
    verify_tls: bool = True

    def __repr__(self) -> str:
        return f"SourceSettings(url={self.url!r}, username={self.username!r}, channel={self.channel!r})"


class SourceFault(Exception):
    """A device that does not answer as it should. Its text is for people; `n_heard` counts what came before."""

    def __init__(self, why: str, *, n_heard: int = 0):
        super().__init__(why)
        self.n_heard = n_heard


class LoginRefused(SourceFault):
    """The device does not accept the name and password."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait after the n-th fault in a row: doubling, half of it left to chance.

    After a refused login the wait is long: cameras lock an account after a few wrong ones in half an hour.
    """

    first_s: float = 1
    most_s: float = 60
    login_s: float = 900

    def wait_s(self, n_faults: int, rng: random.Random) -> float:
        """Seconds to wait, so that many devices behind one broken switch do not come back in step."""
        longest = min(self.most_s, self.first_s * 2 ** min(n_faults - 1, 30))
        return longest * (0.5 + rng.random() / 2)


@dataclass(frozen=True)
class Means:
    """What a source may use of the world. `sleep` returns early when stopped; `clock_s` never goes back."""

    client: httpx.Client
    deliver: Callable[[bytes, Mapping[str, str]], None]
    tell: Callable[[str], None]
    clock_s: Callable[[], float]
    sleep: Callable[[float], Any]
    is_stopped: Callable[[], bool]
    rng: random.Random
    patience: Patience = field(default_factory=Patience)
    silence_s: float = SILENCE_S


def read_source_settings(told: Any) -> SourceSettings:
    """Settings from their stored form. Raises Refusal that names the wrong field."""
    try:
        settings = as_settings(told, SourceSettings)
        address = urlsplit(settings.url)
        is_http = httpx.URL(settings.url).scheme in ("http", "https")
        is_address = is_http and bool(address.hostname) and address.port != 0
    except Refusal as why:
        raise Refusal(str(why).replace("mapping: ", "source: ", 1)) from None
    except (ValueError, httpx.InvalidURL):
        is_address = False
    if not is_address or address.query or address.fragment:
        raise Refusal(f"source: url is {shown(settings.url)!r}: http://host or https://host:port is needed")
    if address.username or address.password:
        raise Refusal("source: url holds a name or password: give them in their own fields")
    return settings


def open_client(settings: SourceSettings) -> httpx.Client:
    """A client for one device: no redirects, no proxies of this machine's, silence bounded."""
    timeout = httpx.Timeout(CONNECT_S, read=SILENCE_S)
    return httpx.Client(verify=settings.verify_tls, timeout=timeout, trust_env=False, follow_redirects=False)


class Caller:
    """Asks one device, by Digest where there is a name; remembers the last challenge for the next question."""

    def __init__(self, settings: SourceSettings, client: httpx.Client):
        self.settings, self.client = settings, client
        self.auth = (
            httpx.DigestAuth(settings.username, settings.password) if settings.username else httpx.Auth()
        )

    @contextmanager
    def ask(self, path: str, params: Mapping[str, str] | None = None) -> Iterator[httpx.Response]:
        """A GET whose answer (200) is open for reading. Raises SourceFault, also while it is read."""
        response = None
        try:
            response = self._answer(path, params)
            _check_status(response)
            yield response
        except httpx.HTTPError as why:
            raise SourceFault(f"{self.settings.url}: {_in_words(why)}") from None
        finally:
            if response is not None:
                response.close()

    def _answer(self, path: str, params: Mapping[str, str] | None) -> httpx.Response:
        """The answer after the login. A refusal's body is never read: it may be endless."""
        request = self.client.build_request("GET", self.settings.url.rstrip("/") + path, params=params)
        try:
            steps = self.auth.sync_auth_flow(request)
            response = self.client.send(next(steps), stream=True, auth=httpx.Auth())
            for _ in range(2):  # once for the challenge, once more where our nonce had become stale
                try:
                    again = steps.send(response)
                except StopIteration:
                    break
                response.close()
                response = self.client.send(again, stream=True, auth=httpx.Auth())
            return response
        except _DAMAGED:
            raise SourceFault(
                "the device's login challenge cannot be read: set its login to Digest, MD5"
            ) from None


def keep_calling(call: Callable[[], None], means: Means, *, pause_s: float = 0) -> None:
    """Call until stopped: `pause_s` after each success, a growing wait after each SourceFault in a row."""
    n_faults = 0
    while not means.is_stopped():
        wait_s = pause_s
        try:
            call()
            n_faults = 0
            if not means.is_stopped():
                means.tell("")
        except SourceFault as why:
            n_faults = 1 if why.n_heard else n_faults + 1
            is_login = isinstance(why, LoginRefused)
            wait_s = means.patience.login_s if is_login else means.patience.wait_s(n_faults, means.rng)
            if not means.is_stopped():
                means.tell(str(why))
        if not means.is_stopped():
            means.sleep(wait_s)


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if "stale=true" in response.headers.get("www-authenticate", "").lower().replace('"', ""):
        raise SourceFault("the device's login challenge expires at once: it is asked again")
    if status in (401, 403):
        raise LoginRefused(
            f"the device refuses the login (HTTP {status}): check name and password, its login must be Digest"
        )
    if status != 200:
        raise SourceFault(f"the device answers HTTP {status}: check the address and the model")


def _in_words(why: httpx.HTTPError) -> str:
    if isinstance(why, httpx.ConnectTimeout | httpx.ConnectError):
        return "no connection: check address, network and port"
    if isinstance(why, httpx.TimeoutException):
        return "silent for too long"
    return f"the connection broke ({type(why).__name__})"

"""A source at work against a mock device: what it delivered, what it told, how long it would have waited."""

import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from anlan.devices.calling import Means, Patience, SourceSettings, open_client
from anlan.devices.sources import SOURCES
from anlan.devices.tests.mock_device import NAME, PASSWORD


@dataclass
class Listener:
    """Stops its source after so many deliveries, so many faults, or ten seconds."""

    until_delivered: int = 10**9
    until_faults: int = 10**9
    silence_s: float = 5
    bodies: list[bytes] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def faults(self) -> list[str]:
        return [why for why in self.told if why]

    def deliver(self, body: bytes, headers: Mapping[str, str]) -> None:
        self.bodies.append(body)
        self.headers.append(headers)
        self.look()

    def tell(self, why: str) -> None:
        self.told.append(why)
        self.look()

    def look(self) -> None:
        if len(self.bodies) >= self.until_delivered or len(self.faults) >= self.until_faults:
            self.stop.set()

    def listen(
        self, kind: str, url: str, *, name: str = NAME, password: str = PASSWORD, **more: object
    ) -> "Listener":
        """Run the source of a kind in a thread until it is stopped; it must end soon after."""
        settings = SourceSettings(url=url, username=name, password=password, **more)  # type: ignore[arg-type]
        client = open_client(settings)
        means = Means(
            client=client,
            deliver=self.deliver,
            tell=self.tell,
            clock_s=time.monotonic,
            sleep=self.waits_s.append,
            is_stopped=self.stop.is_set,
            rng=random.Random(7),
            patience=Patience(first_s=1, most_s=60, login_s=900),
            silence_s=self.silence_s,
        )
        thread = threading.Thread(target=SOURCES[kind], args=(settings, means), daemon=True)
        thread.start()
        assert self.stop.wait(10), f"told {self.told}, delivered {len(self.bodies)}"
        thread.join(10)
        assert not thread.is_alive()
        client.close()
        return self

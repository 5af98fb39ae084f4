"""What every channel kind speaks: an outgoing text in, the service's answer out. No Django, no clock of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What is known after asking a service to carry a text."""

    SENT = "sent"  # handed over; the service says nothing about it
    ACCEPTED = "accepted"  # the service's own answer, read from its body, says it took it
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"  # refused for good: wrong key, wrong number, text not allowed
    BUSY = "busy"  # surely not taken (refused connection, rate limit, 5xx before taking): may be tried again
    UNKNOWN = (
        "unknown"  # may have been taken (time-out after sending, broken answer): never tried blindly again
    )


@dataclass(frozen=True)
class Outgoing:
    """One text to one recipient. `key` names it for good; `words` holds what the kind needs besides."""

    key: str
    title: str
    text: str
    to: str = ""
    link: str = ""
    words: dict = field(default_factory=dict)
    is_urgent: bool = False


@dataclass(frozen=True)
class Answer:
    """What came of it; `said` is the service's own words, shortened to 300 signs, without secrets."""

    outcome: Outcome
    vendor_id: str = ""
    said: str = ""
    retry_after_s: float | None = None


@dataclass(frozen=True)
class Means:
    """What a kind may use: an httpx.Client, the moment, and a dict per channel in which tokens are kept."""

    client: object
    now: datetime
    kept: dict


@dataclass(frozen=True)
class Setting:
    """One setting of a kind: name, labels, whether it is secret or must be given; `kind` text | url | whole | yes_no."""

    name: str
    zh: str
    en: str
    is_secret: bool = False
    is_required: bool = True
    kind: str = "text"
    default: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of channel. `to_zh`/`to_en` say what an address is; empty where there is none (a group robot).

    `send(settings, outgoing, means) -> Answer`. `ask(settings, vendor_id, to, means) -> Answer`, where the service can
    be asked what became of it; `recall(key, at)` then gives the `vendor_id` to ask for where no answer came back (a
    sender stopped in mid-sending), `at` being when it was handed over. `most_signs` of a text; `is_draft`: it only prepares what a person publishes.
    """

    code: str
    zh: str
    en: str
    settings: tuple[Setting, ...]
    send: Callable[[dict, Outgoing, Means], Answer]
    ask: Callable[[dict, str, str, Means], Answer] | None = None
    to_zh: str = ""
    to_en: str = ""
    most_signs: int | None = None
    is_draft: bool = False
    recall: Callable[[str, datetime], str] | None = None

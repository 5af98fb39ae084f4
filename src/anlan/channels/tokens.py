"""Access tokens that a service lends for a while, kept with the channel until shortly before they run out."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from anlan.channels.sending import Means

EARLY_S = 300  # a token is given back that early: clocks differ, and a send takes its time
SHORTEST_S = 60


@dataclass(frozen=True)
class Token:
    """A token and how many seconds it lasts, as the service said it."""

    text: str
    lasts_s: Any


def keep_token(means: Means, whose: Sequence[str], fetch: Callable[[], Token]) -> str:
    """The kept token of these credentials, or a new one. `fetch` may raise; then nothing is kept.

    Kept are plain values only (the dict may be stored as JSON), and the credentials only as a hash.
    """
    mark = hashlib.sha256("\n".join(whose).encode()).hexdigest()[:16]
    at = means.now.timestamp()
    kept = means.kept
    if kept.get("token_of") == mark and kept.get("token") and kept.get("token_until", 0) > at:
        return kept["token"]
    token = fetch()
    lasts_s = token.lasts_s if isinstance(token.lasts_s, int) else SHORTEST_S
    kept.update(token=token.text, token_of=mark, token_until=at + max(lasts_s - EARLY_S, SHORTEST_S))
    return token.text

"""What is to be told waits in the outbox, queued in the transaction that decided it; the sender takes it from there.

    queue(alarm, key=f"alarm/{alarm.pk}/1/{channel.code}", channel=channel, to=…, title=…, text=…, now=now)
    tell(person, about=alarm, key=f"alarm/{alarm.pk}/1", title=…, text=…, now=now, is_urgent=True)

A key is sent at most once. A stop in mid-sending leaves `unknown`: whoever wants it told again asks under a new key.
"""

from anlan.kit.outbox.queueing import messages_about, queue
from anlan.kit.outbox.telling import Reach, channels_for, contacts_of, reach, routes, tell, tell_organisation

__all__ = [
    "Reach",
    "channels_for",
    "contacts_of",
    "messages_about",
    "queue",
    "reach",
    "routes",
    "tell",
    "tell_organisation",
]

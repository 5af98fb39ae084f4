"""What is to be told waits in the outbox, queued in the transaction that decided it; the sender takes it from there.

    queue(alarm, key=f"alarm/{alarm.pk}/1/{channel.code}", channel=channel, to=…, title=…, text=…, now=now)
    tell(person, about=alarm, key=f"alarm/{alarm.pk}/1", title=…, text=…, now=now, is_urgent=True)

A key is sent at most once. A stop in mid-sending leaves `unknown`: whoever wants it told again asks under a new key.
"""

from anlan.kit.outbox.queueing import messages_about, queue
from anlan.kit.outbox.reading import failing_channels, healths, name_kind, outbox_figures, state_of
from anlan.kit.outbox.telling import Reach, channels_for, contacts_of, reach, routes, tell, tell_organisation

__all__ = [
    "Reach",
    "channels_for",
    "contacts_of",
    "failing_channels",
    "healths",
    "messages_about",
    "name_kind",
    "outbox_figures",
    "queue",
    "reach",
    "routes",
    "state_of",
    "tell",
    "tell_organisation",
]

"""The sender beside the server: a loop and threads of its own, so that no other chore delays what is to be told."""

import random

from django.utils import timezone

from anlan.channels.calling import open_client
from anlan.channels.table import KINDS
from anlan.kit.outbox import outbox_figures
from anlan.kit.outbox.sender import Sender, Threads, name_sender
from anlan.kit.worker import Sweep, WorkerLoop

SEND_EVERY_S = 0.25
FIGURES_EVERY_S = 5.0
STOP_WAIT_S = 5.0

FIGURES = {}  # of the outbox, as last counted; empty where no sender runs


class Sending:
    """Sends what waits in the outbox, for as long as the server runs."""

    def __init__(self):
        rng = random.SystemRandom()
        self.client = open_client()
        self.sender = Sender(
            name_sender(rng), KINDS, rng, client=self.client, pool=Threads(), clock=timezone.now
        )
        self.loop = WorkerLoop(
            [
                Sweep("messages", self.sender.wind, SEND_EVERY_S),
                Sweep("figures of the outbox", self.count, FIGURES_EVERY_S),
            ]
        )
        self.thread = None

    def count(self, now):
        """Keep the figures of the outbox for /metrics and the walls."""
        FIGURES.update(outbox_figures())

    def start(self):
        self.thread = self.loop.start()

    def stop(self):
        """Begin nothing new; what is in hand may end, and is unknown at the next start where it does not."""
        self.loop.stop()
        self.thread.join(STOP_WAIT_S)
        self.sender.stop(wait_s=STOP_WAIT_S)
        self.client.close()
        FIGURES.clear()


def channel_counts():
    """{up, total} of the channels in use, as last counted; None where no sender runs."""
    up = FIGURES.get("up")
    return None if up is None else {"up": sum(up.values()), "total": len(up)}

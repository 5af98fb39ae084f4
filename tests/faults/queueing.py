"""Fills the outbox of a furnished data folder from a process of its own, or tells how its messages stand.

`queue URL…`: a webhook channel for each address; then message after message, each key said once it is committed, until
standard input is closed. `states`: {key: state} as JSON.
"""

import json
import os
import sys
import threading
import time

import django
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.site.settings")
django.setup()

from django.db import transaction  # noqa: E402 – all below need the settings

from anlan.domains.accounts import queries as organisations  # noqa: E402
from anlan.kit.models import Channel, Message  # noqa: E402
from anlan.kit.outbox import queue  # noqa: E402

SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
PAUSE_S = 0.03


def set_up(urls):
    """A webhook channel for each address."""
    root = organisations.root()
    return [
        Channel.objects.create(
            code=f"hook-{n}", kind="webhook", name=f"回调 {n}", organisation=root,
            settings={"url": url, "secret": SECRET},
        )
        for n, url in enumerate(urls)
    ]  # fmt: skip


def fill(channels, stopping):
    """Queue message after message, round the channels, every seventh urgent."""
    number = 0
    while not stopping.is_set():
        channel, key = channels[number % len(channels)], f"kill/{number}"
        with transaction.atomic():
            queue(
                channel, key=key, channel=channel, title=f"第 {number} 条", text="演习用", now=timezone.now(),
                is_urgent=number % 7 == 0,
            )  # fmt: skip
        print(key, flush=True)
        number += 1
        time.sleep(PAUSE_S)


def main(verb, *words):
    if verb == "states":
        print(json.dumps(dict(Message.objects.values_list("key", "state"))))
        return
    stopping = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stopping.set()), daemon=True).start()
    fill(set_up(words), stopping)


if __name__ == "__main__":
    main(*sys.argv[1:])

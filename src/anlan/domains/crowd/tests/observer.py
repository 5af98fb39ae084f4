"""A process that keeps presses of a clicker and sends them to its engine, and is killed where it is told.

observer.py FOLDER before|after|never      prints the number present and how many rows wait, unless it was killed
"""

import os
import signal
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

os.environ |= {
    "ANLAN_DATA": sys.argv[1],
    "DJANGO_SETTINGS_MODULE": "anlan.site.settings",
    "ANLAN_LOG": "ERROR",
}
django.setup()

from django.core.management import call_command  # noqa: E402 – Django must stand first

from anlan.domains.accounts.models import Organisation  # noqa: E402
from anlan.domains.crowd import actions, queries  # noqa: E402
from anlan.domains.crowd.models import Observation  # noqa: E402
from anlan.domains.crowd.workers import LiveWatch  # noqa: E402
from anlan.domains.places.models import Place  # noqa: E402


def die(*_arguments, **_words):
    os.kill(os.getpid(), signal.SIGKILL)


def observe(place, now, number):
    """So many presses of one person each, by a link."""
    for _ in range(number):
        actions.observe(
            place, by=None, now=now, uid=uuid.uuid4(), at=now, kind="press_in", value=1, on_behalf_of="示范"
        )


def main(folder, moment):
    now = datetime.now(UTC) - timedelta(seconds=1)
    call_command("migrate", verbosity=0, interactive=False)
    top, _ = Organisation.objects.get_or_create(code="D", defaults={"name": "示范区", "path": "000001"})
    place, _ = Place.objects.get_or_create(
        code="SQ", defaults={"name": "示范广场", "kind": "square", "organisation": top}
    )
    if moment != "never":
        observe(place, now, 20)  # before the engine runs: nothing goes at once
    watch = LiveWatch(Path(folder) / "live")
    watch.start()
    if moment == "before":
        watch.scene.submit = die
    if moment == "after":
        Observation.objects.bulk_update = die
        Observation._meta.base_manager.bulk_update = die
        type(Observation.objects).bulk_update = die
    watch.observations.send(now)
    watch.observations.send(now)
    print(queries.live_space("SQ").people, Observation.objects.filter(sent_at=None).count())
    watch.stop()


main(sys.argv[1], sys.argv[2])

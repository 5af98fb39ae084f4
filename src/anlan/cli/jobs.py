"""`anlan jobs`: the job child, started by `anlan serve`; does long work apart from the watch."""

import os
import signal
import threading

import click
from django.apps import apps

from anlan.domains.crowd import actions as crowd
from anlan.domains.enterprises import actions as enterprises
from anlan.domains.hazards import actions as hazards
from anlan.domains.places import actions as places
from anlan.domains.riskmap import actions as riskmap
from anlan.kit import jobs

ROOMS = (
    crowd,
    enterprises,
    hazards,
    places,
    riskmap,
)  # importing a room's actions makes its jobs known to the child


@click.command("jobs", hidden=True)
@click.option("--parent", type=int, help="End when this process is gone.")
def command(parent):
    """Do queued jobs until told to stop, or until the parent is gone."""
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    assert apps.ready

    def stopping():
        return told.is_set() or (parent is not None and os.getppid() != parent)

    jobs.run_forever(stopping=stopping)

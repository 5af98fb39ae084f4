"""Furnishes an empty data folder through the domains' own actions, in a process of its own: plan in, tokens out (JSON).

The plan: {"places": [{"code", "capacity"?}], "sensors": [{"code", "place", "kind"?, "mapping"?, "mqtt_topic"?,
"measures"?, "credential"?}], "credentials": [name]}. `credential` names one of the plan's, "own" or none.
Said: {"password": the administrator's, "screen": a read-only token, "tokens": {credential or sensor: token}}.
"""

import json
import os
import sys
from datetime import timedelta

import django
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.site.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 – all below need the settings
from django.db import transaction  # noqa: E402

from anlan.domains.accounts import actions as accounts  # noqa: E402
from anlan.domains.accounts import queries as organisations  # noqa: E402
from anlan.domains.crowd import actions as crowd  # noqa: E402
from anlan.domains.places import actions as places  # noqa: E402
from anlan.domains.places.terms import CapacityKind, CapacityMethod, PlaceKind  # noqa: E402

PASSWORD = "lantern-Quay-37"


class Furnishing:
    """One plan carried out by the first administrator at one moment."""

    def __init__(self, now):
        self.now = now
        self.by = accounts.found("本区", by=None, now=now, administrator="系统管理员").subject
        self.act(accounts.change_own_password, self.by, old=self.by.one_time_password, new=PASSWORD)
        self.root = organisations.root()
        self.places, self.credentials, self.tokens = {}, {}, {}

    def act(self, action, subject, **words):
        """Do an action; what it made."""
        return action(subject, by=self.by, now=self.now, **words).subject

    def add_credential(self, name):
        self.credentials[name] = self.act(accounts.issue_credential, self.root, name=name)
        self.tokens[name] = self.credentials[name].token

    def add_place(self, code, capacity=None):
        place = self.act(
            places.register_place,
            self.root,
            code=code,
            name=f"广场{code}",
            kind=PlaceKind.PARK,
            lon=121.47,
            lat=31.23,
            is_public=True,
        )
        self.places[code] = place
        # at whatever hour a test runs, no night's reset comes between what it sends and what it reads
        self.act(crowd.set_reset, place, quiet_minute=None, residual_persons=0, why="试验")
        if capacity:
            self.act(
                places.determine_capacity,
                place,
                kind=CapacityKind.INSTANTANEOUS,
                method=CapacityMethod.DOCUMENT,
                inputs={},
                value_persons=capacity,
                determined_by=self.root,
                determined_on=timezone.localdate(self.now) - timedelta(days=30),
                document_number="试验〔2026〕1号",
                why="试验",
            )

    def add_sensor(self, code, place, *, kind="native", credential="", measures="flow", **settings):
        sensor = self.act(
            crowd.register_sensor, self.places[place], code=code, name=f"计数器{code}", kind=kind, **settings
        )
        self.act(crowd.bind_channel, sensor, channel="*", measures=measures)
        if credential == "own":
            self.tokens[code] = crowd.give_credential(sensor, by=self.by, now=self.now)
        elif credential:
            self.act(crowd.set_credential, sensor, credential=self.credentials[credential])


def furnish(plan, now):
    """Carry the plan out in one transaction; what a client needs to know."""
    with transaction.atomic():
        work = Furnishing(now)
        for name in plan.get("credentials", ()):
            work.add_credential(name)
        for place in plan["places"]:
            work.add_place(**place)
        for sensor in plan["sensors"]:
            work.add_sensor(**sensor)
        screen = work.act(accounts.issue_screen, work.root, name="大屏").token
    return {"password": PASSWORD, "screen": screen, "tokens": work.tokens}


if __name__ == "__main__":
    call_command("migrate", verbosity=0, interactive=False)
    json.dump(furnish(json.load(sys.stdin), timezone.now()), sys.stdout)

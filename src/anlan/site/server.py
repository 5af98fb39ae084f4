"""Everything that `anlan serve` starts: engine, doors, worker loop, job child, pages – and stops in order."""

import asyncio
import gc
import logging
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import uvicorn
from django.conf import settings
from django.urls import get_resolver, reverse
from django.utils import timezone

from anlan.domains.crowd import workers as crowd
from anlan.domains.crowd.actions import MACHINE_DEEDS
from anlan.domains.emergency import workers as emergency
from anlan.domains.enterprises import workers as enterprises
from anlan.domains.hazards import workers as hazards
from anlan.domains.notices import workers as notices
from anlan.kit import followups
from anlan.kit.address import listen_at
from anlan.kit.digests import Digester
from anlan.kit.queries import last_change_id
from anlan.kit.sealing import Sealer
from anlan.kit.worker import Sweep, WorkerLoop
from anlan.site import replaying
from anlan.site.asgi import build_app
from anlan.site.control import write_token
from anlan.site.demo.crowds import DemoCrowds
from anlan.site.doorkeeper import Doorkeeper
from anlan.site.matters import CONTRIBUTORS
from anlan.site.mqtt import MqttDoor
from anlan.site.sending import FIGURES, Sending
from anlan.stream.scene import SCENES

log = logging.getLogger(__name__)

# Who computes lets go of the interpreter after this long, so that readings get by between two steps of a page
# (docs/decisions/2026-11-24-pages-take-turns.md has the measurements).
SWITCH_S = 0.00002

# The collector of circles stops everybody while it looks, and readings make none: by Python's own numbers it looked 490
# times in 30 s of 10,000 readings/s, up to 20 ms each; by these 4 times, under 1 ms.
COLLECT_AFTER = (10_000, 20, 100)

JOB_RESTART_S = 2.0
SWEEP_WAIT_S = 5.0  # for what a sweep is about, before the scene closes under it
HEALTH_EVERY_S = 5.0
ALARM_EVERY_S = 0.25
SEAL_EVERY_S = 0.5  # with the loop's own step, a change is in the chain within a second
USED_EVERY_S = 60.0
REPORT_UP_EVERY_S = 1.0  # the shortest step of reporting up is at once


class JobChild:
    """The process that does long work; started again when it ends."""

    def __init__(self):
        self.process = None

    def keep_alive(self, now):
        """A sweep: start the child if it is not running."""
        if self.process is None or self.process.poll() is not None:
            words = [
                sys.executable,
                "-c",
                "from anlan.cli import main; main()",
                "jobs",
                "--parent",
                str(os.getpid()),
            ]
            self.process = subprocess.Popen(words)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()


class Server:
    """One box: all roles in this process but the job child."""

    def __init__(self, *, host, port, mqtt_url="", with_demo=False, secured=None):
        self.host, self.port, self.secured = host, port, secured
        self.watch = crowd.LiveWatch()
        self.scene = self.watch.start()
        self.doorkeeper = Doorkeeper()
        self.mqtt = MqttDoor(mqtt_url, self.doorkeeper, self.scene) if mqtt_url else None
        self.child = JobChild()
        self.sending = Sending()
        self.demo = DemoCrowds(self.scene) if with_demo else None
        self.known_change = -1
        self.sweeping = None  # the thread of the worker loop
        self.sensors = {}  # how many are online, silent and in all, when last counted
        self.loop = WorkerLoop(
            [
                *self.watch.sweeps(),
                *replaying.sweeps(),
                Sweep(
                    "warnings become alarms",
                    emergency.WarningTaker().run,
                    ALARM_EVERY_S,
                    follows_changes=True,
                ),
                Sweep(
                    "reports from the spot become alarms",
                    emergency.ObservationTaker().run,
                    ALARM_EVERY_S,
                    follows_changes=True,
                ),
                Sweep("doors follow the register", self.follow_register, 1.0, follows_changes=True),
                *notices.sweeps(),
                *hazards.sweeps(),
                *enterprises.sweeps(),
                *emergency.incident_sweeps(),
                *emergency.DutySweeps(random.SystemRandom()).sweeps(),
                Sweep("reporting up", emergency.LadderWatch().sweep, REPORT_UP_EVERY_S),
                Sweep("seals of changes", Sealer().seal, SEAL_EVERY_S, follows_changes=True),
                Sweep("credentials in use", self.doorkeeper.tell_used, USED_EVERY_S),
                *followups.sweeps(),
                Digester(CONTRIBUTORS, path=reverse("site:matters")).sweep(),
                Sweep("health on the wall", self.tell_all_health, HEALTH_EVERY_S),
                Sweep("job child", self.child.keep_alive, JOB_RESTART_S),
            ]
        )
        if self.demo:
            self.loop.sweeps.append(Sweep("demonstration crowds", self.demo.sweep, self.demo.every_s))

    def follow_register(self, now):
        """Reload the doors' tables when anything in the register changed."""
        newest = last_change_id(leaving_out=MACHINE_DEEDS)
        if newest != self.known_change:
            self.doorkeeper.reload()
            self.known_change = newest
        if self.mqtt:
            self.mqtt.follow()

    def tell_all_health(self, now):
        """Every scene's walls hear how it fares; the live one's sensors are kept for /metrics."""
        for scene in list(SCENES.values()):
            news = replaying.tell_health(scene)
            if scene is self.scene:
                self.sensors |= news["sensors"]

    def run(self):
        """Serve until SIGINT or SIGTERM."""
        token = write_token(Path(settings.DATA))
        listen_at(self.host, self.port, address=self.secured and self.secured.address)
        self.watch.follow_register(timezone.now())  # before any door opens: what comes in must find its space
        self.known_change = last_change_id(leaving_out=MACHINE_DEEDS)
        self.doorkeeper.reload()
        if self.mqtt:
            self.mqtt.start()
        self.sweeping = self.loop.start()
        self.sending.start()
        app = build_app(
            scene=self.scene, doorkeeper=self.doorkeeper, control_token=token,
            sweeps=[*self.loop.sweeps, *self.sending.loop.sweeps], sensors=self.sensors, outbox=FIGURES,
            more_doors=self.secured.doors.routes() if self.secured else (),
        )  # fmt: skip
        config = uvicorn.Config(
            app, host=self.host, port=self.port, log_level="warning", access_log=False, ws="none",
            timeout_keep_alive=30, timeout_graceful_shutdown=3, lifespan="off", server_header=False,
            **(self.secured.uvicorn_words() if self.secured else {}),
        )  # fmt: skip
        get_resolver().url_patterns  # noqa: B018 – loads all pages now, not while somebody waits
        sys.setswitchinterval(SWITCH_S)
        gc.collect()
        gc.set_threshold(*COLLECT_AFTER)
        gc.freeze()  # what stands by now stays: the collector need not walk it while readings wait
        for told in (signal.SIGINT, signal.SIGTERM):
            signal.signal(told, lambda *_: None)  # uvicorn ends by them, then raises them once more
        try:
            asyncio.run(self.serve(uvicorn.Server(config)))
        finally:
            self.stop()

    async def serve(self, main):
        """Serve until `main` ends; the plain port beside it, where the connection is encrypted, ends with it."""
        if self.secured is None:
            return await main.serve()
        beside = self.secured.plain_server()
        plain = asyncio.create_task(beside.serve())
        try:
            await main.serve()
        finally:
            beside.should_exit = True
            await plain
        return None

    def stop(self):
        """Stop taking, then finish what was taken, then close."""
        if self.mqtt:
            self.mqtt.stop()
        self.loop.stop()
        self.sending.stop()
        self.sweeping.join(SWEEP_WAIT_S)
        replaying.stop_all()
        self.child.stop()
        self.watch.stop()

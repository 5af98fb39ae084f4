"""The door at /metrics: how the installation fares, for Prometheus. Reads what is in memory, and the disk's free space.

Open to this machine itself; from elsewhere only with the token of ANLAN_METRICS_TOKEN (docs/trust.md).
"""

import hmac
import ipaddress
import shutil

from django.conf import settings
from django.utils import timezone
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from anlan.site.doorkeeper import read_token
from anlan.site.offloop import run_beside
from anlan.stream.scene import SCENES

FORWARDED = {"forwarded", "x-forwarded-for", "x-real-ip", "via"}  # a proxy spoke for somebody else
NO_LEVEL = "none"


def gauge(name, help_text, value):
    """A metric of one value."""
    return GaugeMetricFamily(name, help_text, value=value)


def labelled(kind, name, help_text, label, values):
    """A metric with one value for each value of a label."""
    family = kind(name, help_text, labels=[label])
    for word, number in values.items():
        family.add_metric([word], number)
    return family


class Gauges:
    """What is told of a scene and the worker loop, gathered anew at each scrape."""

    def __init__(self, scene, sweeps, sensors, outbox):
        self.scene, self.sweeps, self.sensors, self.outbox = scene, sweeps, sensors, outbox

    def collect(self):
        yield from self.of_sensors()
        yield from self.of_the_engine()
        yield from self.of_the_worker_loop()
        yield from self.of_the_outbox()
        scenes = {name: len(scene.feed) for name, scene in list(SCENES.items())}
        yield labelled(GaugeMetricFamily, "anlan_live_clients", "Watchers of the live feed.", "scene", scenes)
        free = shutil.disk_usage(settings.DATA).free
        yield gauge("anlan_disk_free_bytes", "Free space where the data folder lies.", free)

    def of_sensors(self):
        """Counted by the sweep that tells the walls, every few seconds; nothing before it first ran."""
        for state, help_text in (
            ("online", "Sensors in use that report as they should."),
            ("silent", "Sensors in use that have fallen silent or were never heard."),
            ("total", "Sensors in use."),
        ):
            if state in self.sensors:
                yield gauge(f"anlan_sensors_{state}", help_text, self.sensors[state])

    def of_the_engine(self):
        vitals = self.scene.vitals()
        if vitals.newest_received_ms:
            lag_s = max(vitals.now_ms - vitals.newest_received_ms, 0) / 1000
            yield gauge("anlan_ingest_lag_seconds", "Since the newest reading was received.", lag_s)
        yield labelled(
            CounterMetricFamily,
            "anlan_readings",
            "Readings taken, by what became of them.",
            "status",
            vitals.readings,
        )
        yield gauge("anlan_backlog_readings", "Readings that wait for the engine.", vitals.n_waiting)
        yield gauge("anlan_journal_bytes", "Size of the journal on disk.", vitals.journal_bytes)
        yield CounterMetricFamily(
            "anlan_engine_faults", "Faults in folding, judging and keeping.", value=vitals.n_faults
        )
        warned = {level: number for level, number in vitals.spaces.items() if level != NO_LEVEL}
        yield labelled(
            GaugeMetricFamily, "anlan_warnings_open", "Places and zones warned of, by level.", "level", warned
        )

    def of_the_worker_loop(self):
        now = timezone.now()
        ages = {sweep.name: (now - sweep.ran_at).total_seconds() for sweep in self.sweeps if sweep.ran_at}
        failing = {sweep.name: int(bool(sweep.error)) for sweep in self.sweeps}
        yield labelled(
            GaugeMetricFamily, "anlan_sweep_age_seconds", "Since a chore last succeeded.", "sweep", ages
        )
        yield labelled(
            GaugeMetricFamily, "anlan_sweep_failing", "1 where a chore's last run failed.", "sweep", failing
        )

    def of_the_outbox(self):
        """Counted by a sweep every few seconds; nothing before it first ran."""
        figures = dict(self.outbox)
        if not figures:
            return
        yield gauge("anlan_outbox_pending", "Messages that wait or are being sent.", figures["pending"])
        yield gauge(
            "anlan_outbox_unknown",
            "Messages of which nobody knows whether they went out.",
            figures["unknown"],
        )
        up = "1 where a channel in use did not fail when it was last used."
        yield labelled(GaugeMetricFamily, "anlan_channel_up", up, "channel", figures["up"])


class MetricsDoor:
    """GET /metrics over a registry of its own. `sweeps` are the loops' chores, `sensors` and `outbox` the newest counts."""

    def __init__(self, scene, sweeps, sensors, outbox, *, token=""):
        self.token = token
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(Gauges(scene, sweeps, sensors, outbox))
        ProcessCollector(registry=self.registry)

    def routes(self):
        return [Route("/metrics", self.metrics)]

    async def metrics(self, request):
        """How the installation fares, for Prometheus."""
        if not self.may_read(request):
            return PlainTextResponse(
                "send Authorization: Bearer <ANLAN_METRICS_TOKEN>, or ask from this machine\n", 403
            )
        text = await run_beside(generate_latest, self.registry)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def may_read(self, request):
        """Whether the request comes from this machine itself, or shows the token."""
        given = read_token(request.headers.get("authorization", ""))
        if self.token and given and hmac.compare_digest(given.encode(), self.token.encode()):
            return True
        return is_loopback(request.client) and FORWARDED.isdisjoint(request.headers.keys())


def is_loopback(client):
    """Whether an address of the peer is one of this machine itself."""
    try:
        return client is not None and ipaddress.ip_address(client.host).is_loopback
    except ValueError:
        return False

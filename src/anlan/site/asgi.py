"""The ASGI shell: the ingest doors and the live feed run async; Django is mounted beside them in threads.

Measured (design notes): a WSGI Django mounted this way answers 2.5 times the requests of Django's own ASGI
handler, and an ingest door beside it keeps its p99.
"""

import tempfile
import threading

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from anlan.site import live
from anlan.site.control import ControlDoor
from anlan.site.ingest import HttpDoors
from anlan.site.metrics import MetricsDoor
from anlan.site.sensorthings.doors import SensorThings
from anlan.stream.scene import SCENES

PAGE_THREADS = 8
TURN_S = 10.0
MAX_UPLOAD_BYTES = 64 * 2**20
IN_MEMORY_BYTES = 2**20


class InTurn:
    """A WSGI application whose pages compute one at a time.

    They share the interpreter with the doors and the engine: each page that computes beside another makes a
    reading wait one switch longer at every step (measured: docs/decisions/2026-11-24-pages-take-turns.md).
    A body is taken in before the turn and an answer is streamed after it, so a slow line holds nobody up; who
    has waited for TURN_S (a database that hangs) goes ahead all the same.
    """

    def __init__(self, application):
        self.application, self.turn = application, threading.Lock()

    def __call__(self, environ, start_response):
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as body:
            if not take_in(environ["wsgi.input"], body):
                start_response("413 Content Too Large", [("Content-Type", "text/plain; charset=utf-8")])
                return [f"larger than {MAX_UPLOAD_BYTES >> 20} MiB: send a smaller file".encode()]
            environ["wsgi.input"] = body
            has_turn = self.turn.acquire(timeout=TURN_S)
            try:
                return self.application(environ, start_response)
            finally:
                if has_turn:
                    self.turn.release()


def take_in(source, body):
    """Copy a request's body, and rewind; False when it is larger than anything that is uploaded here."""
    while block := source.read(2**16):
        body.write(block)
        if body.tell() > MAX_UPLOAD_BYTES:
            return False
    body.seek(0)
    return True


async def no_such_address(request, error):
    """What reaches neither a door nor Django: an address that cannot even be one; `detail` is what the API promises."""
    said = {"error": "no such address", "detail": "no such address"}
    return JSONResponse(said, error.status_code, headers=error.headers)


def build_app(*, scene, doorkeeper, control_token, sweeps, sensors, outbox, more_doors=None):
    """The application over a running scene; /metrics tells of the worker loop's `sweeps` and the counts `sensors` and `outbox`.

    `more_doors`: routes that come before the pages.
    """

    async def health(request):
        """For supervisors and balancers: 200 while the engine takes readings."""
        running = scene.name in SCENES
        return JSONResponse({"engine": "running" if running else "stopped"}, 200 if running else 503)

    doors = HttpDoors(doorkeeper, scene)
    pages = WSGIMiddleware(InTurn(get_wsgi_application()), workers=PAGE_THREADS)
    return Starlette(
        routes=[
            Route("/healthz", health),
            *doors.routes(),
            *SensorThings(doors).routes(),
            *live.routes(),
            *MetricsDoor(scene, sweeps, sensors, outbox, token=settings.METRICS_TOKEN).routes(),
            *ControlDoor(control_token).routes(),
            *(more_doors or ()),
            Mount("/", pages),
        ],
        exception_handlers={HTTPException: no_such_address},
    )

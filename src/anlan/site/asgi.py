"""The ASGI shell: the ingest doors and the live feed run async; Django is mounted beside them in threads.

Measured (design notes): a WSGI Django mounted this way answers 2.5 times the requests of Django's own ASGI
handler, and an ingest door beside it keeps its p99.
"""

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

PAGE_THREADS = 3  # pages burn the one interpreter: more at once only keep readings and warnings waiting


async def no_such_address(request, error):
    """What reaches neither a door nor Django: an address that cannot even be one."""
    return JSONResponse({"error": "no such address"}, error.status_code, headers=error.headers)


def build_app(*, scene, doorkeeper, control_token, sweeps, sensors):
    """The application over a running scene; /metrics tells of the worker loop's `sweeps` and the counts `sensors`."""

    async def health(request):
        """For supervisors and balancers: 200 while the engine takes readings."""
        running = scene.name in SCENES
        return JSONResponse({"engine": "running" if running else "stopped"}, 200 if running else 503)

    doors = HttpDoors(doorkeeper, scene)
    pages = WSGIMiddleware(get_wsgi_application(), workers=PAGE_THREADS)
    return Starlette(
        routes=[
            Route("/healthz", health),
            *doors.routes(),
            *SensorThings(doors).routes(),
            *live.routes(),
            *MetricsDoor(scene, sweeps, sensors, token=settings.METRICS_TOKEN).routes(),
            *ControlDoor(control_token).routes(),
            Mount("/", pages),
        ],
        exception_handlers={HTTPException: no_such_address},
    )

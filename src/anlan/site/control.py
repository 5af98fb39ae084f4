"""The control door: how the `anlan` command speaks to a running server on the same machine.

Its token lies in the data folder, readable by the owner alone; it starts and stops replays, nothing else.
"""

import functools
import hmac
import secrets

import msgspec
from starlette.responses import JSONResponse
from starlette.routing import Route

from anlan.domains.crowd.replays import GATES_PER_STATION
from anlan.site import replaying
from anlan.site.offloop import run_beside


def write_token(folder):
    """Make this run's token and keep it in the data folder (mode 600). Returns it."""
    token = secrets.token_urlsafe(24)
    path = folder / "control.token"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(token, encoding="ascii")
    return token


class Asked(msgspec.Struct, kw_only=True):
    """What a command asks to be replayed; an older run of the same name is ended."""

    name: str
    speed: float = 60.0
    data: str | None = None
    gates_per_station: int = GATES_PER_STATION
    stations: str | None = None


class ControlDoor:
    """Start, look at and stop replays."""

    def __init__(self, token):
        self.token = token

    def routes(self):
        return [
            Route("/control/v1/replays", self.guard(self.start), methods=["POST"]),
            Route("/control/v1/replays/{name}", self.guard(self.look)),
            Route("/control/v1/replays/{name}", self.guard(self.stop), methods=["DELETE"]),
        ]

    def guard(self, door):
        @functools.wraps(door)
        async def answer(request):
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), self.token.encode()):
                return JSONResponse(
                    {"error": "the control token of this server's data folder is needed"}, 401
                )
            return await door(request)

        return answer

    async def start(self, request):
        """POST {"name", "speed"}, for metro-day with "data" and "stations" (paths) and "gates_per_station": run it in its own scene."""
        try:
            asked = msgspec.json.decode(await request.body(), type=Asked)
            run = await run_beside(
                replaying.start,
                asked.name,
                speed=asked.speed,
                path=asked.data,
                gates_per_station=asked.gates_per_station,
                stations=asked.stations,
            )
        except (ValueError, msgspec.DecodeError) as why:
            return JSONResponse({"error": str(why)}, 422)
        return JSONResponse(run.describe(), 202)

    async def look(self, request):
        """How far a replay is and what it raised; 404 where it does not run."""
        run = replaying.RUNS.get(request.path_params["name"])
        return JSONResponse(run.describe()) if run else JSONResponse({"error": "not running"}, 404)

    async def stop(self, request):
        """End a replay."""
        await run_beside(replaying.stop, request.path_params["name"])
        return JSONResponse({"stopped": request.path_params["name"]})

"""The door at /sta/v1.1: who asks, what of the register is theirs, and errors in SensorThings' shape."""

import asyncio
import re

from starlette.routing import Route

from anlan.site import intake
from anlan.site.doorkeeper import read_token
from anlan.site.ingest import MAX_BODY_BYTES, JSONResponse, TooLarge, told_bytes
from anlan.site.ingest import read_body as read_bytes
from anlan.site.offloop import run_beside
from anlan.site.sensorthings import reports
from anlan.site.sensorthings.addresses import address, read_path, read_stream, write_id
from anlan.site.sensorthings.answers import Answers
from anlan.site.sensorthings.catalogue import Catalogue
from anlan.site.sensorthings.questions import read_question
from anlan.site.sensorthings.refusals import Refused
from anlan.site.watching import NoPass, read_pass, read_session
from anlan.stream.engine import Busy, Closed
from anlan.stream.journal import JournalFull

ROOT = "/sta/v1.1"
AT_ONCE = 4  # GETs answered at the same time: the history must not keep pages waiting
HOST = re.compile(r"[\w.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?", re.ASCII)
LATER = {
    Busy: (429, "the engine is busy: send again later", "1"),
    Closed: (503, "the engine is stopping: keep it and send again", "5"),
    JournalFull: (503, "the disk is full: nothing was stored, keep it and send again", "30"),
}


def refuse(status, message, **headers):
    """An error in SensorThings' shape."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"code": status, "type": "error", "message": message}, status, headers=names)


class SensorThings:
    """GET and POST below /sta/v1.1, beside the doors of ingest, whose doorkeeper and scene it shares."""

    def __init__(self, doors):
        self.doors, self.scene, self.doorkeeper = doors, doors.scene, doors.doorkeeper
        self.turns = asyncio.Semaphore(AT_ONCE)

    def routes(self):
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return [
            Route(ROOT, self.sensorthings, methods=methods),
            Route(ROOT + "/{path:path}", self.sensorthings, methods=methods),
        ]

    async def sensorthings(self, request):
        """SensorThings 1.1: sensors as Things, their channels as Datastreams, their minutes as Observations."""
        try:
            return await self.answer(request)
        except Refused as why:
            return refuse(why.status, why.message)
        except TooLarge:
            return refuse(
                413, f"body larger than {MAX_BODY_BYTES} bytes: send smaller arrays", Connection="close"
            )
        except tuple(LATER) as why:
            status, message, wait_s = LATER[type(why)]
            return refuse(status, message, Retry_After=wait_s)

    async def answer(self, request):
        if request.method not in {"GET", "HEAD", "POST"}:
            return refuse(
                405,
                "read with GET, create Observations with POST; the register changes on its pages",
                Allow="GET, POST",
            )
        base, words = base_of(request), dict(request.query_params)
        steps = read_path(request.path_params.get("path", ""))
        caller, watcher = await self.enter(request, words)
        if caller is None and watcher is None:
            return refuse(401, "sign in, or send the token of a device credential (Bearer, or Basic's password)",
                          WWW_Authenticate='Basic realm="anlan"')  # fmt: skip
        if request.method == "POST":
            return await self.receive(request, caller, steps, base)
        async with self.turns:
            return JSONResponse(await run_beside(self.read, caller, watcher, base, steps, words))

    async def enter(self, request, words):
        """(device caller, None), (None, watcher), or (None, None) for somebody unknown."""
        token = read_token(request.headers.get("authorization", "")) or words.get("token", "")
        if caller := await self.doors.admit(token):
            return caller, None
        try:
            if token:
                return None, await run_beside(read_pass, token)
            return None, await run_beside(read_session, request.cookies)
        except NoPass:
            return None, None

    def read(self, caller, watcher, base, steps, words):
        """The body for a GET."""
        cards = caller.sensors if caller else self.cards_seen(watcher)
        return Answers(Catalogue(self.scene, cards, base)).answer(steps, read_question(words))

    def cards_seen(self, watcher):
        """The sensors that a person or a screen may see: all, or those bound to the places they may watch."""
        cards = self.doorkeeper.sensors
        if watcher.codes is None:
            return cards
        seen = {
            binding.sensor
            for binding in self.scene.topology.bindings
            if any(space and watcher.sees(space) for space in (binding.into, binding.out_of))
        }
        return {code: cards[code] for code in seen & cards.keys()}

    # ---- creating Observations -------------------------------------------------------------------------

    async def receive(self, request, caller, steps, base):
        """What a device POSTs, through the gate that it shares with the doors of ingest."""
        if caller is None:
            raise Refused(403, "Observations are taken from devices: send the token of a device credential")
        async with self.doors.gate.hold(caller.credential_id, told_bytes(request)) as held:
            return await self.create(request, held, caller, steps, base)

    async def create(self, request, held, caller, steps, base):
        """POST of one Observation, or of many as arrays."""
        names, now_ms = [step.name for step in steps], self.scene.clock.now_ms()
        if names == ["CreateObservations"]:
            body = await read_bytes(request, held)
            rows = reports.read_many(reports.read_body(body), now_ms)
            said = await self.take(rows, caller, body, now_ms)
            return JSONResponse(
                [self.link(base, row) if not why else "error" for row, why in zip(rows, said, strict=True)],
                201,
            )
        if names not in (["Observations"], ["Datastreams", "Observations"]) or steps[-1].id is not None:
            return refuse(
                405, "only Observations are created here; the register changes on its pages", Allow="GET"
            )
        stream = read_stream(steps[0].id or "") if len(steps) == 2 else None
        body = await read_bytes(request, held)
        report = reports.read_one(reports.read_body(body), stream, now_ms)
        if report.stream.sensor not in caller.sensors:
            raise Refused(403, intake.explain_stranger(report.stream.sensor))
        (why,) = await self.take([report], caller, body, now_ms)
        if why:
            raise Refused(400, why)
        link = self.link(base, report)
        made = {"@iot.id": write_id(*report.stream, report.minute_ms), "@iot.selfLink": link}
        return JSONResponse(made, 201, headers={"Location": link})

    async def take(self, rows, caller, body, now_ms):
        """Submit Reports as native readings are; for each row why it was refused, or None."""
        why = [row.message if isinstance(row, Refused) else None for row in rows]
        at = [position for position, row in enumerate(rows) if not isinstance(row, Refused)]
        readings = [rows[position].reading for position in at]
        batch = intake.check_batch(
            readings, at, [], caller=caller, register=self.scene.register, now_ms=now_ms
        )
        for position, reason in batch.refused:
            why[position] = reason
        if len(batch.kept):
            await asyncio.wrap_future(self.scene.submit(batch.kept, sender=batch.sender))
            intake.remember_each(readings, "http", body, now_ms, caller=caller)
        return why

    def link(self, base, report):
        """The address under which a created Observation is found."""
        return f"{base}/{address('Observations', write_id(*report.stream, report.minute_ms))}"


def base_of(request):
    """The service root's address as the caller reached it. Raises Refused (400) on a Host that is none."""
    host = request.headers.get("host", "")
    if not HOST.fullmatch(host):
        raise Refused(400, "the Host header is not a host name")
    return f"{request.url.scheme}://{host}{ROOT}"

"""The HTTP doors for people counters: native readings, and every known device's own format.

Answers: 202 all accepted (200 at a device's own door), 207 some refused, 400/413/415/422 nothing readable,
401/403 no right, 429/503 come again after `Retry-After`. Acknowledged means durable.
"""

import asyncio
import base64
import hashlib
import logging
import re

import msgspec
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from anlan.devices.native import arrow
from anlan.devices.native.decode import decode_items
from anlan.devices.refusal import Refusal
from anlan.devices.table import ADAPTERS, SHORT
from anlan.site import intake
from anlan.site.doorkeeper import Caller, read_token
from anlan.site.gate import Gate
from anlan.site.offloop import run_beside
from anlan.stream.engine import Busy, Closed
from anlan.stream.journal import JournalFull
from anlan.stream.linebook import LineBook

log = logging.getLogger(__name__)

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
MAX_BODY_BYTES = 8 * 2**20
SHA_256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]*):")
BODY_WAIT_S = 30  # a body that takes longer is not worth a connection


class JSONResponse(Response):
    """JSON by msgspec: an answer may list ten thousand items."""

    media_type = "application/json"

    def render(self, content):
        return msgspec.json.encode(content)


class TooLarge(Exception):
    """The body exceeds MAX_BODY_BYTES."""


def refuse(status, reason, **headers):
    """A refusal that says what was wrong and what to do."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"error": reason}, status, headers=names)


async def point_out(request):
    """What comes by another method or to another address than a door's."""
    return refuse(
        405 if request.method != "POST" else 404,
        "readings come by POST to /ingest/v1/readings, or to /ingest/v1/<kind>/<sensor> in a device's own format",
        Allow="POST",
    )


def told_bytes(request):
    """How long the request says its body is, 0 where it does not say; of a longer one no more than the limit is read."""
    told = request.headers.get("content-length", "")
    return min(int(told), MAX_BODY_BYTES) if told.isdecimal() else 0


async def read_body(request, held):
    """The request's body when it is its turn to be decoded, taking room in the gate as it comes.

    Raises TooLarge as soon as it outgrows the limit, Busy when it outgrows the room, TimeoutError when it does not come.
    """
    parts, size = [], 0
    async with asyncio.timeout(BODY_WAIT_S):
        async for part in request.stream():
            size += len(part)
            if size > MAX_BODY_BYTES:
                raise TooLarge
            held.cover(size)
            parts.append(part)
    await held.turn()
    return b"".join(parts)


def is_whole(body, digest):
    """Whether the body is the one that a Content-Digest header (RFC 9530, sha-256) speaks of, where there is one."""
    said = SHA_256.search(digest)
    return said is None or said[1] == base64.b64encode(hashlib.sha256(body).digest()).decode()


def tell(said, batch, all_well):
    """The answer to a batch: 207 where some were refused, 422 where all were."""
    if batch.refused:
        return JSONResponse(said, 207 if len(batch.kept) else 422)
    return JSONResponse(said, all_well)


class HttpDoors:
    """The two POST doors over one doorkeeper and one scene."""

    def __init__(self, doorkeeper, scene):
        self.doorkeeper, self.scene, self.gate = doorkeeper, scene, Gate()
        self.book = LineBook()

    def routes(self):
        return [
            Route("/ingest/v1/readings", self.guard(self.native), methods=["POST"]),
            Route("/ingest/v1/{kind}/{sensor:path}", self.guard(self.device), methods=["POST"]),
            Route("/ingest/{rest:path}", point_out, methods=METHODS),
        ]

    def guard(self, door):
        """Wrap a door: who is it, how large is it, and what to say when the engine cannot take it."""

        async def answer(request):
            token = read_token(request.headers.get("authorization", "")) or request.query_params.get(
                "token", ""
            )
            caller = await self.admit(token)
            if caller is None:
                return refuse(401, "no valid credential: send Authorization: Bearer <token> of a device credential",
                              WWW_Authenticate='Bearer realm="anlan"')  # fmt: skip
            try:
                async with self.gate.hold(caller.credential_id, told_bytes(request)) as held:
                    body = await read_body(request, held)
                    if not is_whole(body, request.headers.get("content-digest", "")):
                        return refuse(400, "the body is not what Content-Digest says: send it again")
                    return await door(request, caller, body)
            except TooLarge:
                return refuse(
                    413, f"body larger than {MAX_BODY_BYTES} bytes: send smaller batches", Connection="close"
                )
            except TimeoutError:
                return refuse(
                    408, f"the body did not come within {BODY_WAIT_S} s: send it again", Connection="close"
                )
            except ClientDisconnect:
                return refuse(400, "the connection ended before the body did")
            except Busy:
                return refuse(429, "the engine is busy: send again later", Retry_After="1")
            except Closed:
                return refuse(503, "the engine is stopping: keep it and send again", Retry_After="5")
            except JournalFull:
                return refuse(
                    503, "the disk is full: nothing was stored, keep it and send again", Retry_After="30"
                )

        return answer

    async def admit(self, token):
        """The caller of a token; one not known in memory is looked up once more in the register."""
        if not token:
            return None
        caller = self.doorkeeper.admit(token)
        if caller is None and await run_beside(self.doorkeeper.is_issued, token):
            await run_beside(self.doorkeeper.reload)
            caller = self.doorkeeper.admit(token)
        return caller

    async def native(self, request, caller, body):
        """POST /ingest/v1/readings: a list of readings, {"readings": […]}, NDJSON, or Arrow."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() in arrow.MEDIA:
            return await self.arrow(request, caller, body)
        try:
            readings, positions, refused = decode_items(body, headers=dict(request.headers))
        except Refusal as why:
            await self.set_aside(None, "native", body, request, str(why), caller)
            return refuse(400, str(why))
        now_ms = self.scene.clock.now_ms()
        batch = intake.check_batch(
            readings, positions, refused, caller=caller, register=self.scene.register, now_ms=now_ms
        )
        said = await self.submit(batch)
        if len(batch.kept):
            intake.remember_each(readings, "http", body, now_ms, caller=caller)
        return tell(said, batch, 202)

    async def arrow(self, request, caller, body):
        """The same readings as Arrow, from the bytes to the journal without an object per reading."""
        if arrow.pa is None:
            return refuse(415, "Arrow is not installed here: pip install anlan[arrow], or send JSON")
        try:
            table = arrow.read_table(body, request.headers)
        except Refusal as why:
            await self.set_aside(None, "native", body, request, str(why), caller)
            return refuse(400, str(why))
        now_ms = self.scene.clock.now_ms()
        batch = intake.check_table(
            table, caller=caller, register=self.scene.register, book=self.book, now_ms=now_ms
        )
        said = await self.submit(batch)
        if len(batch.kept):
            intake.remember_each([table.reading(batch.positions[-1])], "http", body, now_ms, caller=caller)
        return tell(said, batch, 202)

    async def device(self, request, caller, body):
        """POST /ingest/v1/<kind>/<sensor>: the device's own format; the address says whose readings they are."""
        kind, card = request.path_params["kind"], caller.sensors.get(request.path_params["sensor"])
        if kind != "auto" and SHORT.get(kind, kind) not in ADAPTERS:
            return refuse(404, f"no device kind {kind[:40]!r}; known: auto, {', '.join(ADAPTERS)}")
        if card is None:
            return refuse(
                403, "this sensor does not report through this credential: register it, or use its own"
            )
        now_ms = self.scene.clock.now_ms()
        try:
            readings = await run_beside(intake.read, card, body, headers=dict(request.headers), kind=kind)
        except Refusal as why:
            intake.remember(card.code, "http", body, [], now_ms)
            await self.set_aside(card.code, kind, body, request, str(why), caller)
            return refuse(422, str(why))
        alone = Caller(caller.credential_id, caller.name, {card.code: card})
        batch = intake.check_batch(
            readings,
            list(range(len(readings))),
            [],
            caller=alone,
            register=self.scene.register,
            now_ms=now_ms,
        )
        said = await self.submit(batch)
        intake.remember(card.code, "http", body, readings, now_ms)
        return tell(said, batch, 200)

    async def submit(self, batch):
        """Wait until the batch is durable and judged; the answer's body."""
        receipt = await asyncio.wrap_future(self.scene.submit(batch.kept, sender=batch.sender))
        return intake.describe_receipt(batch, receipt)

    async def set_aside(self, sensor, kind, body, request, reason, caller):
        """Keep what could not be read, with the reason, for a person to look at."""
        content_type = request.headers.get("content-type", "")
        await run_beside(
            intake.set_aside, sensor or caller.only_sensor, "http", kind, body, content_type, reason,
            self.scene.clock.now_ms(),
        )  # fmt: skip

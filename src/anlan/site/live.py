"""The live door: a scene's present state as one snapshot, then its changes as server-sent events.

Made for a thousand watchers: what waits for a watcher goes out in one piece, a message is written down once for
all who see the same, and one timer keeps all quiet connections alive.
"""

import asyncio
import json
import weakref

import msgspec
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from anlan.site.alarming import alarm_rows
from anlan.site.offloop import run_beside
from anlan.site.snapshot import build_snapshot
from anlan.site.standing import duty_bar
from anlan.site.watching import NoPass, read_pass
from anlan.stream.scene import SCENES

BEAT_S = (
    2.5  # a stream that was quiet from one beat to the next says that it is still here: every 5 s at most
)
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
OPENING, RESET, STILL_HERE = b"retry: 2000\n\n", b"event: reset\ndata: {}\n\n", b": still here\n\n"
MOST_WRITTEN = 512  # messages kept as they were written down; older ones are written anew


def routes():
    return [
        Route("/live/v1/{scene}/snapshot", snapshot),
        Route("/live/v1/{scene}/stream", stream),
        Route("/live/v1/{scene}/alarms", alarms),
        Route("/live/v1/{scene}/duty", duty),
    ]


async def enter(request):
    """(scene, watcher) of a request, or the refusal to answer with."""
    try:
        watcher = await run_beside(read_pass, request.query_params.get("token", ""))
    except NoPass:
        return None, JSONResponse({"error": "this page's pass has expired: load the page again"}, 401)
    scene = SCENES.get(request.path_params["scene"])
    if scene is None:
        return None, JSONResponse({"error": "this scene is not running"}, 404)
    return scene, watcher


async def snapshot(request):
    """Everything a wall shows, now."""
    scene, watcher = await enter(request)
    if scene is None:
        return watcher
    found = await run_beside(build_snapshot, scene, watcher)
    return Response(msgspec.json.encode(found), media_type="application/json", headers=HEADERS)


async def alarms(request):
    """The open alarms of a scene, small enough to be asked every two seconds."""
    scene, watcher = await enter(request)
    if scene is None:
        return watcher
    found = await run_beside(alarm_rows, scene.name, watcher)
    return Response(msgspec.json.encode(found), media_type="application/json", headers=HEADERS)


async def duty(request):
    """Who is on duty now, the same in every scene."""
    scene, watcher = await enter(request)
    if scene is None:
        return watcher
    found = await run_beside(duty_bar, watcher)
    return Response(msgspec.json.encode(found), media_type="application/json", headers=HEADERS)


async def stream(request):
    """Messages of the scene from now on, or from Last-Event-ID on."""
    scene, watcher = await enter(request)
    if scene is None:
        return watcher
    asked = request.headers.get("last-event-id") or request.query_params.get("last_id", "")
    last_id = int(asked) if asked.isdecimal() and len(asked) < 20 else None
    subscription = scene.feed.subscribe(asyncio.get_running_loop(), last_id)
    return Telling(
        subscription,
        watcher,
        written_of(scene.feed),
        has_missed=last_id is not None and not subscription.resumed,
    )


class Telling(Response):
    """One watcher's open event stream; `has_missed` tells a page at the start that it must read anew."""

    media_type = "text/event-stream"
    charset = "utf-8"

    def __init__(self, subscription, watcher, written, *, has_missed):
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self.subscription, self.watcher, self.written = subscription, watcher, written
        self.opening = OPENING + (RESET if has_missed else b"")
        self.was_quiet = self.was_dropped = False
        self.task = None

    async def __call__(self, scope, receive, send):
        self.task = asyncio.current_task()
        leaving = asyncio.ensure_future(wait_until_left(receive))
        leaving.add_done_callback(lambda done: self.subscription.close())
        HEARTBEAT.keep(self)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self.tell(send)
        except asyncio.CancelledError:
            if not self.subscription.dropped:
                raise  # else: dropped while its connection takes nothing any more
        finally:
            leaving.cancel()
            self.subscription.close()
            HEARTBEAT.forget(self)

    async def tell(self, send):
        """Send what comes until the watcher left, or was dropped for being too slow."""
        piece = self.opening
        while not self.subscription.is_over:
            if piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            messages = await self.subscription.take()
            piece = b"".join([self.written.of(message, self.watcher) for message in messages])
            if not messages:
                piece = STILL_HERE
            self.was_quiet = False
        if not self.subscription.dropped and piece:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def beat(self):
        """Once in a while: wake a quiet one to say so, end a dropped one that is stuck in sending."""
        if self.was_dropped:
            self.task.cancel()
        elif self.was_quiet:
            self.subscription.wake.set()
        self.was_quiet, self.was_dropped = True, self.subscription.dropped


async def wait_until_left(receive):
    """Until the connection is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Heartbeat:
    """One timer for every open stream of the loop; it runs while there is one."""

    def __init__(self):
        self.open = set()
        self.loop = None

    def keep(self, telling):
        self.open.add(telling)
        if self.loop is not asyncio.get_running_loop():
            self.loop = asyncio.get_running_loop()
            self.loop.call_later(BEAT_S, self.beat)

    def forget(self, telling):
        self.open.discard(telling)

    def beat(self):
        for telling in list(self.open):
            telling.beat()
        if self.open:
            self.loop.call_later(BEAT_S, self.beat)
        else:
            self.loop = None


HEARTBEAT = Heartbeat()


# ── what goes over the wire ─────────────────────────────────────────────────────────────────────


class Written:
    """The messages of one feed as event-stream text, written down once for all watchers who see the same."""

    def __init__(self):
        self.texts = {}

    def of(self, message, watcher):
        """The bytes of a message with only what this watcher may see; empty when nothing is left."""
        key = message.id, watcher.codes
        text = self.texts.get(key)
        if text is None:
            if len(self.texts) >= MOST_WRITTEN:
                self.texts.clear()
            payload = limit_to(message, watcher)
            head = f"id: {message.id}\nevent: {message.kind}\ndata: ".encode()
            text = self.texts[key] = head + payload + b"\n\n" if payload else b""
        return text


WRITTEN = weakref.WeakKeyDictionary()


def written_of(feed):
    """The Written of a feed, for as long as the feed lives."""
    return WRITTEN.setdefault(feed, Written())


def limit_to(message, watcher):
    """The message's payload with only what this watcher may see; empty when nothing is left."""
    if watcher.codes is None or message.kind == "health":
        return message.payload
    found = json.loads(message.payload)
    if message.kind == "spaces":
        found["rows"] = [row for row in found["rows"] if watcher.sees(row[0])]
        return json.dumps(found, ensure_ascii=False).encode() if found["rows"] else b""
    return message.payload if watcher.sees(found.get("code", "")) else b""

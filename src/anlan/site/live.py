"""The live door: a scene's present state as one snapshot, then its changes as server-sent events."""

import asyncio
import json

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from anlan.site.snapshot import build_snapshot
from anlan.site.watching import NoPass, read_pass
from anlan.stream.scene import SCENES

HEARTBEAT_S = 5.0
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def routes():
    return [
        Route("/live/v1/{scene}/snapshot", snapshot),
        Route("/live/v1/{scene}/stream", stream),
    ]


async def enter(request):
    """(scene, watcher) of a request, or the refusal to answer with."""
    try:
        watcher = await run_in_threadpool(read_pass, request.query_params.get("token", ""))
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
    found = await run_in_threadpool(build_snapshot, scene, watcher)
    return Response(msgspec.json.encode(found), media_type="application/json", headers=HEADERS)


async def stream(request):
    """Messages of the scene from now on, or from Last-Event-ID on."""
    scene, watcher = await enter(request)
    if scene is None:
        return watcher
    asked = request.headers.get("last-event-id") or request.query_params.get("last_id", "")
    last_id = int(asked) if asked.isdigit() else None
    subscription = scene.feed.subscribe(asyncio.get_running_loop(), last_id)
    return StreamingResponse(
        tell(subscription, watcher, fresh=last_id is not None and not subscription.resumed),
        media_type="text/event-stream",
        headers=HEADERS,
    )


async def tell(subscription, watcher, *, fresh):
    """The subscription as event-stream text; `reset` tells a page that it missed too much and must read anew."""
    yield "retry: 2000\n\n"
    if fresh:
        yield "event: reset\ndata: {}\n\n"
    waiting = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(anext(subscription, None))
            done, _ = await asyncio.wait({waiting}, timeout=HEARTBEAT_S)
            if not done:
                yield ": still here\n\n"
                continue
            message, waiting = waiting.result(), None
            if message is None:
                return
            if payload := limit_to(message, watcher):
                yield f"id: {message.id}\nevent: {message.kind}\ndata: {payload}\n\n"
    finally:
        if waiting:
            waiting.cancel()
        subscription.close()


def limit_to(message, watcher):
    """The message's payload with only what this watcher may see; empty when nothing is left."""
    if watcher.codes is None or message.kind == "health":
        return message.payload.decode()
    found = json.loads(message.payload)
    if message.kind == "spaces":
        found["rows"] = [row for row in found["rows"] if watcher.sees(row[0])]
        return json.dumps(found, ensure_ascii=False) if found["rows"] else ""
    return message.payload.decode() if watcher.sees(found.get("code", "")) else ""

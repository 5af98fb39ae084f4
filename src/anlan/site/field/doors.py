"""The addresses that the field app calls: key, devices, the two phases of an upload, and what has arrived. All answer JSON."""

import gzip
import time
from typing import Annotated
from uuid import UUID

import msgspec
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from anlan.kit.models import FieldDevice
from anlan.site.field import daypack, devices, keys, taking, uploads
from anlan.site.field.answers import NotTaken, answers_json, read_json, tell
from anlan.site.field.manifests import Manifest
from anlan.site.field.terms import Refusal

GZIP_LEVEL = 3
TURN_S = 5.0  # how long a commit keeps other pages waiting; the rest is done when it is asked again


class DeviceLine(msgspec.Struct):
    """How a phone introduces itself."""

    uid: UUID
    name: Annotated[str, msgspec.Meta(max_length=200)]


@ensure_csrf_cookie
@require_safe
@answers_json
def key(request):
    """GET /field/key.json: the public key to which phones seal."""
    return tell(keys.tell_key())


@require_POST
@answers_json
def register(request):
    """POST /field/devices/: register this phone; 201 when it is new, 200 when it is known."""
    asked, now = read_json(request, DeviceLine), timezone.now()
    if FieldDevice.objects.filter(uid=asked.uid).exists():
        devices.device_of(asked.uid, request.user, now=now)
        return tell({"uid": str(asked.uid)})
    devices.register_device(request.user, by=request.user, now=now, uid=asked.uid, name=asked.name)
    return tell({"uid": str(asked.uid)}, 201)


@require_safe
@answers_json
def pack(request):
    """GET /field/pack.json?device=<uid>: the day pack of this person."""
    now = timezone.now()
    try:
        uid = UUID(request.GET.get("device", ""))
    except ValueError:
        raise NotTaken(404, Refusal.DEVICE_UNKNOWN) from None
    devices.device_of(uid, request.user, now=now)
    body, _left_out = daypack.make_pack(request.user, now=now)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = gzip.compress(body, GZIP_LEVEL), "gzip"
    return HttpResponse(body, content_type="application/json", headers=headers)


@require_POST
@answers_json
def open_upload(request):
    """POST /field/uploads/: announce what will come; 201 when it is new, 200 when it goes on."""
    manifest, now = read_json(request, Manifest), timezone.now()
    device = devices.device_of(manifest.device, request.user, now=now)
    with uploads.written_through():
        upload = uploads.open_upload(manifest, device, now=now)
    return tell(uploads.describe_upload(upload), 201 if upload.opened_at == now else 200)


@answers_json
def part(request, uid, sha256):
    """PUT /field/uploads/<uid>/parts/<sha256>: sealed bytes; 201 once they are durable, 200 when they were here."""
    if request.method != "PUT":
        return JsonResponse({"error": "PUT"}, status=405, headers={"Allow": "PUT"})
    upload = uploads.find_upload(uid, request.user)
    body = request.read(uploads.size_of(upload, sha256) + 1)
    with uploads.written_through():
        is_new = uploads.keep_part(upload, sha256, body, now=timezone.now())
    return tell({"sha256": sha256}, 201 if is_new else 200)


@require_POST
@answers_json
def commit(request, uid):
    """POST /field/uploads/<uid>/commit: take the records; 409 while parts are missing, 202 when it must be asked again."""
    upload, until = uploads.find_upload(uid, request.user), time.monotonic() + TURN_S
    if wanted := uploads.describe_upload(upload)["wanted"]:
        raise NotTaken(409, Refusal.PARTS_WANTED % {"n": len(wanted)}, wanted=wanted)
    with uploads.written_through():
        is_done = taking.commit(upload, now=timezone.now(), is_time=lambda: time.monotonic() < until)
    return tell(taking.describe_outcome(upload), 200 if is_done else 202)


@require_safe
@answers_json
def arrived(request):
    """GET /field/arrived.json: what the server has of this person, the newest first."""
    return JsonResponse(taking.list_arrived(request.user), safe=False, headers={"Cache-Control": "no-store"})

"""The reading API (OpenAPI 3.1 at /api/v1/openapi.json); the ingest doors are described in the same document."""

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.utils import timezone
from ninja import NinjaAPI, Query, Schema
from ninja.security import django_auth

from anlan import __version__
from anlan.domains.crowd import queries as crowd
from anlan.domains.emergency import queries as emergency
from anlan.domains.notices import queries as notices
from anlan.domains.places import queries as places
from anlan.site.api_cases import router as cases
from anlan.site.api_enterprises import router as enterprises
from anlan.site.ingest_doc import INGEST_PATHS, INGEST_SCHEMAS
from anlan.site.pages.public import describe as describe_publicly
from anlan.site.pages.public import shown_places

MOST_ROWS = 500


def refusal(description, schema):
    """An answer of ninja's own to a request it does not pass on."""
    body = {"type": "object", "required": ["detail"], "properties": {"detail": schema}}
    return {"description": description, "content": {"application/json": {"schema": body}}}


UNKNOWN = refusal("nobody is signed in", {"type": "string"})
UNFIT = refusal("a parameter is not what it should be", {"type": "array", "items": {"type": "object"}})


class Api(NinjaAPI):
    """Ninja's document with the ingest doors, which the async shell answers, added to it."""

    def get_openapi_schema(self, **options):
        schema = super().get_openapi_schema(**options)
        for operation in (one for path in schema["paths"].values() for one in path.values()):
            operation["responses"] |= {"422": UNFIT} | ({"401": UNKNOWN} if "security" in operation else {})
        schema["paths"] |= INGEST_PATHS
        schema.setdefault("components", {}).setdefault("schemas", {}).update(INGEST_SCHEMAS)
        schema["components"].setdefault("securitySchemes", {})["DeviceToken"] = {
            "type": "http",
            "scheme": "bearer",
        }
        return schema


api = Api(
    title="Anlan 安澜",
    version=__version__,
    description="Read places, live counts and warnings; report readings. Times are RFC 3339 or UTC milliseconds.",
    auth=django_auth,
    urls_namespace="api",
    docs_url=None,
)


api.add_router("", enterprises)
api.add_router("", cases)


class PlaceOut(Schema):
    """A registered place."""

    code: str
    name: str
    kind: str
    grade: str
    organisation: str
    lon: float | None
    lat: float | None


class SpaceOut(Schema):
    """A place or zone now; null where unknown."""

    code: str
    name: str
    level: str
    occupancy: float | None
    capacity: float | None
    share: float | None
    density_per_m2: float | None
    net_flow_per_min: float | None
    time_to_capacity_min: float | None
    last_received_ms: int


class WarningOut(Schema):
    """A warning: an episode of a space above `none`."""

    id: int
    space_code: str
    space_name: str
    level: str
    peak_level: str
    rule: str
    reason: dict
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None


class AlarmOut(Schema):
    """An alarm: the human side of a warning, or raised by hand."""

    id: int
    number: str
    title: str
    space_code: str
    level: str
    state: str
    reason: dict
    round: int
    raised_at: datetime
    answered_at: datetime | None
    next_look_at: datetime | None
    lifted_at: datetime | None


class IncidentOut(Schema):
    """An incident; its level is set by a person."""

    id: int
    number: str
    title: str
    kind: str
    level: str
    state: str
    known_at: datetime


class PublicNoticeOut(Schema):
    """A notice as the public has it."""

    number: str
    kind: str
    headline_zh: str
    headline_en: str
    description_zh: str
    instruction_zh: str
    published_at: datetime
    expires_at: datetime | None


class PublicPlaceOut(Schema):
    """How full a public place is, in bands."""

    name: str
    name_en: str
    band: str
    updated_ms: int


class Paging(Schema):
    """Where a page of rows starts and how long it is."""

    offset: int = 0
    limit: int = 100

    def cut(self, rows):
        start = min(max(self.offset, 0), 10**9)
        return list(rows[start : start + min(max(self.limit, 1), MOST_ROWS)])


@api.get("/places", response=list[PlaceOut], tags=["register"])
def list_places(request, paging: Query[Paging]):
    """Registered places that you may see."""
    return [
        PlaceOut(
            code=one.code, name=one.name, kind=one.kind, grade=one.grade, organisation=one.organisation.name,
            lon=one.lon, lat=one.lat,
        )
        for one in paging.cut(places.visible_places(request.user).order_by("code"))
    ]  # fmt: skip


@api.get("/spaces", response=list[SpaceOut], tags=["watch"])
def list_spaces(request):
    """Every place and zone that you may see, as the watch knows it now."""
    seen = set(places.visible_places(request.user).values_list("code", flat=True))
    return [
        SpaceOut(
            **{name: getattr(one, name) for name in SpaceOut.model_fields if name != "level"},
            level=one.shown_level,
        )
        for one in crowd.live_spaces().values()
        if one.code.partition("/")[0] in seen
    ]


@api.get("/warnings", response=list[WarningOut], tags=["watch"])
def list_warnings(request, paging: Query[Paging], is_open: bool = False):
    """Warnings that you may see, last changed first."""
    rows = crowd.warnings(request.user)
    rows = rows.filter(closed_at=None) if is_open else rows
    return [WarningOut.from_orm(one) for one in paging.cut(rows)]


@api.get("/alarms", response=list[AlarmOut], tags=["response"])
def list_alarms(request, paging: Query[Paging], is_open: bool = True):
    """Alarms of the live scene that you may see: the open ones worst first, or all."""
    rows = emergency.visible_alarms(request.user).filter(scene="live")
    rows = emergency.board_order(rows.filter(lifted_at=None)) if is_open else rows
    return [AlarmOut.from_orm(one) for one in paging.cut(rows)]


@api.get("/incidents", response=list[IncidentOut], tags=["response"])
def list_incidents(request, paging: Query[Paging]):
    """Incidents of the live scene that you may see, the newest first."""
    rows = emergency.visible_incidents(request.user).filter(scene="live").order_by("-known_at", "-id")
    return [IncidentOut.from_orm(one) for one in paging.cut(rows)]


@api.get("/public/notices", response=list[PublicNoticeOut], auth=None, tags=["public"])
def list_public_notices(request):
    """Notices in force, as the website shows them."""
    return [PublicNoticeOut.from_orm(one) for one in notices.current_notices(now=timezone.now())]


@api.get("/public/places", response=list[PublicPlaceOut], auth=None, tags=["public"])
def list_public_places(request):
    """What the public page shows."""
    live, now_ms = crowd.live_spaces(), int(timezone.now().timestamp() * 1000)
    shown = [describe_publicly(place, live.get(place.code), now_ms) for place in shown_places()]
    return [{name: one[name] for name in PublicPlaceOut.model_fields} for one in shown]


def open_urls():
    """The API's addresses; ninja itself answers 401, so the sign-in redirect of pages must not come first."""
    patterns, *names = api.urls
    for pattern in patterns:
        login_not_required(pattern.callback)
    return patterns, *names

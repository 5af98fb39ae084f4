"""The door of cases for other channels (grid, 12345, the one network): hand in, ask, take results, acknowledge them.

    POST /cases                          once for each channel and number; again with the same words changes nothing
    GET  /cases/{channel}/{number}       how it stands
    GET  /cases/results?since=0          what became of cases, by position; `pending=true`: only what has no receipt
    POST /cases/results/{position}/receipt

Times carry their zone. Positions have no gaps and never come late: whoever has read up to one has read all before it.
"""

from datetime import datetime
from typing import Annotated, Literal

from django.db import IntegrityError
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status
from pydantic import AfterValidator, AwareDatetime, StringConstraints

from anlan.domains.accounts import queries as accounts
from anlan.domains.hazards import actions as hazards
from anlan.domains.hazards import queries
from anlan.domains.hazards.terms import CaseChannel, CaseState
from anlan.domains.places.queries import registered_places
from anlan.kit.actions import Refused
from anlan.kit.geo import UnsoundGeometry, check_point
from anlan.site.api_enterprises import LAST_POSITION, ByToken, Unfound

MOST_RESULTS = 500
YEARS = (2000, 2099)
PRINTABLE, LINES = r"^[^\x00-\x1f\x7f]+$", r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+$"
OPTIONAL = r"^[^\x00-\x1f\x7f]*$"
Channel = Literal[tuple(CaseChannel.values)]


def in_our_years(at):
    """A moment of these decades, as it is. Raises ValueError."""
    if not YEARS[0] <= at.year <= YEARS[1]:
        raise ValueError(f"a moment between {YEARS[0]} and {YEARS[1]} is needed")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(in_our_years)]
Number = Annotated[
    str, StringConstraints(min_length=1, max_length=60, pattern=PRINTABLE, strip_whitespace=True)
]


class MayHandIn(ByToken):
    """An access token that hands in cases."""

    def authenticate(self, request, token):
        """The token's row; None where it is none, or may not."""
        found = super().authenticate(request, token)
        return found if found is not None and found.hands_in_cases else None


router = Router(auth=MayHandIn(), tags=["cases"])


class CaseIn(Schema):
    """A case as its channel has it. `organisation` is a code; without it the district's table decides by place and words."""

    channel: Channel
    number: Number
    text: Annotated[
        str, StringConstraints(min_length=1, max_length=2000, pattern=LINES, strip_whitespace=True)
    ]
    received_at: Moment
    due_at: Moment | None = None
    sort: Annotated[str, StringConstraints(max_length=60, pattern=OPTIONAL)] = ""
    address: Annotated[str, StringConstraints(max_length=200, pattern=OPTIONAL)] = ""
    place_code: Annotated[str, StringConstraints(max_length=40, pattern=OPTIONAL)] = ""
    organisation: Annotated[str, StringConstraints(max_length=40, pattern=OPTIONAL)] = ""
    lon: float | None = Field(None, ge=-180, le=180, description="WGS-84; both or neither")
    lat: float | None = Field(None, ge=-90, le=90)


class CaseOut(Schema):
    """How a case stands; `hazard_number` once it was taken."""

    channel: str
    number: str
    state: str
    organisation: str
    hazard_number: str | None
    due_at: datetime | None
    returned_why: str


class ResultOut(Schema):
    """What became of a case; the same outcome of the same round comes once. Drop a position that you have seen."""

    position: int
    channel: str
    number: str
    outcome: str
    round: int
    text: str
    hazard_number: str | None
    made_at: datetime
    receipt: str
    received_at: datetime | None


class ResultsOut(Schema):
    """Results by position. Ask again with `since`; at once while `has_more`, later otherwise."""

    rows: list[ResultOut]
    since: int
    has_more: bool


class SinceResult(Schema):
    """From which position on, of which channel, and whether only what has no receipt."""

    since: int = Field(0, ge=0, le=LAST_POSITION)
    limit: int = Field(100, ge=1, le=MOST_RESULTS)
    channel: Channel | None = None
    pending: bool = False


class ReceiptIn(Schema):
    """The number under which the channel took a result over."""

    receipt: Annotated[
        str, StringConstraints(min_length=1, max_length=120, pattern=PRINTABLE, strip_whitespace=True)
    ]


def describe(case):
    """A case as it is told."""
    return {
        "channel": case.channel, "number": case.number, "state": case.state, "organisation": case.organisation.code,
        "hazard_number": case.hazard.number if case.hazard else None, "due_at": case.due_at,
        "returned_why": case.returned_why,
    }  # fmt: skip


def refuse(status, why):
    """An answer that says why not."""
    return Status(status, {"detail": str(why)})


@router.post("/cases", response={201: CaseOut, 200: CaseOut, 400: Unfound, 409: Unfound})
def hand_in_case(request, told: CaseIn):
    """Hand in a case: 201 where it is new, 200 where the same is known, 409 where its number is known with other words."""
    words, organisation, fault = words_of(told, request.auth)
    if fault:
        return refuse(400, fault)
    known = queries.find_case(told.channel, told.number)
    if known is None or known.state == CaseState.WITHDRAWN:
        try:
            hazards.hand_in_case(
                organisation, by=None, now=timezone.now(), channel=told.channel, number=told.number,
                on_behalf_of=request.auth.name, **words,
            )  # fmt: skip
        except IntegrityError:
            pass  # the same case came twice in the same moment
        except Refused as refused:
            return refuse(400, refused)
        else:
            return Status(201, describe(queries.find_case(told.channel, told.number)))
        known = queries.find_case(told.channel, told.number)
    seen = queries.visible_cases(request.auth).filter(pk=known.pk).exists()
    if not seen or not hazards.is_same(known, **words):
        return refuse(409, "this number is known with other words: withdraw it there before it comes again")
    return Status(200, describe(known))


def words_of(told, token):
    """(the words of hand_in_case, the organisation, what is wrong or "") of what was told."""
    if (told.lon is None) != (told.lat is None):
        return {}, None, "lon and lat come together"
    if told.lon is not None:
        try:
            check_point(told.lon, told.lat)
        except UnsoundGeometry as error:
            return {}, None, str(error)
    place = registered_places([told.place_code]).get(told.place_code) if told.place_code else None
    if told.place_code and place is None:
        return {}, None, "no such place_code"
    words = {name: getattr(told, name) for name in ("text", "received_at", "due_at", "lon", "lat")}
    words |= {"sort": told.sort.strip(), "address": told.address.strip(), "place": place}
    organisation = accounts.find_organisation(told.organisation) if told.organisation else queries.route(
        lon=told.lon, lat=told.lat, text=f"{told.address} {told.text}", place=place, on=timezone.localdate(),
    )  # fmt: skip
    if organisation is None or not organisation.path.startswith(token.organisation.path):
        return {}, None, "no such organisation within your token's"
    return words, organisation, ""


@router.get("/cases/results", response=ResultsOut)
def list_results(request, asked: Query[SinceResult]):
    """Results of the cases that your token reaches, after a position: begin with 0, go on with what the answer says."""
    rows = queries.visible_results(request.auth).filter(position__gt=asked.since).order_by("position")
    if asked.channel:
        rows = rows.filter(case__channel=asked.channel)
    if asked.pending:
        rows = rows.filter(received_at=None)
    found = list(rows[: asked.limit + 1])
    shown = found[: asked.limit]
    told = [
        hazards.say_result(one) | {"receipt": one.receipt, "received_at": one.received_at} for one in shown
    ]
    last = shown[-1].position if shown else asked.since
    return {"rows": told, "since": last, "has_more": len(found) > asked.limit}


@router.post("/cases/results/{position}/receipt", response={200: ResultOut, 404: Unfound})
def receive_result(request, position: int, told: ReceiptIn):
    """Acknowledge a result. The first receipt stands; a later one changes nothing and the answer shows the first."""
    rows = queries.visible_results(request.auth)
    row = rows.filter(position=position).first() if 0 < position <= LAST_POSITION else None
    if row is None:
        return refuse(404, "no such result that you may see")
    try:
        words = {"receipt": told.receipt, "received_by": request.auth.name}
        hazards.receive_result(row, by=None, now=timezone.now(), on_behalf_of=request.auth.name, **words)
    except Refused:
        row.refresh_from_db()  # it has its receipt
    said = hazards.say_result(row)
    return Status(200, said | {"receipt": row.receipt, "received_at": row.received_at})


@router.get("/cases/{channel}/{number}", response={200: CaseOut, 404: Unfound})
def find_case(request, channel: str, number: str):
    """How a case stands."""
    rows = queries.visible_cases(request.auth)
    row = rows.filter(channel=channel, number=number).first() if "\x00" not in channel + number else None
    return refuse(404, "no such case that you may see") if row is None else Status(200, describe(row))

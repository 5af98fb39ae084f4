"""The sharing API of enterprises: what changed since a position, and one by any number that it had."""

from datetime import date, datetime

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status
from ninja.security import HttpBearer, django_auth

from anlan.domains.accounts import actions as accounts_actions
from anlan.domains.accounts import queries as accounts
from anlan.domains.enterprises import queries as enterprises

MOST_CHANGES = 1000
LAST_POSITION = 2**53  # what a client in JavaScript still reads exactly


class ByToken(HttpBearer):
    """Another system's access token."""

    def authenticate(self, request, token):
        """The token's row, which views what its organisation may; None where it is none."""
        found = accounts.find_access(token)
        if found is not None:
            accounts_actions.mark_access_seen(found, now=timezone.now())
        return found


router = Router(auth=[django_auth, ByToken()], tags=["enterprises"])


class ContactsOut(Schema):
    """People of an enterprise, for who may read them."""

    principal: str
    principal_phone: str
    safety_officer: str
    safety_phone: str


class LicenceOut(Schema):
    """A licence in use."""

    kind: str
    number: str
    issued_by: str
    valid_until: date | None


class SiteOut(Schema):
    """Where an enterprise works; `place_code` where that is a place of the register."""

    name: str
    address: str
    place_code: str | None


class EnterpriseOut(Schema):
    """An enterprise as it is now. `contacts` is null for who may not read them."""

    code: str
    former_number: str
    name: str
    state: str
    merged_into: str | None
    supervisor: str
    industry_code: str
    industry: str
    size: str
    staff_count: int | None
    address: str
    registered_address: str
    standard_grade: str
    standard_until: date | None
    insurer: str
    insured_until: date | None
    changed_at: datetime
    licences: list[LicenceOut]
    sites: list[SiteOut]
    contacts: ContactsOut | None


class EnterprisesOut(Schema):
    """Enterprises that changed. Ask again with `since`; at once while `has_more`, later otherwise.

    `gone` are codes of enterprises that another supervisor took over: you do not see them any more.
    """

    rows: list[EnterpriseOut]
    gone: list[str]
    since: int
    has_more: bool


class Unfound(Schema):
    """Why there is no answer."""

    detail: str


class Since(Schema):
    """From which position on; `limit` is how many changes one answer covers."""

    since: int = Field(0, ge=0, le=LAST_POSITION)
    limit: int = Field(500, ge=1, le=MOST_CHANGES)


def may_see_contacts(reader, row):
    """Whether a person or a token reads the names and numbers of an enterprise's people."""
    if hasattr(reader, "sees_contacts"):
        return reader.sees_contacts
    return enterprises.may_see_contacts(reader, row)


def describe(rows, reader):
    """Enterprises as they are shared, with their parts in two queries."""
    sites = Prefetch("sites", rows[0].sites.model.objects.select_related("place")) if rows else "sites"
    prefetch_related_objects(rows, "licences", sites, "merged_into")
    return [describe_one(row, contacts=may_see_contacts(reader, row)) for row in rows]


def describe_one(row, *, contacts):
    """One enterprise as it is shared."""
    plain = {name: getattr(row, name) for name in EnterpriseOut.model_fields if name not in COMPOSED}
    return plain | {
        "supervisor": row.supervisor.code,
        "merged_into": row.merged_into.code if row.merged_into else None,
        "licences": [one for one in row.licences.all() if one.withdrawn_at is None],
        "sites": [
            {"name": one.name, "address": one.address, "place_code": one.place.code if one.place else None}
            for one in row.sites.all()
            if one.closed_at is None
        ],
        "contacts": {name: getattr(row, name) for name in ContactsOut.model_fields} if contacts else None,
    }


COMPOSED = {"supervisor", "merged_into", "licences", "sites", "contacts"}


@router.get("/enterprises", response=EnterprisesOut)
def list_enterprises(request, asked: Query[Since]):
    """Enterprises that you may see and that changed since a position: begin with 0, go on with what the answer says.

    Each change is covered once, whatever is written meanwhile; an enterprise that changed several times comes as it is
    now, once for the last of them.
    """
    changed = enterprises.changed_since(request.auth, asked.since, most=asked.limit)
    rows = describe(changed.rows, request.auth)
    return {
        "rows": rows,
        "gone": changed.gone,
        "since": changed.position,
        "has_more": changed.has_more,
    }


@router.get("/enterprises/{number}", response={200: EnterpriseOut, 404: Unfound})
def find_enterprise(request, number: str):
    """The enterprise that stands for a number: its code, a former one, or that of one merged into it."""
    found = enterprises.find_enterprise(number)
    seen = enterprises.visible_enterprises(request.auth)
    row = seen.filter(pk=found.pk).first() if found else None
    if row is None:
        return Status(404, {"detail": "no such enterprise that you may see"})
    return Status(200, describe([row], request.auth)[0])

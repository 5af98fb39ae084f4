"""Cases from a file: seen row by row, then handed in."""

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.domains.accounts.queries import find_organisation
from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import actions, queries, rules
from anlan.domains.hazards.pages.cases import LIST
from anlan.domains.hazards.terms import CaseChannel, CaseField, CaseRefusal, CaseState
from anlan.domains.places.queries import registered_places
from anlan.kit.actions import Refused
from anlan.kit.geo import UnsoundGeometry, check_point
from anlan.kit.sheets import Planned, import_page, write_csv
from anlan.kit.terms import Finding

COLUMNS = {
    "channel": CaseField.CHANNEL, "number": CaseField.NUMBER, "text": CaseField.TEXT, "sort": CaseField.SORT,
    "address": CaseField.ADDRESS, "place": CaseField.PLACE, "lon": CaseField.LON, "lat": CaseField.LAT,
    "received_at": CaseField.RECEIVED, "due_at": CaseField.DUE, "organisation": CaseField.ORGANISATION,
}  # fmt: skip
NEEDED = ("channel", "number", "text", "received_at")
EXAMPLE = (
    "网格",
    "W202611240001",
    "二层疏散通道堆放货箱",
    "消防安全",
    "示例路 8 号",
    "",
    "",
    "",
    "2026-11-24 09:30",
    "2026-11-26 18:00",
    "",
)
MOST = {"number": 60, "text": 2000, "sort": 60, "address": 200}


def imports(request):
    """Cases from a file: seen row by row, then handed in."""
    if not request.user.may(Right.HAZARDS_VERIFY):
        raise Http404
    now = timezone.now()
    return import_page(
        request, title=_("导入案件"), columns=COLUMNS, needed=NEEDED, back=reverse("hazards:cases"), crumbs=LIST,
        plan=lambda rows: plan(rows, request.user, now), template_url=reverse("hazards:case_template"),
    )  # fmt: skip


@require_safe
def template(request):
    """The columns as CSV with a line of examples, which is left out when it comes back."""
    if not request.user.may(Right.HAZARDS_VERIFY):
        raise Http404
    return write_csv("cases", COLUMNS.values(), [(f"# {EXAMPLE[0]}", *EXAMPLE[1:])])


def plan(rows, person, now):
    """The Planned rows of a file."""
    seen, planned = {}, []
    for row in rows:
        name = row.cells.get("number", "")
        try:
            words = read_cells(row.cells, person, now)
            key = (words["channel"], words["number"])
            if key in seen:
                raise Refused(CaseRefusal.TWICE % {"row": seen[key]})
            seen[key] = row.number
            planned.append(plan_one(row.number, name, words, person, now))
        except Refused as refusal:
            planned.append(Planned(row.number, name, Finding.REFUSE, str(refusal)))
    return planned


def plan_one(number, name, words, person, now):
    """What would become of a sound row. Raises Refused for a known case that says something else."""
    organisation = words.pop("organisation")
    known = queries.find_case(words["channel"], words["number"])
    if known is not None and known.state != CaseState.WITHDRAWN:
        if not actions.is_same(known, **words):
            raise Refused(CaseRefusal.DIFFERS % {"number": words["number"]})
        return Planned(number, name, Finding.SAME)

    def deed():
        actions.hand_in_case(organisation, by=person, now=now, **words)

    return Planned(number, name, Finding.ADD, str(organisation), deed)


def read_cells(cells, person, now):
    """The words of hand_in_case from a row's cells, with the organisation. Raises Refused naming what is wrong."""
    for column, most in MOST.items():
        if len(cells.get(column, "")) > most:
            raise Refused(CaseRefusal.TOO_LONG % {"label": COLUMNS[column], "most": most})
    channel = rules.read_channel(cells.get("channel", ""))
    if channel is None:
        labels = "、".join(str(one.label) for one in CaseChannel)
        raise Refused(CaseRefusal.CHANNEL_UNKNOWN % {"text": cells.get("channel", "")[:40], "words": labels})
    words = {name: cells.get(name, "") for name in ("number", "text", "sort", "address")} | {
        "channel": channel
    }
    words |= read_times(cells) | read_where(cells)
    if refusal := rules.check_case(
        **{name: words[name] for name in ("number", "text", "received_at", "due_at")}
    ):
        raise Refused(refusal)
    return words | {"organisation": read_organisation(cells, words, person, now)}


def read_times(cells):
    """When the channel took it, and its deadline. Raises Refused."""
    found = {}
    for name in ("received_at", "due_at"):
        typed = cells.get(name, "")
        found[name] = rules.read_time(typed, timezone.get_current_timezone()) if typed else None
        if found[name] is None and (typed or name == "received_at"):
            raise Refused(CaseRefusal.TIME_FORM % {"text": typed[:40]})
    return found


def read_where(cells):
    """The place of the register and the point. Raises Refused."""
    code = cells.get("place", "")
    place = registered_places([code]).get(code) if code else None
    if code and place is None:
        raise Refused(CaseRefusal.PLACE_UNKNOWN % {"code": code[:40]})
    lon, lat = (rules.read_degree(cells[name]) if cells.get(name) else None for name in ("lon", "lat"))
    typed = bool(cells.get("lon")) + bool(cells.get("lat"))
    if typed and (lon is None or lat is None):
        raise Refused(CaseRefusal.POINT_FORM)
    if typed:
        try:
            check_point(lon, lat)
        except UnsoundGeometry as error:
            raise Refused(str(error)) from error
    return {"place": place, "lon": lon, "lat": lat}


def read_organisation(cells, words, person, now):
    """Who is to deal with it: the one of the row, else whom its place belongs to. Raises Refused."""
    code = cells.get("organisation", "")
    found = find_organisation(code) if code else queries.route(
        lon=words["lon"], lat=words["lat"], text=f"{words['address']} {words['text']}", place=words["place"],
        on=timezone.localdate(now),
    )  # fmt: skip
    if found is None or not person.may(Right.HAZARDS_VERIFY, found):
        raise Refused(CaseRefusal.ORGANISATION_UNKNOWN % {"code": code[:40] or str(found)})
    return found

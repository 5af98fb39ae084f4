"""Rail lines with their stations and exits."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.places import actions, queries
from anlan.domains.places.pages.forms import AddLineForm, LineForm
from anlan.domains.places.terms import PlaceKind
from anlan.kit.pages import attempt, confirm


@require_safe
def lines(request):
    """3 线 5 站 15 口: each line, its stations, and how many ground exits each has."""
    stations = (
        queries.visible_places(request.user).filter(kind=PlaceKind.RAIL_STATION).prefetch_related("parts")
    )
    rows = queries.rail_lines().prefetch_related(Prefetch("stations", queryset=stations))
    told = [
        {
            "line": line,
            "stations": [(station, count_exits(station)) for station in line.stations.all()],
            "may_edit": request.user.may(Right.PLACES_EDIT, line.organisation),
        }
        for line in rows
    ]
    seen = {station.pk: exits for line in told for station, exits in line["stations"]}
    totals = {"lines": len(told), "stations": len(seen), "exits": sum(seen.values())}
    context = {
        "lines": told,
        "totals": totals,
        "title": _("轨交线路"),
        "may_add": request.user.may(Right.PLACES_EDIT),
    }
    return render(request, "places/lines.html", context)


def count_exits(station):
    """How many registered ground exits a station has."""
    exits = [part for part in station.parts.all() if part.kind == PlaceKind.STATION_EXIT]
    return len([part for part in exits if part.retired_at is None])


def add_line(request):
    """A new line."""
    if not request.user.may(Right.PLACES_EDIT):
        raise Http404
    form = AddLineForm(request.POST or None, person=request.user)
    organisation = form.cleaned_data.pop("organisation", None) if form.is_valid() else None
    if attempt(form, actions.add_line, organisation, by=request.user):
        messages.success(request, _("线路已新增。"))
        return redirect("places:lines")
    return draw_line(request, form, title=_("新增线路"), verb=_("新增线路"))


def edit_line(request, pk):
    """Other words for a line."""
    line = find_line(request, pk)
    words = {name: getattr(line, name) for name in ("code", "name", "colour")}
    form = LineForm(request.POST or None, initial=words)
    if attempt(form, actions.edit_line, line, by=request.user):
        messages.success(request, _("修改已保存。"))
        return redirect("places:lines")
    return draw_line(request, form, title=_("修改线路"), verb=_("保存修改"))


def remove_line(request, pk):
    """Remove a line on which no station lies."""
    line = find_line(request, pk)
    return confirm(
        request, actions.remove_line, line, title=_("删除线路"), verb=_("删除线路"), back=reverse("places:lines"),
        question=_("删除“%(name)s”？") % {"name": line}, said=_("线路已删除。"),
    )  # fmt: skip


def find_line(request, pk):
    line = get_object_or_404(queries.rail_lines(), pk=pk)
    if not request.user.may(Right.PLACES_EDIT, line.organisation):
        raise Http404
    return line


def draw_line(request, form, *, title, verb):
    address = reverse("places:lines")
    crumbs = [{"label": _("轨交线路"), "url": address}]
    context = {"form": form, "title": title, "verb": verb, "crumbs": crumbs, "cancel_url": address}
    return render(request, "kit/form.html", context)

"""Determining capacities, the progress of the departments, and the table of who determines."""

import csv

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts import queries as accounts
from anlan.domains.accounts.terms import Right
from anlan.domains.places import actions, queries, rules
from anlan.domains.places.models import DeciderRule
from anlan.domains.places.pages.forms import (
    ChoiceForm,
    DeciderForm,
    DeterminationForm,
    InputForm,
    PartForms,
    PublicationForm,
)
from anlan.domains.places.pages.register import address_of, crumbs, draw_form, find_place
from anlan.domains.places.terms import CapacityKind, CapacityMethod, Decider, PlaceKind
from anlan.kit.listing import for_csv
from anlan.kit.pages import attempt, confirm

URGED_SHOWN = 200


# ── determining ─────────────────────────────────────────────────────────────────────────────────


def find_determinable(request, code):
    """The place, if the reader may record determinations for it. Raises Http404."""
    place = find_place(request, code)
    if place.retired_at or queries.check_determiner(request.user, place):
        raise Http404
    return place


def determine(request, code):
    """First what and how (in the address), then the numbers, the value computed from them, and the paper."""
    place = find_determinable(request, code)
    choice = ChoiceForm(request.GET or None, place=place)
    if not (choice.is_bound and choice.is_valid()):
        return draw_determine(request, place, choice)
    chosen = choice.cleaned_data
    worksheet = Worksheet(place, chosen, request.POST or None)
    only = None if request.user.may(Right.PLACES_DETERMINE, place.organisation) else place.operator
    form = DeterminationForm(
        request.POST or None, only=only, initial=worksheet.first_words(timezone.localdate())
    )
    if request.POST and "compute" not in request.POST and worksheet.is_valid():
        words = chosen | {"inputs": worksheet.inputs}
        if attempt(form, actions.determine_capacity, place, by=request.user, **words):
            messages.success(request, _("核定结果已登记。公布后请登记公布日期和载体。"))
            return redirect(address_of(place))
    return draw_determine(request, place, choice, worksheet=worksheet, form=form)


@require_POST
def compute(request, code):
    """The computed value and its doubts, as the numbers are typed: a part of the page above."""
    place = find_determinable(request, code)
    choice = ChoiceForm(request.GET, place=place)
    if not choice.is_valid():
        raise Http404
    return render(
        request, "places/computed.html", {"worksheet": Worksheet(place, choice.cleaned_data, request.POST)}
    )


def draw_determine(request, place, choice, *, worksheet=None, form=None):
    """The page of both forms."""
    context = {
        "place": place, "choice": choice, "worksheet": worksheet, "form": form, "title": _("核定承载量"),
        "crumbs": crumbs(place), "cancel_url": address_of(place), "decider": queries.decider_line(place),
        "who": [Decider(part).label for part in queries.decider_line(place).who],
        "methods": [(CapacityMethod(name), method) for name, method in rules.METHODS.items()],
        "asked": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "places/determine.html", context)


class Worksheet:
    """The numbers of one method for one space: what was typed, what follows from it, and what speaks against it."""

    def __init__(self, place, chosen, typed):
        self.place, self.zone = place, chosen["zone"]
        self.kind, self.method_name = chosen["kind"], chosen["method"]
        self.method = rules.METHODS[self.method_name]
        self.value = read_whole(typed.get("value_persons", "")) if typed else None
        self.form = InputForm(typed, method=self.method_name, initial=self.first_inputs())
        self.parts = PartForms(typed, initial=self.first_parts()) if "parts" in self.method.inputs else None

    def first_inputs(self):
        """What the register already knows: the instantaneous capacity that a daily one starts from."""
        today = timezone.localdate()
        held = queries.valid_capacity(self.place, zone=self.zone, kind=CapacityKind.INSTANTANEOUS, on=today)
        return {"instantaneous_persons": held.value_persons} if held else {}

    def first_parts(self):
        """The zone, or all zones of the place, with their effective areas."""
        zones = [self.zone] if self.zone else self.place.zones.all()
        return [{"name": zone.name, "area_m2": zone.effective_area_m2} for zone in zones]

    def is_valid(self):
        """Whether all that was typed are numbers."""
        return self.form.is_valid() and (self.parts is None or self.parts.is_valid())

    @property
    def inputs(self):
        """The typed numbers as the rules take them; parts without numbers are left out."""
        words = {name: value for name, value in self.form.cleaned_data.items() if value is not None}
        if self.parts is not None:
            rows = [form.cleaned_data for form in self.parts if form.cleaned_data]
            words["parts"] = [
                row for row in rows if row["area_m2"] is not None or row["m2_per_person"] is not None
            ]
        return words

    @property
    def computed(self):
        """The computation, or None while nothing sound was typed or the method computes nothing."""
        found = rules.compute_capacity(self.method_name, self.inputs) if self.is_valid() else None
        return found if isinstance(found, rules.Computed) and found.persons is not None else None

    @property
    def refusal(self):
        """Why nothing was computed, or why the value would be refused."""
        if not self.is_valid():
            return None
        found = rules.compute_capacity(self.method_name, self.inputs)
        if not isinstance(found, rules.Computed):
            return found
        value = self.value if self.value is not None else found.persons
        area = queries.known_area_m2(self.place, self.zone)
        return rules.check_value(value, kind=self.kind, area_m2=area) if value is not None else None

    @property
    def doubts(self):
        """What should be looked at again, though it is not refused."""
        found = self.computed
        value = self.value if self.value is not None else found and found.persons
        if not value:
            return []
        held = self.first_inputs().get("instantaneous_persons")
        area = queries.known_area_m2(self.place, self.zone)
        return [
            *(found.doubts if found else ()),
            *rules.warn_of_value(value, kind=self.kind, area_m2=area, instantaneous=held),
        ]

    def first_words(self, today):
        """How the paper's part of the form starts: today, and the one organisation that may determine."""
        line = queries.decider_line(self.place)
        sides = {Decider.OPERATOR: self.place.operator, Decider.AUTHORITY: self.place.organisation}
        known = [sides[part] for part in line.who if sides.get(part)]
        return {"determined_on": today, "determined_by": known[0] if known else None}


def read_whole(text):
    """A whole number from what was typed, or None."""
    return int(text) if text.strip().isdecimal() else None


def publish(request, code, pk):
    """When and where a determination was published."""
    place = find_determinable(request, code)
    row = get_object_or_404(place.determinations, pk=pk)
    words = {"published_at": row.published_at or timezone.localdate(), "published_where": row.published_where}
    form = PublicationForm(request.POST or None, initial=words)
    if attempt(form, actions.publish_determination, row, by=request.user):
        messages.success(request, _("公布情况已登记。"))
        return redirect(address_of(place))
    return draw_form(request, place, form, title=_("登记公布情况"), verb=_("登记公布"), lead=str(row))


def withdraw(request, code, pk):
    """Withdraw a determination that was wrong."""
    place = find_determinable(request, code)
    row = get_object_or_404(place.determinations, pk=pk)
    return confirm(
        request, actions.withdraw_determination, row, title=_("撤销核定"), verb=_("撤销核定"), back=address_of(place),
        question=_("撤销“%(name)s”？此前被它取代的核定将重新有效。") % {"name": row}, said=_("核定已撤销。"),
    )  # fmt: skip


# ── progress ────────────────────────────────────────────────────────────────────────────────────


@require_safe
def progress(request):
    """已核定 / 应核定 by department, and the list to urge by."""
    today, seen = timezone.localdate(), queries.visible_places(request.user)
    rows = queries.capacity_progress(seen, today)
    if request.GET.get("format") == "csv":
        return export_progress(rows)
    due, determined = sum(row["due"] for row in rows), sum(row["determined"] for row in rows)
    urged = queries.undetermined(seen, today)
    context = {
        "title": _("承载量核定"), "rows": rows, "due": due, "determined": determined, "on": today,
        "share": determined / due if due else None, "urged": urged[:URGED_SHOWN], "urged_count": urged.count(),
    }  # fmt: skip
    return render(request, "places/progress.html", context)


def export_progress(rows):
    """The departments' progress as CSV with a byte-order mark."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="capacity-progress.csv"'
    lines = csv.writer(answer)
    lines.writerow(
        [_("主管部门编码"), _("主管部门"), _("应核定"), _("已核定"), _("尚未核定"), _("完成率（%）")]
    )
    for row in rows:
        named = [for_csv(row["organisation"].code), for_csv(row["organisation"].name)]
        lines.writerow([*named, row["due"], row["determined"], row["left"], round(100 * row["share"], 1)])
    return answer


# ── who determines ──────────────────────────────────────────────────────────────────────────────


@require_safe
def deciders(request):
    """The table of who determines the capacity of which kind of place."""
    told = {}
    for kind, has_operator, line, is_own in queries.decider_lines():
        who = [Decider(part).label for part in line.who]
        row = told.setdefault(kind, {"kind": PlaceKind(kind), "is_own": is_own, "lines": []})
        if not row["lines"] or row["lines"][0]["who"] != who:
            row["lines"].append({"who": who, "line": line, "has_operator": has_operator})
    context = {"title": _("承载量核定权限表"), "rows": told.values(), "may_edit": may_lay_down(request.user)}
    return render(request, "places/deciders.html", context)


def may_lay_down(person):
    """Whether a person may change the table: it holds for the whole district."""
    top = accounts.root()
    return top is not None and person.may(Right.PLACES_DETERMINE, top)


def edit_decider(request, kind):
    """The district's own line for a kind of place."""
    if kind not in PlaceKind.values or not may_lay_down(request.user):
        raise Http404
    line = queries.decider_lines_by_kind()[kind]
    form = DeciderForm(request.POST or None, initial={"who": list(line.who), "basis": line.basis})
    if attempt(form, actions.set_decider, accounts.root(), by=request.user, kind=kind):
        messages.success(request, _("核定权限表已修改。"))
        return redirect("places:deciders")
    address = reverse("places:deciders")
    context = {
        "form": form, "title": PlaceKind(kind).label, "verb": _("保存修改"), "cancel_url": address,
        "crumbs": [{"label": _("承载量核定权限表"), "url": address}],
    }  # fmt: skip
    return render(request, "kit/form.html", context)


def reset_decider(request, kind):
    """Back to the default line."""
    row = get_object_or_404(DeciderRule, kind=kind)
    if not may_lay_down(request.user):
        raise Http404
    return confirm(
        request, actions.reset_decider, row, title=_("恢复默认"), verb=_("恢复默认"), back=reverse("places:deciders"),
        question=_("“%(name)s”恢复默认的核定单位？") % {"name": row}, said=_("已恢复默认。"),
    )  # fmt: skip

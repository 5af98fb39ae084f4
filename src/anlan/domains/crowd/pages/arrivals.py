"""Planned arrivals: the list, one gathering with its curve, entering and changing, import from a file."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.rules import say_curve
from anlan.domains.crowd.terms import ArrivalRefusal, ArrivalShape, ArrivalState
from anlan.domains.places.queries import find_place, visible_places
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm
from anlan.kit.sheets import Planned, import_page
from anlan.kit.terms import Finding

LIST = [{"label": _("活动预计到达"), "url": reverse_lazy("crowd:arrivals")}]
TIME = {"type": "time", "step": "900"}


class ArrivalFilter(SearchForm):
    """Filters of the list of planned arrivals."""

    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *ArrivalState.choices]
    )
    place = forms.CharField(label=_("场所编号"), required=False, max_length=40)

    def narrow(self, queryset, values):
        """By where they stand today, and by place."""
        today = timezone.localdate()
        stands = {"withdrawn_at": None}
        wanted = {
            ArrivalState.AHEAD: stands | {"held_on__gt": today},
            ArrivalState.TODAY: stands | {"held_on": today},
            ArrivalState.PAST: stands | {"held_on__lt": today},
            ArrivalState.WITHDRAWN: {"withdrawn_at__isnull": False},
        }
        if values.get("state"):
            queryset = queryset.filter(**wanted[values["state"]])
        return queryset.filter(place__code=values["place"]) if values.get("place") else queryset


class ArrivalListing(Listing):
    """Gatherings and the people they bring; its export can be handed in again."""

    title = _("活动预计到达")
    columns = [
        Column("name", _("活动名称"), sort="name"),
        Column("held_on", _("日期"), sort="held_on"),
        Column("starts_at", _("开始时间"), value=lambda row: f"{row.starts_at:%H:%M}"),
        Column("ends_at", _("结束时间"), value=lambda row: f"{row.ends_at:%H:%M}"),
        Column("place_name", _("场所"), sort="place__name", value=lambda row: row.place.name),
        Column("place", _("场所编号"), sort="place__code", value=lambda row: row.place.code),
        Column("persons", _("预计到达人数"), "number", sort="persons"),
        Column("shape", _("到达方式"), "badge", value=lambda row: row.get_shape_display()),
        Column("approval_number", _("批准文号或来源"), sort="approval_number"),
        Column(
            "state", _("状态"), "badge", value=lambda row: ArrivalState.of(row, timezone.localdate()).label
        ),
    ]
    filters = ArrivalFilter
    searched = ["name", "place__name", "place__code", "approval_number"]
    empty_text = _("还没有登记活动。获批的大型活动登记后，当日按大型活动日预测，并计入预计到达的人。")
    file_name = "planned-arrivals"
    template = "crowd/arrivals.html"

    def __init__(self, request, queryset, **context):
        if request.GET.get("format"):
            extra = [
                Column("curve", _("分时人数"), value=lambda row: say_curve(row.curve).replace("\n", "; ")),
                Column("note", _("说明")),
            ]
            self.columns = [*self.columns, *extra]
        super().__init__(request, queryset, **context)


@require_safe
def arrivals(request):
    """The list of planned arrivals, those ahead first."""
    rows = queries.visible_arrivals(request.user).order_by("-held_on", "starts_at", "pk")
    return ArrivalListing(request, rows, may_plan=request.user.may(Right.ARRIVALS_PLAN)).respond()


class ArrivalForm(forms.Form):
    """What is known of a gathering, and how its people come."""

    name = forms.CharField(label=_("活动名称"), max_length=120)
    held_on = forms.DateField(
        label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    starts_at = forms.TimeField(label=_("开始时间"), widget=forms.TimeInput(attrs=TIME, format="%H:%M"))
    ends_at = forms.TimeField(
        label=_("结束时间"), widget=forms.TimeInput(attrs=TIME, format="%H:%M"),
        help_text=_("早于开始时间的，视为次日。"),
    )  # fmt: skip
    shape = forms.ChoiceField(
        label=_("到达方式"), choices=ArrivalShape.choices,
        help_text=_("前三种为系统给出的形状，待核实；已有票务或往年数据的，请选“按分时人数”。"),
    )  # fmt: skip
    persons = forms.IntegerField(
        label=_("预计到达人数"), required=False, min_value=1,
        help_text=_("以批准的人数为准；按分时人数登记的不填。"),
    )  # fmt: skip
    curve = forms.CharField(
        label=_("分时人数"), required=False, widget=forms.Textarea(attrs={"rows": 6, "placeholder": "19:00 300\n19:15 500"}),
        help_text=_("每行一个时间和该刻钟内预计到达的人数。"),
    )  # fmt: skip
    approval_number = forms.CharField(label=_("批准文号或来源"), max_length=120)
    note = forms.CharField(label=_("说明"), required=False, max_length=300)

    def clean(self):
        """Each way of telling how people come asks for its own field."""
        values = super().clean()
        is_own = values.get("shape") == ArrivalShape.OWN
        if not is_own and not values.get("persons") and "persons" not in self.errors:
            self.add_error("persons", ArrivalRefusal.PERSONS)
        if is_own and not values.get("curve"):
            self.add_error("curve", ArrivalRefusal.CURVE_EMPTY)
        return values


class NewArrivalForm(ArrivalForm):
    """The same for a place that is to be chosen."""

    place = forms.ModelChoiceField(label=_("场所"), queryset=None)

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        reached = visible_places(person).filter(person.reach(Right.ARRIVALS_PLAN))
        self.fields["place"].queryset = reached.order_by("name")
        self.order_fields(["place"])


def add_arrivals(request):
    """Enter a gathering's people."""
    place = find_place(request.GET.get("place", ""), request.user)
    form = NewArrivalForm(
        request.POST or None, person=request.user, initial={"place": place, "held_on": timezone.localdate()}
    )
    if change := attempt(form, plan_at, None, by=request.user):
        messages.success(request, _("已登记，当日为该场所的大型活动日。"))
        return redirect(change.subject)
    return draw_form(request, form, title=_("登记活动预计到达"), back=reverse("crowd:arrivals"))


def plan_at(_nothing, *, by, now, place, **words):
    """Plan at the place that the form names."""
    return actions.plan_arrivals(place, by=by, now=now, **words)


def draw_form(request, form, *, title, back):
    """The form with its preview."""
    context = {"form": form, "title": title, "verb": _("保存登记"), "cancel_url": back, "crumbs": LIST}
    return render(request, "crowd/arrivals_form.html", context)


def row_or_404(request, pk):
    """The planned arrivals of this number that the reader sees."""
    return get_object_or_404(queries.visible_arrivals(request.user), pk=pk)


@require_safe
def planned_arrivals(request, pk):
    """One gathering: what is expected when, and what was changed."""
    row = row_or_404(request, pk)
    may_plan = request.user.may(Right.ARRIVALS_PLAN, row.organisation) and not row.withdrawn_at
    peak = max((n for _minute, n in row.curve), default=0)
    return render(request, "crowd/planned_arrivals.html", {
        "title": row.name, "row": row, "points": queries.curve_points(row), "peak": peak, "may_plan": may_plan,
        "state": ArrivalState.of(row, timezone.localdate()), "changes": Change.objects.of(row), "crumbs": LIST,
        "is_shaped": row.shape != ArrivalShape.OWN,
    })  # fmt: skip


def change_arrivals(request, pk):
    """Change what is expected."""
    row = row_or_404(request, pk)
    is_own = row.shape == ArrivalShape.OWN
    names = ("name", "held_on", "starts_at", "ends_at", "shape", "approval_number", "note")
    first = {name: getattr(row, name) for name in names}
    first |= {"curve": say_curve(row.curve)} if is_own else {"persons": row.persons}
    form = ArrivalForm(request.POST or None, initial=first)
    if attempt(form, actions.change_arrivals, row, by=request.user):
        messages.success(request, _("登记已修改。"))
        return redirect(row)
    return draw_form(request, form, title=_("修改活动预计到达"), back=row.get_absolute_url())


def withdraw_arrivals(request, pk):
    """Ask, then expect nobody any more."""
    row = row_or_404(request, pk)
    return confirm(
        request, actions.withdraw_arrivals, row, title=_("撤回活动预计到达"), verb=_("撤回登记"), back=row,
        question=_("撤回后不再计入预测，当日也不再是该场所的大型活动日。活动取消但可能仍有人来的，请改为修改人数，不要撤回。请写明理由。"),
        said=_("登记已撤回。"),
    )  # fmt: skip


@require_POST
def preview_arrivals(request):
    """The curve of what stands in the form, as {points} for the chart, or {refusal}; nothing is kept."""
    form = ArrivalForm(request.POST)
    form.is_valid()
    words = form.cleaned_data
    if missing := [name for name in ("held_on", "starts_at", "ends_at", "shape") if name not in words]:
        return JsonResponse({"refusal": "", "missing": missing})
    if words["shape"] != ArrivalShape.OWN and not words.get("persons"):
        return JsonResponse({"refusal": "", "missing": ["persons"]})
    try:
        words |= {"name": words.get("name", "–"), "approval_number": words.get("approval_number", "–")}
        row = actions.draft_arrivals(now=timezone.now(), **words)
    except Refused as refusal:
        return JsonResponse({"refusal": str(refusal)})
    return JsonResponse({"points": queries.curve_points(row), "persons": row.persons})


COLUMNS = {
    "place": _("场所编号"), "name": _("活动名称"), "held_on": _("日期"), "starts_at": _("开始时间"),
    "ends_at": _("结束时间"), "persons": _("预计到达人数"), "shape": _("到达方式"), "curve": _("分时人数"),
    "approval_number": _("批准文号或来源"), "note": _("说明"),
}  # fmt: skip
NEEDED = ("place", "name", "held_on", "starts_at", "ends_at", "shape", "approval_number")


def import_arrivals(request):
    """Gatherings from a file, seen before they are kept."""
    return import_page(
        request, title=_("导入活动预计到达"), columns=COLUMNS, needed=NEEDED, plan=Plan(request.user).plan,
        back=reverse("crowd:arrivals"), crumbs=LIST, template_url=f"{reverse('crowd:arrivals')}?format=csv",
    )  # fmt: skip


@dataclass
class Plan:
    """What would become of each row of a file, for this person."""

    person: object

    def plan(self, rows):
        """The Planned rows; a gathering that comes twice is refused the second time."""
        seen = set()
        return [self.plan_row(row, seen) for row in rows]

    def plan_row(self, row, seen):
        """Whether this row is added, changes what is there, changes nothing, or why it is refused."""
        cells = row.cells
        title = f"{cells.get('place', '')} · {cells.get('name', '')}"
        labels = {str(label): value for value, label in ArrivalShape.choices}
        shape = labels.get(cells.get("shape", ""), cells.get("shape", ""))
        form = ArrivalForm(cells | {"shape": shape, "persons": cells.get("persons", "").replace(",", "")})
        place = find_place(cells.get("place", ""), self.person)
        if place is None or not self.person.may(Right.ARRIVALS_PLAN, place.organisation):
            return Planned(
                row.number, title, Finding.REFUSE, ArrivalRefusal.NO_PLACE % {"code": cells.get("place", "")}
            )
        if place.retired_at:
            return Planned(row.number, title, Finding.REFUSE, str(ArrivalRefusal.RETIRED))
        if not form.is_valid():
            faults = [f"{form.fields[name].label}：{' '.join(texts)}" for name, texts in form.errors.items()]
            return Planned(row.number, title, Finding.REFUSE, " ".join(faults))
        key = (place.pk, form.cleaned_data["held_on"], form.cleaned_data["name"])
        if key in seen:
            return Planned(row.number, title, Finding.REFUSE, str(_("该行在文件中出现了两次。")))
        seen.add(key)
        return self.judge(row.number, title, place, form.cleaned_data)

    def judge(self, number, title, place, words):
        """The Planned row of sound words: its action is drafted, and refused here with the action's own reason."""
        words = words | ({"persons": None} if words["shape"] == ArrivalShape.OWN else {"curve": ""})
        known = queries.find_arrivals(place, held_on=words["held_on"], name=words["name"])
        try:
            drafted = actions.draft_arrivals(known, now=timezone.now(), **words)
        except Refused as refusal:
            return Planned(number, title, Finding.REFUSE, str(refusal))
        text = _("%(day)s %(start)s–%(end)s，%(n)s 人") % {
            "day": words["held_on"], "start": f"{words['starts_at']:%H:%M}", "end": f"{words['ends_at']:%H:%M}",
            "n": f"{drafted.persons:,}",
        }  # fmt: skip
        if known and actions.is_same(known, drafted):
            return Planned(number, title, Finding.SAME, text)
        act, subject = (actions.change_arrivals, known) if known else (actions.plan_arrivals, place)
        finding = Finding.CHANGE if known else Finding.ADD
        return Planned(number, title, finding, text, lambda: act(subject, by=self.person, now=timezone.now(), **words))  # fmt: skip

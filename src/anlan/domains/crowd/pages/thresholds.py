"""The thresholds of a place on one page: default, own value, meaning, and the level they give right now."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.terms import ThresholdGroup, ThresholdMark, ThresholdName, ThresholdUnit
from anlan.domains.places.queries import find_place, visible_places
from anlan.kit.listing import Column, Listing
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm
from anlan.kit.templatetags.look import spoken

DAYS_BY_DEFAULT = 28
VERBS = ("crowd.set_thresholds", "crowd.reset_thresholds")


def place_or_404(code, person):
    """The place of this code that `person` sees."""
    place = find_place(code, person)
    if place is None:
        raise Http404
    return place


def make_number(row):
    """The field of a threshold; left empty the default holds."""
    return forms.FloatField(
        label=row.label, required=False, min_value=row.low, max_value=row.high, initial=f"{row.value:g}",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )  # fmt: skip


def make_switch(row):
    """The field of a rule that is on or off."""
    return forms.TypedChoiceField(
        label=row.label, required=False, choices=[("1", _("启用")), ("0", _("停用"))], initial=f"{row.value:g}",
        coerce=float, empty_value=None,
    )  # fmt: skip


class PeriodForm(forms.Form):
    """The local days of a back-test, both included."""

    first_day = forms.DateField(
        label=_("起始日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("结束日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    @classmethod
    def fresh(cls):
        """The form for the last four weeks."""
        today = timezone.localdate()
        return cls(initial={"first_day": today - timedelta(days=DAYS_BY_DEFAULT), "last_day": today})


class ThresholdForm(forms.Form):
    """One number for each threshold, and why they are changed."""

    why = forms.CharField(
        label=_("修改理由"),
        max_length=500,
        help_text=_("将记入变更记录；写明依据，如核定文件、现场勘查、演练结论。"),
    )

    untested_why = forms.CharField(
        label=_("未经回测的理由"),
        required=False,
        max_length=500,
        help_text=_("已回测并查看过这组阈值的，不必填写。"),
    )

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[row.name] = make_switch(row) if row.is_switch else make_number(row)
        self.order_fields([row.name for row in rows])

    def values(self):
        """{name: number} of those filled in; an emptied field falls back to the default."""
        given = {row.name: self.cleaned_data.get(row.name) for row in self.rows}
        return {name: value for name, value in given.items() if value is not None}

    def groups(self):
        """The rows with their bound fields, by group, for the table."""
        grouped = {}
        for row in self.rows:
            words = ThresholdUnit(row.unit).label, ThresholdMark(row.mark).label
            grouped.setdefault(row.group, []).append((row, self[row.name], *words))
        return [(ThresholdGroup(group).label, rows) for group, rows in grouped.items()]


def thresholds(request, code):
    """The thresholds of a place; changing them needs a reason."""
    place = place_or_404(code, request.user)
    tried = queries.find_backtest(request.user, request.GET.get("backtest"), place)
    form = ThresholdForm(
        request.POST or None,
        rows=queries.threshold_rows(place),
        initial=initial_values(tried.values) if tried else None,
    )
    if request.method == "POST" and attempt(form, keep_values, place, by=request.user):
        messages.success(request, _("阈值已保存，几秒后按新阈值判断。"))
        return redirect("crowd:thresholds", code=place.code)
    values = (
        form.values()
        if form.is_bound and hasattr(form, "cleaned_data")
        else queries.thresholds_in_force(place)
        if tried is None
        else queries.default_thresholds() | tried.values
    )
    return render(request, "crowd/thresholds.html", {
        "place": place, "form": form, "title": _("预警阈值"), "previews": previews(place, values),
        "may_edit": request.user.may(Right.THRESHOLDS_EDIT, place.organisation), "period": PeriodForm.fresh(),
        "backtests": queries.visible_backtests(request.user).filter(place=place)[:5],
        "has_own": bool(queries.own_values(place)), "steps": story(place),
        "crumbs": [{"label": place.name, "url": place.get_absolute_url()}],
    })  # fmt: skip


def initial_values(own):
    """What the form shows for own values, the defaults for the rest."""
    return {name: f"{value:g}" for name, value in (queries.default_thresholds() | own).items()}


def keep_values(place, *, by, now, why, untested_why, **numbers):
    """Keep the numbers of the form; an emptied one falls back to its default."""
    values = {name: number for name, number in numbers.items() if number is not None}
    return actions.set_thresholds(place, by=by, now=now, values=values, why=why, untested_why=untested_why)


def previews(place, values):
    """(space, level, reason) of the place and its zones under `values`."""
    return [(one.space, one.level, spoken(one.reason)) for one in queries.preview_levels(place, values)]


def story(place):
    """The changes of the place's thresholds, newest first: (change, [(label, before, after)])."""
    rows = Change.objects.filter(what__in=VERBS, subject_kind="crowd.thresholdset").select_related("by")
    kept = queries.find_threshold_set(place)
    rows = rows.filter(subject_id=str(kept.pk)) if kept else rows.none()
    return [
        (row, [(ThresholdName(name).label, row.before.get(name), value) for name, value in row.after.items() if name in ThresholdName])
        for row in rows[:50]
    ]  # fmt: skip


@require_POST
def preview_thresholds(request, code):
    """The part of the page that says what level the numbers in the form would give now; nothing is kept."""
    place = place_or_404(code, request.user)
    form = ThresholdForm(request.POST, rows=queries.threshold_rows(place))
    form.fields["why"].required = False
    refusal = None
    if form.is_valid():
        refusal = queries.refuse_thresholds(form.values())
    else:
        refusal = _("有数值超出允许范围，请先改正。")
    shown = [] if refusal else previews(place, queries.default_thresholds() | form.values())
    return render(
        request, "crowd/thresholds_preview.html", {"place": place, "previews": shown, "refusal": refusal}
    )


def reset_thresholds(request, code):
    """Ask, then go back to the defaults."""
    place = place_or_404(code, request.user)
    return confirm(
        request, actions.reset_thresholds, place, title=_("恢复默认阈值"), verb=_("恢复默认"),
        back=reverse("crowd:thresholds", args=[place.code]),
        question=_("该场所的自定阈值将全部取消，改用默认值。请写明理由。"), said=_("已恢复默认阈值。"),
    )  # fmt: skip


class ThresholdListing(Listing):
    """The places, and how many thresholds each sets for itself."""

    title = _("预警阈值")
    searched = ["name", "code"]
    empty_text = _("还没有大人流场所。先登记场所，再为其设置阈值。")
    file_name = "thresholds"

    def __init__(self, request, queryset, **context):
        self.own = queries.places_with_own_thresholds()
        self.live = queries.live_spaces()
        self.columns = [
            Column("code", _("编号"), sort="code"),
            Column("name", _("场所"), sort="name"),
            Column("level", _("现行等级"), "level", value=self.read_level),
            Column("own", _("自定阈值"), "number", value=lambda row: self.own.get(row.pk, 0)),
            Column("organisation", _("主管部门"), value=lambda row: str(row.organisation)),
        ]
        super().__init__(request, queryset, **context)

    def read_level(self, row):
        space = self.live.get(row.code)
        return space.shown_level if space else "lost"

    def link(self, row):
        """The thresholds of the place."""
        return reverse("crowd:thresholds", args=[row.code])


@require_safe
def all_thresholds(request):
    """The list of places with their own thresholds."""
    return ThresholdListing(request, visible_places(request.user)).respond()

"""Common, incipient and tendency problems: the list in words, one with its weeks and its hazards, what is made of it, rates."""

from datetime import timedelta

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.pages.forms import ALL, kind_choices
from anlan.domains.hazards.rules.patterns import LEAST_WEEKS
from anlan.domains.hazards.terms import (
    HazardSource,
    PatternNature,
    PatternScope,
    PatternState,
    PatternStep,
    Verdict,
)
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import confirm
from anlan.kit.sheets import write_csv

LIST = [{"label": gettext_lazy("普遍性、苗头性、倾向性问题"), "url": reverse_lazy("hazards:patterns")}]
LASTING = [("open", gettext_lazy("进行中")), *PatternState.choices]
BEHIND_MOST, STORY_LENGTH = 25, 30
WIDE, HIGH, LEFT, FOOT, TOP = 720, 220, 36, 24, 10  # of the drawing, in its own units
QUESTIONS = {
    PatternStep.WATCH: gettext_lazy("列为持续关注。系统每晚继续比对，恢复正常后自动结束。"),
    PatternStep.CAMPAIGN: gettext_lazy("列入专项整治的备选，供制定检查计划和专项行动时采用。"),
    PatternStep.DISMISS: gettext_lazy("不作为问题处理。同一情况延续期间不再提示。请写明理由。"),
}


class PatternFilter(SearchForm):
    """Filters of the list."""

    nature = forms.ChoiceField(
        label=gettext_lazy("性质"), required=False, choices=[*ALL, *PatternNature.choices]
    )
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=[*ALL, *LASTING])
    kind = forms.ChoiceField(
        label=gettext_lazy("隐患类别"), required=False, choices=lambda: [*ALL, *kind_choices()]
    )

    def narrow(self, queryset, values):
        """By each filter that is set."""
        state = values.get("state")
        if state == "open":
            queryset = queryset.filter(ended_at=None)
        elif state:
            queryset = queryset.filter(state=state)
        return queryset.filter(**{name: values[name] for name in ("nature", "kind") if values.get(name)})


class PatternListing(Listing):
    """The problems, the newest first."""

    title = gettext_lazy("普遍性、苗头性、倾向性问题")
    columns = [
        Column("says", gettext_lazy("问题"), "sentence", value=queries.say_pattern),
        Column("nature", gettext_lazy("性质"), "badge", value=lambda row: row.get_nature_display(), sort="nature"),
        Column("state", gettext_lazy("状态"), value=lambda row: row.get_state_display(), sort="state"),
        Column("sure", gettext_lazy("把握"), "sentence", value=queries.say_sure),
        Column("since_on", gettext_lazy("约自"), sort="since_on"),
        Column("organisation", gettext_lazy("研判单位"), value=lambda row: str(row.organisation)),
        Column("found_at", gettext_lazy("首次发现"), "time", sort="found_at"),
        Column("until", gettext_lazy("数据截至"), sort="until"),
        Column("ended_at", gettext_lazy("结束"), "time", sort="ended_at"),
    ]  # fmt: skip
    filters = PatternFilter
    searched = ["kind", "area__name"]
    empty_text = gettext_lazy(
        "没有符合条件的问题。系统每晚比对各类、各片区、各行业的隐患，明显增多、持续上升或普遍存在的列在这里。"
    )
    file_name = "problems"
    template = "hazards/patterns.html"


@require_safe
def patterns(request):
    """The list, with how fresh the data is."""
    look = queries.last_look()
    return PatternListing(
        request, queries.visible_patterns(request.user), look=look, least=LEAST_WEEKS
    ).respond()


def pattern_or_404(request, pk):
    """The problem that the reader sees. Raises Http404."""
    return get_object_or_404(queries.visible_patterns(request.user), pk=pk)


@require_safe
def pattern(request, pk):
    """One problem: in words, against what, since when, how sure, where and who, its weeks, the hazards behind it."""
    row = pattern_or_404(request, pk)
    behind = queries.hazards_behind(row, request.user)
    (units, most), sources = queries.units_among(behind), queries.sources_among(behind)
    context = {
        "pattern": row, "title": title_of(row),
        "crumbs": LIST, "says": queries.say_pattern(row), "baseline": queries.say_baseline(row), "sure": queries.say_sure(row),
        "buttons": [(step.value, step.label) for step in queries.pattern_steps_for(row, request.user)],
        "units": units, "most": most, "sources": [(HazardSource(code).label, n) for code, n in sources.items()],
        "inspected": 2 * sources.get(HazardSource.INSPECTION, 0) > sum(sources.values()),
        "concerned": row.concerned.all(), "drawing": draw_weeks(row), "behind": behind[:BEHIND_MOST],
        "number": behind.order_by().count(), "query": query_of(row), "changes": Change.objects.of(row)[:STORY_LENGTH],
    }  # fmt: skip
    return render(request, "hazards/pattern.html", context)


def title_of(row):
    """Its nature, where, and what kind of hazard."""
    return _("%(nature)s：%(where)s · %(kind)s") % {
        "nature": row.get_nature_display(), "where": queries.say_where(row),
        "kind": queries.name_kind(row.kind, on=row.until),
    }  # fmt: skip


def query_of(row):
    """The address's filters of the list of hazards that show what is behind a problem."""
    words = {"kind": row.kind, "since": row.since_on, "until": row.until}
    if row.area_id:
        words["organisation"] = row.area_id
    return "&".join(f"{name}={value}" for name, value in words.items())


def draw_weeks(row):
    """The weeks of a problem as a drawing: bars, the usual band, and a table of the same; None for a common one."""
    numbers = row.numbers
    if row.nature == PatternNature.COMMON or not numbers.get("weeks"):
        return None
    weeks, upper = numbers["weeks"], numbers["upper"]
    most = max(1.0, *weeks, *upper)
    step = (WIDE - LEFT) / len(weeks)

    def x(at):
        return round(LEFT + at * step, 1)

    def y(value):
        return round(HIGH - FOOT - value / most * (HIGH - FOOT - TOP), 1)

    middle = [(x(at + 0.5), value) for at, value in enumerate(numbers["usual"])]
    edge = [(x(at + 0.5), value) for at, value in enumerate(upper)]
    back = [(x(at + 0.5), value) for at, value in reversed(list(enumerate(numbers["lower"])))]
    first = row.until - timedelta(weeks=len(weeks)) + timedelta(days=1)
    begun = (row.since_on - first).days / 7
    return {
        "bars": [
            {"x": f"{x(at + 0.15)}", "y": f"{y(n)}", "w": f"{0.7 * step:.1f}", "h": f"{y(0) - y(n):.1f}", "new": at >= begun - 0.5}
            for at, n in enumerate(weeks)
        ],
        "band": " ".join(f"{px},{y(value)}" for px, value in [*edge, *back]),
        "usual": " ".join(f"{px},{y(value)}" for px, value in middle),
        "ticks": [(f"{value}", f"{y(value)}") for value in sorted({0, round(most / 2), int(most)})],
        "marks": [(f"{x(at)}", f"{first + timedelta(weeks=at):%Y-%m-%d}") for at in range(0, len(weeks) - 6, max(1, len(weeks) // 4))],
        "rows": [
            (first + timedelta(weeks=at), n, f"{numbers['usual'][at]:.1f}", f"{numbers['lower'][at]:.1f}–{upper[at]:.1f}")
            for at, n in reversed(list(enumerate(weeks)))
        ],
    }  # fmt: skip


def take_pattern_step(request, pk, step):
    """Ask, then record what is made of a problem; a step that is none of this person's is not found."""
    row = pattern_or_404(request, pk)
    if step not in [one.value for one in queries.pattern_steps_for(row, request.user)]:
        raise Http404
    step = PatternStep(step)
    return confirm(
        request, actions.judge_pattern, row, title=step.label, question=QUESTIONS[step], verb=step.label, back=row,
        said=_("已记录：%(step)s。") % {"step": step.label}, danger=False, step=step,
    )  # fmt: skip


class RateForm(forms.Form):
    """Which rates."""

    scope = forms.ChoiceField(
        label=gettext_lazy("按"),
        choices=[choice for choice in PatternScope.choices if choice[0] != PatternScope.ALL],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("隐患类别"), required=False, choices=lambda: [*ALL, *kind_choices()]
    )


RATE_HEAD = (
    gettext_lazy("片区或行业"), gettext_lazy("近 52 周隐患（件）"), gettext_lazy("登记单位（家）"),
    gettext_lazy("每百家每月（件）"), gettext_lazy("90% 区间下限"), gettext_lazy("90% 区间上限"), gettext_lazy("与全区比较"),
)  # fmt: skip


@require_safe
def rates(request):
    """Rates by area or sector, drawn towards the whole by how little is known; as a page or CSV.

    A reader sees the areas within reach; the sectors of the whole district only who may view the whole.
    """
    asked = {"scope": request.GET.get("scope", PatternScope.AREA), "kind": request.GET.get("kind", "")}
    form, look = RateForm(asked), queries.last_look()
    least = queries.pattern_limits(on=timezone.localdate())["rate_least"]
    wanted = form.cleaned_data if form.is_valid() else {"scope": PatternScope.AREA, "kind": ""}
    lines = queries.rate_lines(look, wanted["scope"], wanted["kind"], least=least, person=request.user)
    if request.GET.get("format") == "csv":
        rows = [
            [
                *line[:3],
                *([f"{value:.2f}" for value in line[3:6]] if is_known(line) else ["", "", ""]),
                str(line.verdict.label),
            ]
            for line in lines
        ]
        return write_csv("hazard-rates", [str(label) for label in RATE_HEAD], rows)
    context = {
        "form": form, "lines": [(line, is_known(line)) for line in lines], "head": RATE_HEAD, "look": look, "least": least,
        "title": _("隐患率"), "crumbs": LIST,
    }  # fmt: skip
    return render(request, "hazards/rates.html", context)


def is_known(line):
    """Whether enough is known of a line to say its rate."""
    return line.verdict != Verdict.UNKNOWN

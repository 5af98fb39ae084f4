"""Common, incipient and tendency problems: the list in words, one with its weeks and its hazards, what is made of it, rates."""

from datetime import timedelta
from urllib.parse import urlencode

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
from anlan.domains.hazards.rules import is_criterion
from anlan.domains.hazards.rules.patterns import LEAST_WEEKS
from anlan.domains.hazards.terms import (
    HazardSource,
    PatternNature,
    PatternScope,
    PatternState,
    PatternStep,
    RateBase,
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


def subject_choices(keys):
    """All, the kinds in use, and of these keys the criteria of standards by their names."""
    listed = [key for key in keys if is_criterion(key)]
    names = queries.name_subjects(listed, on=timezone.localdate())
    return [*ALL, *kind_choices(), *sorted(names.items(), key=lambda pair: pair[1])]


class PatternFilter(SearchForm):
    """Filters of the list."""

    nature = forms.ChoiceField(
        label=gettext_lazy("性质"), required=False, choices=[*ALL, *PatternNature.choices]
    )
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=[*ALL, *LASTING])
    kind = forms.ChoiceField(
        label=gettext_lazy("隐患类别或标准条款"),
        required=False,
        choices=lambda: subject_choices(queries.pattern_subjects()),
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
        "没有符合条件的问题。系统每晚比对各类、各标准条款、各片区、各行业的隐患，明显增多、持续上升或普遍存在的列在这里。"
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
        "number": behind.order_by().count(), "filters": filters_of(row), "changes": Change.objects.of(row)[:STORY_LENGTH],
    }  # fmt: skip
    return render(request, "hazards/pattern.html", context)


def title_of(row):
    """Its nature, where, and what kind of hazard."""
    return _("%(nature)s：%(where)s · %(kind)s") % {
        "nature": row.get_nature_display(), "where": queries.say_where(row),
        "kind": queries.say_subject(row),
    }  # fmt: skip


def filters_of(row):
    """The address's filters of the list of hazards that show what is behind a problem."""
    subject = "criterion" if is_criterion(row.kind) else "kind"
    words = {subject: row.kind, "since": row.since_on, "until": row.until}
    if row.area_id:
        words["organisation"] = row.area_id
    return urlencode(words)


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
    """Which rates, and of what."""

    scope = forms.ChoiceField(
        label=gettext_lazy("按"),
        choices=[choice for choice in PatternScope.choices if choice[0] != PatternScope.ALL],
    )
    base = forms.ChoiceField(label=gettext_lazy("分母"), choices=RateBase.choices)
    kind = forms.ChoiceField(label=gettext_lazy("隐患类别或标准条款"), required=False)

    def __init__(self, *arguments, look, **options):
        super().__init__(*arguments, **options)
        told = (look.rates if look else {}).get(PatternScope.ALL, {}).get("", [0, {}])[1]
        self.fields["kind"].choices = subject_choices(told)


RATE_HEADS = {
    # of what: its column, the rate's column
    RateBase.UNITS: (gettext_lazy("登记单位（家）"), gettext_lazy("每百家每月（件）")),
    RateBase.CHECKS: (gettext_lazy("检查次数（次）"), gettext_lazy("每百次检查（件）")),
    RateBase.INSPECTED: (gettext_lazy("受检单位（家）"), gettext_lazy("每百家受检单位（件）")),
}
WHY_BASE = {
    RateBase.UNITS: gettext_lazy(
        "分子为全部来源的隐患，分母为现在登记的企业和场所。反映辖区隐患总量；检查多的片区，查出的也会多。"
    ),
    RateBase.CHECKS: gettext_lazy(
        "分子为企业自查和巡查发现的隐患，分母为同期提交的安全自查和巡逻打卡次数。扣除检查多少的影响，适合比较每次检查查出多少。"
        "行政检查、公众上报等没有检查次数，其隐患不计入。"
    ),
    RateBase.INSPECTED: gettext_lazy(
        "分子为企业自查和巡查发现的隐患，分母为同期至少自查或巡查过一次的单位。没有检查过的单位不计入，避免“不查就没有隐患”。"
        "行政检查、公众上报等没有检查记录，其隐患不计入。"
    ),
}  # fmt: skip


def rate_head(base):
    """The headings of the table of rates."""
    exposure, rate = RATE_HEADS[base]
    return (
        gettext_lazy("片区或行业"), gettext_lazy("近 52 周隐患（件）"), exposure, rate, gettext_lazy("90% 区间下限"),
        gettext_lazy("90% 区间上限"), gettext_lazy("与全区比较"),
    )  # fmt: skip


@require_safe
def rates(request):
    """Rates by area or sector, drawn towards the whole by how little is known; as a page or CSV.

    A reader sees the areas within reach; the sectors of the whole district only who may view the whole.
    """
    usual = {"scope": PatternScope.AREA, "base": RateBase.UNITS, "kind": ""}
    asked = {name: request.GET.get(name, value) for name, value in usual.items()}
    look = queries.last_look()
    form = RateForm(asked, look=look)
    least = queries.pattern_limits(on=timezone.localdate())["rate_least"]
    wanted = form.cleaned_data if form.is_valid() else usual
    base = RateBase(wanted["base"])
    lines = queries.rate_lines(
        look, wanted["scope"], wanted["kind"], base=base, least=least, person=request.user
    )
    if request.GET.get("format") == "csv":
        rows = [
            [
                *line[:3],
                *([f"{value:.2f}" for value in line[3:6]] if is_known(line) else ["", "", ""]),
                str(line.verdict.label),
            ]
            for line in lines
        ]
        return write_csv("hazard-rates", [str(label) for label in rate_head(base)], rows)
    context = {
        "form": form, "lines": [(line, is_known(line)) for line in lines], "head": rate_head(base), "look": look, "least": least,
        "why": WHY_BASE[base], "title": _("隐患率"), "crumbs": LIST,
    }  # fmt: skip
    return render(request, "hazards/rates.html", context)


def is_known(line):
    """Whether enough is known of a line to say its rate."""
    return line.verdict != Verdict.UNKNOWN

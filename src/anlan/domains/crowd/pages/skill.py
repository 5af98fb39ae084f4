"""Skill in the open: how good the forecasting channels were, place by place, against their budget of false alarms."""

from collections import defaultdict

from django import forms
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.domains.crowd import queries
from anlan.domains.crowd.terms import LIKE_DAYS_NEEDED, ForecastChannel
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change

LEVELS_SHOWN = 10


class SkillFilter(SearchForm):
    """Filters of the table of skill."""

    channel = forms.ChoiceField(
        label=_("渠道"), required=False, choices=[("", _("全部")), *ForecastChannel.choices]
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("learning", _("学习中")), ("over", _("超出限额"))],
    )

    def narrow(self, queryset, values):
        """By channel, and by those still learning or over budget."""
        if values.get("channel"):
            queryset = queryset.filter(channel=values["channel"])
        if values.get("state") == "learning":
            queryset = queryset.filter(like_days__lt=LIKE_DAYS_NEEDED)
        if values.get("state") == "over":
            queryset = queryset.filter(pk__in=[row.pk for row in queryset if row.is_over])
        return queryset


def tell_state(row):
    """Learning with how many days, over budget, or within it."""
    if row.is_learning:
        return _("学习中（%(days)s/%(needed)s 天）") % {"days": row.like_days, "needed": LIKE_DAYS_NEEDED}
    return _("超出限额，已收紧") if row.is_over else _("限额之内")


def tell_share(caught, crossings):
    """How many of how many, and the share; a dash where capacity was never reached."""
    return f"{caught}/{crossings}（{caught / crossings:.0%}）" if crossings else "–"


class SkillListing(Listing):
    """The newest night's skill, place by place and channel by channel."""

    title = _("预警成效")
    columns = [
        Column("space_name", _("场所"), sort="space_name"),
        Column("quantity", _("对象"), value=lambda row: row.get_quantity_display()),
        Column("channel", _("渠道"), "badge", sort="channel", value=lambda row: row.get_channel_display()),
        Column("caught_15", _("提前 15 分钟以上"), value=lambda row: tell_share(row.caught_15, row.crossings)),
        Column("caught_30", _("提前 30 分钟以上"), value=lambda row: tell_share(row.caught_30, row.crossings)),
        Column("false", _("虚警/月"), value=lambda row: f"{row.false_per_month:.1f}"),
        Column("budget", _("虚警限额"), sort="budget", value=lambda row: f"{row.budget:g}"),
        Column(
            "brier", _("Brier 技巧分"),
            value=lambda row: "–" if row.brier_skill is None else f"{row.brier_skill:.2f}",
        ),
        Column("state", _("状态"), "badge", value=tell_state),
    ]  # fmt: skip
    filters = SkillFilter
    searched = ["space_name", "space_code"]
    empty_text = _(
        "还没有成效数据。系统每晚学习往日客流，次日清晨列出各场所的预警成效；有承载量且有客流计数的场所才能预报。"
    )
    file_name = "skill"
    template = "crowd/skill.html"

    def link(self, row):
        """The place, where it is known."""
        return row.place.get_absolute_url() if row.place else ""


@require_safe
def skill(request):
    """The skill of the newest night, summed by channel, and the alarm levels with their story."""
    rows = queries.visible_skill(request.user)
    levels = Change.objects.filter(what="crowd.fit_levels").order_by("-id")[:LEVELS_SHOWN]
    return SkillListing(
        request, rows, sums=sum_by_channel(rows), levels=[describe_levels(change) for change in levels],
        until=rows[0].until if rows else None, needed=LIKE_DAYS_NEEDED,
    ).respond()  # fmt: skip


def sum_by_channel(rows):
    """All places of a channel taken together: crossings, caught, false alarms a place-month, and how many learn."""
    sums = defaultdict(lambda: {"places": 0, "crossings": 0, "caught_15": 0, "caught_30": 0, "false": 0, "months": 0.0, "learning": 0})  # fmt: skip
    for row in rows:
        one = sums[row.channel]
        one["places"] += 1
        one["learning"] += row.is_learning
        one["false"] += row.false_alarms
        for name in ("crossings", "caught_15", "caught_30", "months"):
            one[name] += getattr(row, name)
        one["budget"] = row.budget
    return [
        one | {
            "label": ForecastChannel(channel).label, "false_per_month": one["false"] / max(one["months"], 1e-9),
            "told_15": tell_share(one["caught_15"], one["crossings"]),
            "told_30": tell_share(one["caught_30"], one["crossings"]),
        }
        for channel, one in sorted(sums.items())
    ]  # fmt: skip


def describe_levels(change):
    """A night's change of a channel's alarm levels: (when, which, [(minutes, before, after)])."""
    before, after = change.before.get("levels") or {}, change.after.get("levels") or {}
    steps = [
        (minutes, before.get(minutes), level)
        for minutes, level in sorted(after.items(), key=lambda one: int(one[0]))
    ]
    return change.at, change.subject_name, steps

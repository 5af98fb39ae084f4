"""What is no warning and yet worth a look: counts far above the usual, and tendencies from week to week."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.domains.crowd import queries
from anlan.domains.crowd.terms import TendencyKind
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.templatetags.look import spoken

OPEN_OR_CLOSED = [("", _("全部")), ("open", _("进行中")), ("closed", _("已结束"))]


class UnusualFilter(SearchForm):
    """Filters of the list of unusual counts."""

    state = forms.ChoiceField(label=_("状态"), required=False, choices=OPEN_OR_CLOSED)

    def narrow(self, queryset, values):
        """Those that last, or those that are over."""
        if values.get("state"):
            queryset = queryset.filter(closed_at__isnull=values["state"] == "open")
        return queryset


class SignalListing(Listing):
    """Rows of a space, which lead to its place."""

    searched = ["space_name", "space_code"]

    def link(self, row):
        """The place, where it is known."""
        return row.place.get_absolute_url() if row.place else ""


class UnusualListing(SignalListing):
    """Episodes of far more people than usual."""

    title = _("异常提示")
    columns = [
        Column("opened_at", _("开始"), "time", sort="opened_at"),
        Column("space_name", _("场所"), sort="space_name"),
        Column("times", _("为往常的倍数"), "number", sort="times"),
        Column("reason", _("原因"), "sentence", value=lambda row: spoken(row.reason)),
        Column("closed_at", _("结束"), "time", sort="closed_at"),
    ]
    filters = UnusualFilter
    empty_text = _("没有异常提示。人数远多于往常同一时刻时列在这里；它只是提示，不升等级。")
    file_name = "unusual"


class TendencyFilter(SearchForm):
    """Filters of the list of tendencies."""

    kind = forms.ChoiceField(
        label=_("倾向"), required=False, choices=[("", _("全部")), *TendencyKind.choices]
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=OPEN_OR_CLOSED)

    def narrow(self, queryset, values):
        """By kind, and those still found or found no more."""
        if values.get("kind"):
            queryset = queryset.filter(kind=values["kind"])
        if values.get("state"):
            queryset = queryset.filter(ended_on__isnull=values["state"] == "open")
        return queryset


class TendencyListing(SignalListing):
    """What each night has found, place by place."""

    title = _("倾向性问题")
    columns = [
        Column("space_name", _("场所"), sort="space_name"),
        Column("kind", _("倾向"), "badge", sort="kind", value=lambda row: row.get_kind_display()),
        Column("reason", _("原因"), "sentence", value=lambda row: spoken(row.reason)),
        Column("p", _("偶然出现的概率"), value=lambda row: tell_p(row.numbers["p"])),
        Column("found_on", _("首次发现"), sort="found_on"),
        Column("told_on", _("最近确认"), sort="told_on"),
        Column("ended_on", _("消失"), sort="ended_on"),
    ]
    filters = TendencyFilter
    empty_text = _("没有倾向性问题。系统每晚比较近四周：预警明显增多，或每日峰值持续走高的场所列在这里。")
    file_name = "tendencies"


def tell_p(p):
    """How likely chance alone brings it, in percent."""
    return f"{p:.1%}" if p >= 0.001 else "< 0.1%"


@require_safe
def unusual(request):
    """The list of unusual counts."""
    return UnusualListing(request, queries.unusual_counts(request.user)).respond()


@require_safe
def tendencies(request):
    """The list of tendencies."""
    return TendencyListing(request, queries.tendencies(request.user)).respond()

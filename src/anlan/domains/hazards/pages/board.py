"""The board of supervision 挂牌督办: what is listed or climbs, how many days are left, who answers, how high it stands."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries
from anlan.domains.hazards.pages.forms import ALL, kind_choices
from anlan.kit.listing import Column, Listing, SearchForm

SOON_DAYS = 30
STANDINGS = (
    ("listed", gettext_lazy("挂牌督办中")), ("soon", gettext_lazy("30 天内到期")), ("over", gettext_lazy("挂牌已到期")),
    ("climbing", gettext_lazy("逾期逐级督办")),
)  # fmt: skip
PUBLISHED = (("yes", gettext_lazy("已公布")), ("no", gettext_lazy("未公布")))
RUNGS = (
    ("0", gettext_lazy("责任单位")), ("1", gettext_lazy("监管单位")), ("2", gettext_lazy("上级部门")), ("3", gettext_lazy("区安委办")),
)  # fmt: skip


class BoardFilter(SearchForm):
    """Filters of the board."""

    standing = forms.ChoiceField(label=gettext_lazy("督办情况"), required=False, choices=[*ALL, *STANDINGS])
    height = forms.ChoiceField(label=gettext_lazy("督办层级"), required=False, choices=[*ALL, *RUNGS])
    kind = forms.ChoiceField(
        label=gettext_lazy("隐患类别"), required=False, choices=lambda: [*ALL, *kind_choices()]
    )
    published = forms.ChoiceField(label=gettext_lazy("公布"), required=False, choices=[*ALL, *PUBLISHED])

    def narrow(self, queryset, values):
        """By each filter that is set."""
        today, standing = timezone.localdate(), values.get("standing")
        listed = queryset.filter(listed_at__isnull=False, delisted_at=None)
        if standing == "climbing":
            queryset = queryset.filter(height__gt=0)
        elif standing == "listed":
            queryset = listed
        elif standing == "soon":
            last = today + timedelta(days=SOON_DAYS)
            queryset = listed.filter(listed_until__gte=today, listed_until__lte=last)
        elif standing == "over":
            queryset = listed.filter(listed_until__lt=today)
        if values.get("published"):
            queryset = queryset.filter(is_published=values["published"] == "yes")
        wanted = {name: values[name] for name in ("height", "kind") if values.get(name)}
        return queryset.filter(**wanted)


def days_of(row):
    """Days left of a listing."""
    return queries.days_left(row, timezone.now())


class BoardListing(Listing):
    """Hazards under supervision, what ends first at the top."""

    title = gettext_lazy("挂牌督办")
    columns = [
        Column("number", gettext_lazy("编号")),
        Column("what", gettext_lazy("隐患描述"), value=lambda row: row.what[:60]),
        Column("grade", gettext_lazy("隐患级别"), value=lambda row: row.get_grade_display()),
        Column("responsible", gettext_lazy("整改责任单位"), value=lambda row: str(row.rectifier)),
        Column("responsible_post", gettext_lazy("责任岗位")),
        Column("organisation", gettext_lazy("监管单位"), value=lambda row: str(row.organisation)),
        Column("state", gettext_lazy("状态"), value=lambda row: row.get_state_display()),
        Column("listed_until", gettext_lazy("挂牌督办期限")),
        Column("days_left", gettext_lazy("剩余天数"), value=days_of),
        Column("height", gettext_lazy("督办层级"), value=lambda row: next(one.name for one in queries.ladder_of(row) if one.is_here)),
        Column("published", gettext_lazy("公布"), "yes", value=lambda row: row.is_published),
    ]  # fmt: skip
    filters = BoardFilter
    searched = ["number", "what", "responsible__name", "organisation__name"]
    empty_text = gettext_lazy("目前没有挂牌督办或逾期逐级督办的隐患。重大隐患可在其页面上办理“挂牌督办”。")
    file_name = "hazard-supervision"
    template = "hazards/board.html"

    def cards(self):
        """Each row of the page with its ladder, days left and what this person may do."""
        return [
            {
                "row": row, "ladder": queries.ladder_of(row), "days_left": (left := days_of(row)),
                "days_over": -left if left is not None else None,
                "kind": queries.name_kind(row.kind, on=timezone.localdate()), "stop": queries.open_stop(row),
                "is_overdue": row.is_overdue(timezone.now()),
                "may_publish": row.is_listed and self.request.user.may(Right.HAZARDS_SUPERVISE, row.organisation),
            }
            for row in self.page
        ]  # fmt: skip


@require_safe
def board(request):
    """The board, with CSV."""
    rows = queries.supervised_hazards(request.user)
    today = timezone.localdate()
    listed = rows.filter(listed_at__isnull=False, delisted_at=None)
    figures = [
        (_("挂牌督办中"), listed.count(), "listed"),
        (_("30 天内到期"), listed.filter(listed_until__gte=today, listed_until__lte=today + timedelta(days=SOON_DAYS)).count(), "soon"),
        (_("挂牌已到期"), listed.filter(listed_until__lt=today).count(), "over"),
        (_("逾期逐级督办"), rows.filter(height__gt=0).count(), "climbing"),
    ]  # fmt: skip
    return BoardListing(request, rows, figures=figures).respond()

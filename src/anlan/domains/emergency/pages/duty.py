"""Duty: the board, one post, and setting posts up."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.queries import visible
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions import duty as actions
from anlan.domains.emergency.models import DutyPost, DutySwap, FixedShift, GapNotice, Roster
from anlan.domains.emergency.queries import duty as queries
from anlan.domains.emergency.queries import duty_board as board
from anlan.domains.emergency.rules.duty import say_shifts
from anlan.domains.emergency.terms.duty import DutyRole, PostKind
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm
from anlan.kit.sheets import write_csv

BOARD = [{"label": _("值班值守"), "url": reverse_lazy("emergency:duty")}]
LIST = [*BOARD, {"label": _("值班岗位"), "url": reverse_lazy("emergency:duty_posts")}]


@require_safe
def duty(request):
    """The board: who is on until when, who is next, the week with its gaps; what waits for the reader."""
    person, now = request.user, timezone.now()
    lines = board.board_of(person, now)
    return render(request, "emergency/duty.html", {
        "title": _("值班值守"), "lines": lines, "now": now, "days": lines[0].days if lines else [],
        "own": board.own_shifts(person, now)[:4], "waiting": board.waiting_for(person, now),
        "may_edit": person.may(Right.DUTY_EDIT), "may_stand": person.may(Right.DUTY_STAND),
        "empty": [line for line in lines if line.is_empty],
    })  # fmt: skip


# ── posts ───────────────────────────────────────────────────────────────────────────────────────


class PostFilter(SearchForm):
    """Filters of the list of posts."""

    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *PostKind.choices])
    retired = forms.BooleanField(label=_("含停用"), required=False)

    def narrow(self, queryset, values):
        """By kind; retired ones only when asked for."""
        if values.get("kind"):
            queryset = queryset.filter(kind=values["kind"])
        return queryset if values.get("retired") else queryset.filter(retired_at=None)


class PostListing(Listing):
    """Duty posts."""

    title = _("值班岗位")
    columns = [
        Column("name", _("名称"), sort="name"),
        Column("code", _("编码"), sort="code"),
        Column("kind", _("类别"), "badge", sort="kind", value=lambda row: row.get_kind_display()),
        Column("organisation", _("机构"), sort="organisation__path", value=lambda row: str(row.organisation)),
        Column("phone", _("值班电话")),
        Column("must_be_staffed", _("须全天有人值班"), "yes"),
        Column("retired_at", _("停用时间"), "time", sort="retired_at"),
    ]
    filters = PostFilter
    searched = ["name", "code", "organisation__name"]
    empty_text = _("还没有值班岗位。先设立岗位（如总值班室、带班警长），再编排值班表。")
    file_name = "duty-posts"
    template = "emergency/duty_posts.html"


@require_safe
def posts(request):
    """The list of posts."""
    rows = visible(DutyPost.objects.all(), request.user).select_related("organisation")
    return PostListing(request, rows, crumbs=BOARD, may_edit=request.user.may(Right.DUTY_EDIT)).respond()


class PostForm(forms.Form):
    """What is known of a post."""

    name = forms.CharField(label=_("名称"), max_length=120)
    kind = forms.ChoiceField(
        label=_("类别"),
        choices=PostKind.choices,
        help_text=_("逐级上报按类别找到本机构、或最近上级机构的岗位。"),
    )
    phone = forms.CharField(label=_("值班电话"), required=False, max_length=40)
    must_be_staffed = forms.BooleanField(label=_("须全天有人值班（缺班时告警）"), required=False)
    needed_roles = forms.MultipleChoiceField(
        label=_("须有人的岗位"), choices=DutyRole.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    roll_call_days = forms.IntegerField(
        label=_("随机点名间隔（天）"), min_value=0, max_value=31, initial=0,
        help_text=_("在这些天内随机点名一次，0 为不随机点名。"),
    )  # fmt: skip


class NewPostForm(PostForm):
    """The same for a new post."""

    organisation = forms.ModelChoiceField(label=_("机构"), queryset=None)
    code = forms.CharField(label=_("编码"), max_length=40)

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        model = DutyPost._meta.get_field("organisation").related_model
        self.fields["organisation"].queryset = model.objects.filter(
            person.reach(Right.DUTY_EDIT, through=""), is_active=True
        )
        self.order_fields(["organisation", "kind", "code", "name"])


def add_post(request):
    """Set up a post."""
    first = {"must_be_staffed": True, "needed_roles": [DutyRole.OFFICER], "roll_call_days": 0}
    form = NewPostForm(request.POST or None, person=request.user, initial=first)
    if change := attempt(form, add_at, None, by=request.user):
        messages.success(request, _("岗位已设立。请接着编排值班表。"))
        return redirect(change.subject)
    context = {"title": _("设立值班岗位"), "form": form, "verb": _("设立岗位"), "crumbs": LIST}
    return render(request, "kit/form.html", context | {"cancel_url": reverse("emergency:duty_posts")})


def add_at(_nothing, *, by, now, organisation, **words):
    """Set up at the organisation that the form names."""
    return actions.add_post(organisation, by=by, now=now, **words)


def post_or_404(request, code):
    """The post of this code that the reader sees, retired ones too."""
    rows = visible(DutyPost.objects.all(), request.user).select_related("organisation")
    return get_object_or_404(rows, code=code)


@require_safe
def post(request, code):
    """One post: on now, next, the coming four weeks, rosters, swaps, gaps and who was told."""
    row, now = post_or_404(request, code), timezone.now()
    line = board.lines_of([row], now, days=board.PREVIEW_DAYS)[0]
    if request.GET.get("format") == "csv":
        return watches_csv(row, now)
    people = {one.pk: one for one in queries.people_for(row.organisation)}
    rosters = [
        (one, say_shifts(one.shifts), teams_of(one, people)) for one in Roster.objects.filter(post=row)
    ]
    today = timezone.localdate(now)
    return render(request, "emergency/duty_post.html", {
        "title": row.name, "post": row, "line": line, "now": now, "crumbs": LIST,
        "rosters": [one for one in rosters if one[0].ends_on is None or one[0].ends_on >= today],
        "shifts": FixedShift.objects.filter(post=row, until__gt=now, withdrawn_at=None).select_related("person"),
        "swaps": DutySwap.objects.filter(post=row).select_related("giver", "taker")[:8],
        "notices": GapNotice.objects.filter(post=row)[:8], "changes": Change.objects.of(row)[:20],
        "roles": [DutyRole(role).label for role in row.needed_roles],
        "may_edit": request.user.may(Right.DUTY_EDIT, row.organisation),
        "may_stand": request.user.may(Right.DUTY_STAND, row.organisation),
    })  # fmt: skip


def teams_of(roster, people):
    """The names of a roster's teams; who has left is shown as such."""
    gone = _("（已离开）")
    return [[people[pk].name if pk in people else gone for pk in team] for team in roster.teams]


def watches_csv(row, now):
    """The coming four weeks as a file that can be handed in again as fixed shifts."""
    until = now + timedelta(days=board.PREVIEW_DAYS)
    lines = [
        [row.code, one.person.username, one.person.name, one.role_label, one.seat, stamp(one.since), stamp(one.until)]
        for one in queries.watches(row, now, until)
    ]  # fmt: skip
    headings = [_("岗位编码"), _("登录名"), _("姓名"), _("岗位"), _("席位"), _("开始时间"), _("结束时间")]
    return write_csv(f"duty-{row.code}", headings, lines)


def stamp(moment):
    """A moment as it is written in files."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def edit_post(request, code):
    """Change what is known of a post."""
    row = post_or_404(request, code)
    first = {name: getattr(row, name) for name in actions.POST}
    form = PostForm(request.POST or None, initial=first)
    if attempt(form, actions.change_post, row, by=request.user):
        messages.success(request, _("岗位已修改。"))
        return redirect(row)
    context = {"title": _("修改值班岗位"), "form": form, "verb": _("保存修改"), "crumbs": LIST}
    return render(request, "kit/form.html", context | {"cancel_url": row.get_absolute_url()})


def retire_post(request, code):
    """Ask, then use a post no more."""
    row = post_or_404(request, code)
    return confirm(
        request, actions.retire_post, row, title=_("停用值班岗位"), verb=_("停用岗位"), back=row,
        question=_("停用后不再为它编排值班，逐级上报也不再找它。请写明理由。"), said=_("岗位已停用。"),
    )  # fmt: skip


@require_POST
def restore_post(request, code):
    """Use a retired post again."""
    row = post_or_404(request, code)
    say_done(request, actions.restore_post, row, said=_("岗位已恢复。"))
    return redirect(row)


@require_POST
def own_shift(request, code):
    """Confirm one's own shift, or say that one is there."""
    row = next((one for one in board.posts_of(request.user) if one.code == code), None)
    since = parse_datetime(request.POST.get("since", "").replace(" ", "+"))
    acts = {"confirm": actions.confirm_shift, "on": actions.come_on}
    act = acts.get(request.POST.get("deed"))
    if row is None or since is None or timezone.is_naive(since) or act is None:
        raise Http404
    say_done(request, act, row, said=_("已记录。"), since=since)
    return redirect("emergency:duty")


def say_done(request, act, subject, *, said, **words):
    """Act for who asks, and say that it is done or why it is refused; the change, or None."""
    try:
        change = act(subject, by=request.user, now=timezone.now(), **words)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None
    messages.success(request, said)
    return change

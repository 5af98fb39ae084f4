"""The duty log, the day's sheets, and the secret addresses of calendars."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.queries import visible
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions import duty_checks as actions
from anlan.domains.emergency.models import CalendarLink, DutyLogEntry, DutySheet
from anlan.domains.emergency.pages.duty import BOARD, say_done
from anlan.domains.emergency.pages.duty_checks import groups_of
from anlan.domains.emergency.pages.duty_rosters import MOMENT
from anlan.domains.emergency.queries import duty as queries
from anlan.domains.emergency.queries import duty_board as board
from anlan.domains.emergency.queries.duty_calendar import calendar_text, find_calendar
from anlan.domains.emergency.terms.duty import Figure, LogKind, SummaryKind
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.pages import attempt

SECRET = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
LOG = [*BOARD, {"label": _("值班日志"), "url": reverse_lazy("emergency:duty_log")}]
SHEETS = [*BOARD, {"label": _("值班日报"), "url": reverse_lazy("emergency:duty_sheets")}]


class LogFilter(SearchForm):
    """Filters of the log."""

    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *LogKind.choices])
    post = forms.CharField(label=_("岗位编码"), required=False, max_length=40)
    since = forms.DateField(label=_("自"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("至"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, queryset, values):
        """By kind, post and local days, both included."""
        if values.get("kind"):
            queryset = queryset.filter(kind=values["kind"])
        if values.get("post"):
            queryset = queryset.filter(post__code=values["post"])
        if values.get("since"):
            queryset = queryset.filter(happened_at__gte=board.start_of(values["since"]))
        if values.get("until"):
            queryset = queryset.filter(happened_at__lt=board.start_of(values["until"] + timedelta(days=1)))
        return queryset


def say_entry(row):
    """A line with what it corrects."""
    return (
        _("更正 %(n)d：%(text)s") % {"n": row.corrects_id, "text": row.text} if row.corrects_id else row.text
    )


class LogListing(Listing):
    """The duty log, newest first; nothing in it is ever overwritten."""

    title = _("值班日志")
    columns = [
        Column("pk", _("序号"), "number"),
        Column("happened_at", _("发生时间"), sort="happened_at", value=lambda row: f"{timezone.localtime(row.happened_at):%m-%d %H:%M:%S}"),
        Column("late", "", "badge", value=lambda row: _("补记") if row.is_late else ""),
        Column("kind", _("类别"), "badge", sort="kind", value=lambda row: row.get_kind_display()),
        Column("text", _("内容"), "sentence", value=say_entry),
        Column("post", _("值班岗位"), sort="post__name", value=lambda row: str(row.post)),
        Column("by", _("记录人"), sort="by__name", value=lambda row: str(row.by)),
        Column("written_at", _("记录时间"), "time", sort="written_at"),
    ]  # fmt: skip
    filters = LogFilter
    searched = ["text", "by__name", "post__name"]
    empty_text = _("还没有值班日志。点“记一条”写下接报、处置和巡查情况。")
    file_name = "duty-log"
    template = "emergency/duty_log.html"

    def link(self, row):
        """Where a line is corrected."""
        return f"{reverse('emergency:duty_log_add')}?corrects={row.pk}"


@require_safe
def log(request):
    """The log of the posts that the reader sees."""
    rows = visible(DutyLogEntry.objects.all(), request.user, through="post__organisation")
    rows = rows.select_related("post", "by")
    return LogListing(request, rows, crumbs=BOARD, may_write=request.user.may(Right.DUTY_STAND)).respond()


class EntryForm(forms.Form):
    """One line of the log."""

    post = forms.ModelChoiceField(label=_("值班岗位"), queryset=None)
    kind = forms.ChoiceField(label=_("类别"), choices=LogKind.choices)
    happened_at = forms.DateTimeField(
        label=_("发生时间"), widget=MOMENT, help_text=_("记录晚于发生 30 分钟的，标为补记。")
    )
    text = forms.CharField(label=_("内容"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields["post"].queryset = queries.visible_posts(person).filter(person.reach(Right.DUTY_STAND))


def add_entry(request):
    """Write a line, or one that corrects another."""
    rows = visible(DutyLogEntry.objects.all(), request.user, through="post__organisation")
    asked = request.GET.get("corrects", "")
    corrected = get_object_or_404(rows.select_related("post"), pk=asked) if asked.isdecimal() else None
    first = {"happened_at": timezone.localtime()}
    if corrected:
        first = {"post": corrected.post_id, "kind": corrected.kind, "text": corrected.text,
                 "happened_at": timezone.localtime(corrected.happened_at)}  # fmt: skip
    form = EntryForm(request.POST or None, person=request.user, initial=first)
    if attempt(form, write_at, None, by=request.user, corrects=corrected):
        messages.success(request, _("已记入值班日志。"))
        return redirect("emergency:duty_log")
    title = _("更正值班日志") if corrected else _("记值班日志")
    context = {"title": title, "form": form, "verb": _("记入日志"), "crumbs": LOG}
    if corrected:
        context["lead"] = _("原记录保留，更正另记一条。")
    return render(request, "kit/form.html", context | {"cancel_url": reverse("emergency:duty_log")})


def write_at(_nothing, *, by, now, post, **words):
    """Write at the post that the form names."""
    return actions.write_log(post, by=by, now=now, **words)


# ── the day's sheets ────────────────────────────────────────────────────────────────────────────


class SheetFilter(SearchForm):
    """Filters of the day's sheets."""

    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *SummaryKind.choices])

    def narrow(self, queryset, values):
        """By kind."""
        return queryset.filter(kind=values["kind"]) if values.get("kind") else queryset


def sheet_standing(row, now):
    """Where a sheet stands, in words."""
    if row.signed_at:
        late = row.due_at and row.signed_at > row.due_at
        return _("逾时签发") if late else _("已签发")
    return _("逾时未签发") if row.due_at and now > row.due_at else _("待签发")


class SheetListing(Listing):
    """Morning summaries and holiday reports, newest first."""

    title = _("值班日报")
    columns = [
        Column("day", _("日期"), sort="day"),
        Column("kind", _("类别"), "badge", sort="kind", value=lambda row: row.get_kind_display()),
        Column("post", _("值班岗位"), sort="post__name", value=lambda row: str(row.post)),
        Column("is_zero", _("零报告"), "yes"),
        Column("standing", _("状态"), "badge", value=lambda row: sheet_standing(row, timezone.now())),
        Column("signed_by", _("签发人"), value=lambda row: str(row.signed_by or "")),
        Column("signed_at", _("签发时间"), "time", sort="signed_at"),
        Column("words", _("情况说明"), "sentence"),
    ]
    filters = SheetFilter
    searched = ["post__name", "words"]
    empty_text = _("还没有值班日报。设立总值班室岗位后，每天 08:30 自动生成；法定节假日另有每日报告。")
    file_name = "duty-sheets"


def visible_sheets(person):
    """The sheets of the posts that `person` sees."""
    rows = visible(DutySheet.objects.all(), person, through="post__organisation")
    return rows.select_related("post__organisation", "signed_by")


@require_safe
def sheets(request):
    """The list of sheets."""
    return SheetListing(request, visible_sheets(request.user), crumbs=BOARD).respond()


class SignForm(forms.Form):
    """What is said beside the figures."""

    words = forms.CharField(
        label=_("情况说明"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    is_zero = forms.BooleanField(label=_("零报告：没有需要报告的情况"), required=False)


def sheet(request, pk):
    """One sheet, ready to print on A4, and its signature."""
    row, now = get_object_or_404(visible_sheets(request.user), pk=pk), timezone.now()
    form = SignForm(request.POST or None, initial={"is_zero": row.is_zero})
    if attempt(form, actions.sign_sheet, row, by=request.user):
        messages.success(request, _("已签发。"))
        return redirect(row)
    figures = [(one.label, row.content.get("figures", {}).get(one.value, 0)) for one in Figure]
    return render(request, "emergency/duty_sheet.html", {
        "title": str(row), "row": row, "figures": figures, "groups": groups_of(row.content.get("rows", [])),
        "form": form, "standing": sheet_standing(row, now), "crumbs": SHEETS,
        "may_sign": row.signed_at is None and request.user.may(Right.DUTY_STAND, row.organisation),
    })  # fmt: skip


# ── calendars ───────────────────────────────────────────────────────────────────────────────────


def visible_links(person):
    """One's own addresses, and those of the posts whose rosters one edits."""
    edited = person.reach(Right.DUTY_EDIT, through="post__organisation")
    rows = CalendarLink.objects.filter(Q(person=person) | (Q(post__isnull=False) & edited))
    return rows.select_related("post__organisation", "person__organisation")


class CalendarForm(forms.Form):
    """Of what: one's own duty, or a post."""

    post = forms.ModelChoiceField(
        label=_("日历内容"), queryset=None, required=False, empty_label=_("我的值班")
    )

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields["post"].queryset = queries.visible_posts(person).filter(person.reach(Right.DUTY_STAND))


def calendars(request):
    """The addresses, and a new one: shown once, here."""
    form = CalendarForm(request.POST or None, person=request.user)
    address = ""
    if request.method == "POST" and form.is_valid():
        try:
            change = actions.give_calendar(
                request.user, by=request.user, now=timezone.now(), post=form.cleaned_data["post"]
            )
            path = reverse("emergency:duty_calendar", args=[change.subject.token])
            address = request.build_absolute_uri(path)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"title": _("值班日历订阅"), "form": form, "address": address, "crumbs": BOARD}
    answer = render(
        request, "emergency/duty_calendars.html", context | {"links": visible_links(request.user)[:100]}
    )
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def revoke_calendar(request, pk):
    """Let an address lead nowhere."""
    row = get_object_or_404(visible_links(request.user), pk=pk)
    say_done(request, actions.revoke_calendar, row, said=_("日历地址已停用。"))
    return redirect("emergency:duty_calendars")


@login_not_required
@require_safe
def calendar(request, token):
    """The calendar of a secret address, for calendar programs; without sign-in."""
    link = find_calendar(token)
    if link is None:
        raise Http404
    body = calendar_text(link, timezone.now())
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=SECRET)

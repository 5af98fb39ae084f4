"""Roll-calls and handovers."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.queries import visible
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions import duty_checks as actions
from anlan.domains.emergency.models import CalledPerson, Handover
from anlan.domains.emergency.pages.duty import BOARD, post_or_404, say_done
from anlan.domains.emergency.pages.duty_rosters import MOMENT
from anlan.domains.emergency.queries import duty as queries
from anlan.domains.emergency.queries import duty_board as board
from anlan.domains.emergency.queries.duty_open import open_rows
from anlan.domains.emergency.rules import duty as rules
from anlan.domains.emergency.terms.duty import CallState, OpenKind
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.outbox import messages_about
from anlan.kit.pages import attempt

CALLS = [*BOARD, {"label": _("点名抽查"), "url": reverse_lazy("emergency:duty_roll_calls")}]
HANDOVERS = [*BOARD, {"label": _("交接班"), "url": reverse_lazy("emergency:duty_handovers")}]


# ── roll-calls ──────────────────────────────────────────────────────────────────────────────────


class CallFilter(SearchForm):
    """Filters of the results of roll-calls."""

    state = forms.ChoiceField(label=_("结果"), required=False, choices=[("", _("全部")), *CallState.choices])

    def narrow(self, queryset, values):
        """By result."""
        return queryset.filter(state=values["state"]) if values.get("state") else queryset


def say_wait(row):
    """How long the answer took, in minutes and seconds; empty without one."""
    if not row.answered_at:
        return ""
    minutes, seconds = divmod(int((row.answered_at - row.roll_call.called_at).total_seconds()), 60)
    return f"{minutes}′{seconds:02d}″"


class CallListing(Listing):
    """Everyone who was called, newest first."""

    title = _("点名抽查")
    columns = [
        Column("called_at", _("点名时间"), "time", sort="roll_call__called_at", value=lambda row: row.roll_call.called_at),
        Column("post", _("值班岗位"), sort="roll_call__post__name", value=lambda row: str(row.post)),
        Column("person", _("值班人"), sort="person__name", value=lambda row: str(row.person)),
        Column("role", _("岗位"), value=lambda row: row.get_role_display()),
        Column("state", _("结果"), "badge", sort="state", value=lambda row: row.get_state_display()),
        Column("wait", _("用时"), value=say_wait),
        Column("answered_at", _("应答时间"), "time", sort="answered_at"),
        Column("messages", _("已发消息"), "number"),
        Column("by", _("点名人"), value=lambda row: str(row.roll_call.called_by or _("系统随机"))),
    ]  # fmt: skip
    filters = CallFilter
    searched = ["person__name", "roll_call__post__name"]
    empty_text = _("还没有点名。在值班岗位页点“点名”，或在岗位设置中填写随机点名间隔。")
    file_name = "roll-calls"


@require_safe
def roll_calls(request):
    """The results of roll-calls."""
    return CallListing(request, board.visible_calls(request.user), crumbs=BOARD).respond()


class CallForm(forms.Form):
    """How long people have."""

    within_min = forms.IntegerField(
        label=_("应答时限（分钟）"), min_value=1, max_value=120, initial=rules.WITHIN_MIN,
        help_text=_("本系统默认 5 分钟，待本区确认。"),
    )  # fmt: skip
    planned_at = forms.DateTimeField(
        label=_("点名时间"), required=False, widget=MOMENT, help_text=_("不填即现在点名；定时点名事先不通知任何人。")
    )  # fmt: skip
    note_text = forms.CharField(label=_("说明"), required=False, max_length=200)


def call_or_plan(post, *, by, now, planned_at, **words):
    """Call now, or lay the roll-call down for later."""
    if planned_at:
        return actions.plan_roll_call(post, by=by, now=now, planned_at=planned_at, **words)
    return actions.call_roll(post, by=by, now=now, **words)


def call_roll(request, code):
    """Call whoever is on duty now, through the channels by which alarms ring."""
    post = post_or_404(request, code)
    form = CallForm(request.POST or None)
    if change := attempt(form, call_or_plan, post, by=request.user):
        if change.subject.called_at is None:
            messages.success(request, _("已安排，到时经告警渠道点名。"))
            return redirect(post)
        messages.success(request, _("已点名，消息经告警渠道发出。"))
        return redirect(change.subject)
    names = "、".join(one.person.name for one in queries.on_duty(post, timezone.now())) or "–"
    context = {"title": _("点名抽查"), "form": form, "verb": _("点名"), "crumbs": CALLS}
    context["lead"] = _("%(post)s 现在值班：%(names)s") % {"post": post.name, "names": names}
    return render(request, "kit/form.html", context | {"cancel_url": post.get_absolute_url()})


def call_or_404(request, pk):
    """The roll-call of this number that the reader sees or was called by."""
    row = board.find_roll_call(request.user, pk)
    if row is None:
        raise Http404
    return row


@require_safe
def roll_call(request, pk):
    """One roll-call: who answered when; whoever is called finds the one large button."""
    row = call_or_404(request, pk)
    people = list(row.people.select_related("person"))
    mine = next((one for one in people if one.person_id == request.user.pk and not one.answered_at), None)
    return render(request, "emergency/duty_roll_call.html", {
        "title": _("点名抽查"), "row": row, "people": [(one, say_wait(one)) for one in people], "mine": mine,
        "now": timezone.now(), "messages_sent": messages_about(row), "crumbs": CALLS,
    })  # fmt: skip


@require_POST
def answer_call(request, pk):
    """Answer as the person called."""
    row = call_or_404(request, pk)
    one = CalledPerson.objects.filter(roll_call=row, person=request.user).first()
    if one is None:
        raise Http404
    say_done(request, actions.answer_call, one, said=_("已应答。"))
    return redirect(row)


# ── handovers ───────────────────────────────────────────────────────────────────────────────────


class HandoverListing(Listing):
    """Handovers, newest first."""

    title = _("交接班")
    columns = [
        Column("due_at", _("应交接时间"), "time", sort="due_at"),
        Column("post", _("值班岗位"), sort="post__name", value=lambda row: str(row.post)),
        Column("off_by", _("交班人"), sort="off_by__name", value=lambda row: str(row.off_by)),
        Column("off_at", _("交班时间"), "time", sort="off_at"),
        Column("on_by", _("接班人"), sort="on_by__name", value=lambda row: str(row.on_by or "")),
        Column("on_at", _("接班时间"), "time", sort="on_at"),
        Column("late", _("状态"), "badge", value=lambda row: standing_of(row, timezone.now())),
        Column("open", _("未办结事项"), "number", value=lambda row: len(row.open_rows)),
    ]
    searched = ["post__name", "off_by__name", "on_by__name", "notes"]
    empty_text = _("还没有交接班记录。到交班时间后，在值班值守页点“交班”。")
    file_name = "handovers"


def standing_of(row, now):
    """Where a handover stands, in words."""
    is_late = rules.is_handover_late(row.due_at, row.on_at, now)
    if row.on_at:
        return _("逾时交接") if is_late else _("已交接")
    return _("逾时未接班") if is_late else _("待接班")


def visible_handovers(person):
    """The handovers at posts that `person` sees."""
    rows = visible(Handover.objects.all(), person, through="post__organisation")
    return rows.select_related("post__organisation", "off_by", "on_by")


@require_safe
def handovers(request):
    """The list of handovers."""
    return HandoverListing(request, visible_handovers(request.user), crumbs=BOARD).respond()


class HandoverForm(forms.Form):
    """What the off-going leaves to the on-coming."""

    notes = forms.CharField(
        label=_("交班说明"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("需要接班人注意的事；没有的写“无”。签字后不能再改。"),
    )  # fmt: skip
    why = forms.CharField(
        label=_("代为交班的理由"), required=False, max_length=300, help_text=_("您不在值班表上时填写。")
    )


def hand_over(request, code):
    """Everything open, notes, and the first signature."""
    post, now = post_or_404(request, code), timezone.now()
    due = board.next_handover(post, now)
    if due and due.row:
        return redirect(due.row)
    form = HandoverForm(request.POST or None)
    rows = open_rows(post, now)
    due_at = due.due_at if due else now.replace(second=0, microsecond=0)
    words = {"due_at": due_at, "open_rows": rows}
    if change := attempt(form, actions.hand_over, post, by=request.user, **words):
        messages.success(request, _("已交班签字。请接班人本人登录后签字。"))
        return redirect(change.subject)
    return render(request, "emergency/duty_hand_over.html", {
        "title": _("交班"), "form": form, "post": post, "due_at": due_at, "groups": groups_of(rows),
        "is_late": bool(due and due.is_late), "crumbs": HANDOVERS,
    })  # fmt: skip


def groups_of(rows):
    """[(label, rows)] of what is open, in the order in which it is read; times as moments again."""
    read = [row | {"at": parse_datetime(row["at"]) if row["at"] else None} for row in rows]
    groups = [(kind.label, [row for row in read if row["kind"] == kind]) for kind in OpenKind]
    return [group for group in groups if group[1]]


class TakeForm(forms.Form):
    """What the on-coming says."""

    on_notes = forms.CharField(
        label=_("接班说明"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    why = forms.CharField(
        label=_("代为接班的理由"), required=False, max_length=300, help_text=_("您不在值班表上时填写。")
    )


def handover(request, pk):
    """One handover as signed, and the second signature."""
    row, now = get_object_or_404(visible_handovers(request.user), pk=pk), timezone.now()
    form = TakeForm(request.POST if request.method == "POST" else None)
    if attempt(form, actions.take_over, row, by=request.user):
        messages.success(request, _("已接班签字，交接完成。"))
        return redirect(row)
    return render(request, "emergency/duty_handover.html", {
        "title": _("交接班"), "row": row, "groups": groups_of(row.open_rows), "form": form, "crumbs": HANDOVERS,
        "standing": standing_of(row, now), "is_late": rules.is_handover_late(row.due_at, row.on_at, now),
        "may_take": row.on_at is None and request.user.may(Right.DUTY_STAND, row.organisation),
        "is_off": row.off_by_id == request.user.pk, "changes": Change.objects.of(row),
    })  # fmt: skip

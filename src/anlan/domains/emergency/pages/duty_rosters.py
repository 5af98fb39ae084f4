"""Rosters with a preview of the next four weeks, fixed shifts, and shifts from a file."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.core.files.base import ContentFile
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.queries import visible
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions import rosters as actions
from anlan.domains.emergency.models import FixedShift, Roster
from anlan.domains.emergency.pages.duty import LIST, post_or_404
from anlan.domains.emergency.queries import duty as queries
from anlan.domains.emergency.queries import duty_board as board
from anlan.domains.emergency.queries.duty_calendar import rows_of_icalendar
from anlan.domains.emergency.rules import duty as rules
from anlan.domains.emergency.rules import rosters as rotas
from anlan.domains.emergency.terms.duty import DutyRefusal, DutyRole, Turn
from anlan.kit.actions import Refused
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm
from anlan.kit.sheets import LIMITS, Planned, import_page, write_csv
from anlan.kit.terms import Finding

DATE = {"type": "date"}
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class RosterForm(forms.Form):
    """A rotation."""

    name = forms.CharField(label=_("名称"), max_length=120, initial=_("值班表"))
    role = forms.ChoiceField(label=_("岗位"), choices=DutyRole.choices, initial=DutyRole.OFFICER)
    seat = forms.IntegerField(
        label=_("席位"), min_value=1, max_value=20, initial=1,
        help_text=_("同一岗位同时有几个席位时，各编一份；一组多人的，依次占用其后的席位。"),
    )  # fmt: skip
    shifts = forms.CharField(
        label=_("班次"), max_length=600, initial="08:30 24",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "08:30 9 工作日\n17:30 15 工作日\n08:30 24 休息日"}),
        help_text=_("每行一个班次：开始时间、时长（小时），可加“工作日”或“休息日”（按日历判断，含调休）。"),
    )  # fmt: skip
    teams = forms.CharField(
        label=_("班组"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("按轮换顺序每行一组，写姓名或登录名；同组几人用顿号分开。"),
    )  # fmt: skip
    turn = forms.ChoiceField(label=_("轮换"), choices=Turn.choices)
    starts_on = forms.DateField(label=_("开始日期"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    ends_on = forms.DateField(
        label=_("结束日期"), required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text=_("当天开始的最后一班照常值完；不填为一直有效。"),
    )  # fmt: skip
    takes_over = forms.BooleanField(label=_("接替同席位的现有值班表（现有的到前一天为止）"), required=False)


def add_roster(request, code):
    """Lay a rotation down, seen before it is kept."""
    post = post_or_404(request, code)
    known = Roster.objects.filter(post=post, pk=request.GET.get("like") or None).first()
    first = words_of(known) if known else {}
    form = RosterForm(
        request.POST or None, initial=first | {"starts_on": timezone.localdate() + timedelta(days=1)}
    )
    return edit(request, form, post, actions.add_roster, post, title=_("编排值班表"))


def change_roster(request, pk):
    """Replace a rotation that has not begun."""
    row = roster_or_404(request, pk)
    form = RosterForm(request.POST or None, initial=words_of(row))
    return edit(request, form, row.post, actions.change_roster, row, title=_("修改值班表"), known=row)


def edit(request, form, post, act, subject, *, title, known=None):
    """The form; with `preview` pressed its next four weeks, and only with `keep` the action."""
    preview = None
    if request.method == "POST" and "keep" in request.POST:
        if change := attempt(form, act, subject, by=request.user):
            messages.success(request, _("值班表已保存。"))
            return redirect(change.subject.post)
    elif request.method == "POST" and form.is_valid():
        preview = preview_of(request, form, post, known)
    return render(request, "emergency/duty_roster_form.html", {
        "title": title, "form": form, "post": post, "preview": preview, "crumbs": LIST,
        "cancel_url": post.get_absolute_url(), "people": queries.people_for(post.organisation)[:200],
    })  # fmt: skip


def preview_of(request, form, post, known):
    """The Days of the four weeks from the roster's start, or None with the refusal on the form."""
    now = timezone.now()
    words = {name: value for name, value in form.cleaned_data.items() if name != "takes_over"}
    try:
        if not request.user.may(Right.DUTY_EDIT, post.organisation):
            raise Refused(_("您不能编排这个岗位的值班。"))
        row = actions.draft_roster(post, now=now, **words)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    row.pk = known.pk if known else None
    clash = None if form.cleaned_data["takes_over"] else actions.find_clash(row, now)
    first = board.start_of(row.starts_on)
    until = first + timedelta(days=board.PREVIEW_DAYS)
    span = {"since": first, "until": until + rotas.LONGEST, "works": queries.reader(now)}
    seated = [one for one in rotas.watches([queries.facts_of(row)], (), (), **span) if one.since < until]
    people = {one.pk: one for one in queries.people_for(post.organisation)}
    days = board.grid_of([queries.make_watch(one, people) for one in seated], [], first, board.PREVIEW_DAYS)
    return {"days": days, "clash": clash, "shares": shares_of(seated, people)}


def shares_of(seated, people):
    """[(name, hours, shifts)] of what each person stands, the most first."""
    found = {}
    for one in seated:
        hours, n = found.get(one.person, (0, 0))
        found[one.person] = (hours + (one.until - one.since).total_seconds() / 3600, n + 1)
    rows = [(people[pk].name, round(hours), n) for pk, (hours, n) in found.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def words_of(row):
    """A roster as the words of its form."""
    people = {one.pk: one for one in queries.people_for(row.organisation)}
    names = [one.name for one in people.values()]
    teams = [
        "、".join(people[pk].name if names.count(people[pk].name) == 1 else people[pk].username for pk in team if pk in people)
        for team in row.teams
    ]  # fmt: skip
    plain = {name: getattr(row, name) for name in ("name", "role", "seat", "turn", "starts_on", "ends_on")}
    return plain | {"shifts": rules.say_shifts(row.shifts), "teams": "\n".join(filter(None, teams))}


def roster_or_404(request, pk):
    """The roster of this number that the reader sees."""
    rows = visible(Roster.objects.all(), request.user, through="post__organisation")
    return get_object_or_404(rows.select_related("post__organisation"), pk=pk)


def roster(request, pk):
    """One roster: what it says, and its story."""
    row = roster_or_404(request, pk)
    words = words_of(row)
    return render(request, "emergency/duty_roster.html", {
        "title": row.name, "row": row, "words": words, "crumbs": LIST, "changes": Change.objects.of(row),
        "may_edit": request.user.may(Right.DUTY_EDIT, row.organisation),
        "has_begun": row.starts_on < timezone.localdate(),
    })  # fmt: skip


class EndForm(forms.Form):
    """When a roster ends, and why."""

    ends_on = forms.DateField(
        label=_("结束日期"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text=_("当天开始的最后一班照常值完。尚未开始的值班表，填开始日期的前一天即不再执行。"),
    )  # fmt: skip
    why = forms.CharField(label=_("理由"), max_length=300)


def end_roster(request, pk):
    """Let a roster end."""
    row = roster_or_404(request, pk)
    form = EndForm(request.POST or None, initial={"ends_on": timezone.localdate()})
    if attempt(form, actions.end_roster, row, by=request.user):
        messages.success(request, _("值班表已结束。此后无人接替的时间会告警。"))
        return redirect(row.post)
    context = {"title": _("结束值班表"), "form": form, "verb": _("结束值班表"), "crumbs": LIST}
    return render(request, "kit/form.html", context | {"cancel_url": row.get_absolute_url()})


# ── fixed shifts ────────────────────────────────────────────────────────────────────────────────


class ShiftForm(forms.Form):
    """One person on duty over one interval."""

    person = forms.ModelChoiceField(label=_("值班人"), queryset=None)
    role = forms.ChoiceField(label=_("岗位"), choices=DutyRole.choices, initial=DutyRole.OFFICER)
    seat = forms.IntegerField(label=_("席位"), min_value=1, max_value=20, initial=1)
    since = forms.DateTimeField(label=_("开始时间"), widget=MOMENT)
    until = forms.DateTimeField(label=_("结束时间"), widget=MOMENT)
    note_text = forms.CharField(label=_("说明"), required=False, max_length=200)

    def __init__(self, *args, post, **options):
        super().__init__(*args, **options)
        self.fields["person"].queryset = queries.people_for(post.organisation)


def add_shift(request, code):
    """Put a person on duty by name, over the rotation."""
    post = post_or_404(request, code)
    form = ShiftForm(request.POST or None, post=post)
    if attempt(form, actions.add_shift, post, by=request.user):
        messages.success(request, _("固定班次已登记，覆盖轮换。"))
        return redirect(post)
    context = {"title": _("登记固定班次"), "form": form, "verb": _("登记班次"), "crumbs": LIST}
    return render(request, "kit/form.html", context | {"cancel_url": post.get_absolute_url()})


def withdraw_shift(request, pk):
    """Ask, then let the rotation hold again."""
    rows = visible(FixedShift.objects.all(), request.user, through="post__organisation")
    row = get_object_or_404(rows.select_related("post__organisation"), pk=pk)
    return confirm(
        request, actions.withdraw_shift, row, title=_("撤回固定班次"), verb=_("撤回班次"), back=row.post,
        question=_("撤回后这段时间仍按轮换值班；没有轮换的，将成为缺班。请写明理由。"), said=_("固定班次已撤回。"),
    )  # fmt: skip


# ── from a file ─────────────────────────────────────────────────────────────────────────────────

COLUMNS = {
    "post": _("岗位编码"), "username": _("登录名"), "name": _("姓名"), "role": _("岗位"), "seat": _("席位"),
    "since": _("开始时间"), "until": _("结束时间"), "note": _("说明"),
}  # fmt: skip
NEEDED = ("post", "since", "until")


def import_shifts(request):
    """Shifts from a CSV or iCalendar file, seen before they are kept."""
    body = request.FILES.get("body")
    if body and body.size <= LIMITS.bytes_most and is_icalendar(body):
        try:
            table = rows_of_icalendar(body.read())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            messages.error(request, DutyRefusal.NOT_ICALENDAR % {"why": str(error)[:120]})
            return redirect("emergency:duty_import")
        rows = [[one[name] for name in COLUMNS] for one in table]
        text = write_csv("shifts", COLUMNS, rows).content
        request.FILES["body"] = ContentFile(text, name="shifts.csv")
    return import_page(
        request, title=_("导入值班班次"), columns=COLUMNS, needed=NEEDED, plan=Plan(request.user).plan,
        back=reverse("emergency:duty"), crumbs=LIST,
    )  # fmt: skip


def is_icalendar(body):
    """Whether a file handed in is a calendar, by what it begins with."""
    start = body.read(64)
    body.seek(0)
    return start.lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCALENDAR")


@dataclass
class Plan:
    """What would become of each row of a file, for this person."""

    person: object

    def plan(self, rows):
        """The Planned rows."""
        self.posts = {one.code: one for one in queries.visible_posts(self.person)}
        self.kept = []
        return [self.plan_row(row) for row in rows]

    def plan_row(self, row):
        """Whether this row becomes a fixed shift, is one already, or why it is refused."""
        cells = row.cells
        title = f"{cells.get('post', '')} · {cells.get('name') or cells.get('username', '')}"
        try:
            post, words = self.read(cells)
        except ValueError as error:
            return Planned(row.number, title, Finding.REFUSE, str(error))
        seat = (post.pk, words["role"], words["seat"])
        refusal = actions.check_shift(
            post, now=timezone.now(), **{k: v for k, v in words.items() if k != "note_text"}
        )
        if refusal == DutyRefusal.SHIFT_KNOWN:
            return Planned(row.number, title, Finding.SAME)
        if refusal is None and any(
            (other == seat or who == words["person"]) and since < words["until"] and until > words["since"]
            for other, who, since, until in self.kept
        ):
            refusal = DutyRefusal.BUSY % {"name": words["person"].name}
        if refusal:
            return Planned(row.number, title, Finding.REFUSE, str(refusal))
        self.kept.append((seat, words["person"], words["since"], words["until"]))
        text = (
            f"{DutyRole(words['role']).label} {actions.say(words['since'])} – {actions.say(words['until'])}"
        )
        return Planned(
            row.number, title, Finding.ADD, text,
            lambda: actions.add_shift(post, by=self.person, now=timezone.now(), **words),
        )  # fmt: skip

    def read(self, cells):
        """(the post, the words of `add_shift`). Raises ValueError with the reason."""
        post = self.posts.get(cells.get("post", ""))
        if post is None or not self.person.may(Right.DUTY_EDIT, post.organisation):
            raise ValueError(DutyRefusal.NO_POST % {"code": cells.get("post", "")[:40]})
        people = {one.pk: one for one in queries.people_for(post.organisation)}
        known = [(one.pk, one.name, one.username) for one in people.values()]
        pk, refusal = rules.find_person(cells.get("username") or cells.get("name", ""), known)
        if refusal:
            raise ValueError(refusal)
        labels = {str(label): value for value, label in DutyRole.choices}
        role = labels.get(cells.get("role", ""), cells.get("role") or DutyRole.OFFICER.value)
        if role not in DutyRole.values:
            raise ValueError(_("没有岗位“%(role)s”。请写带班领导、值班长或值班员。") % {"role": role[:40]})
        seat = cells.get("seat", "1")
        if not seat.isdecimal() or not 1 <= int(seat) <= 20:
            raise ValueError(_("席位应为 1 至 20 的整数。"))
        return post, {
            "person": people[pk], "role": role, "seat": int(seat), "note_text": cells.get("note", "")[:200],
            "since": read_moment(cells.get("since", "")), "until": read_moment(cells.get("until", "")),
        }  # fmt: skip


def read_moment(text):
    """A moment written in a file, in the installation's zone. Raises ValueError."""
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise ValueError(DutyRefusal.UNREADABLE_TIME % {"text": text[:40]}) from None
    return timezone.make_aware(found) if timezone.is_naive(found) else found

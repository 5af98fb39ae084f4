"""Cases of the grid, the hotline and the one network: the street office's list, one case, the file, results and receipts."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.queries import find_organisation
from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import actions, queries, rules
from anlan.domains.hazards.pages.forms import ALL, kind_choices, organisation_field
from anlan.domains.hazards.terms import CaseChannel, CaseField, CaseRefusal, CaseState, Field
from anlan.domains.places.queries import registered_places
from anlan.kit.actions import Refused
from anlan.kit.geo import UnsoundGeometry, check_point
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt
from anlan.kit.sheets import Planned, import_page, write_csv
from anlan.kit.terms import Finding

LIST = [{"label": gettext_lazy("网格与12345案件"), "url": reverse_lazy("hazards:cases")}]
OPEN = (CaseState.WAITING, CaseState.TAKEN)
STORY_LENGTH = 50
COLUMNS = {
    "channel": CaseField.CHANNEL, "number": CaseField.NUMBER, "text": CaseField.TEXT, "sort": CaseField.SORT,
    "address": CaseField.ADDRESS, "place": CaseField.PLACE, "lon": CaseField.LON, "lat": CaseField.LAT,
    "received_at": CaseField.RECEIVED, "due_at": CaseField.DUE, "organisation": CaseField.ORGANISATION,
}  # fmt: skip
NEEDED = ("channel", "number", "text", "received_at")
EXAMPLE = (
    "网格",
    "W202611240001",
    "二层疏散通道堆放货箱",
    "消防安全",
    "示例路 8 号",
    "",
    "",
    "",
    "2026-11-24 09:30",
    "2026-11-26 18:00",
    "",
)
MOST = {"number": 60, "text": 2000, "sort": 60, "address": 200}


class CaseFilter(SearchForm):
    """Filters of the list."""

    standing = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False,
        choices=[*ALL, ("open", gettext_lazy("在办")), ("late", gettext_lazy("超过案件时限")), *CaseState.choices],
    )  # fmt: skip
    channel = forms.ChoiceField(label=CaseField.CHANNEL, required=False, choices=[*ALL, *CaseChannel.choices])

    def narrow(self, queryset, values):
        """By each filter that is set."""
        standing = values.get("standing")
        if standing == "open":
            queryset = queryset.filter(state__in=OPEN)
        elif standing == "late":
            queryset = queryset.filter(state__in=OPEN, due_at__lt=timezone.now())
        elif standing:
            queryset = queryset.filter(state=standing)
        return queryset.filter(channel=values["channel"]) if values.get("channel") else queryset


def say_due(row):
    """The case's own deadline, and that it is over."""
    if row.due_at is None:
        return ""
    said = f"{timezone.localtime(row.due_at):%Y-%m-%d %H:%M}"
    is_late = row.is_open and row.due_at < timezone.now()
    return _("%(day)s（逾期）") % {"day": said} if is_late else said


class CaseListing(Listing):
    """Cases, the newest first."""

    title = gettext_lazy("网格与12345案件")
    columns = [
        Column("text", CaseField.TEXT, value=lambda row: row.text[:60]),
        Column("channel", CaseField.CHANNEL, value=lambda row: row.get_channel_display()),
        Column("number", CaseField.NUMBER, sort="number"),
        Column("state", gettext_lazy("状态"), "badge", value=lambda row: row.get_state_display()),
        Column("due_at", CaseField.DUE, sort="due_at", value=say_due),
        Column("hazard", gettext_lazy("隐患编号"), value=lambda row: row.hazard.number if row.hazard else ""),
        Column("rectify", gettext_lazy("整改期限"), value=lambda row: f"{row.hazard.due_on:%Y-%m-%d}" if row.hazard and row.hazard.due_on else ""),
        Column("where", CaseField.ADDRESS, value=lambda row: str(row.place or row.address)),
        Column("organisation", gettext_lazy("承办单位"), value=lambda row: str(row.organisation)),
        Column("received_at", CaseField.RECEIVED, "time", sort="received_at"),
    ]  # fmt: skip
    filters = CaseFilter
    searched = ["number", "text", "address", "hazard__number"]
    empty_text = gettext_lazy("没有符合条件的案件。案件由网格、12345 和一网统管从接口递送，也可以导入文件。")
    file_name = "cases"
    template = "hazards/cases.html"


@require_safe
def cases(request):
    """The list, with CSV."""
    may_import = request.user.may(Right.HAZARDS_VERIFY)
    return CaseListing(request, queries.visible_cases(request.user), may_import=may_import).respond()


def case_or_404(request, pk, *, to_handle=False):
    """The case that the reader sees, or may deal with. Raises Http404."""
    row = get_object_or_404(queries.visible_cases(request.user), pk=pk)
    if to_handle and not request.user.may(Right.HAZARDS_VERIFY, row.organisation):
        raise Http404
    return row


@require_safe
def case(request, pk):
    """One case: its own deadline beside the statutory one, what it became, what the channel was told."""
    row, now = case_or_404(request, pk), timezone.now()
    may = request.user.may(Right.HAZARDS_VERIFY, row.organisation)
    hazard = queries.standing(row.hazard) if row.hazard else None
    is_seen = hazard and queries.visible_hazards(request.user).filter(pk=hazard.pk).exists()
    is_later = hazard and row.due_at and hazard.due_at and hazard.due_at > row.due_at
    context = {
        "case": row, "title": str(row), "crumbs": LIST, "may": may, "hazard": hazard, "is_seen": is_seen,
        "steps": list(FORMS) if may and row.state == CaseState.WAITING else [], "due": say_due(row),
        "is_late": row.is_open and row.due_at is not None and row.due_at < now, "is_later": is_later,
        "results": [(one, queries.last_push(one)) for one in row.results.all()],
        "changes": Change.objects.of(row)[:STORY_LENGTH],
    }  # fmt: skip
    return render(request, "hazards/case.html", context)


# ── steps ───────────────────────────────────────────────────────────────────────────────────────


class CaseForm(forms.Form):
    """A step with a case."""

    def __init__(self, *args, case, person, **options):
        super().__init__(*args, **options)
        self.case, self.person = case, person


class TakeForm(CaseForm):
    """Of which kind it is, or which hazard it is about already."""

    kind = forms.ChoiceField(label=Field.KIND, required=False, choices=lambda: [("", "–"), *kind_choices()])
    known = forms.CharField(
        label=gettext_lazy("已有隐患编号"), required=False, max_length=12,
        help_text=gettext_lazy("与在办隐患是同一问题时填写，不再新建。"),
    )  # fmt: skip

    def clean_known(self):
        """The hazard of a number that the person sees, or None."""
        number = self.cleaned_data["known"].strip()
        found = queries.find_by_number(number, self.person) if number else None
        if number and found is None:
            raise forms.ValidationError(CaseRefusal.HAZARD_UNKNOWN % {"number": number})
        return found


class WhyForm(CaseForm):
    """The reason."""

    why = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class TransferForm(WhyForm):
    """To whom, and why."""

    organisation = organisation_field(gettext_lazy("转派至"))
    field_order = ("organisation", "why")


FORMS = {
    "take": (TakeForm, actions.take_case, gettext_lazy("转为隐患")),
    "return": (WhyForm, actions.return_case, gettext_lazy("退回")),
    "transfer": (TransferForm, actions.transfer_case, gettext_lazy("转派")),
    "withdraw": (WhyForm, actions.withdraw_case, gettext_lazy("撤回")),
}
LEADS = {
    "take": gettext_lazy("属本单位办理：生成隐患并受理，办理结果会回送渠道。"),
    "return": gettext_lazy("不属本单位办理：理由会回送渠道。"),
    "transfer": gettext_lazy("由另一单位承办，渠道不受影响。"),
    "withdraw": gettext_lazy("递送有误：撤回后，同一编号可以重新递送。"),
}


def take_step(request, pk, step):
    """One step with a case: its form, the action, back to the case."""
    row = case_or_404(request, pk, to_handle=True)
    if step not in FORMS or row.state != CaseState.WAITING:
        raise Http404
    form_type, act, label = FORMS[step]
    form = form_type(request.POST if request.method == "POST" else None, case=row, person=request.user)
    if attempt(form, act, row, by=request.user):
        messages.success(request, _("已办理：%(step)s。") % {"step": label})
        is_seen = queries.visible_cases(request.user).filter(pk=pk).exists()
        return redirect("hazards:case", pk) if is_seen else redirect("hazards:cases")
    context = {
        "form": form, "title": label, "verb": label, "lead": LEADS[step], "cancel_url": row.get_absolute_url(),
        "crumbs": [*LIST, {"label": str(row), "url": row.get_absolute_url()}],
    }  # fmt: skip
    return render(request, "kit/form.html", context)


# ── results ─────────────────────────────────────────────────────────────────────────────────────


class ResultFilter(SearchForm):
    """Filters of the results."""

    receipt = forms.ChoiceField(
        label=gettext_lazy("回执"), required=False,
        choices=[*ALL, ("none", gettext_lazy("未回执")), ("have", gettext_lazy("已回执"))],
    )  # fmt: skip
    channel = forms.ChoiceField(label=CaseField.CHANNEL, required=False, choices=[*ALL, *CaseChannel.choices])

    def narrow(self, queryset, values):
        """By each filter that is set."""
        if values.get("receipt"):
            queryset = queryset.filter(received_at__isnull=values["receipt"] == "none")
        return queryset.filter(case__channel=values["channel"]) if values.get("channel") else queryset


class ResultListing(Listing):
    """What the channels are told, the newest first; the CSV is the file that goes back."""

    title = gettext_lazy("案件办理结果")
    columns = [
        Column("position", gettext_lazy("序号"), "number", sort="position"),
        Column("channel", CaseField.CHANNEL, value=lambda row: row.case.get_channel_display()),
        Column("number", CaseField.NUMBER, value=lambda row: row.case.number),
        Column("outcome", gettext_lazy("结果"), "badge", value=lambda row: row.get_outcome_display()),
        Column("text", gettext_lazy("说明"), "sentence"),
        Column("hazard", gettext_lazy("隐患编号"), value=lambda row: row.case.hazard.number if row.case.hazard else ""),
        Column("made_at", gettext_lazy("形成时间"), "time", sort="made_at"),
        Column("receipt", gettext_lazy("回执")),
        Column("received_at", gettext_lazy("回执时间"), "time", sort="received_at"),
        Column("pushes", gettext_lazy("推送次数"), "number"),
    ]  # fmt: skip
    filters = ResultFilter
    searched = ["case__number", "text", "receipt"]
    empty_text = gettext_lazy("还没有办理结果。案件转为隐患或退回后，这里列出要回送的结果。")
    file_name = "case-results"

    def link(self, row):
        """A result's page is that of its case."""
        return row.case.get_absolute_url()


@require_safe
def results(request):
    """The list of results, with CSV."""
    return ResultListing(request, queries.visible_results(request.user)).respond()


def result_or_404(request, pk):
    """A result that the reader may deal with. Raises Http404."""
    row = get_object_or_404(queries.visible_results(request.user), pk=pk)
    if not request.user.may(Right.HAZARDS_VERIFY, row.organisation):
        raise Http404
    return row


@require_POST
def push(request, pk):
    """Push a result again."""
    row = result_or_404(request, pk)
    try:
        actions.push_result(row, by=request.user, now=timezone.now())
        messages.success(request, _("已提交推送。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(row.case)


class ReceiptForm(forms.Form):
    """What the channel answered to a file that was handed over."""

    receipt = forms.CharField(
        label=gettext_lazy("回执编号"),
        max_length=120,
        help_text=gettext_lazy("对方收到文件后给出的编号，或经办岗位和时间。"),
    )


def receipt(request, pk):
    """Enter the receipt of a result that went back as a file."""
    row = result_or_404(request, pk)
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    if attempt(form, actions.receive_result, row, by=request.user):
        messages.success(request, _("已登记回执。"))
        return redirect(row.case)
    context = {
        "form": form, "title": _("登记回执"), "verb": _("登记回执"), "lead": str(row), "cancel_url": row.case.get_absolute_url(),
        "crumbs": [*LIST, {"label": str(row.case), "url": row.case.get_absolute_url()}],
    }  # fmt: skip
    return render(request, "kit/form.html", context)


# ── the file ────────────────────────────────────────────────────────────────────────────────────


def imports(request):
    """Cases from a file: seen row by row, then handed in."""
    if not request.user.may(Right.HAZARDS_VERIFY):
        raise Http404
    now = timezone.now()
    return import_page(
        request, title=_("导入案件"), columns=COLUMNS, needed=NEEDED, back=reverse("hazards:cases"), crumbs=LIST,
        plan=lambda rows: plan(rows, request.user, now), template_url=reverse("hazards:case_template"),
    )  # fmt: skip


@require_safe
def template(request):
    """The columns as CSV with a line of examples, which is left out when it comes back."""
    if not request.user.may(Right.HAZARDS_VERIFY):
        raise Http404
    return write_csv("cases", COLUMNS.values(), [(f"# {EXAMPLE[0]}", *EXAMPLE[1:])])


def plan(rows, person, now):
    """The Planned rows of a file."""
    seen, planned = {}, []
    for row in rows:
        name = row.cells.get("number", "")
        try:
            words = read_cells(row.cells, person, now)
            key = (words["channel"], words["number"])
            if key in seen:
                raise Refused(CaseRefusal.TWICE % {"row": seen[key]})
            seen[key] = row.number
            planned.append(plan_one(row.number, name, words, person, now))
        except Refused as refusal:
            planned.append(Planned(row.number, name, Finding.REFUSE, str(refusal)))
    return planned


def plan_one(number, name, words, person, now):
    """What would become of a sound row. Raises Refused for a known case that says something else."""
    organisation = words.pop("organisation")
    known = queries.find_case(words["channel"], words["number"])
    if known is not None and known.state != CaseState.WITHDRAWN:
        if not actions.is_same(known, **words):
            raise Refused(CaseRefusal.DIFFERS % {"number": words["number"]})
        return Planned(number, name, Finding.SAME)

    def deed():
        actions.hand_in_case(organisation, by=person, now=now, **words)

    return Planned(number, name, Finding.ADD, str(organisation), deed)


def read_cells(cells, person, now):
    """The words of hand_in_case from a row's cells, with the organisation. Raises Refused naming what is wrong."""
    for column, most in MOST.items():
        if len(cells.get(column, "")) > most:
            raise Refused(CaseRefusal.TOO_LONG % {"label": COLUMNS[column], "most": most})
    channel = rules.read_channel(cells.get("channel", ""))
    if channel is None:
        labels = "、".join(str(one.label) for one in CaseChannel)
        raise Refused(CaseRefusal.CHANNEL_UNKNOWN % {"text": cells.get("channel", "")[:40], "words": labels})
    words = {name: cells.get(name, "") for name in ("number", "text", "sort", "address")} | {
        "channel": channel
    }
    words |= read_times(cells) | read_where(cells)
    if refusal := rules.check_case(
        **{name: words[name] for name in ("number", "text", "received_at", "due_at")}
    ):
        raise Refused(refusal)
    return words | {"organisation": read_organisation(cells, words, person, now)}


def read_times(cells):
    """When the channel took it, and its deadline. Raises Refused."""
    found = {}
    for name in ("received_at", "due_at"):
        typed = cells.get(name, "")
        found[name] = rules.read_time(typed, timezone.get_current_timezone()) if typed else None
        if found[name] is None and (typed or name == "received_at"):
            raise Refused(CaseRefusal.TIME_FORM % {"text": typed[:40]})
    return found


def read_where(cells):
    """The place of the register and the point. Raises Refused."""
    code = cells.get("place", "")
    place = registered_places([code]).get(code) if code else None
    if code and place is None:
        raise Refused(CaseRefusal.PLACE_UNKNOWN % {"code": code[:40]})
    lon, lat = (rules.read_degree(cells[name]) if cells.get(name) else None for name in ("lon", "lat"))
    typed = bool(cells.get("lon")) + bool(cells.get("lat"))
    if typed and (lon is None or lat is None):
        raise Refused(CaseRefusal.POINT_FORM)
    if typed:
        try:
            check_point(lon, lat)
        except UnsoundGeometry as error:
            raise Refused(str(error)) from error
    return {"place": place, "lon": lon, "lat": lat}


def read_organisation(cells, words, person, now):
    """Who is to deal with it: the one of the row, else whom its place belongs to. Raises Refused."""
    code = cells.get("organisation", "")
    found = find_organisation(code) if code else queries.route(
        lon=words["lon"], lat=words["lat"], text=f"{words['address']} {words['text']}", place=words["place"],
        on=timezone.localdate(now),
    )  # fmt: skip
    if found is None or not person.may(Right.HAZARDS_VERIFY, found):
        raise Refused(CaseRefusal.ORGANISATION_UNKNOWN % {"code": code[:40] or str(found)})
    return found

"""The desk of notices: the list, one notice with its receipts, and its drafts."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.notices import actions, queries, rules
from anlan.domains.notices.pages.forms import NewNoticeForm, NoticeForm
from anlan.domains.notices.terms import Hazard, NoticeKind, NoticeState, Step
from anlan.domains.places.queries import find_place
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt

LIST = [{"label": _("信息发布"), "url": reverse_lazy("notices:notices")}]
ALL = [("", _("全部"))]
FIELD_NAMES = (*queries.TEXT_NAMES, "hazard", "effective_at", "expires_at")


class NoticeFilter(SearchForm):
    """Filters of the list of notices."""

    state = forms.ChoiceField(label=_("状态"), required=False, choices=[*ALL, *NoticeState.choices])
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[*ALL, *NoticeKind.choices])
    hazard = forms.ChoiceField(label=_("灾种"), required=False, choices=[*ALL, *Hazard.choices])

    def narrow(self, queryset, values):
        """By state, kind and hazard."""
        wanted = {name: values[name] for name in ("state", "kind", "hazard") if values.get(name)}
        return queryset.filter(**wanted)


class NoticeListing(Listing):
    """Notices, the newest first."""

    title = _("信息发布")
    columns = [
        Column("number", _("编号"), sort="number", value=lambda row: row.number or _("（未编号）")),
        Column("headline_zh", _("标题"), "sentence", value=str),
        Column("kind", _("类别"), "badge", value=lambda row: row.get_kind_display()),
        Column("state", _("状态"), "badge", sort="state", value=lambda row: row.get_state_display()),
        Column("hazard", _("灾种"), value=lambda row: row.get_hazard_display()),
        Column(
            "organisation", _("拟稿单位"), sort="organisation__path", value=lambda row: row.organisation.name
        ),
        Column("drafted_at", _("拟稿时间"), "time", sort="drafted_at"),
        Column("published_at", _("发布时间"), "time", sort="published_at"),
        Column("expires_at", _("失效时间"), "time", sort="expires_at"),
    ]
    filters = NoticeFilter
    searched = ["number", "headline_zh", "headline_en", "description_zh"]
    empty_text = _("还没有信息。从避险须知模板开始拟稿，由另一人签发后发布。")
    file_name = "notices"
    template = "notices/notices.html"


@require_safe
def notices(request):
    """The list of notices."""
    rows = queries.visible_notices(request.user)
    waiting = rows.filter(state=NoticeState.SUBMITTED).count() if request.user.may(Right.NOTICES_SIGN) else 0
    may_draft = request.user.may(Right.NOTICES_DRAFT)
    return NoticeListing(request, rows, may_draft=may_draft, waiting=waiting).respond()


def notice_or_404(request, pk):
    """The notice of this number that the reader sees."""
    return get_object_or_404(queries.visible_notices(request.user), pk=pk)


@require_safe
def notice(request, pk):
    """One notice: its words, how it looks on each outlet, what came of it, what may be done."""
    row, now = notice_or_404(request, pk), timezone.now()
    return render(request, "notices/notice.html", {
        "title": str(row), "row": row, "crumbs": LIST, "now": now, "scene": scene_of(row), "changes": Change.objects.of(row)[:60],
        "steps": steps_for(request.user, row, now), "receipts": queries.receipts(row, now=now),
        "previews": previews_of(row), "area": queries.area_of(row, "zh"), "successor": row.updated_by.first(),
        "weibo": weibo_of(row), "is_current": is_current(row, now), "missing": missing_of(row, now),
        "source_url": row.source.get("url", ""),
    })  # fmt: skip


def scene_of(row):
    """What the banner of a page says of a notice that belongs to an exercise; None for a real one."""
    return {"kind": "exercise", "title": ""} if row.is_exercise else None


def origin_of(request):
    """Where people reach us: as the installation says, else as this request came."""
    return settings.ADDRESS.rstrip("/") or f"{request.scheme}://{request.get_host()}"


def is_current(row, now):
    return rules.is_current(row.state, effective_at=row.effective_at, expires_at=row.expires_at, now=now)


def steps_for(person, row, now):
    """{step: whether this person may take it now} – what the page offers; the actions judge again."""
    drafts = person.may(Right.NOTICES_DRAFT, row.organisation)
    signs = person.may(Right.NOTICES_SIGN, row.organisation)
    rights = {
        Step.EDIT: drafts, Step.SUBMIT: drafts, Step.DROP: drafts, Step.PUBLISH: drafts, Step.HAND_OVER: drafts,
        Step.UPDATE: drafts, Step.SIGN: signs, Step.RETURN: signs, Step.LIFT: signs,
    }  # fmt: skip
    return {
        str(step): may and rules.check_step(row.state, step, kind=row.kind) is None
        for step, may in rights.items()
    }


def missing_of(row, now):
    """What a notice on its way still lacks, in a sentence; "" otherwise."""
    is_open = row.state in (NoticeState.DRAFT, NoticeState.RETURNED)
    return (queries.check_ready(row, now=now) or "") if is_open else ""


def previews_of(row):
    """How it looks on each display it goes to."""
    displays = [target.display for target in row.targets.select_related("display") if target.display_id]
    return queries.preview(displays, queries.texts_of(row), is_exercise=row.is_exercise)


def weibo_of(row):
    """The post for a person to publish by hand, with the notice's own address; "" until it has one."""
    if not row.number or not row.published_at:
        return ""
    link = f"{row.origin}{reverse('notices:public_notice', args=[row.number])}"
    return rules.weibo_text(queries.texts_of(row), link)


def add_notice(request):
    """Choose a template, then draft."""
    kind = NoticeKind.STATUTORY_WARNING if request.GET.get("kind") == "statutory_warning" else NoticeKind.TIP
    code, place = request.GET.get("template"), find_place(request.GET.get("place", ""), request.user)
    if code is None:
        advice = [(one, Hazard(one.hazard).label) for one in queries.advice_list()]
        context = {
            "title": _("选择避险须知模板"),
            "crumbs": LIST,
            "advice": advice,
            "kind": kind,
            "place": place,
        }
        return render(request, "notices/pick.html", context)
    form = NewNoticeForm(
        request.POST or None, person=request.user, kind=kind, initial=first_words(code, place, kind)
    )
    if change := attempt(form, draft_at, None, by=request.user, kind=kind, template=code):
        messages.success(request, _("草稿已保存。核对无误后请送审，由另一人签发。"))
        return redirect(change.subject)
    return draw_form(
        request, form, title=_("拟写%(kind)s") % {"kind": kind.label}, back=reverse("notices:notices")
    )


def draft_at(_nothing, *, by, now, organisation, template, hazard, **words):
    """Draft for the organisation that the form names; the texts are those of the form, whatever the template says."""
    known = queries.find_advice(template) if template else None
    return actions.draft_notice(
        organisation, by=by, now=now, template=template if known else "", hazard=hazard, **words
    )


def first_words(code, place, kind):
    """What a new draft starts with."""
    advice = queries.find_advice(code)
    first = {name: advice.texts.get(name, "") for name in queries.TEXT_NAMES} if advice else {}
    first |= {"hazard": advice.hazard} if advice else {}
    first |= {"expires_at": timezone.localtime() + timedelta(hours=4)}
    if kind == NoticeKind.TIP:
        first["outlets"] = ["web"]
    if place:
        first |= {"places": [place.pk]}
        first["outlets"] = queries.default_outlets([place], None)
    return first


def edit_notice(request, pk):
    """Change a notice that is on its way."""
    row = notice_or_404(request, pk)
    first = {name: getattr(row, name) for name in FIELD_NAMES} | row.fields
    first |= {
        "places": list(row.places.values_list("pk", flat=True)),
        "outlets": list(row.targets.values_list("outlet", flat=True)),
    }
    form = NoticeForm(request.POST or None, person=request.user, kind=row.kind, initial=first)
    if attempt(form, actions.edit_notice, row, by=request.user):
        messages.success(request, _("修改已保存。须重新送审和签发。"))
        return redirect(row)
    lead = _("已签发的内容一经修改，签发即失效。") if row.state == NoticeState.SIGNED else ""
    return draw_form(request, form, title=_("修改%(kind)s") % {"kind": row.get_kind_display()}, back=row.get_absolute_url(), lead=lead)  # fmt: skip


def draw_form(request, form, *, title, back, lead=""):
    """The form with its preview of every chosen display."""
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "verb": _("保存草稿"),
        "cancel_url": back,
        "crumbs": LIST,
    }
    return render(request, "notices/form.html", context)


@require_POST
def preview_notice(request):
    """How the words of a form would look on the displays chosen in it: a piece of HTML in JSON."""
    form = NoticeForm(request.POST, person=request.user, kind=request.POST.get("kind", NoticeKind.TIP))
    form.is_valid()
    values = form.cleaned_data
    texts = {name: values.get(name) or request.POST.get(name, "")[:2000] for name in queries.TEXT_NAMES}
    chosen = {pk for kind, pk in map(queries.split_outlet, values.get("outlets") or ()) if kind == "display"}
    displays = [one for one in queries.displays_in_use(request.user) if one.pk in chosen]
    shown = render_to_string("notices/previews.html", {"previews": queries.preview(displays, texts)}, request)
    length = rules.count_signs(rules.display_text(texts, "zh"))
    return JsonResponse({"html": shown, "signs": length})


@require_POST
def submit_notice(request, pk):
    """Hand it to whoever signs."""
    return take_step(request, pk, actions.submit_notice, said=_("已送审。请由另一人签发。"))


@require_POST
def draft_update(request, pk):
    """Begin a correction."""
    row = notice_or_404(request, pk)
    try:
        change = actions.draft_update(row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(row)
    messages.success(request, _("更正稿已建立，请修改后送审。更正发布前，原信息继续有效。"))
    return redirect("notices:edit", change.subject.pk)


def take_step(request, pk, act, *, said, **words):
    """One step by one button: done, or the reason why not."""
    row = notice_or_404(request, pk)
    try:
        act(row, by=request.user, now=timezone.now(), **words)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(row)

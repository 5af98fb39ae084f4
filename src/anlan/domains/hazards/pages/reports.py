"""The office's side of the public's reports: the list with the suspicious ones apart, clearing, contacts, what is shown."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import COMMA, Right
from anlan.domains.hazards import actions, queries, rules
from anlan.domains.hazards.models import Evidence
from anlan.domains.hazards.pages.forms import ALL
from anlan.domains.hazards.terms import HazardSource, HazardState, Stage
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.pages import ReasonForm, attempt, confirm

STANDING = [
    ("new", gettext_lazy("待核实")), ("held", gettext_lazy("可疑")), ("open", gettext_lazy("在办")),
    ("contested", gettext_lazy("上报人有异议")), ("ended", gettext_lazy("已结束")),
]  # fmt: skip


class ReportFilter(SearchForm):
    """Filters of the list."""

    standing = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=[*ALL, *STANDING])

    def narrow(self, queryset, values):
        """By how the report stands; the suspicious ones wait apart."""
        held, state = queries.held_hazards(), HazardState
        states = {
            "open": rules.ON_THE_WAY, "ended": rules.ENDED, "contested": (state.APPEALED, state.CONTESTED),
            "new": (state.REPORTED,),
        }  # fmt: skip
        standing = values.get("standing")
        if standing == "held":
            return queryset.filter(hazard__in=held)
        if standing in states:
            queryset = queryset.filter(hazard__state__in=states[standing])
        return queryset.exclude(hazard__in=held) if standing in ("new", "open") else queryset


class ReportListing(Listing):
    """The public's reports, the newest first."""

    title = gettext_lazy("公众上报")
    columns = [
        Column("what", gettext_lazy("上报内容"), value=lambda row: row.hazard.what[:60]),
        Column("number", gettext_lazy("受理编号"), value=lambda row: row.hazard.number or ""),
        Column("state", gettext_lazy("状态"), "badge", value=lambda row: row.hazard.get_state_display()),
        Column("odd", gettext_lazy("可疑之处"), value=lambda row: str(COMMA).join(map(str, row.say_suspicions())) if row.is_suspicious else ""),
        Column("where", gettext_lazy("位置"), value=lambda row: str(row.hazard.place or row.hazard.address)),
        Column("organisation", gettext_lazy("承办单位"), value=lambda row: str(row.hazard.organisation)),
        Column("contact", gettext_lazy("留有电话"), value=lambda row: _("是") if hasattr(row, "contact") else ""),
        Column("reported_at", gettext_lazy("上报时间"), "time", sort="id"),
    ]  # fmt: skip
    filters = ReportFilter
    searched = ["hazard__what", "hazard__number", "hazard__address"]
    empty_text = gettext_lazy("没有符合条件的公众上报。公众可在公众页面点“我要报隐患”上报。")
    file_name = "reports"


@require_safe
def reports(request):
    """The list, with CSV; no contacts in it."""
    return ReportListing(request, queries.visible_reports(request.user)).respond()


def report_or_404(request, pk):
    """The report of a hazard that the reader may deal with. Raises Http404."""
    found = queries.visible_reports(request.user).filter(hazard=pk).first()
    if found is None or not request.user.may(Right.HAZARDS_VERIFY, found.organisation):
        raise Http404
    return found


@require_POST
def clear(request, pk):
    """A suspicious report counts like any other."""
    row = report_or_404(request, pk)
    try:
        actions.clear_report(row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已放行，按正常上报核实。"))
    return redirect(row)


class WhyContactForm(ReasonForm):
    """Why the reporter is to be reached."""

    why = forms.CharField(
        label=gettext_lazy("联系事由"), max_length=500, help_text=gettext_lazy("将记入变更记录。")
    )


def contact(request, pk):
    """Ask why, then show how the reporter is reached, this once; the look-up is on record."""
    row = report_or_404(request, pk)
    form = WhyContactForm(request.POST if request.method == "POST" else None)
    change = attempt(form, actions.see_contact, row, by=request.user)
    context = {
        "form": form, "title": _("上报人联系方式"), "verb": _("查看联系方式"), "cancel_url": row.get_absolute_url(),
        "lead": _("只用于核实这件上报。查看人、时间和事由会记录在案。"), "phone": change.subject.phone if change else "",
        "crumbs": [{"label": str(row), "url": row.get_absolute_url()}],
    }  # fmt: skip
    answer = render(request, "hazards/public_contact.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def forget(request, pk):
    """Delete how the reporter is reached, after asking."""
    row = report_or_404(request, pk)
    return confirm(
        request, actions.forget_contact, row, title=_("删除上报人联系方式"), verb=_("删除联系方式"), back=row,
        question=_("删除后不能恢复。上报和办理情况不受影响。"), said=_("联系方式已删除。"),
    )  # fmt: skip


@require_POST
def show_evidence(request, pk):
    """Show a photo of after to the reporter, or no more."""
    rows = Evidence.objects.filter(hazard__in=queries.visible_hazards(request.user), stage=Stage.AFTER)
    row = get_object_or_404(rows.select_related("hazard__organisation"), pk=pk)
    if not request.user.may(Right.HAZARDS_VERIFY, row.organisation):
        raise Http404
    is_public = request.POST.get("is_public") == "yes"
    actions.show_evidence(row, by=request.user, now=timezone.now(), is_public=is_public)
    messages.success(request, _("上报人可以看到这张照片。") if is_public else _("上报人不再看到这张照片。"))
    return redirect(row.hazard)


def part_of(hazard, person):
    """What a hazard's page shows of the public's report behind it, or None."""
    row = queries.visible_reports(person).filter(hazard=hazard).first()
    if row is None and not hazard.merged.filter(source=HazardSource.PUBLIC).exists():
        return None
    may = person.may(Right.HAZARDS_VERIFY, hazard.organisation)
    photos = Evidence.objects.filter(
        hazard=hazard, stage=Stage.AFTER, round=hazard.round, attachment__withdrawn_at=None,
        attachment__media_type__startswith="image/",
    ).select_related("attachment")  # fmt: skip
    kept = getattr(row, "contact", None)
    return {"row": row, "may": may, "photos": photos, "masked": kept.phone_masked if kept and may else ""}

"""Licences, sites and responsibility lists of an enterprise."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises import actions, queries
from anlan.domains.enterprises.models import Licence, Site
from anlan.domains.enterprises.pages.forms import ALL, LicenceForm, LineForms, SiteForm
from anlan.domains.enterprises.pages.register import address_of, draw_form, find_enterprise
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.pages import attempt, confirm

SOON_DAYS = 30


class LicenceFilter(SearchForm):
    """Filters of the list of licences."""

    due = forms.ChoiceField(
        label=gettext_lazy("有效期"), required=False,
        choices=[*ALL, ("over", gettext_lazy("已过期")), ("soon", gettext_lazy("30 天内到期"))],
    )  # fmt: skip

    def narrow(self, queryset, values):
        """By how the last day stands to today."""
        today = timezone.localdate()
        if values.get("due") == "over":
            return queryset.filter(valid_until__lt=today)
        if values.get("due") == "soon":
            until = today + timedelta(days=SOON_DAYS)
            return queryset.filter(valid_until__gte=today, valid_until__lte=until)
        return queryset


class LicenceListing(Listing):
    """Licences, what runs out first at the top."""

    title = gettext_lazy("许可证")
    columns = [
        Column("enterprise", gettext_lazy("企业"), sort="enterprise__name"),
        Column("kind", gettext_lazy("许可证类别"), sort="kind"),
        Column("number", gettext_lazy("许可证编号"), sort="number"),
        Column("issued_by", gettext_lazy("发证机关"), sort="issued_by"),
        Column("valid_until", gettext_lazy("有效期至"), sort="valid_until"),
        Column("supervisor", gettext_lazy("监管单位"), value=lambda row: row.enterprise.supervisor),
    ]
    filters = LicenceFilter
    searched = ["enterprise__name", "kind", "number"]
    empty_text = gettext_lazy("没有符合条件的许可证。在企业档案中登记，到期前会逐级提醒。")
    file_name = "licences"

    def link(self, row):
        """The enterprise's file."""
        return address_of(row.enterprise)


@require_safe
def licences(request):
    """The list of licences."""
    return LicenceListing(request, queries.licences_of(request.user)).respond()


def find_part(request, model, pk):
    """A licence or site of an enterprise whose record the reader keeps. Raises Http404."""
    row = get_object_or_404(model.objects.select_related("enterprise__supervisor"), pk=pk)
    if not request.user.may(Right.ENTERPRISES_EDIT, row.enterprise.supervisor):
        raise Http404
    return row


def add_licence(request, code):
    """Record a licence."""
    row = find_enterprise(request, code, Right.ENTERPRISES_EDIT)
    form = LicenceForm(request.POST or None)
    if attempt(form, actions.add_licence, row, by=request.user):
        messages.success(request, _("许可证已登记。"))
        return redirect(address_of(row))
    return draw_form(request, row, form, title=_("登记许可证"), verb=_("登记许可证"))


def edit_licence(request, pk):
    """Change a licence, such as its last day after a renewal."""
    licence = find_part(request, Licence, pk)
    first = {name: getattr(licence, name) for name in ("kind", "number", "issued_by", "valid_until")}
    form = LicenceForm(request.POST or None, initial=first)
    if attempt(form, actions.edit_licence, licence, by=request.user):
        messages.success(request, _("已保存。"))
        return redirect(address_of(licence.enterprise))
    return draw_form(request, licence.enterprise, form, title=_("修改许可证"), verb=_("保存"))


def withdraw_licence(request, pk):
    """Take a licence off the record, after asking."""
    licence = find_part(request, Licence, pk)
    return confirm(
        request, actions.withdraw_licence, licence, title=_("撤下许可证"), verb=_("撤下许可证"),
        back=address_of(licence.enterprise), question=_("录错、注销或被吊销的许可证在此撤下，理由写明是哪一种。"),
        said=_("许可证已撤下。"),
    )  # fmt: skip


def add_site(request, code):
    """Say where an enterprise works."""
    row = find_enterprise(request, code, Right.ENTERPRISES_EDIT)
    form = SiteForm(request.POST or None, person=request.user)
    if attempt(form, actions.add_site, row, by=request.user):
        messages.success(request, _("经营地点已登记。"))
        return redirect(address_of(row))
    return draw_form(request, row, form, title=_("登记经营地点"), verb=_("登记经营地点"))


def close_site(request, pk):
    """An enterprise works there no longer; asked first."""
    site = find_part(request, Site, pk)
    return confirm(
        request, actions.close_site, site, title=_("停用经营地点"), verb=_("停用经营地点"),
        back=address_of(site.enterprise), question=_("企业不再在此经营。请写明理由。"), said=_("经营地点已停用。"),
    )  # fmt: skip


def responsibilities(request, code):
    """Who answers for what, as a new version of the list."""
    row = find_enterprise(request, code, Right.ENTERPRISES_EDIT)
    latest = row.responsibility_lists.first()
    forms_ = LineForms(request.POST or None, initial=latest.lines if latest else None)
    refusal = ""
    if forms_.is_valid():
        blank = {"post": "", "person": "", "duty": ""}
        lines = [blank | one for one in forms_.cleaned_data]
        try:
            actions.keep_responsibilities(row, by=request.user, now=timezone.now(), lines=lines)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("责任清单已更新。"))
            return redirect(address_of(row))
    return draw_form(
        request, row, forms_, title=_("责任清单"), verb=_("保存为新版本"), template="enterprises/responsibilities.html",
        refusal=refusal, latest=latest,
    )  # fmt: skip

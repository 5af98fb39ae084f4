"""The register: the list, an enterprise's file, and the forms that change it."""

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises import actions, queries
from anlan.domains.enterprises.models import Enterprise
from anlan.domains.enterprises.pages.forms import ALL, AccountForm, EnterpriseForm, offer_organisations
from anlan.domains.enterprises.rules.register import needs_own_safety_staff
from anlan.domains.enterprises.terms import EnterpriseSize, EnterpriseState, StandardGrade
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm

STORY_LENGTH = 50


def find_enterprise(request, code, right=Right.VIEW):
    """The enterprise of this code for the page's reader. Raises Http404 unless it is seen and `right` is held there."""
    seen = queries.visible_enterprises(request.user).select_related("account", "merged_into")
    row = get_object_or_404(seen, code=code)
    if right != Right.VIEW and not request.user.may(right, row.supervisor):
        raise Http404
    return row


def address_of(enterprise):
    """The enterprise's file in the register (its own page is composed by the site)."""
    return reverse("enterprises:file", args=[enterprise.code])


def crumbs(*enterprises):
    """The way down to a page about these enterprises."""
    steps = [{"label": _("企业一户一档"), "url": reverse("enterprises:enterprises")}]
    return steps + [{"label": one.name, "url": address_of(one)} for one in enterprises]


def draw_form(request, enterprise, form, *, title, verb, template="kit/form.html", **more):
    """The page of a form about an enterprise."""
    context = {
        "form": form, "title": title, "verb": verb, "crumbs": crumbs(enterprise), "cancel_url": address_of(enterprise),
        "enterprise": enterprise,
    }  # fmt: skip
    return render(request, template, context | more)


# ── the list ────────────────────────────────────────────────────────────────────────────────────


class EnterpriseFilter(SearchForm):
    """Filters of the register."""

    supervisor = forms.ModelChoiceField(
        Enterprise._meta.get_field("supervisor").related_model.objects.all(),
        label=gettext_lazy("监管单位"), required=False, empty_label=gettext_lazy("全部"), to_field_name="code",
    )  # fmt: skip
    size = forms.ChoiceField(
        label=gettext_lazy("规模"), required=False, choices=[*ALL, *EnterpriseSize.choices]
    )
    standard = forms.ChoiceField(
        label=gettext_lazy("标准化等级"), required=False,
        choices=[*ALL, *StandardGrade.choices, ("none", gettext_lazy("未评定")), ("over", gettext_lazy("已过期"))],
    )  # fmt: skip
    insured = forms.ChoiceField(
        label=gettext_lazy("安责险"), required=False,
        choices=[*ALL, ("yes", gettext_lazy("在保")), ("no", gettext_lazy("未投保或已到期"))],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("登记状态"), required=False,
        choices=[("", gettext_lazy("在册")), ("temporary", gettext_lazy("临时编号")), *EnterpriseState.choices[1:], ("all", gettext_lazy("全部"))],
    )  # fmt: skip

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        offer_organisations(self.fields["supervisor"], person)

    def narrow(self, queryset, values):
        """By each filter that is set; the supervisor's filter takes in those below it."""
        today, state = timezone.localdate(), values.get("state", "")
        if state != "all":
            is_kept = state in {EnterpriseState.CLOSED, EnterpriseState.MERGED}
            queryset = queryset.filter(state=state if is_kept else EnterpriseState.ACTIVE)
        if state == "temporary":
            queryset = queryset.filter(code__startswith="T")
        if values.get("supervisor"):
            queryset = queryset.filter(supervisor__path__startswith=values["supervisor"].path)
        if values.get("size"):
            queryset = queryset.filter(size=values["size"])
        if standard := values.get("standard"):
            wanted = {"none": Q(standard_grade=""), "over": Q(standard_until__lt=today)}
            queryset = queryset.filter(wanted.get(standard, Q(standard_grade=standard)))
        if insured := values.get("insured"):
            stands = Q(insured_until__gte=today)
            queryset = queryset.filter(stands if insured == "yes" else Q(insured_until=None) | ~stands)
        return queryset


class EnterpriseListing(Listing):
    """The register as its reader sees it; names and numbers of people are not in it."""

    title = gettext_lazy("企业一户一档")
    columns = [
        Column("code", gettext_lazy("统一社会信用代码"), sort="code"),
        Column("name", gettext_lazy("名称"), sort="name"),
        Column("supervisor", gettext_lazy("监管单位"), sort="supervisor__path"),
        Column("industry", gettext_lazy("行业"), value=lambda row: " ".join(filter(None, (row.industry_code, row.industry)))),
        Column("size", gettext_lazy("规模"), sort="size", value=lambda row: row.get_size_display()),
        Column("staff_count", gettext_lazy("从业人数"), "number", sort="staff_count"),
        Column("address", gettext_lazy("经营地址")),
        Column("standard_grade", gettext_lazy("标准化等级"), "badge", sort="standard_grade", value=lambda row: row.get_standard_grade_display()),
        Column("insured_until", gettext_lazy("安责险有效期至"), sort="insured_until"),
        Column("state", gettext_lazy("状态"), value=lambda row: row.get_state_display()),
    ]  # fmt: skip
    searched = ["code", "name", "former_number", "address"]
    empty_text = gettext_lazy("没有符合条件的企业。先登记一家，或从表格批量导入。")
    file_name = "enterprises"
    template = "enterprises/enterprises.html"

    def filters(self, values):
        """The filter form, offering the reader's own departments."""
        return EnterpriseFilter(values, person=self.request.user)


@require_safe
def enterprises(request):
    """The register as a list, with CSV."""
    person = request.user
    listing = EnterpriseListing(request, queries.visible_enterprises(person))
    listing.context |= {"may_add": person.may(Right.ENTERPRISES_EDIT)}
    if listing.context["may_add"]:
        listing.context["waiting"] = queries.requests_of(person).filter(state="asked").count()
    return listing.respond()


# ── one enterprise ──────────────────────────────────────────────────────────────────────────────


@require_safe
def enterprise(request, code):
    """The file: all that is registered of an enterprise, and its story."""
    row, today = find_enterprise(request, code), timezone.localdate()
    pledge, _stands = queries.pledge_standing(row, on=today)
    may_edit = request.user.may(Right.ENTERPRISES_EDIT, row.supervisor)
    context = {
        "enterprise": row, "title": row.name, "crumbs": crumbs(), "today": today,
        "may_edit": may_edit and row.is_active, "may_reopen": may_edit and row.state == EnterpriseState.CLOSED,
        "may_unmerge": may_edit and row.state == EnterpriseState.MERGED,
        "may_see_contacts": queries.may_see_contacts(request.user, row),
        "needs_safety_staff": needs_own_safety_staff(row.staff_count),
        "licences": row.licences.filter(withdrawn_at=None),
        "sites": row.sites.filter(closed_at=None).select_related("place"),
        "merged": row.merged.all(),
        "duplicates": queries.duplicates_of(row)[:5] if may_edit and row.is_active else [],
        "pledges": row.pledges.select_related("text__organisation")[:10],
        "standing": queries.tell_standing(pledge, on=today),
        "responsibilities": row.responsibility_lists.select_related("by").first(),
        "requests": queries.requests_by(row)[:5] if may_edit else [],
        "changes": Change.objects.of(row)[:STORY_LENGTH],
    }  # fmt: skip
    return render(request, "enterprises/enterprise.html", context)


@require_safe
def by_id(request, pk):
    """Where links lead that must outlive a change of the number."""
    return redirect(get_object_or_404(queries.visible_enterprises(request.user), pk=pk))


def add_enterprise(request):
    """A new enterprise."""
    if not request.user.may(Right.ENTERPRISES_EDIT):
        raise Http404
    form = EnterpriseForm(request.POST or None, person=request.user)
    supervisor = form.cleaned_data.pop("supervisor", None) if form.is_valid() else None
    if change := attempt(form, actions.register_enterprise, supervisor, by=request.user):
        messages.success(request, _("企业“%(name)s”已登记。") % {"name": change.subject})
        return redirect(address_of(change.subject))
    title, address = _("登记企业"), reverse("enterprises:enterprises")
    context = {"form": form, "title": title, "verb": title, "crumbs": crumbs(), "cancel_url": address}
    return render(request, "kit/form.html", context)


def edit_enterprise(request, code):
    """Change what is registered of an enterprise."""
    row = find_enterprise(request, code, Right.ENTERPRISES_EDIT)
    first = {name: getattr(row, name) for name in EnterpriseForm.WORDS}
    form = EnterpriseForm(request.POST or None, person=request.user, initial=first)
    if form.is_valid() and not form.cleaned_data["code"]:
        form.cleaned_data["code"] = row.code
    if attempt(form, actions.edit_enterprise, row, by=request.user):
        messages.success(request, _("已保存。"))
        return redirect(address_of(row))
    return draw_form(request, row, form, title=_("修改企业档案"), verb=_("保存"))


def close_enterprise(request, code):
    """Take an enterprise off the register, after asking."""
    row = find_enterprise(request, code, Right.ENTERPRISES_EDIT)
    return confirm(
        request, actions.close_enterprise, row, title=_("注销企业"), verb=_("注销企业"), back=address_of(row),
        question=_("注销后不再列入在册企业，档案和记录保留。请写明理由。"), said=_("企业已注销。"),
    )  # fmt: skip


def reopen_enterprise(request, code):
    """Put an enterprise back on the register, after asking."""
    row = find_enterprise(request, code, Right.ENTERPRISES_EDIT)
    return confirm(
        request, actions.reopen_enterprise, row, title=_("恢复企业"), verb=_("恢复企业"), back=address_of(row),
        question=_("恢复后重新列入在册企业。请写明理由。"), said=_("企业已恢复。"), danger=False,
    )  # fmt: skip


def give_account(request, code):
    """Say which organisation is the enterprise's own."""
    row = find_enterprise(request, code, Right.ENTERPRISES_EDIT)
    form = AccountForm(request.POST or None, person=request.user, initial={"account": row.account})
    if attempt(form, actions.give_account, row, by=request.user):
        messages.success(request, _("已保存。"))
        return redirect(address_of(row))
    return draw_form(request, row, form, title=_("设置企业账号机构"), verb=_("保存"))


@require_safe
def names(request):
    """Enterprises that the reader sees whose name or number holds what was typed, as JSON for boxes that offer them."""
    found = queries.search(request.GET.get("q", "").strip(), request.user)
    told = [{"code": one.code, "name": one.name, "address": one.address} for one in found]
    return JsonResponse({"enterprises": told}, headers={"Cache-Control": "no-store"})

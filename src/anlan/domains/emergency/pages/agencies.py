"""The agencies of joint response: the list, one with its story, adding and changing."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.terms import WarningLevel
from anlan.domains.emergency import actions, queries
from anlan.domains.places.terms import PlaceKind
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm

LIST = [{"label": _("应急联动"), "url": reverse_lazy("emergency:agencies")}]


class AgencyListing(Listing):
    """Agencies, core ones first."""

    title = _("应急联动")
    columns = [
        Column("name", _("简称"), sort="name"),
        Column("organisation", _("机构"), sort="organisation__name"),
        Column("is_core", _("常设"), "yes", sort="is_core"),
        Column(
            "joins_from",
            _("自动加入的最低等级"),
            value=lambda row: row.get_joins_from_display() or _("不自动加入"),
        ),
        Column("place_kinds", _("适用场所类型"), value=lambda row: name_kinds(row.place_kinds)),
        Column("phone", _("值班电话"), value=lambda row: row.organisation.phone),
        Column("position", _("顺序"), "number", sort="position"),
        Column("retired_at", _("停用时间"), "time", sort="retired_at"),
    ]
    searched = ["name", "organisation__name"]
    empty_text = _("还没有联动单位。先增加常设单位（如应急、公安、消防），再按需增加其他单位。")
    file_name = "agencies"
    template = "emergency/agencies.html"


def name_kinds(kinds):
    """Kinds of places by their labels; all where none is named."""
    labels = dict(PlaceKind.choices)
    return "、".join(str(labels.get(kind, kind)) for kind in kinds) or _("全部")


@require_safe
def agencies(request):
    """The list; every signed-in person may see whom to call."""
    may_edit = request.user.may(Right.DUTY_EDIT)
    return AgencyListing(request, queries.agencies(retired=True), may_edit=may_edit).respond()


def agency_or_404(pk):
    row = queries.find_agency(pk)
    if row is None:
        raise Http404
    return row


@require_safe
def agency(request, pk):
    """One agency and what was changed."""
    row = agency_or_404(pk)
    return render(request, "emergency/agency.html", {
        "title": row.name, "agency": row, "kinds": name_kinds(row.place_kinds), "crumbs": LIST,
        "may_edit": request.user.may(Right.DUTY_EDIT, row.organisation), "changes": Change.objects.of(row),
    })  # fmt: skip


class AgencyForm(forms.Form):
    """How an agency is called and when it joins by itself."""

    name = forms.CharField(label=_("简称"), max_length=20, help_text=_("大屏和手机上显示，两三个字为宜。"))
    name_en = forms.CharField(label=_("英文简称"), max_length=40, required=False)
    is_core = forms.BooleanField(label=_("常设联动单位"), required=False)
    position = forms.IntegerField(label=_("顺序"), min_value=0, max_value=9999, initial=100)
    joins_from = forms.ChoiceField(
        label=_("自动加入的最低等级"), required=False,
        choices=[("", _("不自动加入")), *WarningLevel.choices[1:]],
    )  # fmt: skip
    place_kinds = forms.MultipleChoiceField(
        label=_("适用场所类型"), required=False, choices=PlaceKind.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选为全部类型。"),
    )  # fmt: skip


class NewAgencyForm(AgencyForm):
    """The same for an organisation that is to be chosen."""

    organisation = forms.ModelChoiceField(label=_("机构"), queryset=None)

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = organisation_tree(person).filter(
            person.reach(Right.DUTY_EDIT, through=""), is_active=True
        )
        self.order_fields(["organisation"])


def add_agency(request):
    """Let an organisation answer for itself."""
    form = NewAgencyForm(request.POST if request.method == "POST" else None, person=request.user)
    if change := attempt(form, add_at, None, by=request.user):
        messages.success(request, _("联动单位已增加。"))
        return redirect(change.subject)
    return draw_form(request, form, title=_("增加联动单位"), back=reverse("emergency:agencies"))


def add_at(_nothing, *, by, now, organisation, **words):
    """Add at the organisation that the form names."""
    return actions.add_agency(organisation, by=by, now=now, **words)


def draw_form(request, form, *, title, back):
    context = {"form": form, "title": title, "verb": _("保存"), "cancel_url": back, "crumbs": LIST}
    return render(request, "kit/form.html", context)


def change_agency(request, pk):
    """Change an agency."""
    row = agency_or_404(pk)
    first = {name: getattr(row, name) for name in AgencyForm.base_fields}
    form = AgencyForm(request.POST if request.method == "POST" else None, initial=first)
    if attempt(form, actions.change_agency, row, by=request.user):
        messages.success(request, _("修改已保存。"))
        return redirect(row)
    return draw_form(request, form, title=_("修改联动单位"), back=row.get_absolute_url())


def retire_agency(request, pk):
    """Ask, then let it join no more."""
    row = agency_or_404(pk)
    return confirm(
        request, actions.retire_agency, row, title=_("停用联动单位"), verb=_("停用"), back=row,
        question=_("停用后不再加入新的处置单；已加入的不受影响。"), said=_("已停用。"),
    )  # fmt: skip


@require_POST
def restore_agency(request, pk):
    """Let it join again."""
    row = agency_or_404(pk)
    try:
        actions.restore_agency(row, by=request.user, now=timezone.now())
        messages.success(request, _("已恢复启用。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(row)

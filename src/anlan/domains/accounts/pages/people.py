"""People: the list, each one's page, roles, and one-time passwords."""

from functools import partial

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from anlan.domains.accounts import actions, queries
from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.pages.forms import AddPersonForm, EditPersonForm, GrantForm, ResetForm
from anlan.domains.accounts.terms import COMMA, Right
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm

STATES = [("", gettext_lazy("全部")), ("yes", gettext_lazy("在用")), ("no", gettext_lazy("已停用"))]


class PersonFilter(SearchForm):
    """Filters of the list of people."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("机构（含下级）"),
        required=False,
        to_field_name="code",
        empty_label=gettext_lazy("全部"),
    )
    role = forms.ModelChoiceField(
        Role.objects.all(),
        label=gettext_lazy("角色"),
        required=False,
        to_field_name="code",
        empty_label=gettext_lazy("全部"),
    )
    active = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=STATES)

    def __init__(self, *args, reader, **options):
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = queries.visible(Organisation.objects.all(), reader, through="")

    def narrow(self, queryset, values):
        """By organisation and all below it, by role, by whether the account is in use."""
        if organisation := values.get("organisation"):
            queryset = queryset.filter(organisation__path__startswith=organisation.path)
        if role := values.get("role"):
            queryset = queryset.filter(pk__in=role.holders.values("person"))
        if active := values.get("active"):
            queryset = queryset.filter(is_active=active == "yes")
        return queryset


class PersonListing(Listing):
    """People of the organisations that the reader sees."""

    title = gettext_lazy("人员")
    columns = [
        Column("name", gettext_lazy("姓名"), sort="name"),
        Column("username", gettext_lazy("登录名"), sort="username"),
        Column(
            "organisation",
            gettext_lazy("机构"),
            sort="organisation__path",
            value=lambda p: p.organisation.name,
        ),
        Column("roles", gettext_lazy("角色"), value=lambda person: name_roles(person)),
        Column("phone", gettext_lazy("电话")),
        Column("is_active", gettext_lazy("在用"), "yes", sort="is_active"),
        Column("last_login", gettext_lazy("最近登录"), "time", sort="last_login"),
    ]
    searched = ["name", "username", "phone", "organisation__name"]
    empty_text = gettext_lazy("没有符合条件的人员。请放宽条件，或在机构页面新增人员。")
    file_name = "people"
    template = "accounts/people.html"

    def __init__(self, request, queryset, **context):
        self.filters = partial(PersonFilter, reader=request.user)
        super().__init__(request, queryset, **context)


def name_roles(person):
    """The names of the roles a person holds, each once."""
    return str(COMMA).join(dict.fromkeys(str(held.role) for held in person.holds.all()))


@require_safe
def people(request):
    """The list of people."""
    rows = queries.visible(Person.objects.all(), request.user).select_related("organisation")
    rows = rows.prefetch_related("holds__role")
    return PersonListing(request, rows, manages=request.user.may(Right.ACCOUNTS_MANAGE)).respond()


def person(request, pk):
    """One person: what he may do and where, and what was changed; granting a role is on this page."""
    row = get_object_or_404(queries.visible(Person.objects.all(), request.user), pk=pk)
    manages = request.user.may(Right.ACCOUNTS_MANAGE, row.organisation)
    form = GrantForm(request.POST or None, actor=request.user, initial={"organisation": row.organisation})
    if manages and attempt(form, actions.grant_role, row, by=request.user):
        messages.success(request, _("角色已授予。"))
        return redirect(row)
    context = {
        "title": row.name,
        "person": row,
        "crumbs": crumbs(),
        "manages": manages,
        "form": form if manages and row.is_active else None,
        "holds": row.holds.select_related("role", "organisation"),
        "changes": Change.objects.of(row)[:20],
    }
    return render(request, "accounts/person.html", context)


@never_cache
def add_person(request):
    """A new person; the answer shows the one-time password, this once."""
    asked = Organisation.objects.filter(code=request.GET.get("organisation", "")).first()
    form = AddPersonForm(request.POST or None, actor=request.user, initial={"organisation": asked})
    organisation = form.cleaned_data.pop("organisation") if form.is_valid() else None
    if change := attempt(form, actions.add_person, organisation, by=request.user):
        return show_password(request, change.subject)
    context = {"form": form, "title": _("新增人员"), "verb": _("新增并显示一次性密码"), "crumbs": crumbs()}
    return render(request, "kit/form.html", context | {"cancel_url": reverse("accounts:people")})


def edit_person(request, pk):
    """Other words for a person, or another organisation."""
    row = find_managed(request, pk)
    words = {"name": row.name, "phone": row.phone, "organisation": row.organisation}
    form = EditPersonForm(request.POST or None, actor=request.user, initial=words)
    if attempt(form, actions.edit_person, row, by=request.user):
        messages.success(request, _("修改已保存。"))
        return redirect(row)
    return draw_form(request, row, form, title=_("修改人员"), verb=_("保存修改"))


@never_cache
def reset_password(request, pk):
    """A new one-time password, shown this once."""
    row = find_managed(request, pk)
    form = ResetForm(request.POST or None, actor=request.user)
    if change := attempt(form, actions.reset_password, row, by=request.user):
        return show_password(request, change.subject)
    lead = _("将为“%(name)s”生成一次性密码，原密码和已登录的会话立即失效。") % {"name": row}
    return draw_form(request, row, form, title=_("重置密码"), verb=_("重置并显示一次性密码"), lead=lead)


def deactivate_person(request, pk):
    """No more signing in, after asking."""
    row = find_managed(request, pk)
    return confirm(
        request,
        actions.deactivate_person,
        row,
        title=_("停用账号"),
        question=_("停用后，“%(name)s”立即退出且不能再登录；记录保留，可以恢复启用。") % {"name": row},
        verb=_("停用账号"),
        back=row,
        said=_("账号已停用。"),
    )


def reactivate_person(request, pk):
    """Signing in again, after asking."""
    row = find_managed(request, pk)
    return confirm(
        request,
        actions.reactivate_person,
        row,
        title=_("恢复启用账号"),
        question=_("恢复启用“%(name)s”的账号？原有角色随之恢复。") % {"name": row},
        verb=_("恢复启用"),
        back=row,
        said=_("账号已恢复启用。"),
        danger=False,
    )


def withdraw_role(request, pk, holding):
    """Take a role away, after asking."""
    row = find_managed(request, pk)
    held = get_object_or_404(
        RoleHolding.objects.select_related("role", "organisation"), pk=holding, person=row
    )
    return confirm(
        request,
        actions.withdraw_role,
        row,
        title=_("撤销角色"),
        question=_("“%(name)s”将不再担任“%(role)s”（%(organisation)s）。")
        % {"name": row, "role": held.role, "organisation": held.organisation},
        verb=_("撤销角色"),
        back=row,
        said=_("角色已撤销。"),
        role=held.role,
        organisation=held.organisation,
    )


def find_managed(request, pk):
    """The person of this id whose organisation the reader manages, or 404."""
    return get_object_or_404(
        queries.visible(Person.objects.all(), request.user, right=Right.ACCOUNTS_MANAGE), pk=pk
    )


def show_password(request, row):
    """The one-time password, this once; sent again, the same form only leads to the person."""
    if not hasattr(row, "one_time_password"):
        messages.info(request, _("此前已经办理。一次性密码只显示一次，如未记下请重置密码。"))
        return redirect(row)
    context = {
        "title": row.name,
        "row": row,
        "secret": row.one_time_password,
        "kind": "password",
        "crumbs": crumbs(row),
    }
    return render(request, "accounts/secret.html", context)


def draw_form(request, row, form, *, title, verb, lead=""):
    """The page of a form about a person."""
    context = {"form": form, "title": title, "lead": lead, "verb": verb, "crumbs": crumbs(row)}
    return render(request, "kit/form.html", context | {"cancel_url": row.get_absolute_url()})


def crumbs(row=None):
    """The way here: the list, and the person."""
    way = [{"label": _("人员"), "url": reverse("accounts:people")}]
    return [*way, {"label": row.name, "url": row.get_absolute_url()}] if row else way

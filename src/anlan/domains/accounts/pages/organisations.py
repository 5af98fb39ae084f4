"""The tree of organisations, and each one's page."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts import actions, queries
from anlan.domains.accounts.models import Organisation
from anlan.domains.accounts.pages.forms import MoveForm, OrganisationForm
from anlan.domains.accounts.terms import Right
from anlan.kit.listing import Column, Listing
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm


class OrganisationListing(Listing):
    """The tree that a person sees, drawn whole."""

    title = gettext_lazy("组织机构")
    columns = [
        Column("name", gettext_lazy("名称")),
        Column("code", gettext_lazy("编码")),
        Column("sort", gettext_lazy("类别")),
        Column("phone", gettext_lazy("值班电话")),
        Column("people_count", gettext_lazy("在用人员"), "number"),
    ]
    searched = ["name", "name_en", "code", "sort"]
    empty_text = gettext_lazy("没有符合条件的机构。")
    file_name = "organisations"
    template = "accounts/organisations.html"


@require_safe
def organisations(request):
    """The tree, with search, drawn whole: a district's organisations are read at a glance, not by pages."""
    top = queries.root()
    adds = request.user.may(Right.ACCOUNTS_MANAGE, top)
    add_url = reverse("accounts:add_organisation", args=[top.code]) if adds else ""
    return OrganisationListing(request, queries.organisation_tree(request.user), add_url=add_url).respond()


@require_safe
def organisation(request, code):
    """One organisation: where it stands, who works in it, what reports for it, what was changed."""
    row = get_object_or_404(queries.visible(Organisation.objects.all(), request.user, through=""), code=code)
    manages = request.user.may(Right.ACCOUNTS_MANAGE, row)
    above_it = queries.ancestors(row, request.user)
    context = {
        "title": row.name,
        "organisation": row,
        "crumbs": [{"label": above.name, "url": above.get_absolute_url()} for above in above_it],
        "manages": manages,
        "children": queries.organisation_tree(request.user).filter(parent=row),
        "people": row.people.order_by("-is_active", "username"),
        "credentials": row.credentials.all() if manages else (),
        "screens": row.screens.all() if manages else (),
        "changes": Change.objects.of(row)[:20],
    }
    return render(request, "accounts/organisation.html", context)


def add_organisation(request, code):
    """A new organisation below this one."""
    parent = find_managed(request, code)
    form = OrganisationForm(request.POST or None)
    if change := attempt(form, actions.add_organisation, parent, by=request.user):
        messages.success(request, _("机构“%(name)s”已新增。") % {"name": change.subject})
        return redirect(change.subject)
    return draw_form(request, parent, form, title=_("新增下级机构"), verb=_("新增机构"))


def edit_organisation(request, code):
    """Other words for an organisation."""
    row = find_managed(request, code)
    words = {name: getattr(row, name) for name in OrganisationForm.base_fields}
    form = OrganisationForm(request.POST or None, initial=words)
    if attempt(form, actions.edit_organisation, row, by=request.user):
        messages.success(request, _("修改已保存。"))
        return redirect(row)
    return draw_form(request, find_managed(request, code), form, title=_("修改机构"), verb=_("保存修改"))


def move_organisation(request, code):
    """Another place in the tree."""
    row = find_managed(request, code)
    form = MoveForm(request.POST or None, actor=request.user, initial={"parent": row.parent})
    if attempt(form, actions.move_organisation, row, by=request.user):
        messages.success(request, _("机构及其下级已移动。"))
        return redirect(row)
    return draw_form(request, row, form, title=_("移动机构"), verb=_("移动机构"))


def close_organisation(request, code):
    """Out of use, after asking."""
    row = find_managed(request, code)
    return confirm(
        request,
        actions.close_organisation,
        row,
        title=_("停用机构"),
        question=_("停用后，“%(name)s”不再出现在选择中；已有记录保留，可以恢复启用。") % {"name": row},
        verb=_("停用机构"),
        back=row,
        said=_("机构已停用。"),
    )


def reopen_organisation(request, code):
    """Into use again, after asking."""
    row = find_managed(request, code)
    return confirm(
        request,
        actions.reopen_organisation,
        row,
        title=_("恢复启用机构"),
        question=_("恢复启用“%(name)s”？") % {"name": row},
        verb=_("恢复启用"),
        back=row,
        said=_("机构已恢复启用。"),
        danger=False,
    )


def find_managed(request, code):
    """The organisation of this code where the person manages accounts, or 404."""
    rows = queries.visible(Organisation.objects.all(), request.user, through="", right=Right.ACCOUNTS_MANAGE)
    return get_object_or_404(rows, code=code)


def draw_form(request, row, form, *, title, verb):
    """The page of a form about an organisation."""
    address = row.get_absolute_url()
    crumbs = [
        {"label": _("组织机构"), "url": reverse("accounts:organisations")},
        {"label": row.name, "url": address},
    ]
    context = {"form": form, "title": title, "verb": verb, "crumbs": crumbs, "cancel_url": address}
    return render(request, "kit/form.html", context)

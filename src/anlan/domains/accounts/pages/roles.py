"""Roles: what each allows, as one table, and its page."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from anlan.domains.accounts import actions, queries
from anlan.domains.accounts.models import Person, Role
from anlan.domains.accounts.pages.forms import AddRoleForm, RoleForm
from anlan.domains.accounts.terms import Right
from anlan.kit.models import Change
from anlan.kit.pages import attempt


@require_safe
def roles(request):
    """Roles against rights."""
    need_manager(request)
    table = [
        {"role": role, "cells": [right in role.rights for right in Right.values]}
        for role in Role.objects.annotate(holder_count=Count("holders__person", distinct=True))
    ]
    context = {"title": pgettext("many", "角色"), "lead": _("角色在授予的机构及其下级有效。"), "table": table}
    shown = {"rights": Right.labels, "may_edit": may_edit(request)}
    return render(request, "accounts/roles.html", context | shown)


@require_safe
def role(request, code):
    """One role: its rights, who holds it where, what was changed."""
    need_manager(request)
    row = get_object_or_404(Role, code=code)
    seen = queries.visible(Person.objects.all(), request.user)
    context = {
        "title": row.name,
        "role": row,
        "crumbs": crumbs(),
        "rights": [(right.label, right.value in row.rights) for right in Right],
        "holders": row.holders.filter(person__in=seen).select_related("person", "organisation"),
        "may_edit": may_edit(request),
        "changes": Change.objects.of(row)[:20],
    }
    return render(request, "accounts/role.html", context)


def add_role(request):
    """A new role."""
    need_editor(request)
    form = AddRoleForm(request.POST or None)
    if change := attempt(form, actions.add_role, queries.root(), by=request.user):
        messages.success(request, _("角色已新增。"))
        return redirect(change.subject)
    return draw_form(request, form, title=_("新增角色"), verb=_("新增角色"), back=reverse("accounts:roles"))


def edit_role(request, code):
    """Other rights for all who hold a role."""
    need_editor(request)
    row = get_object_or_404(Role, code=code)
    form = RoleForm(request.POST or None, initial={"name": row.name, "rights": row.rights})
    if attempt(form, actions.edit_role, row, by=request.user):
        messages.success(request, _("修改已保存，对所有担任者立即生效。"))
        return redirect(row)
    return draw_form(request, form, title=_("修改角色"), verb=_("保存修改"), back=row.get_absolute_url())


def draw_form(request, form, *, title, verb, back):
    """The page of a form about a role."""
    context = {"form": form, "title": title, "verb": verb, "cancel_url": back, "crumbs": crumbs()}
    return render(request, "kit/form.html", context)


def crumbs():
    """The way here: the list."""
    return [{"label": pgettext("many", "角色"), "url": reverse("accounts:roles")}]


def need_manager(request):
    """Roles are shown to whoever manages people somewhere; to others they are not there."""
    if not request.user.may(Right.ACCOUNTS_MANAGE):
        raise Http404


def need_editor(request):
    """Roles are changed at the top only."""
    if not may_edit(request):
        raise Http404


def may_edit(request):
    """Whether the reader manages accounts at the top."""
    return request.user.may(Right.ACCOUNTS_MANAGE, queries.root())

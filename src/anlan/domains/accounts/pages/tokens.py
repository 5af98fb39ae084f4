"""Credentials of devices, tokens of screens and of other systems: lists, pages, issuing (shown once) and revoking."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from anlan.domains.accounts import actions, queries
from anlan.domains.accounts.models import AccessToken, DeviceCredential, Organisation, ScreenToken
from anlan.domains.accounts.pages.forms import IssueAccessForm, IssueForm, IssueScreenForm
from anlan.domains.accounts.terms import Right
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm

STATES = [("", gettext_lazy("全部")), ("yes", gettext_lazy("在用")), ("no", gettext_lazy("已停用"))]


class TokenFilter(SearchForm):
    """Filters of lists of tokens."""

    used = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=STATES)

    def narrow(self, queryset, values):
        """By whether the token is in use."""
        return queryset.filter(revoked_at__isnull=values["used"] == "yes") if values.get("used") else queryset


class CredentialListing(Listing):
    """Device credentials that the reader manages."""

    title = gettext_lazy("设备凭证")
    columns = [
        Column("name", gettext_lazy("名称"), sort="name"),
        Column(
            "organisation",
            gettext_lazy("机构"),
            sort="organisation__path",
            value=lambda t: t.organisation.name,
        ),
        Column("token_start", gettext_lazy("令牌开头"), value=lambda row: f"{row.token_start}…"),
        Column("issued_at", gettext_lazy("签发时间"), "time", sort="issued_at"),
        Column("seen_at", gettext_lazy("最近使用"), "time", sort="seen_at"),
        Column("revoked_at", gettext_lazy("停用时间"), "time", sort="revoked_at"),
    ]
    filters = TokenFilter
    searched = ["name", "token_start", "organisation__name"]
    empty_text = gettext_lazy("还没有设备凭证。先签发一个，再填入客流设备或网关。")
    file_name = "credentials"
    template = "accounts/tokens.html"


class ScreenListing(CredentialListing):
    """Screens that the reader manages."""

    title = gettext_lazy("大屏令牌")
    columns = [column for column in CredentialListing.columns if column.key != "seen_at"]
    empty_text = gettext_lazy("还没有大屏令牌。签发一个，即可在无人值守的大屏上打开总览。")
    file_name = "screens"


class AccessListing(CredentialListing):
    """Tokens of other systems that the reader manages."""

    title = gettext_lazy("接口令牌")
    columns = [
        *CredentialListing.columns[:3],
        Column("sees_contacts", gettext_lazy("可读取联系人"), "yes"),
        Column("hands_in_cases", gettext_lazy("可递送案件"), "yes"),
        *CredentialListing.columns[3:],
    ]
    empty_text = gettext_lazy("还没有接口令牌。签发一个，其他部门的系统即可读取本单位可见的企业。")
    file_name = "access-tokens"


@require_safe
def accesses(request):
    """The list of tokens of other systems."""
    rows = managed(AccessToken, request)
    return AccessListing(request, rows, issue_url=reverse("accounts:issue_access")).respond()


@require_safe
def access(request, pk):
    """One token of another system."""
    return draw_token(request, get_object_or_404(managed(AccessToken, request), pk=pk), kind="access")


@never_cache
def issue_access(request):
    """A new token for another system; the answer shows it, this once, with an example to try it."""
    form = IssueAccessForm(request.POST or None, actor=request.user, initial=asked_organisation(request))
    return issue(request, form, actions.issue_access, title=_("签发接口令牌"), kind="access")


def revoke_access(request, pk):
    """Stop a token of another system, after asking."""
    row = get_object_or_404(managed(AccessToken, request), pk=pk)
    return confirm(
        request,
        actions.revoke_access,
        row,
        title=_("停用接口令牌"),
        question=_("停用后，用“%(name)s”的系统立即不能再读取，且不能恢复；需要时请重新签发。")
        % {"name": row},
        verb=_("停用令牌"),
        back=row,
        said=_("接口令牌已停用。"),
    )


@require_safe
def credentials(request):
    """The list of device credentials."""
    rows = managed(DeviceCredential, request)
    return CredentialListing(request, rows, issue_url=reverse("accounts:issue_credential")).respond()


@require_safe
def screens(request):
    """The list of screens."""
    rows = managed(ScreenToken, request)
    return ScreenListing(request, rows, issue_url=reverse("accounts:issue_screen")).respond()


@require_safe
def credential(request, pk):
    """One device credential."""
    return draw_token(
        request, get_object_or_404(managed(DeviceCredential, request), pk=pk), kind="credential"
    )


@require_safe
def screen(request, pk):
    """One screen."""
    return draw_token(request, get_object_or_404(managed(ScreenToken, request), pk=pk), kind="screen")


@never_cache
def issue_credential(request):
    """A new device credential; the answer shows the token, this once, with an example to try it."""
    form = IssueForm(request.POST or None, actor=request.user, initial=asked_organisation(request))
    return issue(request, form, actions.issue_credential, title=_("签发设备凭证"), kind="credential")


@never_cache
def issue_screen(request):
    """A new screen; the answer shows its address, this once."""
    form = IssueScreenForm(request.POST or None, actor=request.user, initial=asked_organisation(request))
    return issue(request, form, actions.issue_screen, title=_("签发大屏令牌"), kind="screen")


def revoke_credential(request, pk):
    """Stop a device credential, after asking."""
    row = get_object_or_404(managed(DeviceCredential, request), pk=pk)
    return confirm(
        request,
        actions.revoke_credential,
        row,
        title=_("停用设备凭证"),
        question=_("停用后，用“%(name)s”上报的数据立即被拒绝，且不能恢复；需要时请重新签发。")
        % {"name": row},
        verb=_("停用凭证"),
        back=row,
        said=_("凭证已停用。"),
    )


def revoke_screen(request, pk):
    """Stop a screen's token, after asking."""
    row = get_object_or_404(managed(ScreenToken, request), pk=pk)
    return confirm(
        request,
        actions.revoke_screen,
        row,
        title=_("停用大屏令牌"),
        question=_("停用后，屏幕“%(name)s”不再显示内容，且不能恢复；需要时请重新签发。") % {"name": row},
        verb=_("停用令牌"),
        back=row,
        said=_("大屏令牌已停用。"),
    )


def managed(model, request):
    """Tokens of the organisations where the reader manages accounts."""
    rows = model.objects.select_related("organisation")
    return queries.visible(rows, request.user, right=Right.ACCOUNTS_MANAGE)


def asked_organisation(request):
    """The organisation named in the address, chosen beforehand in the form."""
    return {"organisation": Organisation.objects.filter(code=request.GET.get("organisation", "")).first()}


def issue(request, form, act, *, title, kind):
    """Ask for the words, issue the token, show it once; sent again, the same form only leads to the row."""
    organisation = form.cleaned_data.pop("organisation") if form.is_valid() else None
    change = attempt(form, act, organisation, by=request.user)
    if not change:
        way = crumbs(kind)
        context = {"form": form, "title": title, "verb": _("签发并显示令牌"), "crumbs": way}
        return render(request, "kit/form.html", context | {"cancel_url": way[0]["url"]})
    row = change.subject
    if not hasattr(row, "token"):
        messages.info(request, _("此前已经签发。令牌只显示一次，如未记下请停用后重新签发。"))
        return redirect(row)
    context = {"title": row.name, "row": row, "secret": row.token, "kind": kind, "crumbs": crumbs(kind)}
    end = change.at.replace(microsecond=0)
    example = {"start": end - timedelta(minutes=1), "end": end}
    origin = f"{request.scheme}://{request.get_host()}"
    return render(request, "accounts/secret.html", context | example | {"origin": origin})


def draw_token(request, row, *, kind):
    """The page of one token."""
    revoke_url = reverse(f"accounts:revoke_{kind}", args=[row.pk])
    context = {"title": row.name, "row": row, "kind": kind, "crumbs": crumbs(kind), "revoke_url": revoke_url}
    return render(request, "accounts/token.html", context | {"changes": Change.objects.of(row)[:20]})


def crumbs(kind):
    """The way here: the list."""
    listing = {"credential": CredentialListing, "screen": ScreenListing, "access": AccessListing}[kind]
    names = {"credential": "credentials", "screen": "screens", "access": "accesses"}
    return [{"label": listing.title, "url": reverse(f"accounts:{names[kind]}")}]

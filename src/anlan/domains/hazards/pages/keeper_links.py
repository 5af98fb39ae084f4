"""Links and QR codes of responsible units: given by whoever watches over them, shown once, revoked, given anew."""

import segno
from django import forms
from django.db import transaction
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.queries import find_enterprise, visible_enterprises
from anlan.domains.hazards.actions.keepers import issue_link, reissue_link, revoke_link
from anlan.domains.hazards.pages.forms import ALL
from anlan.domains.hazards.queries.keepers import Keeper, keeper_of, visible_links
from anlan.domains.hazards.rules.selfchecks import LINK_DAYS_MOST
from anlan.domains.hazards.terms.checklists import CheckRefusal, KeeperKind
from anlan.domains.places.queries import visible_places
from anlan.kit.actions import Refused
from anlan.kit.address import absolute
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm

LIST = [{"label": gettext_lazy("责任单位链接"), "url": reverse_lazy("hazards:links")}]
STATES = [("use", gettext_lazy("在用")), ("over", gettext_lazy("已过期")), ("off", gettext_lazy("已停用"))]
DAYS = 365


class LinkFilter(SearchForm):
    """Filters of the list of links."""

    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=[*ALL, *STATES])

    def narrow(self, queryset, values):
        """By whether it opens still."""
        now, state = timezone.now(), values.get("state")
        if state == "off":
            return queryset.filter(revoked_at__isnull=False)
        if state:
            in_time = {"valid_until__gt": now} if state == "use" else {"valid_until__lte": now}
            return queryset.filter(revoked_at=None, **in_time)
        return queryset


def say_state(row):
    """Whether a link opens still."""
    words = dict(STATES)
    return words["off"] if row.revoked_at else words["use"] if row.valid_until > timezone.now() else words["over"]  # fmt: skip


class LinkListing(Listing):
    """Links of units, the newest first."""

    title = gettext_lazy("责任单位链接")
    columns = [
        Column("keeper", gettext_lazy("责任单位"), value=lambda row: str(row.keeper)),
        Column("holder", gettext_lazy("交给谁")),
        Column("state", gettext_lazy("状态"), "badge", value=say_state),
        Column("organisation", gettext_lazy("监管单位"), value=lambda row: str(row.organisation)),
        Column("token_start", gettext_lazy("令牌开头"), value=lambda row: f"{row.token_start}…"),
        Column("issued_at", gettext_lazy("发放时间"), "time", sort="issued_at"),
        Column("valid_until", gettext_lazy("有效至"), "time", sort="valid_until"),
        Column("seen_at", gettext_lazy("最近使用"), "time", sort="seen_at"),
    ]
    filters = LinkFilter
    searched = ["place__name", "enterprise__name", "holder", "token_start"]
    empty_text = gettext_lazy(
        "还没有责任单位链接。发放一个，责任单位扫码即可自查、报数、办理隐患，无需账号。"
    )
    file_name = "keeper-links"
    template = "hazards/links.html"


class IssueForm(forms.Form):
    """To whom the link is given: a place, or an enterprise; who keeps it; for how long."""

    place = forms.ModelChoiceField(None, label=gettext_lazy("场所"), required=False)
    enterprise = forms.CharField(
        label=gettext_lazy("企业"), required=False, max_length=30,
        help_text=gettext_lazy("统一社会信用代码或登记编号。场所和企业只填一项。"),
    )  # fmt: skip
    holder = forms.CharField(
        label=gettext_lazy("交给谁"), max_length=60, help_text=gettext_lazy("写岗位，不写姓名，如：店长。")
    )
    days = forms.IntegerField(
        label=gettext_lazy("有效期（天）"), min_value=1, max_value=LINK_DAYS_MOST, initial=DAYS
    )

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.person = person
        self.fields["place"].queryset = visible_places(person).filter(person.reach(Right.CHECKS_EDIT))

    def clean(self):
        """The unit, from whichever was given."""
        values = super().clean()
        place, number = values.pop("place", None), values.pop("enterprise", "").strip()
        if bool(place) == bool(number):
            raise forms.ValidationError(CheckRefusal.NO_KEEPER)
        row = place or find_enterprise(number)
        if row is None or (not place and not visible_enterprises(self.person).filter(pk=row.pk).exists()):
            raise forms.ValidationError(_("没有找到这家企业。请核对编号。"))
        values["keeper"] = Keeper(KeeperKind.PLACE if place else KeeperKind.ENTERPRISE, row)
        return values


class AgainForm(forms.Form):
    """For how long the new one opens."""

    days = forms.IntegerField(
        label=gettext_lazy("有效期（天）"), min_value=1, max_value=LINK_DAYS_MOST, initial=DAYS
    )


@require_safe
def links(request):
    """The list of links."""
    may_issue = request.user.may(Right.CHECKS_EDIT)
    return LinkListing(request, visible_links(request.user), may_issue=may_issue).respond()


@require_safe
def link(request, pk):
    """One link."""
    row = get_object_or_404(visible_links(request.user), pk=pk)
    context = {"title": str(row), "row": row, "state": say_state(row), "crumbs": LIST}
    return render(request, "hazards/link.html", context | {"changes": Change.objects.of(row)[:20]})


@never_cache
def issue(request):
    """Give a unit its link; the answer is the sheet to print, this once."""
    form = IssueForm(request.POST or None, person=request.user)
    keeper = form.cleaned_data.get("keeper") if form.is_valid() else None
    if change := attempt(form, issue_link, keeper and keeper.row, by=request.user):
        return show_once(request, change.subject)
    context = {"form": form, "title": _("发放责任单位链接"), "verb": _("发放并显示二维码"), "crumbs": LIST}
    context["lead"] = _("凭链接可自查、报人数、办理本单位隐患，看不到其他单位。遗失请停用或重新发放。")
    return render(request, "kit/form.html", context | {"cancel_url": reverse("hazards:links")})


@never_cache
def reissue(request, pk):
    """A new link and code in the place of an old one."""
    row = get_object_or_404(visible_links(request.user), pk=pk)
    form = AgainForm(request.POST or None)
    if form.is_valid():
        try:
            with transaction.atomic():
                change = reissue_link(row, by=request.user, now=timezone.now(), days=form.cleaned_data["days"])  # fmt: skip
            return show_once(request, change.subject)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "title": _("重新发放"), "verb": _("停用旧码并重新发放"), "crumbs": LIST}
    return render(request, "kit/form.html", context | {"cancel_url": row.get_absolute_url()})


def revoke(request, pk):
    """Stop a link, after asking."""
    row = get_object_or_404(visible_links(request.user), pk=pk)
    return confirm(
        request, revoke_link, row, title=_("停用责任单位链接"), verb=_("停用链接"), back=row, said=_("链接已停用。"),
        question=_("停用后，“%(name)s”的链接和二维码立即失效，且不能恢复。") % {"name": row},
    )  # fmt: skip


def show_once(request, row):
    """The sheet with the code and the address, this once."""
    address = absolute(reverse("keeper:home", args=[row.token]))
    if address.startswith("/"):
        address = f"{request.scheme}://{request.get_host()}{address}"
    context = {
        "title": str(row.keeper), "row": row, "keeper": keeper_of(row), "address": address, "code": draw_code(address),
        "crumbs": LIST,
    }  # fmt: skip
    return render(request, "hazards/link_sheet.html", context)


def draw_code(address):
    """The QR code of an address as a drawing within the page: middle correction, for a sheet on a wall."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=6, border=4, omitsize=True)
    return mark_safe(drawn)  # our own drawing of squares, none of the address's text

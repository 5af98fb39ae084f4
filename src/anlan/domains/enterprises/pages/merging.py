"""Enterprises that are on the register twice: found, merged, and taken apart again."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises import actions, queries
from anlan.domains.enterprises.pages.forms import MergeForm
from anlan.domains.enterprises.pages.register import address_of, draw_form, find_enterprise
from anlan.kit.listing import Column, Listing
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm


class DuplicateListing(Listing):
    """Enterprises whose name is there more than once, those of one name together."""

    title = gettext_lazy("疑似重复企业")
    columns = [
        Column("name", gettext_lazy("名称")),
        Column("code", gettext_lazy("统一社会信用代码")),
        Column("former_number", gettext_lazy("原注册号")),
        Column("supervisor", gettext_lazy("监管单位")),
        Column("address", gettext_lazy("经营地址")),
        Column("registered_at", gettext_lazy("登记时间"), "time"),
    ]
    searched = ["name", "code"]
    empty_text = gettext_lazy("没有发现名称相同的企业。全半角、括号和“有限公司”的不同写法视为相同。")
    file_name = "duplicates"


@require_safe
def duplicates(request):
    """The list of enterprises that may be the same."""
    return DuplicateListing(request, queries.twice_registered(request.user)).respond()


def merge_enterprise(request, code):
    """Let another enterprise stand for this one."""
    row = find_enterprise(request, code, Right.ENTERPRISES_EDIT)
    others = list(queries.duplicates_of(row).filter(pk__in=queries.visible_enterprises(request.user)))
    asked = request.GET.get("into") or (others[0].code if others else "")
    form = MergeForm(request.POST or None, initial={"into": asked})
    if form.is_valid():
        into = queries.find_enterprise(form.cleaned_data["into"])
        seen = into and queries.visible_enterprises(request.user).filter(pk=into.pk).exists()
        if not seen:
            form.add_error("into", _("没有找到这个编号的企业。请核对编号，或由上级单位办理。"))
        elif attempt(form, actions.merge_enterprise, row, by=request.user, into=into):
            messages.success(
                request, _("已合并。原编号 %(code)s 今后指向“%(name)s”。") % {"code": row.code, "name": into}
            )
            return redirect(address_of(into))
    return draw_form(
        request, row, form, title=_("合并企业"), verb=_("合并"), template="enterprises/merge.html",
        sides=compare(row, others[:3]), others=others,
        lead=_("“%(name)s”（%(code)s）将并入您选择的企业。") % {"name": row.name, "code": row.code},
    )  # fmt: skip


COMPARED = (
    "code", "former_number", "name", "supervisor", "industry", "size", "staff_count", "address",
    "registered_address", "standard_grade", "insured_until",
)  # fmt: skip


def compare(row, others):
    """[(label, the value of each enterprise, whether they differ)] for laying them side by side."""
    told = []
    for name in COMPARED:
        field = row._meta.get_field(name)
        values = [show(one, name) for one in (row, *others)]
        told.append((field.verbose_name, values, len(set(values)) > 1))
    return told


def show(row, name):
    """A field's value as people read it."""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    return "" if value is None else str(value)


def unmerge_enterprise(request, code):
    """Take a merged enterprise apart again, after asking."""
    row = find_enterprise(request, code, Right.ENTERPRISES_EDIT)
    merged = Change.objects.of(row).filter(what=actions.merge_enterprise.verb).first()
    return confirm(
        request, actions.unmerge_enterprise, row, title=_("撤销合并"), verb=_("撤销合并"), back=address_of(row),
        question=_("两家企业将重新各自立档，合并时转移的经营地点退回。请写明理由。"), said=_("合并已撤销。"),
        moved_sites=merged.after.get("moved_sites", []) if merged else [],
    )  # fmt: skip

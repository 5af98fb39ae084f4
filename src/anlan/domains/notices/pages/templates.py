"""Safety advice for the desk: the list, one with its versions, the district's own wording."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.domains.accounts.queries import root
from anlan.domains.accounts.terms import Right
from anlan.domains.notices import actions, queries, rules
from anlan.domains.notices.models import NoticeTemplate
from anlan.domains.notices.pages.forms import NewTemplateForm, TemplateForm
from anlan.domains.notices.terms import Hazard
from anlan.kit.pages import attempt, confirm

LIST = [{"label": _("避险须知"), "url": reverse_lazy("notices:templates")}]


@require_safe
def templates(request):
    """Every piece of advice that is offered."""
    found = [(one, Hazard(one.hazard).label) for one in queries.advice_list()]
    may_edit = request.user.may(Right.NOTICES_SIGN, root())
    return render(
        request, "notices/templates.html", {"title": _("避险须知"), "advice": found, "may_edit": may_edit}
    )


def advice_or_404(code):
    advice = queries.find_advice(code)
    if advice is None:
        raise Http404("no such advice")
    return advice


@require_safe
def template(request, code):
    """One piece of advice with its versions."""
    advice = advice_or_404(code)
    texts = [
        (TemplateForm.LABELS[name], advice.texts[f"{name}_zh"], advice.texts[f"{name}_en"])
        for name in TemplateForm.LABELS
    ]
    newest = queries.newest_version(code)
    return render(request, "notices/template.html", {
        "title": advice.texts["name_zh"], "advice": advice, "texts": texts, "crumbs": LIST,
        "hazard": Hazard(advice.hazard).label, "versions": NoticeTemplate.objects.filter(code=code),
        "is_withdrawn": bool(newest and newest.is_withdrawn), "may_edit": request.user.may(Right.NOTICES_SIGN, root()),
    })  # fmt: skip


def edit_template(request, code):
    """Make another version."""
    advice = advice_or_404(code)
    form = TemplateForm(request.POST or None, initial=dict(advice.texts) | {"hazard": advice.hazard})
    if attempt(form, actions.keep_template, root(), by=request.user, code=code):
        messages.success(request, _("新版本已保存。已发布的信息不受影响。"))
        return redirect("notices:template", code)
    back = reverse("notices:template", args=[code])
    return draw_form(request, form, title=_("修改避险须知"), back=back)


def add_template(request):
    """Advice of the district's own."""
    form = NewTemplateForm(request.POST or None, initial={"phone_zh": rules.DEFAULTS[0].texts["phone_zh"]})
    if change := attempt(form, actions.keep_template, root(), by=request.user, is_new=True):
        messages.success(request, _("避险须知已保存。"))
        return redirect(change.subject)
    return draw_form(request, form, title=_("新增避险须知"), back=reverse("notices:templates"))


def draw_form(request, form, *, title, back):
    lead = _("文字中的 {places} 在拟稿时换成场所名称。")
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "verb": _("保存新版本"),
        "cancel_url": back,
        "crumbs": LIST,
    }
    return render(request, "kit/form.html", context)


def withdraw_template(request, code):
    """Ask for the reason, then offer it no more."""
    advice_or_404(code)
    return confirm(
        request, actions.withdraw_template, root(), title=_("停用避险须知"), question=_("停用后不再用于拟稿，公众页面也不再显示。"),
        verb=_("停用"), back=reverse("notices:template", args=[code]), said=_("避险须知已停用。"), code=code,
    )  # fmt: skip

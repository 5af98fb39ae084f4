"""Signing, publishing, lifting, handing over, sending again: the steps that ask first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.notices import actions, queries, rules
from anlan.domains.notices.models import NoticeTarget
from anlan.domains.notices.pages.desk import LIST, notice_or_404, origin_of, previews_of, scene_of
from anlan.domains.notices.pages.forms import HandOverForm, ReportForm
from anlan.domains.notices.terms import EXERCISE_MARK, NoticeKind
from anlan.kit.actions import Refused
from anlan.kit.pages import attempt, confirm


def sign_notice(request, pk):
    """Exactly what will be published, its hash, and the button that puts a name to it."""
    row, now = notice_or_404(request, pk), timezone.now()
    if request.method == "POST":
        try:
            actions.sign_notice(
                row, by=request.user, now=now, seen_sha256=request.POST.get("seen_sha256", "")
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("notices:sign", row.pk)
        messages.success(request, _("已签发，内容已锁定。可以发布。"))
        return redirect(row)
    texts, mark = queries.texts_of(row), EXERCISE_MARK if row.is_exercise else ""
    until = f"{timezone.localtime(row.expires_at):%m-%d %H:%M}" if row.expires_at else ""
    number = row.number or _("发布时编号")
    return render(request, "notices/sign.html", {
        "title": pgettext("notice", "签发"), "row": row, "scene": scene_of(row), "crumbs": [*LIST, {"label": str(row), "url": row.get_absolute_url()}],
        "sha256": rules.digest(queries.frozen_of(row)), "previews": previews_of(row),
        "areas": [queries.area_of(row, "zh"), queries.area_of(row, "en")],
        "targets": row.targets.select_related("display", "channel"),
        "message": rules.with_mark(rules.message_text(texts, until=until, number=number), mark),
        "weibo": rules.weibo_text(texts, _("（网址）"), mark=mark),
        "lines": queries.draft_lines(row, now=now) if row.kind == NoticeKind.STATUTORY_WARNING else [],
        "why_not": why_not(row, request.user, now), "can_sign": rules.check_step(row.state, "sign", kind=row.kind) is None,
    })  # fmt: skip


def why_not(row, person, now):
    """Why this person could not sign it now, in a sentence, so that he sees it before he reads on."""
    return (
        rules.check_step(row.state, "sign", kind=row.kind)
        or queries.check_signer(row, person, now=now)
        or queries.check_ready(row, now=now)
        or ""
    )


def return_notice(request, pk):
    """Give it back with what is to be mended."""
    row = notice_or_404(request, pk)
    return confirm(
        request, actions.return_notice, row, title=_("退回修改"), question=_("请写明需要修改之处，拟稿人会看到。"),
        verb=_("退回修改"), back=row, said=_("已退回拟稿人。"), danger=False,
    )  # fmt: skip


def publish_notice(request, pk):
    """Ask once more, then publish."""
    row = notice_or_404(request, pk)
    outlets = ", ".join(str(target) for target in row.targets.select_related("display", "channel"))
    question = _("“%(headline)s”将发往：%(outlets)s。发布后不能修改，只能更正或解除。")
    return confirm(
        request, actions.publish_notice, row, title=_("发布"),
        question=question % {"headline": row, "outlets": outlets}, verb=_("发布"), back=row,
        said=_("已发布。各渠道回执见下表。"), danger=False, origin=origin_of(request),
    )  # fmt: skip


def lift_notice(request, pk):
    """Ask for the reason, then lift."""
    row = notice_or_404(request, pk)
    return confirm(
        request, actions.lift_notice, row, title=pgettext("notice", "解除"),
        question=_("解除后，各电子屏恢复备用文字，发过消息的渠道会收到解除通知。"), verb=pgettext("notice", "解除"), back=row,
        said=_("已解除，并已通知原渠道。"),
    )  # fmt: skip


def drop_notice(request, pk):
    """Ask for the reason, then give the draft up."""
    row = notice_or_404(request, pk)
    return confirm(
        request, actions.drop_notice, row, title=_("作废"), question=_("作废后不能恢复；已发布的信息请用“解除”。"),
        verb=_("作废"), back=row, said=_("草稿已作废。"),
    )  # fmt: skip


def hand_over(request, pk):
    """Record who took a warning's draft."""
    row = notice_or_404(request, pk)
    form = HandOverForm(request.POST or None)
    if attempt(form, actions.hand_over, row, by=request.user):
        messages.success(request, _("移交已登记。发布与否由接收单位决定。"))
        return redirect(row)
    return render(request, "kit/form.html", {
        "title": _("登记移交"), "lead": _("先把导出的文件交给有权发布的单位，再在此登记接收人和时间。"), "form": form,
        "verb": _("登记移交"), "cancel_url": row.get_absolute_url(), "crumbs": LIST,
    })  # fmt: skip


def target_or_404(request, pk):
    """An outlet of a notice that the reader sees."""
    seen = queries.visible_notices(request.user)
    return get_object_or_404(
        NoticeTarget.objects.select_related("notice__organisation"), pk=pk, notice__in=seen
    )


@require_POST
def send_again(request, pk):
    """Send to one channel once more."""
    target = target_or_404(request, pk)
    try:
        actions.send_again(target, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已重新提交发送。"))
    return redirect(target.notice)


def report_published(request, pk):
    """Record the address at which a person published it."""
    target = target_or_404(request, pk)
    form = ReportForm(request.POST or None)
    if attempt(form, actions.report_published, target, by=request.user):
        messages.success(request, _("发布网址已登记。"))
        return redirect(target.notice)
    return render(request, "kit/form.html", {
        "title": _("登记人工发布"), "lead": _("在该平台发布后，把文章网址填在这里。"), "form": form, "verb": _("登记网址"),
        "cancel_url": target.notice.get_absolute_url(), "crumbs": LIST,
    })  # fmt: skip


@require_safe
def export_12379(request, pk):
    """A warning's draft as a 12379 document, for who may issue it."""
    row = warning_or_404(request, pk)
    try:
        body = queries.write_12379(row, now=timezone.now())
    except ValueError as why:  # a draft may be incomplete
        return HttpResponse(str(why), status=422, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(body, content_type="application/xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="warning-draft-{row.pk}.xml"'
    return answer


@require_safe
def export_docx(request, pk):
    """The same as a Word document."""
    row = warning_or_404(request, pk)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    answer = HttpResponse(queries.write_docx(row, now=timezone.now()), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="warning-draft-{row.pk}.docx"'
    return answer


@require_safe
def print_draft(request, pk):
    """The same as a sheet to print."""
    row = warning_or_404(request, pk)
    context = {"row": row, "lines": queries.draft_lines(row, now=timezone.now())}
    return HttpResponse(render_to_string("notices/print.html", context, request))


def warning_or_404(request, pk):
    """A statutory warning that the reader sees."""
    return get_object_or_404(queries.visible_notices(request.user), pk=pk, kind="statutory_warning")


@require_safe
def preview_cap(request, pk):
    """The CAP document of a notice as it stands, for those who see it; an exercise is marked as one."""
    row = notice_or_404(request, pk)
    origin = origin_of(request)
    try:
        body = queries.cap_document(row, origin=origin, now=timezone.now())
    except ValueError as why:  # a draft may be incomplete
        return HttpResponse(str(why), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(body, content_type="application/cap+xml; charset=utf-8")

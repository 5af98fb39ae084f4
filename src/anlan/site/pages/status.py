"""The state of the installation: engine, disk, database, doors, worker loop; and leaving the demonstration."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.domains.accounts.queries import root
from anlan.domains.accounts.terms import Right
from anlan.kit.models import Channel
from anlan.kit.outbox import healths, outbox_figures
from anlan.kit.queries import chain_head, last_seal
from anlan.site.demo import load as demo
from anlan.site.demo.crowds import is_wanted
from anlan.site.doctor import examine


def status(request):
    """/status/: what `anlan doctor` says, for people without a terminal."""
    if not request.user.may(Right.ACCOUNTS_MANAGE):
        raise PermissionDenied
    may_leave = is_wanted(settings.DATA) and request.user.may(Right.ACCOUNTS_MANAGE, root())
    channels = Channel.objects.filter(request.user.reach(Right.VIEW), is_active=True)
    context = {
        "findings": examine(), "may_leave": may_leave, "seal": last_seal(), "head": chain_head(),
        "channels": healths(list(channels), timezone.now()), "outbox": outbox_figures(),
    }  # fmt: skip
    return render(request, "site/status.html", context)


def leave_demo(request):
    """/status/leave-demo/: retire the demonstration district; asks first."""
    if not request.user.may(Right.ACCOUNTS_MANAGE, root()):
        raise PermissionDenied
    if request.method == "POST":
        sensors, places = demo.leave(by=request.user, now=timezone.now())
        messages.success(
            request,
            _("已注销示范数据：%(sensors)d 台设备、%(places)d 个场所。")
            % {"sensors": sensors, "places": places},
        )
        return redirect("places:imports")
    return render(
        request,
        "kit/confirm.html",
        {
            "title": _("注销示范数据"),
            "lead": _("真实城区进驻前使用。注销后可批量导入本区场所。"),
            "consequences": [
                _("所有示范场所和示范设备注销，不再出现在大屏和列表中。"),
                _("示范隐患、公众上报和案件清退，不再计入清单、统计表和研判。"),
                _("注销记入变更记录；示范机构可在“组织机构”中停用。"),
            ],
            "verb": _("注销示范数据"),
            "danger": True,
            "cancel_url": reverse("site:status"),
        },
    )

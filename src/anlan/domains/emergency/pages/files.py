"""Photos and papers kept with an alarm or an incident."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency import queries
from anlan.domains.emergency.models import Alarm, Incident
from anlan.kit.actions import Refused
from anlan.kit.attachments import MOST_BYTES, attachments_of, keep, withdraw
from anlan.kit.models import Attachment
from anlan.kit.pages import confirm
from anlan.kit.terms import FileRefusal

KINDS = {"alarm": Alarm, "incident": Incident}


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("照片或文件"), help_text=_("照片会去掉拍摄设备信息；单个文件不超过 20 MB。")
    )


def files_of(row, person):
    """What `kit/attachments.html` draws: the files, and the form where this person may add one."""
    shown = {"attachments": attachments_of(row)}
    if not may_add(person, row):
        return shown
    kind = "alarm" if isinstance(row, Alarm) else "incident"
    return shown | {
        "upload_url": reverse("emergency:file_add", args=[kind, row.pk]), "upload_form": FileForm(),
        "withdraw_page": "emergency:file_withdraw",
    }  # fmt: skip


def may_add(person, row):
    """Whoever handles it: the responsible organisation, an agency that is in on the alarm, who runs the incident."""
    if isinstance(row, Incident):
        return person.may(Right.INCIDENTS_RUN, row.organisation)
    return person.may(Right.ALARMS_ANSWER, row.organisation) or queries.party_of(person, row) is not None


def find_row(request, kind, pk):
    """The alarm or incident that the reader sees. Raises Http404."""
    if kind == "alarm":
        row = queries.find_alarm(request.user, int(pk))
    else:
        row = queries.visible_incidents(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@require_POST
def add_file(request, kind, pk):
    """Keep a file with the row; back to it, saying what happened."""
    if kind not in KINDS:
        raise Http404
    row = find_row(request, kind, pk)
    if not may_add(request.user, row):
        raise PermissionDenied
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("请选择要上传的照片或文件。"))
        return redirect(row)
    upload = form.cleaned_data["file"]
    try:
        if upload.size > MOST_BYTES:
            sizes = {"name": upload.name, "mb": -(-upload.size // 2**20), "most": MOST_BYTES // 2**20}
            raise Refused(str(FileRefusal.TOO_LARGE % sizes))
        keep(row, by=request.user, now=timezone.now(), name=upload.name, body=upload.read())
        messages.success(request, _("附件已上传。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(row)


def withdraw_file(request, pk):
    """Ask for the reason, then take a file off its row's page."""
    attachment = get_object_or_404(Attachment, pk=pk, withdrawn_at=None)
    kind = attachment.about_kind.rpartition(".")[2]
    if kind not in KINDS or not attachment.about_kind.startswith("emergency."):
        raise Http404
    row = find_row(request, kind, attachment.about_id)
    if not may_add(request.user, row):
        raise PermissionDenied
    return confirm(
        request, withdraw, attachment, title=_("撤下附件"), verb=_("撤下"), back=row, said=_("附件已撤下，记录保留。"),
        question=_("“%(name)s”将不再显示，上传和撤下的记录仍保留。请写明理由。") % {"name": attachment.name},
    )  # fmt: skip

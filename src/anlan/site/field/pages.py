"""Pages around the field app: my phones, what arrived, what waits for somebody, and a file handed in."""

from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import COMMA
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt, confirm
from anlan.kit.terms import RecordKind, RecordState
from anlan.site.field import boxes, doors, taking, uploads
from anlan.site.field import devices as phones
from anlan.site.field.answers import NotTaken
from anlan.site.field.manifests import MIB
from anlan.site.field.records import RecordFile
from anlan.site.field.terms import BODY_LABELS, Refusal

ALL = [("", gettext_lazy("全部"))]
WAITING = "waiting"
UNTOLD = ("seen", "photos", "is_confirmed")  # of a self-check: for machines alone
ARRIVED = [{"label": gettext_lazy("移动巡查记录"), "url": reverse_lazy("field:arrived")}]
MOST_BOX_BYTES = 60 * MIB  # what the server's door lets through; larger ones by `anlan field open`


# ── phones ──────────────────────────────────────────────────────────────────────────────────────


class DeviceListing(Listing):
    """Phones: one's own, and those of the people whom one manages."""

    title = gettext_lazy("移动终端")
    columns = [
        Column("name", gettext_lazy("终端名称"), sort="name"),
        Column("person", gettext_lazy("使用人"), sort="person__name", value=lambda row: str(row.person)),
        Column("organisation", gettext_lazy("所属机构"), sort="organisation__path", value=lambda row: str(row.organisation)),
        Column("registered_at", gettext_lazy("登记时间"), "time", sort="registered_at"),
        Column("seen_at", gettext_lazy("最近使用"), "time", sort="seen_at"),
        Column("state", gettext_lazy("状态"), "badge", value=lambda row: _("已停用") if row.revoked_at else _("在用")),
    ]  # fmt: skip
    searched = ["name", "person__name", "person__username"]
    empty_text = gettext_lazy("还没有登记移动终端。在手机上打开移动巡查并按提示准备，终端即登记在您名下。")
    file_name = "field-devices"

    def link(self, row):
        """To where it is revoked."""
        return "" if row.revoked_at else reverse("field:revoke", args=[row.pk])


def devices(request):
    """/field/devices/: the list; a phone registers itself by POST."""
    if request.method == "POST":
        return doors.register(request)
    return DeviceListing(request, phones.visible_devices(request.user)).respond()


def revoke(request, pk):
    """/field/devices/<pk>/revoke/: take nothing more from a phone; asks first."""
    row = get_object_or_404(phones.visible_devices(request.user), pk=pk)
    told = {
        "title": _("停用移动终端"), "verb": _("停用"), "back": reverse("field:devices"),
        "question": _("停用“%(name)s”（%(person)s）后，该终端不能再下载或上传。终端上尚未上传的内容可导出后交入。") % {"name": row, "person": row.person},
        "said": _("终端已停用。"),
    }  # fmt: skip
    return confirm(request, phones.revoke_device, row, **told)


# ── what arrived ────────────────────────────────────────────────────────────────────────────────


class RecordFilter(SearchForm):
    """Filters of what arrived."""

    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[*ALL, (WAITING, gettext_lazy("待处理")), *RecordState.choices],
    )
    kind = forms.ChoiceField(label=gettext_lazy("内容"), required=False, choices=[*ALL, *RecordKind.choices])

    def narrow(self, queryset, values):
        """By state and kind."""
        state = values.get("state")
        if state == WAITING:
            queryset = queryset.exclude(state=RecordState.TAKEN).filter(settled_at=None)
        elif state:
            queryset = queryset.filter(state=state)
        return queryset.filter(kind=values["kind"]) if values.get("kind") else queryset


def say_state(row):
    """Its state, and that nobody deals with it any more."""
    return _("不再办理") if row.settled_at else row.get_state_display()


class RecordListing(Listing):
    """Records of phones, the newest first: one's own, and those of organisations where one receives."""

    title = gettext_lazy("移动巡查记录")
    columns = [
        Column("kind", gettext_lazy("内容"), value=lambda row: row.get_kind_display() or _("无法打开")),
        Column("state", gettext_lazy("状态"), "badge", sort="state", value=say_state),
        Column("number", gettext_lazy("编号")),
        Column("reason", gettext_lazy("说明"), "sentence"),
        Column("files", gettext_lazy("文件数"), "number", value=lambda row: len(row.files)),
        Column("person", gettext_lazy("使用人"), value=lambda row: str(row.person)),
        Column("device", gettext_lazy("终端"), value=lambda row: str(row.upload.device)),
        Column("made_at", gettext_lazy("现场记录时间"), "time", sort="made_at"),
        Column("arrived_at", gettext_lazy("到达时间"), "time", sort="arrived_at"),
    ]  # fmt: skip
    filters = RecordFilter
    searched = ["number", "reason", "person__name"]
    empty_text = gettext_lazy("还没有从移动终端到达的记录。")
    file_name = "field-records"
    template = "site/field_records.html"


@require_safe
def arrived(request):
    """/field/arrived/: what has arrived."""
    seen = taking.visible_records(request.user)
    may_receive = request.user.may(taking.RECEIVE)
    waiting = seen.exclude(state=RecordState.TAKEN).filter(settled_at=None).count()
    return RecordListing(request, seen, waiting=waiting, may_hand_in=may_receive).respond()


def record_or_404(request, pk):
    """The record that the reader sees. Raises Http404."""
    return get_object_or_404(taking.visible_records(request.user), pk=pk)


@require_safe
def record(request, pk):
    """/field/records/<pk>/: one record as it came, what became of it, and what can be done."""
    row = record_or_404(request, pk)
    context = {
        "record": row, "title": row.get_kind_display() or _("无法打开的记录"), "crumbs": ARRIVED, "state": say_state(row),
        "lines": [(BODY_LABELS.get(name, name), say(value)) for name, value in row.content.get("body", {}).items() if name not in UNTOLD and say(value)],
        "files": list(zip(row.files, taking.tell_files(row), strict=True)), "handed_in_by": row.upload.handed_in_by,
        "changes": Change.objects.of(row),
    }  # fmt: skip
    return render(request, "site/field_record.html", context)


def say(value):
    """A value of a record's body as people read it: what it is made of, one after another; "" for nothing."""
    if isinstance(value, dict):
        colon = _("：")
        return "\n".join(f"{name}{colon}{said}" for name, one in value.items() if (said := say(one)))
    if isinstance(value, list):
        return str(COMMA).join(filter(None, map(say, value)))
    return "" if value is None else str(value)


@require_POST
def take_again(request, pk):
    """Try it once more; back to it, saying what came of it."""
    row = record_or_404(request, pk)
    try:
        row = taking.take_again(row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if row.state == RecordState.TAKEN:
            messages.success(request, _("已办理。"))
        else:
            messages.error(request, _("仍未能办理：%(why)s") % {"why": row.reason})
    return redirect("field:record", pk)


def set_aside(request, pk):
    """Say, with a reason, that it need not be dealt with; asks first."""
    row = record_or_404(request, pk)
    if not row.is_waiting:
        raise Http404
    told = {
        "title": _("不再办理"), "verb": _("不再办理"), "said": _("已记为不再办理，内容仍然保留。"), "back": row,
        "question": _("这条记录不会再办理，内容和理由仍然保留。"),
    }  # fmt: skip
    return confirm(request, taking.set_aside, row, **told)


@require_safe
def record_file(request, pk, uid):
    """A file of a record as it came from the phone, to save and look at with care."""
    row = record_or_404(request, pk)
    line = next((one for one in row.files if one["uid"] == str(uid) and one.get("sha256")), None)
    if line is None:
        raise Http404
    told = RecordFile(uid=uid, name=line["name"], sha256=line["sha256"], size=line["size"])
    try:
        body = taking.open_file(told, line["part"])
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(row)
    answer = HttpResponse(body, content_type="application/octet-stream")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(line['name'])}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# ── a file handed in ────────────────────────────────────────────────────────────────────────────


class BoxForm(forms.Form):
    """The exported file."""

    file = forms.FileField(
        label=gettext_lazy("导出文件"),
        help_text=gettext_lazy(
            ".anlanbox 文件，不超过 60 MB；更大的文件请由管理员在服务器上用 anlan field open 办理。"
        ),
    )


def take_file(upload, *, by, now, file):
    """An officer hands in what a phone exported: the Upload. Raises Refused."""
    if file.size > MOST_BOX_BYTES:
        raise Refused(str(Refusal.BOX_TOO_LARGE % {"most": MOST_BOX_BYTES // MIB}))
    try:
        box = boxes.Box(file)
        device = boxes.find_device(box)
        if device is None:
            raise Refused(str(Refusal.DEVICE_UNKNOWN))
        if device.person_id != by.pk and not by.may(taking.RECEIVE, device.person.organisation):
            raise Refused(str(Refusal.BOX_NOT_YOURS % {"organisation": device.person.organisation}))
        with uploads.written_through():
            return boxes.take_box(box, device, now=now, handed_in_by=by)
    except (boxes.Unreadable, NotTaken) as why:
        raise Refused(str(why)) from why


def hand_in(request):
    """/field/hand-in/: hand in what a phone exported; then the list of what arrived."""
    if not request.user.may(taking.RECEIVE):
        raise PermissionDenied
    form = BoxForm(request.POST or None, request.FILES or None)
    if upload := attempt(form, take_file, None, by=request.user):
        tell_taken(request, upload)
        return redirect("field:arrived")
    context = {
        "form": form, "title": _("交入导出文件"), "verb": _("交入"), "crumbs": ARRIVED, "cancel_url": reverse("field:arrived"),
        "lead": _("手机无法上传时，可在发件箱中导出 .anlanbox 文件，由本单位管理人员在此交入。重复交入不会重复登记。"),
    }  # fmt: skip
    return render(request, "kit/form.html", context)


def tell_taken(request, upload):
    """Say how many records of a box were taken, wait, or are not in it."""
    told = taking.describe_outcome(upload)["records"]
    taken = sum(one["state"] == RecordState.TAKEN for one in told)
    left, missing = len(told) - taken, len(upload.manifest["records"]) - len(told)
    messages.success(request, _("已办理 %(n)d 条记录。") % {"n": taken})
    if left:
        messages.warning(request, _("%(n)d 条未能办理，原因见下表。") % {"n": left})
    if missing:
        messages.warning(request, _("%(n)d 条的内容不全或已损坏，请从手机重新导出。") % {"n": missing})

"""A sensor that must be called: its address and login."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from anlan.devices.sources import SOURCES
from anlan.domains.crowd import actions
from anlan.domains.crowd.pages.sensors import find_or_404
from anlan.kit.pages import attempt, confirm


class SourceForm(forms.Form):
    """Where the device is called and as whom. The password is never sent to the browser."""

    url = forms.CharField(
        label=_("设备地址"), max_length=300, help_text=_("如 http://10.0.0.9 或 https://10.0.0.9:8443。")
    )
    username = forms.CharField(label=_("用户名"), max_length=100, required=False)
    password = forms.CharField(
        label=_("密码"), max_length=200, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("只写不读：保存后不再显示；留空表示不更改。请为本系统单独建立只读账号。"),
    )  # fmt: skip
    channel = forms.CharField(
        label=_("设备通道号"),
        max_length=20,
        required=False,
        help_text=_("录像机有多个通道时填写；留空为全部。"),
    )
    poll_s = forms.FloatField(
        label=_("采集间隔（秒）"), min_value=5, max_value=3600, initial=60,
        help_text=_("逐次查询的设备（大华）按此间隔；保持连接的设备（海康威视）不受影响。"),
    )  # fmt: skip
    verify_tls = forms.BooleanField(
        label=_("核验 HTTPS 证书"), required=False, initial=True, help_text=_("设备使用自签证书时取消。")
    )


def set_source(request, code):
    """Set where the sensor is called."""
    sensor = find_or_404(code, request.user)
    if sensor.kind not in SOURCES:
        raise Http404
    known = {name: value for name, value in (sensor.source or {}).items() if name != "password"}
    form = SourceForm(request.POST or None, initial=known)
    if attempt(form, actions.set_source, sensor, by=request.user):
        messages.success(request, _("主动采集已设置，几秒后开始连接。"))
        return redirect(sensor)
    context = {
        "form": form,
        "title": _("主动采集"),
        "verb": _("保存设置"),
        "cancel_url": sensor.get_absolute_url(),
    }
    return render(request, "kit/form.html", context)


def drop_source(request, code):
    """Ask, then call the sensor no more."""
    sensor = find_or_404(code, request.user)
    return confirm(
        request, actions.drop_source, sensor, title=_("停止主动采集"), verb=_("停止主动采集"), back=sensor,
        question=_("停止后不再连接该设备，保存的密码一并删除。"), said=_("已停止主动采集。"),
    )  # fmt: skip

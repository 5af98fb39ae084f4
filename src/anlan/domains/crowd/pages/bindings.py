"""What a sensor's channels count: binding, changing and unbinding them."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.pages.sensors import find_or_404
from anlan.domains.crowd.terms import Measures
from anlan.kit.pages import attempt, confirm


class BindingForm(forms.Form):
    """One channel and what it counts, at the sensor's own place."""

    channel = forms.CharField(
        label=_("通道"), max_length=80, initial="*", help_text=_("设备报文中的通道名；* 代表全部通道。")
    )
    measures = forms.ChoiceField(label=_("测量内容"), choices=Measures.choices)
    entrance = forms.ModelChoiceField(label=_("出入口"), queryset=None, required=False, empty_label=_("不限"))
    into_zone = forms.ModelChoiceField(
        label=_("进入区域"), queryset=None, required=False, empty_label=_("场所整体"),
        help_text=_("设备计为“进”的人进入哪里；在场人数和密度属于哪里。"),
    )  # fmt: skip
    from_zone = forms.ModelChoiceField(
        label=_("来自区域"), queryset=None, required=False, empty_label=_("场所以外"),
        help_text=_("设备计为“进”的人从哪里来。"),
    )  # fmt: skip
    is_reversed = forms.BooleanField(label=_("进出方向相反"), required=False)

    def __init__(self, *args, sensor, binding=None, **kwargs):
        if binding is not None:
            kwargs["initial"] = {name: getattr(binding, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.fields["entrance"].queryset = sensor.place.entrances.all()
        self.fields["into_zone"].queryset = self.fields["from_zone"].queryset = sensor.place.zones.all()
        seen = [(channel.name, channel.name) for channel in queries.channels_seen(sensor) if channel.name]
        if seen:
            heard = _("、").join(name for name, _label in seen[:12])
            self.fields["channel"].help_text = _("已收到的通道：%(heard)s；* 代表全部通道。") % {
                "heard": heard
            }

    def clean_channel(self):
        """The channel's name as the device writes it."""
        return self.cleaned_data["channel"].strip()


def add_binding(request, code):
    """Bind a channel of the sensor."""
    sensor = find_or_404(code, request.user)
    form = BindingForm(
        request.POST or None, sensor=sensor, initial={"channel": request.GET.get("channel", "*")}
    )
    if attempt(form, actions.bind_channel, sensor, by=request.user):
        messages.success(request, _("通道已绑定，几秒后开始计数。"))
        return redirect(sensor)
    return show_form(request, sensor, form, title=_("绑定通道"))


def edit_binding(request, code, pk):
    """Change what a bound channel counts."""
    sensor, binding = find_binding(code, pk, request.user)
    form = BindingForm(request.POST or None, sensor=sensor, binding=binding)
    if attempt(form, actions.edit_binding, binding, by=request.user):
        messages.success(request, _("绑定已修改，几秒后生效。"))
        return redirect(sensor)
    return show_form(request, sensor, form, title=_("修改通道绑定"))


def remove_binding(request, code, pk):
    """Ask, then unbind."""
    sensor, binding = find_binding(code, pk, request.user)
    return confirm(
        request, actions.unbind_channel, binding, title=_("解除通道绑定"), verb=_("解除绑定"), back=sensor,
        question=_("解除后该通道的读数不再计入任何场所，历史保留。"), said=_("绑定已解除。"),
    )  # fmt: skip


def find_binding(code, pk, person):
    """The sensor and its binding, or 404."""
    sensor = find_or_404(code, person)
    binding = queries.bindings_of(sensor).filter(pk=pk).first()
    if binding is None:
        raise Http404
    return sensor, binding


def show_form(request, sensor, form, *, title):
    crumbs = [{"label": sensor.name, "url": sensor.get_absolute_url()}]
    context = {
        "form": form,
        "title": title,
        "verb": _("保存绑定"),
        "cancel_url": sensor.get_absolute_url(),
        "crumbs": crumbs,
    }
    return render(request, "kit/form.html", context)

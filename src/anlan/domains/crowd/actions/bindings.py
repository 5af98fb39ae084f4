"""What the channels of a sensor count: the passages through an entrance, between zones, or those present.

Every binding is a setting of its sensor, so the change rows are the sensor's.
"""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.models import Binding
from anlan.domains.crowd.terms import Measures
from anlan.kit.actions import Done, action, check

EVERY_CHANNEL = "*"


@action("crowd.bind_channel", may=Right.SENSORS_EDIT, label=_("绑定通道"))
def bind_channel(sensor, *, by, now, **what):
    """Bind a channel; `what`: channel, measures, entrance, into_zone, from_zone, is_reversed."""
    binding = Binding(sensor=sensor, **what)
    check(refuse_binding(binding))
    binding.save()
    return Done(sensor, {"binding": None}, {"binding": describe_binding(binding)})


@action("crowd.edit_binding", may=Right.SENSORS_EDIT, label=_("修改通道绑定"))
def edit_binding(binding, *, by, now, **what):
    """Change what a bound channel counts."""
    before = describe_binding(binding)
    for name, value in what.items():
        setattr(binding, name, value)
    check(refuse_binding(binding))
    binding.save()
    return Done(binding.sensor, {"binding": before}, {"binding": describe_binding(binding)})


@action("crowd.unbind_channel", may=Right.SENSORS_EDIT, label=_("解除通道绑定"))
def unbind_channel(binding, *, by, now):
    """The channel no longer counts; its past readings stay in the history."""
    before = describe_binding(binding)
    binding.delete()
    return Done(binding.sensor, {"binding": before}, {"binding": None})


def describe_binding(binding):
    """A binding as plain values for a change row; `zh` and `en` say it in a line."""
    into, from_ = binding.into_zone and binding.into_zone.name, binding.from_zone and binding.from_zone.name
    described = {
        "channel": binding.channel,
        "measures": str(binding.measures),
        "entrance": binding.entrance and binding.entrance.name,
        "into": into,
        "from": from_,
        "reversed": binding.is_reversed,
    }
    way = f"{from_ or ''} {'←' if binding.is_reversed else '→'} {into or ''}".strip() if into or from_ else ""
    told = {name: value for name, value in described.items() if value}
    for language, _name in settings.LANGUAGES:
        with override(language):
            words = (binding.channel, binding.get_measures_display(), described["entrance"], way)
            told[language[:2]] = " · ".join(str(word) for word in words if word)
    return told


def refuse_binding(binding):
    """Why this binding would count wrongly, or None."""
    parts = (binding.entrance, binding.into_zone, binding.from_zone)
    if any(part is not None and part.place_id != binding.sensor.place_id for part in parts):
        return _("出入口和区域必须属于设备所在的场所。")
    if binding.measures != Measures.FLOW and (binding.from_zone or binding.is_reversed):
        return _("在场人数和密度没有方向：请清空“来自区域”和“进出方向相反”。")
    if binding.into_zone is not None and binding.into_zone == binding.from_zone:
        return _("进入区域与来自区域不能相同。")
    return refuse_channel(binding)


def refuse_channel(binding):
    """Why the channel is already counted: twice by itself, or once more through `*`."""
    others = Binding.objects.filter(sensor=binding.sensor, measures=binding.measures).exclude(pk=binding.pk)
    bound = set(others.values_list("channel", flat=True))
    if binding.channel in bound:
        return _("通道“%(channel)s”已绑定，请修改原有绑定。") % {"channel": binding.channel}
    if bound and (binding.channel == EVERY_CHANNEL or EVERY_CHANNEL in bound):
        return _("“*”代表全部通道，与单独绑定的通道并用会重复计数：请只用其中一种。")
    return None

"""Devices that must be called: where, as whom, how often. The password is kept to log in with and never told."""

from django.utils.translation import gettext_lazy as _

from anlan.devices.calling import read_source_settings
from anlan.devices.refusal import Refusal
from anlan.devices.sources import SOURCES
from anlan.domains.accounts.terms import Right
from anlan.kit.actions import Done, action, check

TOLD = ("url", "username", "channel", "poll_s", "verify_tls")  # what a change row may say of a source


@action("crowd.set_source", may=Right.SENSORS_EDIT, label=_("设置主动采集"))
def set_source(sensor, *, by, now, password="", **settings):
    """Call the device from now on; `settings` are those of `SourceSettings`.

    An empty `password` keeps the one on record, as long as address and name stay the same: whoever may edit must
    not be able to send it elsewhere.
    """
    known = sensor.source or {}
    is_same = all(known.get(name, "") == settings.get(name, "") for name in ("url", "username"))
    if not password and known.get("password"):
        check(None if is_same else _("地址或用户名已更改，请重新填写密码。"))
        password = known["password"]
    source = settings | {"password": password}
    check(refuse_source(sensor.kind, source))
    return keep_source(sensor, source)


@action("crowd.drop_source", may=Right.SENSORS_EDIT, label=_("停止主动采集"))
def drop_source(sensor, *, by, now):
    """Call the device no more, and forget its password."""
    check(None if sensor.source else _("该设备没有设置主动采集。"))
    return keep_source(sensor, None)


def keep_source(sensor, source):
    """Write the settings down; the record of changes says all but the password."""
    before = {"source": describe_source(sensor.source)}
    sensor.source = source
    sensor.save(update_fields=["source"])
    return Done(sensor, before, {"source": describe_source(source)})


def describe_source(source):
    """The settings as everybody may read them."""
    return {name: source[name] for name in TOLD if name in source} if source else None


def refuse_source(kind, source):
    """Why a device of this kind cannot be called so, or None."""
    if not source:
        return None
    if kind not in SOURCES:
        return _("该型号类别的设备自行上报，不能主动采集；如已设置，请先停止主动采集。")
    try:
        read_source_settings(source)
    except Refusal as why:
        return _("主动采集设置有误：%(why)s") % {"why": why}
    return None

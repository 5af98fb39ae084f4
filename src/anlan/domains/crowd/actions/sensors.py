"""Sensors: entering them, setting them up, taking them out of use, and the credential they report with."""

import re
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anlan.devices.refusal import Refusal
from anlan.devices.table import ADAPTERS
from anlan.domains.accounts.actions import issue_credential
from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.actions.sources import refuse_source
from anlan.domains.crowd.models import Sensor
from anlan.kit.actions import action, check, done, note

SETTINGS = ("name", "kind", "place", "zone_name", "mapping", "mqtt_topic", "interval_s")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")  # fits an address, an MQTT topic level and a file name
TOPIC = re.compile(r"[^+#\x00]{0,200}")
DAY_S = 86_400


@action("crowd.register_sensor", may=Right.SENSORS_EDIT, label=_("登记设备"))
def register_sensor(place, *, by, now, code, name, kind="native", is_demo=False, **settings):
    """Enter a sensor that stands at `place`; `settings` are those of `edit_sensor`."""
    check(None if CODE.fullmatch(code) else say_code())
    check(
        _("编号“%(code)s”已被占用，请换一个编号。") % {"code": code}
        if Sensor.objects.filter(code=code).exists()
        else None
    )
    sensor = Sensor(code=code, name=name, kind=kind, place=place, is_demo=is_demo, **settings)
    check_settings(sensor)
    sensor.save()
    return done(sensor, after=note(sensor, "code", *SETTINGS))


@action("crowd.edit_sensor", may=Right.SENSORS_EDIT, label=_("修改设备设置"))
def edit_sensor(sensor, *, by, now, **settings):
    """Change a sensor's settings: name, kind, place, zone_name, mapping, mqtt_topic, interval_s."""
    before = note(sensor, *SETTINGS)
    moved = settings.get("place", sensor.place) != sensor.place
    for name, value in settings.items():
        setattr(sensor, name, value)
    if moved:
        check(None if by.may(Right.SENSORS_EDIT, sensor.organisation) else _("您没有权限把设备移到该场所。"))
        bound = sensor.bindings.exists()
        check(_("设备仍有计数绑定，请先解除绑定再更换所在场所。") if bound else None)
    check_settings(sensor)
    sensor.save(update_fields=list(settings))
    return done(sensor, before=before)


@action("crowd.retire_sensor", may=Right.SENSORS_EDIT, label=_("停用设备"))
def retire_sensor(sensor, *, by, now, why):
    """Take a sensor out of use: its readings are no longer accepted, its history stays."""
    check(_("该设备已停用。") if sensor.retired_at else None)
    check(None if why.strip() else _("请写明停用原因。"))
    before = note(sensor, "retired_at")
    sensor.retired_at = now
    sensor.save(update_fields=["retired_at"])
    return done(sensor, before=before)


@action("crowd.restore_sensor", may=Right.SENSORS_EDIT, label=_("恢复使用设备"))
def restore_sensor(sensor, *, by, now):
    """Take a retired sensor back into use."""
    check(None if sensor.retired_at else _("该设备正在使用中。"))
    before = note(sensor, "retired_at")
    sensor.retired_at = None
    sensor.save(update_fields=["retired_at"])
    return done(sensor, before=before)


@action("crowd.set_credential", may=Right.SENSORS_EDIT, label=_("更换设备凭证"))
def set_credential(sensor, *, by, now, credential):
    """Let the sensor report with `credential` (of a gateway, say); None: it may no longer report by itself."""
    before = note(sensor, "credential")
    foreign = credential is not None and not by.may(Right.SENSORS_EDIT, credential.organisation)
    check(_("该凭证属于其他单位，不能使用。") if foreign else None)
    check(_("该凭证已停用，请签发新凭证。") if credential is not None and credential.revoked_at else None)
    sensor.credential = credential
    sensor.save(update_fields=["credential"])
    return done(sensor, before=before)


def give_credential(sensor, *, by, now, **chance):
    """Issue a credential of the sensor's own and let it report with it; returns the token, shown only once.

    Both changes happen or neither does. `chance` is handed to accounts' `issue_credential`.
    """
    with transaction.atomic():
        change = issue_credential(
            sensor.organisation, by=by, now=now, name=f"{sensor.name} {sensor.code}", **chance
        )
        set_credential(sensor, by=by, now=now, credential=change.subject)
    return change.subject.token


def say_code():
    """What a sensor's code must look like, in words."""
    return _("编号只能包含字母、数字和 . _ : -，以字母或数字开头，最长 80 个字符。")


def check_settings(sensor):
    """Refuse settings that no reading could be decoded with."""
    check(None if sensor.name.strip() else _("请填写设备名称。"))
    known = ", ".join(ADAPTERS)
    check(
        None
        if sensor.kind in ADAPTERS
        else _("型号类别“%(kind)s”未知，可用：%(known)s。") % {"kind": sensor.kind, "known": known}
    )
    check(
        None
        if sensor.zone_name in available_timezones()
        else _("时区“%(zone)s”未知，请填写如 Asia/Shanghai 的名称。") % {"zone": sensor.zone_name}
    )
    check(None if 1 <= sensor.interval_s <= DAY_S else _("上报间隔应在 1 秒到 86400 秒之间。"))
    check(
        None if TOPIC.fullmatch(sensor.mqtt_topic) else _("MQTT 主题不能含通配符 + 或 #，最长 200 个字符。")
    )
    check(refuse_mapping(sensor))
    check(refuse_source(sensor.kind, sensor.source))


def refuse_mapping(sensor):
    """Why the sensor's mapping cannot be used, or None. Its kind says whether it may have one, and must."""
    adapter = ADAPTERS[sensor.kind]
    if not sensor.mapping:
        return _("请填写字段映射，说明报文中哪些字段是时间和人数。") if adapter.needs_mapping else None
    if adapter.check is None:
        return _("这类设备的报文不需要字段映射，请清空。")
    try:
        adapter.check(sensor.mapping)
    except Refusal as why:
        return _("字段映射有误：%(why)s") % {"why": why}
    return None

"""Words of accounts: the rights a role may hold."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Right(models.TextChoices):
    """What a role allows within the organisation where it is held, and below it."""

    VIEW = "view", _("查看")
    ACCOUNTS_MANAGE = "accounts.manage", _("管理机构、人员与凭证")
    PLACES_EDIT = "places.edit", _("登记和修改场所")
    PLACES_DETERMINE = "places.determine", _("登记最大承载量核定结果")
    SENSORS_EDIT = "sensors.edit", _("配置客流设备")
    THRESHOLDS_EDIT = "thresholds.edit", _("修改预警阈值")
    COUNTS_CORRECT = "counts.correct", _("校正在场人数")


class FirstRole(models.TextChoices):
    """The roles a new installation starts with; roles are rows and may be changed."""

    ADMINISTRATOR = "administrator", _("系统管理员")
    DUTY_OFFICER = "duty_officer", _("值班员")
    DEPARTMENT = "department", _("部门管理员")
    OPERATOR = "operator", _("场所运营单位")
    OBSERVER = "observer", _("只读查看")

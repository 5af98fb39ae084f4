"""Words of the forecaster and of tendencies."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TendencyKind(models.TextChoices):
    """The kinds of tendency 倾向性 that a night may find in a space."""

    MORE_WARNINGS = "more_warnings", _("预警增多")
    HIGHER_PEAKS = "higher_peaks", _("峰值走高")


LIKE_DAYS_NEEDED = 10  # [S] warning.md: "learning" until so many days


class NoForecast(models.TextChoices):
    """Why nothing is foreseen of a place."""

    OFF = "off", _("客流引擎没有运行，没有预报。")
    UNCOUNTED = "uncounted", _("此场所没有绑定计数设备，没有预报。")
    DEAD = "dead", _("客流预测暂停，请派人到场")
    UNDETERMINED = "undetermined", _("尚未核定承载量，没有预报。")
    SILENT = "silent", _("计数设备超过 10 分钟没有读数，没有预报。")
    NOT_YET = "not_yet", _("预报每分钟更新一次，现在还没有。")


class ForecastChannel(models.TextChoices):
    """The channels of the forecaster that may raise a level; C only says a word, D needs no forecaster."""

    EXPECTED = "A", _("A 预报")
    SURGE = "B", _("B 激增")


class ForecastQuantity(models.TextChoices):
    """What is forecast of a space."""

    OCCUPANCY = "occupancy", _("在场人数")
    PASSAGES = "passages", _("闸机通过")

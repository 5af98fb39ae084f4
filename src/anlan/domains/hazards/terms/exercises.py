"""Words of exercises 演练 that a responsible unit holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExerciseForm(models.TextChoices):
    """How an exercise is held."""

    TABLETOP = "tabletop", _("桌面演练")
    LIVE = "live", _("实战演练")


class ExerciseRefusal:
    """Why a record of an exercise is refused."""

    NOT_THEIRS = _("没有这一类演练要求。请重新选择。")
    AHEAD = _("演练日期不能晚于今天。")
    LONG_AGO = _("演练日期超过 %(years)d 年，请核对。")
    NO_PEOPLE = _("请填写参加人数。")
    NO_WORDS = _("请写明演练内容。")
    TWICE = _("%(day)s 的这一类演练已经登记。")

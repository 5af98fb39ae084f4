"""Words of judgement 研判: a record of who decided what and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Decision(models.TextChoices):
    """What a judgement decides about plans."""

    START = "start", _("启动预案")
    DO_NOT_START = "do_not_start", _("不启动")
    KEEP_WATCHING = "keep_watching", _("继续观察")


class ResponseLevel(models.TextChoices):
    """The level of the response, which a person chooses; the machine's level of crowds never becomes one."""

    I = "I", _("Ⅰ级响应")  # noqa: E741
    II = "II", _("Ⅱ级响应")
    III = "III", _("Ⅲ级响应")
    IV = "IV", _("Ⅳ级响应")


class JudgementRefusal:
    """Why a judgement is not kept: what is wrong, and what to do instead."""

    NO_REASON = _("请写明研判理由。")
    NO_RESPONSE_LEVEL = _("启动预案须由研判人选定响应级别。系统的客流等级不能代替响应级别。")
    LEVEL_WITHOUT_START = _("只有启动预案时才填写响应级别。")
    NO_NEXT = _("继续观察须写明下次研判时间。")
    NEXT_PAST = _("下次研判时间应晚于现在。")
    CLOSED = _("处置单已解除，不能再研判。请先恢复处置。")

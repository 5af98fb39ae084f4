"""Words of answers: how they came in, what ended them, and why one is refused."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AnswerWay(models.TextChoices):
    """How an answer came in; those of `by_voice` are signed for on behalf of who called."""

    SCREEN = "screen", _("系统")
    LINK = "link", _("消息链接")
    PHONE = "phone", _("电话")
    RADIO = "radio", _("电台")

    @classmethod
    def by_voice(cls):
        """The ways in which a party without a screen answers."""
        return [choice for choice in cls.choices if choice[0] in {cls.PHONE, cls.RADIO}]


class AnswerEnd(models.TextChoices):
    """What made an answer count no more."""

    ROSE = "rose", _("等级上升，须重新签收")
    FELL_BACK = "fell_back", _("超时未反馈")
    REOPENED = "reopened", _("恢复处置，须重新签收")


class AnswerRefusal:
    """Why an answer is refused: what is wrong, and what to do instead."""

    NO_RIGHT = _("您没有签收这张处置单的权限。请由责任单位或已加入的联动单位签收，或由值班员代签收。")
    NOT_JOINED = _("“%(agency)s”没有加入这张处置单。请先加入联动单位。")
    ANSWERED = _("%(who)s已于 %(at)s 以“%(measure)s”签收（%(agency)s）。请先看过，再决定是否补充措施。")
    ROSE = _("等级已升至“%(level)s”，原页面已过时。请按新等级重新签收。")
    NEXT_LOOK_PAST = _("下次查看时间应晚于现在。")
    NEXT_LOOK_FAR = _("下次查看时间最晚为 %(hours)d 小时之内。")
    NO_MEASURE = _("请选择措施：签收就是处置，只看不办不算签收。")
    NO_CALLER = _("代签收须写明来电人。")
    CALLED_LATER = _("来电时间晚于现在。请填写实际来电时间。")
    NO_REASON = _("核实为误报须写明依据。")

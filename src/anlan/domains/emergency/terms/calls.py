"""Words of the call log."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CallerSort(models.TextChoices):
    """Who calls."""

    RESIDENT = "resident", _("群众")
    LINKAGE_CENTRE = "linkage_centre", _("应急联动中心")
    UNIT = "unit", _("场所或单位")
    AGENCY = "agency", _("部门或街道")
    SUPERIOR = "superior", _("上级值班室")
    FIELD = "field", _("现场队伍")
    OTHER = "other", _("其他")


class CallRefusal:
    """Why a call is not kept as it was entered."""

    NO_CALLER = _("请写明来电人或来电单位；不愿透露的，写“匿名”。")
    NO_WHAT = _("请写明来电内容。")
    NO_CASE_NUMBER = _("请填写编号，或不选编号类别。")
    NO_CASE_KIND = _("请选择编号类别。")
    CASE_NUMBER_FORM = _("编号只能用字母、数字、点、斜线和横线，不超过 40 个字符。")
    LINKED = _("该来电已关联突发事件 %(incident)s。")
    OTHER_SCENE = _("演练的来电不能关联真实事件，真实来电也不能关联演练。")

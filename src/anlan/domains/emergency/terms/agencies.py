"""Words of joint response 应急联动: agencies are rows, core ones and joined ones."""

from django.utils.translation import gettext_lazy as _


class AgencyRefusal:
    """Why an agency is not added or joined: what is wrong, and what to do instead."""

    TWICE = _("“%(name)s”已是联动单位。请直接修改原有一行。")
    JOINED = _("“%(name)s”已加入这张处置单。")
    RETIRED = _("“%(name)s”已停用。请先恢复启用。")
    CLOSED = _("处置单已解除，不能再加入联动单位。请先恢复处置。")
    NO_NAME = _("请填写简称。")
    SAME = _("与现有内容相同，没有需要保存的修改。")
    ALREADY_SO = _("状态没有变化，无需办理。")
    NONE_CHOSEN = _("请选择要加入的联动单位。")

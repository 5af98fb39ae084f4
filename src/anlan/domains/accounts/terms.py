"""Words of accounts: the rights a role may hold, the first roles, and the sentences of refusal."""

from django.db import models
from django.utils.translation import gettext_lazy as _

COMMA = _("、")  # between the parts of a list


class Right(models.TextChoices):
    """What a role allows within the organisation where it is held, and below it."""

    VIEW = "view", _("查看")
    ACCOUNTS_MANAGE = "accounts.manage", _("管理机构、人员与凭证")
    PLACES_EDIT = "places.edit", _("登记和修改场所")
    PLACES_DETERMINE = "places.determine", _("登记最大承载量核定结果")
    SENSORS_EDIT = "sensors.edit", _("配置客流设备")
    THRESHOLDS_EDIT = "thresholds.edit", _("修改预警阈值")
    COUNTS_CORRECT = "counts.correct", _("校正在场人数")
    ARRIVALS_PLAN = "arrivals.plan", _("登记活动预计到达")
    TABLES_EDIT = "tables.edit", _("修改本区规则表")
    CHANNELS_EDIT = "channels.edit", _("配置发送渠道和电子屏")
    DOCUMENTS_EDIT = "documents.edit", _("管理文书模板")
    PATROLS_WALK = "patrols.walk", _("巡逻和现场观测")
    PATROLS_PLAN = "patrols.plan", _("编排巡逻")
    ALARMS_ANSWER = "alarms.answer", _("签收和处置预警处置单")
    ALARMS_JUDGE = "alarms.judge", _("研判和解除预警处置单")
    INCIDENTS_RUN = "incidents.run", _("办理突发事件")
    INCIDENTS_SIGN = "incidents.sign", _("签发信息报告")
    DUTY_EDIT = "duty.edit", _("编排值班")
    DUTY_STAND = "duty.stand", _("值班和交接班")
    NOTICES_DRAFT = "notices.draft", _("拟写信息发布")
    NOTICES_SIGN = "notices.sign", _("签发信息发布")
    FOLLOWUPS_RUN = "followups.run", _("办理跟踪事项")
    ENTERPRISES_EDIT = "enterprises.edit", _("登记和修改企业")
    HAZARDS_REPORT = "hazards.report", _("上报隐患")
    HAZARDS_RECTIFY = "hazards.rectify", _("整改隐患")
    HAZARDS_VERIFY = "hazards.verify", _("核实和复查隐患")
    HAZARDS_SUPERVISE = "hazards.supervise", _("督办和挂牌隐患")
    HAZARDS_SIGN = "hazards.sign", _("签发隐患统计表")
    CHECKS_EDIT = "checks.edit", _("编制自查清单和发放责任单位链接")
    RISKMAP_EDIT = "riskmap.edit", _("登记和评估风险点")
    RISKMAP_CHECK = "riskmap.check", _("核对风险点和分表")


class FirstRole(models.TextChoices):
    """The roles a new installation starts with; roles are rows and may be changed."""

    ADMINISTRATOR = "administrator", _("系统管理员")
    DUTY_OFFICER = "duty_officer", _("值班员")
    DUTY_LEADER = "duty_leader", _("带班领导")
    DEPARTMENT = "department", _("部门管理员")
    PUBLICITY = "publicity", _("宣传部门")
    OPERATOR = "operator", _("场所运营单位")
    OBSERVER = "observer", _("只读查看")


class Refusal:
    """Why a rule says no, as the person is told: what is wrong, and what to do instead."""

    GIVES_MORE = _("您只能授予或撤销自己在该机构拥有的权限，缺少：%(rights)s。请由上级管理员办理。")
    STANDS_BELOW = _("此人拥有您没有的权限，您不能更改其账号。请由上级管理员办理。")
    LAST_ADMINISTRATOR = _("这是最后一位系统管理员，不能停用或撤销。请先让另一人担任系统管理员。")
    UNKNOWN_RIGHT = _("没有这样的权限：%(rights)s。")
    TOO_DEEP = _("机构层级不能超过 %(limit)d 级。请选择更上一级的机构。")
    MOVES_BELOW_ITSELF = _("机构不能移到自己或自己的下级之下。请选择其他上级机构。")
    ROOT_STAYS = _("顶级机构不能停用或移动。")
    STILL_IN_USE = _(
        "机构仍在使用：在用下级机构 %(children)d 个、人员 %(people)d 名、设备凭证 %(credentials)d 个、"
        "屏幕 %(screens)d 个。请先逐一停用或移走。"
    )
    ORGANISATION_CLOSED = _("机构“%(name)s”已停用。请先恢复启用，或选择其他机构。")
    PARENT_CLOSED = _("上级机构“%(name)s”已停用。请先恢复启用上级机构。")
    CODE_FORM = _("编码只能用英文字母、数字、连字符和下划线，并以字母或数字开头。")
    CODE_TAKEN = _("编码“%(code)s”已被使用。请换一个。")
    USERNAME_FORM = _("登录名为 2 至 60 个字符，可用文字、数字和 . @ + - _，不含空格。")
    USERNAME_TAKEN = _("登录名“%(username)s”已被使用。请换一个。")
    NAME_MISSING = _("请填写名称。")
    ROLE_HELD = _("此人在该机构已担任这一角色。")
    ROLE_NOT_HELD = _("此人没有担任这一角色，可能已被撤销。")
    NOT_YOURSELF = _("只能修改自己的密码。")
    OLD_PASSWORD_WRONG = _("原密码不对。请重新输入。")
    SAME_PASSWORD = _("新密码与原密码相同。请换一个。")
    ALREADY_SO = _("状态没有变化，无需办理。")
    ALREADY_FOUNDED = _("系统中已有机构或人员，不能再次初始化。")

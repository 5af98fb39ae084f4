"""Words of notices: kinds, states, outlets, hazards, and the sentences of refusal."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

COMMA = _("、")  # between the parts of a list


class NoticeKind(models.TextChoices):
    """安全提示 may be published here; 预警信息 is only a draft for who may issue it."""

    TIP = "tip", _("安全提示")
    STATUTORY_WARNING = "statutory_warning", _("预警信息")


class NoticeState(models.TextChoices):
    """Where a notice stands; the moves between them are `rules.life.LIFE`."""

    DRAFT = "draft", pgettext_lazy("notice", "拟稿")
    SUBMITTED = "submitted", pgettext_lazy("notice", "送审")
    RETURNED = "returned", pgettext_lazy("notice", "退回修改")
    SIGNED = "signed", pgettext_lazy("notice", "已签发")
    PUBLISHED = "published", pgettext_lazy("notice", "已发布")
    UPDATED = "updated", pgettext_lazy("notice", "已更正")
    LIFTED = "lifted", pgettext_lazy("notice", "已解除")
    EXPIRED = "expired", pgettext_lazy("notice", "已到期")
    HANDED_OVER = "handed_over", pgettext_lazy("notice", "已移交")
    DROPPED = "dropped", pgettext_lazy("notice", "已作废")


class Step(models.TextChoices):
    """What may be done with a notice."""

    EDIT = "edit", _("修改")
    SUBMIT = "submit", _("送审")
    RETURN = "return", _("退回修改")
    SIGN = "sign", pgettext_lazy("notice", "签发")
    PUBLISH = "publish", _("发布")
    HAND_OVER = "hand_over", _("移交")
    UPDATE = "update", _("更正")
    LIFT = "lift", pgettext_lazy("notice", "解除")
    EXPIRE = "expire", _("到期")
    DROP = "drop", _("作废")


class Hazard(models.TextChoices):
    """What a notice warns of; `safety_advice` is kept by it."""

    CROWD = "crowd", _("人员密集")
    FIRE = "fire", _("火灾")
    WIND = "wind", _("大风")
    RAIN = "rain", _("暴雨")
    HEAT = "heat", _("高温")
    COLD = "cold", _("寒潮冰冻")
    TRAFFIC = "traffic", _("交通拥堵")
    METRO = "metro", _("轨交大客流")
    FACILITY = "facility", _("设施故障")
    GAS = "gas", _("燃气泄漏")
    OTHER = "other", _("其他")


class OutletKind(models.TextChoices):
    """By what a notice reaches people. `wechat` and `weibo` are published by a person, who reports the address."""

    WEB = "web", _("网站和订阅源")
    DISPLAY = "display", _("电子屏")
    CHANNEL = "channel", _("发送渠道")
    WECHAT = "wechat", _("微信公众号（人工发布）")
    WEIBO = "weibo", _("微博（人工发布）")


BY_HAND = (OutletKind.WECHAT, OutletKind.WEIBO)


class ReceiptState(models.TextChoices):
    """What is known of a notice at one outlet; those of messages have the words of kit.terms.MessageState."""

    PUBLIC = "public", _("已上网")
    TAKEN_DOWN = "taken_down", _("已标明失效")
    SHOWN = "shown", _("已显示")
    NOT_SHOWN = "not_shown", _("尚未显示")
    OFFLINE = "offline", _("电子屏离线")
    WAITING = "waiting", _("待人工发布")
    REPORTED = "reported", _("已人工发布")
    NOT_SENT = "not_sent", _("尚未发送")


class Orientation(models.TextChoices):
    """How a display stands."""

    LANDSCAPE = "landscape", _("横屏")
    PORTRAIT = "portrait", _("竖屏")


class DisplayHealth(models.TextChoices):
    """How a display fares, from its last heartbeat."""

    ONLINE = "online", _("在线")
    OFFLINE = "offline", _("离线")
    NEVER = "never", _("从未连接")
    RETIRED = "retired", _("已停用")


class WarningColour(models.TextChoices):
    """The four statutory levels (突发事件应对法 2024, article 63), by colour."""

    RED = "Red", _("红色（一级）")
    ORANGE = "Orange", _("橙色（二级）")
    YELLOW = "Yellow", _("黄色（三级）")
    BLUE = "Blue", _("蓝色（四级）")


class FeedKind(models.TextChoices):
    """What an outside feed speaks."""

    CAP = "cap", _("CAP 1.2 报文")
    CAP_CN = "cap_cn", _("12379 预警报文")
    INDEX = "index", _("RSS / Atom 索引（链接到 CAP）")


class BulletinState(models.TextChoices):
    """Where an alert from outside stands."""

    ACTIVE = "active", _("有效")
    UPDATED = "updated", _("已被更新")
    CANCELLED = "cancelled", _("已取消")


class Signature(models.TextChoices):
    """Whether an alert from outside was signed; none is verified here."""

    NONE = "none", _("无签名")
    PRESENT = "present", _("有签名，未验证")


EXERCISE_MARK = "【演练】"  # these three stand in what leaves the house, whatever language the officer reads
LIFTED_MARK, UPDATED_MARK = "【解除】", "【更正】"


class Refusal:
    """Why a rule says no: what is wrong, and what to do."""

    NOT_NOW = _("“%(state)s”状态的信息不能%(step)s。请刷新页面查看最新状态。")
    NO_HEADLINE = _("请填写中文标题。")
    NO_TEXT = _("请填写中文正文：发生了什么，或将发生什么。")
    NO_INSTRUCTION = _("请填写中文应对措施：请公众做什么、走哪里。")
    NO_AREA = _("请选择涉及的场所，或填写影响范围。")
    NO_TARGET = _("请至少选择一个发布渠道。")
    HALF_ENGLISH = _("英文标题、正文、应对措施须同时填写，或都不填。")
    NO_EXPIRY = _("请填写失效时间：没有失效时间的提示会一直显示。")
    EXPIRES_FIRST = _("失效时间须晚于生效时间。")
    EXPIRED_ALREADY = _("失效时间已过。请修改失效时间后重新送审。")
    TOO_LONG_VALID = _("有效期不能超过 %(days)d 天。请缩短，届时需要再发布更正。")
    SAME_PERSON = _("签发人不能是拟稿人、修改人或送审人。请由另一人签发。")
    NEEDS_PERSON = _("发布须由两位登录人员完成：一人送审，另一人签发。")
    NOT_SIGNER = _("按规则表“信息签发人”，%(kind)s应由担任“%(roles)s”角色的人签发。请转请其签发。")
    STATUTORY_NOT_HERE = _("预警信息由政府或其授权单位发布，本系统只拟稿。请移交有权发布的单位。")
    TIP_NOT_HANDED = _("安全提示由本区发布，无需移交。")
    TEXT_CHANGED = _("内容与签发时不一致，签发已失效。请重新送审。")
    SEEN_OTHER_TEXT = _("您看到的内容已被修改。请重新核对后再签发。")
    NEEDS_REASON = _("请写明理由。")
    NOT_ACTIVE = _("编号 %(number)s 已不是有效状态，不能更正或解除。")
    UPDATE_WAITS = _("这条信息已有更正稿在办：%(headline)s。请先办理或作废该稿。")
    FIELDS_MISSING = _("预警信息缺少法定要素：%(names)s。")
    IDENTIFIER_FORM = _("预警信息标识应为 31 位：6 位区划 + 8 位单位代码 + _ + 14 位时间 + _ + 1 位序号。")
    SENDER_CODE_FORM = _("发布单位代码应为 14 位：6 位区划代码加 8 位单位代码。")
    DIVISION_WRONG = _("发布单位代码的区划“%(region)s”与本区“%(own)s”不符。请核对。")
    TAKER_MISSING = _("请写明接收单位和接收人。")
    ADDRESS_FORM = _("请填写以 http:// 或 https:// 开头的网址。")
    NOT_BY_HAND = _("该渠道由系统发送，无需登记人工发布。")
    ALREADY_REPORTED = _("该渠道已登记发布网址。")
    NOT_PUBLISHED = _("信息尚未发布，或已不再有效，不能发送。")
    NOTHING_TO_SEND = _("该渠道不由系统发送，不能再发。")
    NAME_MISSING = _("请填写名称。")
    FALLBACK_MISSING = _("请填写备用文字：没有提示或断网时屏上显示它。")
    SIGNS_RANGE = _("每行字数应在 %(low)d 至 %(high)d 之间。")
    LINES_RANGE = _("行数应在 %(low)d 至 %(high)d 之间。")
    RETIRED = _("电子屏已停用。请先恢复使用。")
    ALREADY_SO = _("状态没有变化，无需办理。")
    CODE_FORM = _("编码为 1–40 个小写字母、数字或连字符，以字母开头。")
    CODE_TAKEN = _("编码“%(code)s”已被使用。请换一个。")
    SAME_TEXT = _("内容没有变化，无需保存。")
    PLACE_NOT_YOURS = _("场所“%(name)s”不在您的权限范围内。")
    DISPLAY_NOT_YOURS = _("电子屏“%(name)s”不在您的权限范围内。")
    CHANNEL_NOT_YOURS = _("发送渠道“%(name)s”不在您的权限范围内。")

"""Words of the kit."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LIVE = "live"  # the one scene whose messages leave the house
REHEARSAL_MARK = "【演练】"  # before the title of every message of another scene, in every language


class JobState(models.TextChoices):
    """Where a long piece of work stands."""

    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成（出错）")
    CANCELLED = "cancelled", _("已取消")


class SourceMark(models.TextChoices):
    """How sure one is of a default: read in the law, seen, remembered, general knowledge; D for the district's own."""

    TEXT = "T", _("法规原文")
    PAGE = "P", _("公开网页")
    SOURCE = "S", _("公开资料")
    MEMORY = "M", _("缺少依据，待核实")
    KNOWN = "K", _("一般认识，待核实")
    DISTRICT = "D", _("本区规定")


class DayKind(models.TextChoices):
    """Kinds of days, as `anlan.rulebook.calendar` tells them apart."""

    WORKDAY = "workday", _("工作日")
    SATURDAY = "saturday", _("周六")
    REST = "rest", _("休息日")
    MAKEUP = "makeup", _("调休上班")
    EVE = "eve", _("节前日")
    GATHERING = "gathering", _("大型活动日")


class Finding(models.TextChoices):
    """What becomes of a row of a file that is handed in."""

    ADD = "add", _("新增")
    CHANGE = "change", _("修改")
    SAME = "same", _("无变化")
    REFUSE = "refuse", _("不予导入")


class UploadState(models.TextChoices):
    """How far an upload of the field app is."""

    OPEN = "open", _("上传中")
    COMMITTED = "committed", _("已完成")


class RecordKind(models.TextChoices):
    """What the field app records."""

    HAZARD = "hazard", _("上报隐患")
    EVIDENCE = "evidence", _("隐患照片或材料")
    OBSERVATION = "observation", _("现场观察")
    ROUND_START = "round_start", _("开始巡查")
    CHECK_IN = "check_in", _("到点签到")
    ROUND_END = "round_end", _("结束巡查")
    SELF_CHECK = "self_check", _("自查")


class RecordState(models.TextChoices):
    """What became of a record of the field app."""

    TAKEN = "taken", pgettext_lazy("field record", "已到达")
    REFUSED = "refused", pgettext_lazy("field record", "被退回")
    CONFLICT = "conflict", pgettext_lazy("field record", "有冲突")


class ImportState(models.TextChoices):
    """Where an import of a file stands."""

    READING = "reading", _("读取中")
    PREVIEW = "preview", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    DISCARDED = "discarded", _("已放弃")
    REFUSED = "refused", _("不予读取")
    UNDONE = "undone", _("已撤销")


class ImportRefusal:
    """Why a step of an import is not taken."""

    NOT_WAITING = _("该导入已确认、放弃或撤销，不能重复办理。")
    NOT_DONE = _("导入尚未完成，不能撤销。")


class SheetFault:
    """Why a file of rows is refused as a whole."""

    TOO_LARGE = _("文件为 %(size).1f MB，上限 %(most)d MB。请拆分后再导入。")
    TOO_MANY_ROWS = _("文件超过 %(most)d 行。请拆分后再导入。")
    TOO_MANY_COLUMNS = _("文件超过 %(most)d 列。请使用模板。")
    EMPTY = _("文件中没有数据行。")
    FORMAT = _("“%(name)s”的格式不能导入。请按上传页所列的格式另存。")
    OLD_EXCEL = _("这是旧版 .xls 文件，请另存为 .xlsx。")
    NOT_XLSX = _("文件不是完好的 XLSX：%(why)s")
    SWELLS = _("文件解压后过大（%(size).0f MB），不予读取。")
    ENTITIES = _("文件含有外部实体声明，不予读取。")
    NOT_TEXT = _("CSV 文件的编码无法识别，请另存为 UTF-8。")
    NOT_CSV = _("CSV 文件无法读取：%(why)s")
    NOT_JSON = _("GeoJSON 文件无法读取：%(why)s")
    NOT_COLLECTION = _("GeoJSON 须为 FeatureCollection。")
    NOT_KML = _("KML 文件无法读取：%(why)s")
    COLUMN_TWICE = _("列“%(names)s”重复出现。")
    COLUMN_MISSING = _("缺少必需的列：%(names)s。请下载模板对照。")


class TableRefusal:
    """Why a row of a district-editable table is not kept."""

    UNKNOWN_KEY = _("表中没有“%(key)s”这一行，本表不能新增行。")
    NO_REASON = _("请写明修改理由。")
    NO_CLAUSE = _("请写明本区规定的文件和条款，或通知的文号。")
    SAME = _("与现行内容相同，没有需要保存的修改。")
    NOT_OWN = _("该行没有本区规定，已是默认值。")
    NOT_LATEST = _("只能撤销该行最近一次修改。")
    TOO_FAR = _("生效日期应在过去二十年至今后十年之内。")


class MessageState(models.TextChoices):
    """Where a message to one recipient stands.

    `sending` is written before the service is called: what stands there after a stop becomes `unknown`, because
    nobody can say whether it went out, and is never sent again under the same key.
    """

    QUEUED = "queued", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发出")
    ACCEPTED = "accepted", _("渠道已受理")
    DELIVERED = "delivered", _("已送达")
    READ = "read", _("已读")
    FAILED = "failed", _("发送失败")
    UNKNOWN = "unknown", _("结果不明")
    EXPIRED = "expired", _("过期未发")
    REHEARSED = "rehearsed", _("演练未外发")


class DocumentState(models.TextChoices):
    """Whether a document holds."""

    ISSUED = "issued", _("已签发")
    VOID = "void", _("已作废")


class FileRefusal:
    """Why a file or a document is not kept or made, as the person is told."""

    EMPTY = _("文件“%(name)s”是空的。请重新选择。")
    TOO_LARGE = _("文件“%(name)s”有 %(mb)d MB，超过上限 %(most)d MB。请压缩或拆分后再传。")
    KIND_UNKNOWN = _(
        "文件“%(name)s”的内容不是可接收的类型。可接收：照片（JPEG、PNG、WebP）、PDF、Word、Excel 和纯文本。"
    )
    KIND_DIFFERS = _("文件“%(name)s”的扩展名与内容不符（内容是 %(found)s）。请用正确的扩展名重新上传。")
    PICTURE_BROKEN = _("照片“%(name)s”已损坏或尺寸过大，无法读取。请重新拍摄或导出后再传。")
    ALREADY_WITHDRAWN = _("文件已撤下。")
    NO_REASON = _("请写明理由。")
    NOT_DOCX = _("文件不是可用的 Word 模板（.docx）：%(why)s。请先下载现用模板，在其上修改。")
    PLACES_UNKNOWN = _("模板用到了没有的内容：%(names)s。可用的内容：%(known)s。")
    PLACES_MISSING = _("模板缺少必须出现的内容：%(names)s。")
    TEMPLATE_FAILS = _("模板无法填写：%(why)s。请检查模板中的语句。")
    ALREADY_VOID = _("文书已作废。")
    KIND_GONE = _("没有这样的文书：%(kind)s。")
    NO_OWN_TEMPLATE = _("没有本区模板，现在用的就是默认模板。")
    NO_OFFICE = _(
        "本机没有安装 LibreOffice，不能生成 PDF。请下载 Word 文件打印，或请管理员安装 LibreOffice。"
    )
    OFFICE_FAILED = _("LibreOffice 未能生成 PDF：%(why)s。请下载 Word 文件打印。")
    BYTES_GONE = _("文件内容不在数据目录中，或与记录的校验值不符。请从备份恢复后再试。")


class FollowUpState(models.TextChoices):
    """Where a follow-up stands; "returned" is open again, with the reason why what was done is not enough."""

    OPEN = "open", _("待办")
    RETURNED = "returned", _("退回重办")
    DONE = "done", _("已办结")
    DROPPED = "dropped", _("已撤销")

    @classmethod
    def open_ones(cls):
        """The states in which there is still something to do."""
        return (cls.OPEN, cls.RETURNED)


class FollowUpRefusal:
    """Why something is not done to a follow-up, and what to do instead."""

    NOT_YOURS = _("只有责任人或责任单位有“办理跟踪事项”权限的人员可以办理。请联系责任人或本单位管理员。")
    SETTLED = _("该事项已是“%(state)s”，不能再办理。需要重办的，请先退回。")
    NOT_DONE = _("只有已办结的事项可以退回。")
    NO_REASON = _("请写明理由。")
    NO_OUTCOME = _("请写明办理结果。")
    NO_TITLE = _("请写明事项名称。")
    OWNER_ELSEWHERE = _("“%(person)s”不属于责任单位或其下级机构。请选择本单位人员，或先移交责任单位。")
    OWNER_CLOSED = _("“%(person)s”的账号已停用。请选择其他人员。")
    SAME = _("责任单位和责任人没有变化，无需办理。")
    OVERDUE = _("已过截止时间，不能再延期。请办结或说明逾期原因。")
    OVERDUE_PAUSE = _("已过截止时间，不能再中止。")
    DAYS = _("延长天数应为 1 至 365 天。")
    PAUSED = _("该事项正在中止期间，请先恢复计时。")
    NOT_PAUSED = _("该事项没有中止，无需恢复。")
    SAME_RETURNER = _("办结和退回不能是同一人，请由他人检查后退回。")
    NO_EXTENSION = _("该时限的规定没有允许延长。")
    EXTENSION_LONG = _("超过规定允许延长的总天数。")
    EXTENSION_OFTEN = _("超过规定允许延长的次数。")
    RUNS_BACK = _("在某事之前办理的时限不能延长或中止。请改期或撤销。")


class Counting(models.TextChoices):
    """Which days a limit counts."""

    CALENDAR = "calendar", _("自然日")
    WORKING = "working", _("工作日")


class Unit(models.TextChoices):
    """What a limit is counted in."""

    MINUTE = "minute", _("分钟")
    HOUR = "hour", _("小时")
    DAY = "day", _("天")
    MONTH = "month", _("个月")
    YEAR = "year", _("年")


class ChannelState(models.TextChoices):
    """How a channel fared when it was last used."""

    WELL = "well", _("正常")
    FAILING = "failing", _("最近一次发送失败")
    UNUSED = "unused", _("尚未使用")
    OFF = "off", _("已停用")


class FoundOutcome(models.TextChoices):
    """What a person may find out about a message whose outcome is unknown."""

    DELIVERED = "delivered", _("已送达")
    FAILED = "failed", _("发送失败")


class SenderWord:
    """What the sender itself says of a message, where no service has answered; kept in Chinese, shown in any language."""

    CHANNEL_OFF = "渠道已停用，未发送。"
    KIND_GONE = "没有这类渠道，未发送。"
    STOPPED = "发送途中服务停止，无法确认是否已发出。"
    SPOKEN = (
        _("渠道已停用，未发送。"),
        _("没有这类渠道，未发送。"),
        _("发送途中服务停止，无法确认是否已发出。"),
    )


class OutboxRefusal:
    """Why a channel, a contact or a message is not kept or sent, as the person is told."""

    NO_REASON = _("请写明理由。")
    NAME_MISSING = _("请填写名称。")
    KIND_UNKNOWN = _("没有这类渠道。请在列表中选择。")
    CODE_FORM = _("编码只能用英文字母、数字、连字符和下划线，并以字母或数字开头。")
    CODE_TAKEN = _("编码“%(code)s”已被使用。请换一个。")
    SETTING_MISSING = _("请填写“%(name)s”。")
    SETTING_WRONG = _("“%(name)s”填写有误：%(why)s")
    SETTING_URL = _("应为以 http:// 或 https:// 开头的完整地址。")
    SETTING_WHOLE = _("应为非负整数。")
    SAME = _("与现行内容相同，没有需要保存的修改。")
    ALREADY_SO = _("状态没有变化，无需办理。")
    CHANNEL_OFF = _("渠道已停用。请先恢复启用。")
    ADDRESS_MISSING = _("请填写地址：该渠道逐人发送。")
    ADDRESS_WRONG = _("地址不能含空格和换行。")
    CHANNEL_OUT_OF_REACH = _("该渠道不能用于此人。请选择本机构或上级机构在用的渠道。")
    CONTACT_TWICE = _("已有这个联系方式。")
    QUIET_HALF = _("免打扰时段须同时填写开始和结束，或都不填。")
    NOT_YOURS = _("只能修改自己的联系方式；他人的由其机构的人员管理员办理。")
    NOT_SETTLED = _("消息尚未结束，不能再次发送。请等待结果。")
    WENT_OUT = _("消息已发出，无需再次发送。")
    REHEARSED = _("演练消息不外发。")
    NEWER = _("已经再次发送过。请查看较新的一条。")
    NOT_UNKNOWN = _("只有“结果不明”的消息可以登记结果。")
    MAY_NOT = _("您没有此项权限。再次发送需要“签收和处置预警处置单”或“配置发送渠道和电子屏”的权限。")


class DigestRefusal:
    """Why a person's wish about the digest is not kept."""

    NOT_YOURSELF = _("每日汇总只能由本人设置。")
    AT_NIGHT = _("发送时间应在 06:00 至 21:00 之间，夜间不发送。")

"""Words of the field app's server side: why something is refused, and what to do."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Refusal:
    """Why something is refused: what is wrong, and what to do."""

    SIGN_IN = _("登录已过期。请重新登录；手机上已保存的内容不会丢失。")
    PASSWORD_FIRST = _("请先在电脑或手机浏览器上修改初始密码。")
    FORGED = _("页面已过期。请重新打开移动巡查再发送；手机上已保存的内容不会丢失。")
    NOT_JSON = _("提交的内容无法读取：%(why)s")
    DEVICE_NAME = _("请填写终端名称（不超过 60 个字）。")
    DEVICE_UNKNOWN = _("此终端尚未登记。请联网打开移动巡查重新登记。")
    DEVICE_NOT_YOURS = _("此终端登记在他人名下。请清除后用自己的账号重新登记。")
    DEVICE_REVOKED = _("此终端已停用，不能再上传。尚未上传的内容可导出后交本单位管理人员交入。")
    DEVICES_MOST = _("您已登记 %(most)d 台终端。请先停用不再使用的终端。")
    REVOKED_ALREADY = _("此终端已经停用。")
    UPLOAD_UNKNOWN = _("没有这次上传。请重新发送清单。")
    UPLOAD_DIFFERS = _("同一上传编号的清单内容不同。请换用新的编号。")
    UPLOADS_MOST = _("您有 %(most)d 次上传尚未完成。请先完成或联系管理员。")
    UPLOAD_CLOSED = _("这次上传已经完成，不能再增加内容。")
    PART_UNKNOWN = _("清单中没有这一部分。")
    PART_TOO_LARGE = _("单个部分不超过 %(most)d MB。请压缩照片后再试。")
    PART_TWICE = _("清单中同一部分列了两次。")
    PART_MISSING = _("清单中的记录或文件所指的部分没有列出。")
    UPLOAD_TOO_LARGE = _("一次上传不超过 %(most)d MB。请分批发送。")
    PARTS_MOST = _("一次上传不超过 %(most)d 个部分。请分批发送。")
    RECORD_TWICE = _("清单中同一记录列了两次。")
    PART_DIFFERS = _("收到的内容与清单不符（校验值不同）。请重新发送。")
    PARTS_WANTED = _("还有 %(n)d 个部分没有上传。")
    RECORD_OF_OTHER = _("此记录编号已被他人使用。请在手机上重新填写。")
    RECORD_LOST = _("服务器上找不到这条记录的内容。请从手机重新导出并交入。")
    KEY_OF_OTHER = _("内容是用另一台服务器的密钥（%(key)s）封装的，请在该服务器上打开。")
    RECORD_DAMAGED = _("内容已损坏或被改动，无法打开。")
    RECORD_UNREADABLE = _("记录格式无法识别：%(why)s")
    RECORD_MISNAMED = _("记录与清单不符，未予办理。")
    FILE_UNNAMED = _("文件“%(name)s”不在清单中。")
    FILE_DIFFERS = _("文件“%(name)s”与现场记录时不符（校验值不同），未予保存。")
    NO_FILES = _("没有可以保存的照片或文件。")
    CHECKLIST_UNKNOWN = _("找不到自查清单“%(code)s”第 %(number)d 版。")
    TARGET_UNKNOWN = _("找不到“%(code)s”，或不在您的权限范围内。")
    FAILED = _("%(n)d 项不合格，已登记为隐患。")
    HAZARD_UNKNOWN = _("找不到这条隐患，或不在您的权限范围内。")
    STAGE_NOT_NOW = _("隐患目前为“%(state)s”，不能上传%(stage)s的照片或材料。")
    CHANGED_SINCE = _("现场记录之后隐患已有变化：%(changes)s。")
    FAULT = _("办理时系统出错。内容已保存，请联系管理员后再次办理。")
    ROUND_UNKNOWN = _("这轮巡查的开始记录尚未到达。到达后会自动办理。")
    NOT_YOUR_RECORD = _("您没有办理这条记录的权限。")
    NOT_WAITING = _("这条记录已经办理，无需再次处理。")
    NO_REASON = _("请写明理由。")
    BOX_UNREADABLE = _("这不是移动巡查的导出文件，或文件已损坏：%(why)s")
    BOX_TOO_LARGE = _("文件过大，上限 %(most)d MB。请在手机上分批导出。")
    BOX_NOT_YOURS = _("文件来自“%(organisation)s”的人员，不在您的权限范围内。")


BODY_LABELS = {
    "what": _("隐患描述"), "kind": _("类别"), "place": _("场所"), "riskpoint": _("风险点"), "enterprise": _("企业"),
    "address": _("位置"), "lon": _("经度"), "lat": _("纬度"), "hazard": _("隐患"), "stage": _("阶段"), "zone": _("区域"),
    "value": _("数值"), "note": _("说明"), "route": _("路线"), "stop": _("巡逻点"), "class": _("目测密度分级"),
    "signature_file": _("签名"), "checklist": _("自查清单"), "version": _("版本"), "signer": _("签名"), "post": pgettext_lazy("self-check", "职务"),
    "begun_at": _("开始时间"), "answers": _("答卷"), "notes": _("现场说明"),
}  # fmt: skip

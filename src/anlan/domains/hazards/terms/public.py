"""Words of the public's reports: why one is looked at twice, what its reporter reads, the sentences of refusal."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Suspicion(models.TextChoices):
    """Why a report waits among the suspicious ones until a person has looked at it."""

    TRAP = "trap", _("填写了隐藏栏目")
    FAST = "fast", _("打开页面后立即提交")
    LINKS = "links", _("文字中有网址")
    REPEATED = "repeated", _("同样的文字一天内多次上报")
    EMPTY_TALK = "empty_talk", _("文字没有内容")


class Progress(models.TextChoices):
    """What the reporter reads of each step; no name of a person, no word of the file."""

    RECEIVED = "received", _("已收到上报，等待核实")
    ACCEPTED = "accepted", _("已核实受理")
    REJECTED = "rejected", _("未予受理")
    APPEALED = "appealed", _("已提出异议，等待复核")
    MERGED = "merged", _("与反映同一问题的上报合并办理")
    TRANSFERRED = "transferred", _("已转交有关单位")
    ORDERED = "ordered", _("已要求责任单位整改")
    FIXED = "fixed", _("责任单位已整改，等待复查")
    RETURNED = "returned", _("复查不合格，继续整改")
    CLOSED = "closed", _("复查合格，已办结")
    CONTESTED = "contested", _("已反映仍未解决，等待复核")
    UPHELD = "upheld", _("已复核，维持原结论")
    REOPENED = "reopened", _("已重新整改")


class PublicField:
    """Labels of the public's form, in plain words."""

    WHAT = _("看到了什么问题")
    KIND = _("属于哪一类")
    PLACE = _("在哪个场所")
    ADDRESS = _("具体位置")
    PHOTOS = _("照片")
    PHONE = _("联系电话（选填）")
    WHY = _("哪里没有解决")


class PublicRefusal:
    """Why a report is not taken, as its reporter is told: what is wrong, and what to do."""

    TOO_OFTEN = _("上报太频繁，这次没有提交。请在 %(minutes)d 分钟后再试；紧急危险请拨打 110、119 或 120。")
    BUSY = _("现在上报的人太多，这次没有提交。请在 %(minutes)d 分钟后再试；紧急危险请拨打 110、119 或 120。")
    STALE = _("页面打开太久，尚未提交。请核对下面的内容，重新选择照片后再提交一次。")
    PHOTOS_MOST = _("照片最多 %(most)d 张。")
    PHOTO_LARGE = _("照片“%(name)s”有 %(mb)d MB，超过 %(most)d MB。请压缩或重拍后再选。")
    PHOTO_KIND = _("“%(name)s”不是照片。请选择 JPG、PNG 或 WebP 照片。")
    PHONE_FORM = _("联系电话只能是数字，可带区号和横线，如 13800000000。也可以不填。")
    UNKNOWN_CODE = _("没有找到这个查询码。请核对后再输入。")
    CODES_TOO_OFTEN = _("查询太频繁。请一分钟后再试。")
    NOTHING_TO_SAY = _("这件上报还在办理，办结后可以反映“仍未解决”。")
    NOT_CLEARED = _("这件上报不在可疑之列，无需放行。")
    NO_CONTACT = _("没有联系方式：上报人未留，或已到期删除。")
    NOT_PUBLISHED = _("只能公开整改后的照片。")
    AREA_UNKNOWN = _("没有编号为“%(code)s”、画有范围的场所。")

"""Screens in the street and in entrance halls, and what they showed."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.notices import terms


class Display(models.Model):
    """A screen that pulls its page: who owns it, where it hangs, how many full-width signs a line and lines it has.

    Its address holds a token of which only the hash is kept. `seen_at` and `showing` are told by its heartbeats.
    """

    name = models.CharField(_("名称"), max_length=120)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("管理单位")
    )
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所在场所")
    )
    site = models.CharField(_("安装位置"), max_length=120, blank=True)
    signs = models.PositiveSmallIntegerField(_("每行字数"), default=12)
    lines = models.PositiveSmallIntegerField(_("行数"), default=4)
    orientation = models.CharField(
        _("方向"), max_length=10, choices=terms.Orientation.choices, default=terms.Orientation.LANDSCAPE
    )
    is_bilingual = models.BooleanField(_("中英文轮播"), default=False)
    fallback_zh = models.CharField(_("备用文字"), max_length=120)
    fallback_en = models.CharField(_("备用文字（英文）"), max_length=200, blank=True)
    token_start = models.CharField(_("令牌开头"), max_length=12)
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(_("签发时间"))
    retired_at = models.DateTimeField(_("停用时间"), null=True)
    seen_at = models.DateTimeField(_("最近心跳"), null=True)
    showing = models.CharField(_("正在显示"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("示范数据"), default=False)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("notices:display", args=[self.pk])


class Showing(models.Model):
    """That a display showed a notice: from when, and when it last said so. Its receipt."""

    notice = models.ForeignKey("notices.Notice", models.PROTECT, related_name="showings")
    display = models.ForeignKey(Display, models.PROTECT, related_name="showings")
    first_at = models.DateTimeField(_("首次显示"))
    last_at = models.DateTimeField(_("最近显示"))

    class Meta:
        ordering = ["first_at", "id"]
        constraints = [models.UniqueConstraint(fields=["notice", "display"], name="notice_shown_once")]

    def __str__(self):
        return f"{self.display} · {self.notice}"

    @property
    def organisation(self):
        return self.display.organisation

"""Checklists 自查清单 by version, and the self-checks 安全自查 made by them."""

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.hazards.models.hazards import Hazard
from anlan.domains.hazards.terms.checklists import ChecklistAudience, CheckState, VersionState
from anlan.kit.models.keys import organisation_key, person_key

EITHER = (
    models.Q(place__isnull=False, enterprise__isnull=True)
    | models.Q(place__isnull=True, enterprise__isnull=False)
)  # fmt: skip


def keeper_keys():
    """The two keys of which one names the responsible unit: a place, or an enterprise."""
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("场所")
    )
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, null=True, related_name="+", verbose_name=_("企业")
    )
    return place, enterprise


class Checklist(models.Model):
    """A checklist of an organisation, for the units that it and those below it watch over.

    `place_kinds` narrows it to some kinds of place; empty: every kind.
    """

    code = models.CharField(_("清单编码"), max_length=40, unique=True)
    name = models.CharField(_("清单名称"), max_length=80)
    organisation = organisation_key(_("编制单位"))
    audience = models.CharField(
        _("适用对象"), max_length=12, choices=ChecklistAudience.choices, default=ChecklistAudience.ANY
    )
    place_kinds = models.JSONField(_("适用的场所类型"), default=list)
    is_demo = models.BooleanField(_("示范数据"), default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("hazards:checklist", args=[self.code])


class ChecklistVersion(models.Model):
    """One version of a checklist as it was imported; `questions` as rules.checklists has them, never altered."""

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    questions = models.JSONField(default=list)
    file_name = models.CharField(_("文件"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(
        _("状态"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    imported_by = person_key(_("导入人"))
    imported_at = models.DateTimeField(_("导入时间"))
    published_by = person_key(_("发布人"), null=True)
    published_at = models.DateTimeField(_("发布时间"), null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "number"], name="checklist_version_once"),
            models.UniqueConstraint(
                fields=["checklist"], condition=models.Q(state="published"), name="one_published_version"
            ),
        ]

    def __str__(self):
        return f"{self.checklist.name} v{self.number}"

    def get_absolute_url(self):
        return reverse("hazards:checklist_version", args=[self.checklist.code, self.number])

    @property
    def organisation(self):
        return self.checklist.organisation


class SelfCheck(models.Model):
    """One self-check of a unit by one version; once handed in it is never altered, and `sha256` shows it.

    `answers` as rules.answers has them. `by` is None where it was filled in by the unit's link.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(ChecklistVersion, models.PROTECT, related_name="checks")
    place, enterprise = keeper_keys()
    organisation = organisation_key(_("监管单位"))
    state = models.CharField(_("状态"), max_length=6, choices=CheckState.choices, default=CheckState.DRAFT)
    answers = models.JSONField(default=dict)
    begun_at = models.DateTimeField(_("开始时间"))
    saved_at = models.DateTimeField(_("保存时间"))
    signer = models.CharField(_("签名"), max_length=60, blank=True)
    post = models.CharField(pgettext_lazy("self-check", "职务"), max_length=60, blank=True)
    by = person_key(_("提交人"), null=True)
    link = models.ForeignKey("hazards.KeeperLink", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(_("提交时间"), null=True)
    n_failed = models.PositiveSmallIntegerField(_("不合格项"), default=0)
    sha256 = models.CharField(_("内容校验值"), max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="check_organisation"),
            models.Index(fields=["place", "-done_at"], name="check_place"),
            models.Index(fields=["enterprise", "-done_at"], name="check_enterprise"),
        ]
        constraints = [
            models.CheckConstraint(condition=EITHER, name="check_of_one_keeper"),
            models.CheckConstraint(
                condition=models.Q(state="draft") | (models.Q(done_at__isnull=False) & ~models.Q(sha256="") & ~models.Q(signer="")),
                name="check_done_is_signed",
            ),
            models.UniqueConstraint(
                fields=["place", "version"], condition=models.Q(state="draft"), name="one_check_draft_of_place"
            ),
            models.UniqueConstraint(
                fields=["enterprise", "version"], condition=models.Q(state="draft"), name="one_check_draft_of_enterprise"
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.place or self.enterprise} {self.version.checklist.name}"

    def get_absolute_url(self):
        return reverse("hazards:check", args=[self.pk])


class CheckPhoto(models.Model):
    """A photo beside an answer; `key` as rules.answers has it: the question, and its row in a repeat."""

    check_of = models.ForeignKey(SelfCheck, models.PROTECT, related_name="photos")
    key = models.CharField(max_length=50)
    attachment = models.OneToOneField("kit.Attachment", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.key} {self.attachment}"


class CheckFinding(models.Model):
    """An answer that is a hazard, and the hazard it opened or, where that is still on its way, opened before."""

    check_of = models.ForeignKey(SelfCheck, models.PROTECT, related_name="findings")
    key = models.CharField(max_length=50)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="findings")
    is_new = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["check_of", "key"], name="finding_once")]

    def __str__(self):
        return f"{self.key} {self.hazard}"


class DueCheck(models.Model):
    """By when a unit must have checked itself next; settled by the self-check that was handed in."""

    place, enterprise = keeper_keys()
    organisation = organisation_key(_("监管单位"))
    days = models.PositiveSmallIntegerField(_("自查周期（天）"))
    opened_at = models.DateTimeField(_("开始时间"))
    due_on = models.DateField(_("应查日期"))
    settled_by = models.ForeignKey(SelfCheck, models.PROTECT, null=True, related_name="settles")
    settled_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["organisation", "due_on"], name="due_check_organisation")]
        constraints = [
            models.CheckConstraint(condition=EITHER, name="due_check_of_one_keeper"),
            models.UniqueConstraint(
                fields=["place"], condition=models.Q(settled_at=None, place__isnull=False), name="one_due_check_of_place"
            ),
            models.UniqueConstraint(
                fields=["enterprise"], condition=models.Q(settled_at=None, enterprise__isnull=False),
                name="one_due_check_of_enterprise",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.place or self.enterprise} {self.due_on}"


class KeeperLink(models.Model):
    """What opens the page of one responsible unit without signing in; only the hash of its token is kept.

    A token is 24 random bytes, so a plain SHA-256 is enough to find and to protect it.
    """

    place, enterprise = keeper_keys()
    organisation = organisation_key(_("监管单位"))
    holder = models.CharField(_("交给谁"), max_length=60)
    token_start = models.CharField(_("令牌开头"), max_length=8)
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_by = person_key(_("发放人"))
    issued_at = models.DateTimeField(_("发放时间"))
    valid_until = models.DateTimeField(_("有效至"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True)
    seen_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=EITHER, name="link_of_one_keeper")]

    def __str__(self):
        return f"{self.place or self.enterprise} · {self.holder}"

    def get_absolute_url(self):
        return reverse("hazards:link", args=[self.pk])

    @property
    def keeper(self):
        """The unit it opens."""
        return self.place or self.enterprise

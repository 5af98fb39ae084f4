"""Enterprises, their licences and sites, and what they ask to be updated."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.enterprises.terms import (
    EnterpriseSize,
    EnterpriseState,
    Field,
    RequestState,
    StandardGrade,
)
from anlan.kit.models.keys import organisation_key, person_key


class Enterprise(models.Model):
    """One enterprise. `supervisor` is the department or street that watches over it; whoever may act there may act on it.

    `account` is its own organisation, where its people sign in. A merged one keeps its number and names the one that
    stands for it. `name_key` is what duplicates are found by (rules.codes.name_key). `temporary_number` is
    the one that it had before its code was known.
    """

    code = models.CharField(Field.CODE, max_length=18, unique=True)
    former_number = models.CharField(Field.FORMER, max_length=15, blank=True, db_index=True)
    temporary_number = models.CharField(_("原临时编号"), max_length=10, blank=True, db_index=True)
    name = models.CharField(Field.NAME, max_length=120)
    name_key = models.CharField(max_length=120, db_index=True)
    industry_code = models.CharField(Field.INDUSTRY_CODE, max_length=8, blank=True)
    industry = models.CharField(Field.INDUSTRY, max_length=60, blank=True)
    size = models.CharField(Field.SIZE, max_length=8, choices=EnterpriseSize.choices, blank=True)
    staff_count = models.PositiveIntegerField(Field.STAFF, null=True, blank=True)
    address = models.CharField(Field.ADDRESS, max_length=200, blank=True)
    registered_address = models.CharField(Field.REGISTERED, max_length=200, blank=True)
    principal = models.CharField(Field.PRINCIPAL, max_length=60, blank=True)
    principal_phone = models.CharField(Field.PRINCIPAL_PHONE, max_length=40, blank=True)
    safety_officer = models.CharField(Field.SAFETY, max_length=60, blank=True)
    safety_phone = models.CharField(Field.SAFETY_PHONE, max_length=40, blank=True)
    supervisor = organisation_key(_("监管单位"))
    account = organisation_key(_("企业账号机构"), null=True, blank=True)
    standard_grade = models.CharField(Field.STANDARD, max_length=1, choices=StandardGrade.choices, blank=True)
    standard_until = models.DateField(Field.STANDARD_UNTIL, null=True, blank=True)
    insurer = models.CharField(Field.INSURER, max_length=80, blank=True)
    insured_until = models.DateField(Field.INSURED_UNTIL, null=True, blank=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=EnterpriseState.choices, default=EnterpriseState.ACTIVE
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    registered_at = models.DateTimeField(_("登记时间"))
    changed_at = models.DateTimeField(_("最近变化"))

    class Meta:
        ordering = ["code"]
        indexes = [
            models.Index(fields=["supervisor", "state", "code"]),
            models.Index(fields=["state", "name_key"]),
            models.Index(fields=["state", "-changed_at"]),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("site:enterprise", args=[self.code])

    @property
    def organisation(self):
        return self.supervisor

    @property
    def is_active(self):
        return self.state == EnterpriseState.ACTIVE

    @property
    def has_temporary_code(self):
        return self.code.startswith("T")


class Part(models.Model):
    """What belongs to an enterprise: whoever may act on it may act on its part."""

    class Meta:
        abstract = True

    @property
    def organisation(self):
        return self.enterprise.supervisor


class Licence(Part):
    """A licence with its expiry; None: without one."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="licences")
    kind = models.CharField(_("许可证类别"), max_length=60)
    number = models.CharField(_("许可证编号"), max_length=60)
    issued_by = models.CharField(_("发证机关"), max_length=80, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)

    class Meta:
        ordering = ["valid_until", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind", "number"],
                condition=models.Q(withdrawn_at=None),
                name="licence_once",
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.number}"


class Site(Part):
    """Where an enterprise works: a place of the register, or an address of its own."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="sites")
    place = models.ForeignKey("places.Place", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("经营地点"), max_length=120)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    staff_count = models.PositiveIntegerField(Field.STAFF, null=True, blank=True)
    closed_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "place"], condition=models.Q(closed_at=None), name="site_of_place_once"
            )
        ]

    def __str__(self):
        return self.name


class UpdateRequest(Part):
    """What an enterprise asks to be updated in its own record, and what became of it.

    `asked` and `known` are {field: value} as asked, and as they stood then.
    """

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="requests")
    asked = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    known = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(
        _("状态"), max_length=8, choices=RequestState.choices, default=RequestState.ASKED
    )
    asked_by = person_key(_("申请人"))
    asked_at = models.DateTimeField(_("申请时间"))
    answered_by = person_key(_("审核人"), null=True)
    answered_at = models.DateTimeField(_("审核时间"), null=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=models.Q(state="asked"), name="one_request_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.enterprise} {self.asked_at:%F}"

    def get_absolute_url(self):
        return reverse("enterprises:request", args=[self.pk])

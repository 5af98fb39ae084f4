"""A hazard 隐患 from its report to its closure."""

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.terms import Field, HazardGrade, HazardSource, HazardState
from anlan.kit.models.keys import organisation_key, person_key


class HazardNumber(models.Model):
    """The last number given in a year."""

    year = models.PositiveIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.year}: {self.last}"


class Counted(models.Manager):
    """The rows that count: without the samples that were left with the demonstration."""

    def get_queryset(self):
        return super().get_queryset().filter(left_at=None)


class Hazard(models.Model):
    """One hazard. `organisation` watches over it (accepts, grades, verifies); `responsible` rectifies it.

    `uid` is known from the report on, `number` from acceptance on. `round` counts the times it was opened anew: what
    was shown as evidence in an earlier round does not close a later one. `height`: how high it has climbed since
    it is overdue (rules.near). A merged one keeps its number and names the one that stands for it. `criterion` is the key of
    the standard's criterion it falls under (rules.criteria); `criterion_says` and `criterion_basis` are its wording and clause as they stood
    when it was chosen. `left_at`: when a sample was left with the demonstration; it stays on record and counts no more.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=12, unique=True, null=True)
    organisation = organisation_key(_("监管单位"))
    source = models.CharField(Field.SOURCE, max_length=12, choices=HazardSource.choices)
    outer_number = models.CharField(Field.OUTER, max_length=60, blank=True)
    what = models.TextField(Field.WHAT)
    kind = models.CharField(Field.KIND, max_length=40)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("场所")
    )
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, null=True, related_name="+", verbose_name=_("企业")
    )
    lon = models.FloatField(_("经度"), null=True)
    lat = models.FloatField(_("纬度"), null=True)
    address = models.CharField(Field.ADDRESS, max_length=200, blank=True)
    criterion = models.CharField(Field.CRITERION, max_length=90, blank=True)
    criterion_says = models.CharField(Field.CRITERION_SAYS, max_length=500, blank=True)
    criterion_basis = models.CharField(Field.CRITERION_BASIS, max_length=500, blank=True)
    state = models.CharField(
        _("状态"), max_length=12, choices=HazardState.choices, default=HazardState.REPORTED
    )
    round = models.PositiveSmallIntegerField(default=1)
    reported_at = models.DateTimeField(_("上报时间"))
    reported_by = person_key(_("上报人"), null=True)
    accepted_at = models.DateTimeField(_("受理时间"), null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")

    grade = models.CharField(Field.GRADE, max_length=8, choices=HazardGrade.choices, blank=True)
    standard = models.CharField(Field.STANDARD, max_length=40, blank=True)
    judged_by = models.CharField(_("规则版本"), max_length=80, blank=True)
    responsible = organisation_key(Field.RESPONSIBLE, null=True)
    responsible_post = models.CharField(Field.POST, max_length=60, blank=True)
    measures = models.TextField(Field.MEASURES, blank=True)
    responsibility = models.TextField(Field.RESPONSIBILITY, blank=True)
    funds = models.CharField(Field.FUNDS, max_length=200, blank=True)
    funds_yuan = models.DecimalField(Field.FUNDS_YUAN, max_digits=14, decimal_places=2, null=True)
    plan = models.TextField(Field.PLAN, blank=True)
    interim_measures = models.TextField(Field.INTERIM, blank=True)
    ordered_at = models.DateTimeField(_("下达时间"), null=True)
    due_on = models.DateField(Field.DUE, null=True)
    due_at = models.DateTimeField(_("期限届满"), null=True)

    fixed_by = person_key(_("整改人"), null=True)
    fixed_at = models.DateTimeField(_("提请复查时间"), null=True)
    verified_by = person_key(_("复查人"), null=True)
    closed_at = models.DateTimeField(_("销号时间"), null=True)
    looked_back_at = models.DateTimeField(_("回头看时间"), null=True)
    height = models.PositiveSmallIntegerField(_("督办层级"), default=0)
    listed_at = models.DateTimeField(_("挂牌时间"), null=True)
    listed_until = models.DateField(_("挂牌督办期限"), null=True)
    delisted_at = models.DateTimeField(_("摘牌时间"), null=True)
    is_published = models.BooleanField(Field.PUBLISHED, default=False)
    left_at = models.DateTimeField(_("示范数据清退时间"), null=True)

    objects = Counted()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "-id"], name="hazard_state"),
            models.Index(fields=["organisation", "-id"], name="hazard_organisation"),
            models.Index(fields=["responsible", "-id"], name="hazard_responsible"),
            models.Index(fields=["kind", "-id"], name="hazard_kind"),
            models.Index(fields=["responsible", "kind", "accepted_at", "state"], name="hazard_recurs_unit"),
            models.Index(
                fields=["enterprise", "kind", "accepted_at", "state"], name="hazard_recurs_enterprise"
            ),
            models.Index(fields=["reported_at"], name="hazard_reported"),
            models.Index(fields=["organisation", "kind", "-id"], name="hazard_organisation_kind"),
            models.Index(fields=["-id"], condition=models.Q(listed_at__isnull=False), name="hazard_listed"),
            models.Index(fields=["source", "-id"], name="hazard_source"),
            models.Index(fields=["grade", "-id"], name="hazard_grade"),
            models.Index(
                fields=["criterion", "-id"], condition=~models.Q(criterion=""), name="hazard_criterion"
            ),
            models.Index(fields=["due_at", "id"], name="hazard_by_due"),
            models.Index(fields=["lat", "lon"], name="hazard_point"),
            models.Index(fields=["due_at"], condition=models.Q(closed_at=None), name="hazard_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "outer_number"],
                condition=~models.Q(outer_number=""),
                name="hazard_outer_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closed") | ~models.Q(fixed_by=models.F("verified_by")),
                name="hazard_closed_by_second_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="merged") | models.Q(merged_into__isnull=False),
                name="hazard_merged_whither",
            ),
        ]

    def __str__(self):
        return f"{self.number or _('未编号')} {self.what[:40]}"

    def get_absolute_url(self):
        return reverse("hazards:hazard", args=[self.pk])

    @property
    def is_listed(self):
        return self.listed_at is not None and self.delisted_at is None

    @property
    def rectifier(self):
        """The organisation whose people rectify: the responsible one, before it is named the one that watches."""
        return self.responsible or self.organisation

    def is_overdue(self, now):
        """Whether its limit has run out before anybody asked for verification."""
        waits = self.state in (HazardState.ORDERED, HazardState.RECTIFYING, HazardState.EXTENDING)
        return waits and self.due_at is not None and self.due_at < now

"""The statutory statement 隐患排查治理统计表 of an organisation for a quarter or a year."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.terms import StatementScope, StatementState
from anlan.kit.models.keys import organisation_key, person_key


class Statement(models.Model):
    """One organisation's hazards in one quarter or year, in numbers.

    `span` is `2026-Q3` or `2026`; `scope` says whether the organisation rectifies the hazards counted, or watches over
    them. Until it is signed it may be drawn up anew; a signed one never changes: a correction is the next `version`,
    and when that is signed this one is replaced. `cells` as `rules.statements.count_cells` gives them. `enterprise`: whose it
    is where that has no account of its own; `organisation` then is who watches over it, draws it up and signs for it.
    """

    organisation = organisation_key(_("统计单位"))
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, null=True, related_name="+", verbose_name=_("企业")
    )
    scope = models.CharField(_("统计范围"), max_length=12, choices=StatementScope.choices)
    span = models.CharField(_("统计期"), max_length=7)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    cells = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(
        _("状态"), max_length=8, choices=StatementState.choices, default=StatementState.DRAWN
    )
    drawn_at = models.DateTimeField(_("生成时间"))
    reason = models.CharField(_("更正理由"), max_length=500, blank=True)
    sha256 = models.CharField(_("校验值"), max_length=64, blank=True)
    signed_by = person_key(_("签字人"), null=True)
    signed_at = models.DateTimeField(_("签字时间"), null=True)
    signer_post = models.CharField(_("签字人职务"), max_length=60, blank=True)

    class Meta:
        ordering = ["-span", "organisation__path", "scope", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "scope", "span", "version"], condition=models.Q(enterprise=None),
                name="hazard_statement_once",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "span", "version"], condition=models.Q(enterprise__isnull=False),
                name="hazard_statement_of_enterprise",
            ),
            models.UniqueConstraint(
                fields=["organisation", "scope", "span"],
                condition=models.Q(state="drawn", enterprise=None),
                name="one_unsigned_hazard_statement",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "span"], condition=models.Q(state="drawn", enterprise__isnull=False),
                name="one_unsigned_statement_of_enterprise",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.about} {self.span} {self.get_scope_display()}"

    def get_absolute_url(self):
        return reverse("hazards:statement", args=[self.pk])

    @property
    def about(self):
        """Of whom it tells: an enterprise without an account, or the organisation."""
        return self.enterprise or self.organisation

    @property
    def is_signed(self):
        return self.state != StatementState.DRAWN

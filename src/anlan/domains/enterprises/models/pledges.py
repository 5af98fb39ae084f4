"""Pledges 承诺 and lists of responsibility 责任清单."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.domains.enterprises.models.register import Enterprise, Part
from anlan.domains.enterprises.terms import PledgeState
from anlan.kit.models.keys import organisation_key, person_key


class PledgeText(models.Model):
    """One version of the text that enterprises pledge, laid down by a supervisor; the newest in use counts."""

    organisation = organisation_key(_("发布单位"))
    version = models.PositiveIntegerField(_("版本"))
    text = models.TextField(_("承诺书全文"))
    sha256 = models.CharField(max_length=64)
    valid_from = models.DateField(_("启用日期"))
    by = person_key(_("发布人"))
    at = models.DateTimeField(_("发布时间"))

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["organisation", "version"], name="pledge_text_once")]

    def __str__(self):
        return f"v{self.version}"


class Pledge(Part):
    """One enterprise's pledge to one version of the text."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="pledges")
    text = models.ForeignKey(PledgeText, models.PROTECT, related_name="pledges")
    signer = models.CharField(_("签署人"), max_length=60)
    post = models.CharField(_("职务"), max_length=60)
    signed_on = models.DateField(_("签署日期"))
    valid_until = models.DateField(_("有效期至"))
    published_at = models.CharField(_("公示地址"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=PledgeState.choices, default=PledgeState.HELD)
    broken_on = models.DateField(_("违背日期"), null=True)
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ["-signed_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=models.Q(state="held"), name="one_pledge_held"
            )
        ]

    def __str__(self):
        return f"{self.enterprise} {self.text} {self.signed_on}"


class ResponsibilityList(Part):
    """One version of who answers for what in an enterprise: `lines` are [{post, person, duty}]."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="responsibility_lists")
    version = models.PositiveIntegerField(_("版本"))
    lines = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    by = person_key(_("登记人"))
    at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "version"], name="responsibility_list_once")
        ]

    def __str__(self):
        return f"{self.enterprise} v{self.version}"

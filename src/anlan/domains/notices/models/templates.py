"""The district's own wording of safety advice; the product's is `rules.advice`."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.notices import terms


class NoticeTemplate(models.Model):
    """One version of the district's safety advice 避险须知 of a code; the newest holds, and none is ever altered.

    `texts` has the names of `rules.advice.TEXTS`, each in zh and en. `is_withdrawn`: not offered any more.
    """

    code = models.SlugField(_("编码"), max_length=40)
    version = models.PositiveSmallIntegerField(_("版本"))
    hazard = models.CharField(_("灾种"), max_length=12, choices=terms.Hazard.choices)
    texts = models.JSONField(_("内容"), default=dict)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("修改时间"))
    is_withdrawn = models.BooleanField(_("停用"), default=False)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="template_version_once")]

    def __str__(self):
        return self.texts.get("name_zh") or self.code

    def get_absolute_url(self):
        return reverse("notices:template", args=[self.code])

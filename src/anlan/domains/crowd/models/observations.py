"""What people see on the spot and report: an estimate, a count, a clicker's presses, 人太多了, a note."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd import terms
from anlan.kit.models.keys import person_key


class Observation(models.Model):
    """One observation, known by the `uid` that the client made: the same uid again is the same row.

    `value` is people per m² (density), people (count) or presses (press_in, press_out). `at` is when it was seen,
    `noted_at` when it reached us. `sent_at` is when the engine had taken its reading durably, `outcome` what became of
    it there (stream's Status, lower case); kinds without a number have no reading. `on_behalf_of` says who saw it where
    nobody signed in (`by` None): a unit's link.
    """

    uid = models.UUIDField(unique=True)
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("场所"))
    zone = models.ForeignKey(
        "places.Zone", models.PROTECT, null=True, related_name="+", verbose_name=_("区域")
    )
    kind = models.CharField(_("观测内容"), max_length=10, choices=terms.ObservationKind.choices)
    value = models.FloatField(_("数值"), null=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    at = models.DateTimeField(_("观测时间"))
    noted_at = models.DateTimeField(_("上报时间"))
    by = person_key(_("观测人"), null=True)
    on_behalf_of = models.CharField(_("代为上报"), max_length=120, blank=True)
    round = models.ForeignKey(
        "crowd.PatrolRound",
        models.PROTECT,
        null=True,
        related_name="observations",
        verbose_name=_("巡逻班次"),
    )
    lon = models.FloatField(_("经度"), null=True)
    lat = models.FloatField(_("纬度"), null=True)
    sent_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["place", "kind", "-at"]),
            models.Index(
                fields=["id"], name="observation_unsent",
                condition=models.Q(sent_at=None, kind__in=["density", "count", "press_in", "press_out"]),
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.place} {self.get_kind_display()}"

    @property
    def organisation(self):
        return self.place.organisation

    @property
    def space(self):
        """The zone it speaks of, else the place."""
        return self.zone or self.place

"""How the forecasting channels are set, and how good they were."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd import terms


class ChannelLevels(models.Model):
    """From which score on a channel of the forecaster speaks, by horizon in minutes; its changes are its change rows.

    `budget` is the false alarms per place and month that the levels were fitted to, on so many days.
    """

    channel = models.CharField(_("渠道"), max_length=1, choices=terms.ForecastChannel.choices, unique=True)
    levels = models.JSONField(default=dict)
    budget = models.FloatField(_("虚警限额"))
    fitted_days = models.PositiveIntegerField(default=0)
    fitted_at = models.DateTimeField(_("拟合时间"))

    organisation = None  # of the whole district

    def __str__(self):
        return self.get_channel_display()


class ChannelSkill(models.Model):
    """How good a channel was for a space over the days up to `until`, by the alarm levels in force then.

    Derived each night from the history, so it leaves no change row. brier_skill: None where it cannot be told.
    """

    space_code = models.CharField(_("编号"), max_length=64)
    space_name = models.CharField(_("场所"), max_length=160)
    quantity = models.CharField(_("对象"), max_length=10, choices=terms.ForecastQuantity.choices)
    place = models.ForeignKey("places.Place", models.PROTECT, null=True, related_name="+")
    channel = models.CharField(_("渠道"), max_length=1, choices=terms.ForecastChannel.choices)
    until = models.DateField(_("截至"))
    crossings = models.PositiveIntegerField(_("达到承载量次数"))
    caught_15 = models.PositiveIntegerField(_("提前 15 分钟以上"))
    caught_30 = models.PositiveIntegerField(_("提前 30 分钟以上"))
    false_alarms = models.PositiveIntegerField(_("虚警"))
    months = models.FloatField(_("场所月数"))
    budget = models.FloatField(_("虚警限额"))
    brier_skill = models.FloatField(_("Brier 技巧分"), null=True)
    like_days = models.PositiveIntegerField(_("有数据天数"))

    class Meta:
        ordering = ["-until", "space_code", "channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["space_code", "quantity", "channel", "until"], name="skill_told_once"
            )
        ]

    def __str__(self):
        return f"{self.space_name} {self.channel} {self.until}"

    @property
    def organisation(self):
        return self.place.organisation if self.place else None

    @property
    def false_per_month(self):
        """False alarms a month, as the budget is."""
        return self.false_alarms / self.months if self.months else 0.0

    @property
    def is_over(self):
        """Whether the budget was overrun, by more than one alarm that chance may bring."""
        return self.false_alarms > self.budget * self.months + 1

    @property
    def is_learning(self):
        """Whether there are too few like days yet."""
        return self.like_days < terms.LIKE_DAYS_NEEDED

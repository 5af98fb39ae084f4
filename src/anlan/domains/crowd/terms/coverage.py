"""Words of the plan for more counters."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanState(models.TextChoices):
    """How a place without counters stands in the plan for more."""

    OVERDUE = "overdue", _("逾期")
    PLANNED = "planned", _("计划中")
    UNPLANNED = "unplanned", _("尚无计划")

    @classmethod
    def of(cls, planned_on, today):
        """The state of a place that is to be counted by `planned_on` (None: not planned)."""
        if planned_on is None:
            return cls.UNPLANNED
        return cls.OVERDUE if planned_on < today else cls.PLANNED

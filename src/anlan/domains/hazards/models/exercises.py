"""Exercises 演练 that responsible units held."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.models.checklists import EITHER, keeper_keys
from anlan.domains.hazards.terms.exercises import ExerciseForm
from anlan.kit.models.keys import organisation_key, person_key


class UnitExercise(models.Model):
    """One exercise of a unit under a limit of the rulebook; never altered. `by` is None where it came by the unit's link."""

    place, enterprise = keeper_keys()
    organisation = organisation_key(_("监管单位"))
    rule_id = models.CharField(_("演练要求"), max_length=40)
    held_on = models.DateField(_("演练日期"))
    form = models.CharField(_("演练形式"), max_length=8, choices=ExerciseForm.choices)
    what = models.CharField(_("演练内容"), max_length=200)
    attendee_count = models.PositiveIntegerField(_("参加人数"))
    by = person_key(_("登记人"), null=True)
    link = models.ForeignKey("hazards.KeeperLink", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=EITHER, name="exercise_of_one_keeper"),
            models.UniqueConstraint(fields=["place", "rule_id", "held_on"], name="exercise_of_place_once"),
            models.UniqueConstraint(
                fields=["enterprise", "rule_id", "held_on"], name="exercise_of_enterprise_once"
            ),
        ]

    def __str__(self):
        return f"{self.place or self.enterprise} {self.held_on}"

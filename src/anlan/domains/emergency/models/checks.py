"""Checks on teams in the field 队伍安全确认."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.models.incidents import Part
from anlan.domains.emergency.terms.checks import CheckAnswer
from anlan.kit.models.keys import organisation_key


class TeamCheck(Part):
    """A team that is asked every `every_min` minutes whether all is well.

    The clock runs from `heard_at`, when it was last heard of. `misses` counts the misses since then that were told;
    how it stands now is computed (`rules.checks`).
    """

    team = models.CharField(_("队伍"), max_length=80)
    people = models.PositiveSmallIntegerField(_("队伍人数"))
    leader = models.CharField(_("带队人"), max_length=60, blank=True)
    phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    task = models.CharField(_("任务和位置"), max_length=200, blank=True)
    team_organisation = organisation_key(_("所属单位"), null=True)
    every_min = models.PositiveSmallIntegerField(_("间隔（分钟）"))
    grace_min = models.PositiveSmallIntegerField(_("宽限（分钟）"))
    started_at = models.DateTimeField(_("开始时间"))
    heard_at = models.DateTimeField()
    answer = models.CharField(_("答复"), max_length=8, choices=CheckAnswer.choices, blank=True)
    present = models.PositiveSmallIntegerField(_("在位人数"), null=True)
    words = models.CharField(_("说明"), max_length=200, blank=True)
    misses = models.PositiveSmallIntegerField(_("连续超时次数"), default=0)
    stopped_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.team

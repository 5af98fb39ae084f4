"""What somebody must have done by a date: the task, what moved its date, and the reminders that were given."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.kit.models.keys import person_key
from anlan.kit.terms import FollowUpState


class FollowUp(models.Model):
    """One task with an owner and a date; `key` makes opening it again return this row.

    `about_kind`/`about_id` name the row it follows (as in Change). The date is never typed twice: it is counted from
    `rule_id` and `started_at` by the statutory clock, or else from `set_day` or `set_at`, each time with the pauses and
    extensions; `due_at` and `last_day` are what came out last (None while a pause has no known end), by the tables at
    `judged_by`. `round` rises with each extension: the reminders start anew. `remind_at`: when the next of them comes.
    `new_at`: since when it is the present owner's.
    """

    key = models.CharField(max_length=200, unique=True)
    scene = models.CharField(max_length=64, default="live")
    about_kind = models.CharField(max_length=64)
    about_id = models.CharField(max_length=64)
    about_name = models.CharField(_("所属事项"), max_length=200)
    link = models.CharField(max_length=400, blank=True)
    title = models.CharField(_("事项"), max_length=200)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("责任单位")
    )
    owner = person_key(_("责任人"), null=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=FollowUpState.choices, default=FollowUpState.OPEN
    )
    rule_id = models.CharField(_("时限依据"), max_length=40, blank=True)
    started_at = models.DateTimeField(_("起算时间"))
    set_day = models.DateField(null=True)
    set_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(_("截止时间"), null=True)
    last_day = models.DateField(_("最后一日"), null=True)
    is_unconfirmed = models.BooleanField(_("待核实"), default=False)
    judged_by = models.CharField(_("规则版本"), max_length=80, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    remind_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(_("登记时间"))
    new_at = models.DateTimeField()
    settled_at = models.DateTimeField(_("办结时间"), null=True)
    settled_by = person_key(_("办结人"), null=True)
    outcome = models.TextField(_("办理结果"), blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["state", "remind_at"]),
            models.Index(fields=["organisation", "state", "due_at"]),
            models.Index(fields=["owner", "state", "due_at"]),
            models.Index(fields=["about_kind", "about_id"]),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("kit:follow_up", args=[self.pk])

    @property
    def is_open(self):
        """Whether there is still something to do."""
        return self.state in FollowUpState.open_ones()


class FollowUpPause(models.Model):
    """A time that does not count for a follow-up, with its reason; `until` None: still going on."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="pauses")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.TextField()
    by = person_key(_("办理人"))

    class Meta:
        ordering = ["since", "id"]

    def __str__(self):
        return f"{self.follow_up_id} {self.since:%F}"


class FollowUpExtension(models.Model):
    """So many more days of the limit's own kind, granted before it ran out, and why."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    granted_at = models.DateTimeField()
    reason = models.TextField()
    by = person_key(_("办理人"))

    class Meta:
        ordering = ["granted_at", "id"]

    def __str__(self):
        return f"{self.follow_up_id} +{self.days}"


class Reminder(models.Model):
    """One rung of the ladder that a follow-up has come to: days from its last day, negative before it.

    Each rung comes once in a round. `is_told` is False where a later rung was already there when the worker looked:
    only the latest is told. `escalated_to`: the organisation above that reads of it from now on.
    """

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="reminders")
    round = models.PositiveSmallIntegerField()
    days = models.SmallIntegerField()
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    is_told = models.BooleanField(default=True)
    escalated_to = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "round", "days"], name="reminded_once_a_round")
        ]

    def __str__(self):
        return f"{self.follow_up_id}/{self.round}/{self.days:+d}"

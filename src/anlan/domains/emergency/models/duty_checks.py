"""Handovers, roll-calls, daily sheets and the secret addresses of calendars."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.models.duty import DutyPost, OfPost
from anlan.domains.emergency.terms.duty import CallState, DutyRole, SummaryKind
from anlan.kit.models.keys import person_key


class Handover(OfPost):
    """One watch hands over to the next: everything open as it stood, notes, two signatures of two people.

    `due_at` is when the roster changes people. `digest` is of what the off-going signed, which the on-coming signs too.
    """

    due_at = models.DateTimeField(_("应交接时间"))
    notes = models.TextField(_("交班说明"))
    open_rows = models.JSONField(_("未办结事项"), default=list)
    digest = models.CharField(max_length=64)
    off_by = person_key(_("交班人"))
    off_at = models.DateTimeField(_("交班时间"))
    off_why = models.CharField(_("代为交班的理由"), max_length=300, blank=True)
    on_by = person_key(_("接班人"), null=True)
    on_at = models.DateTimeField(_("接班时间"), null=True)
    on_why = models.CharField(_("代为接班的理由"), max_length=300, blank=True)
    on_notes = models.TextField(_("接班说明"), blank=True)

    class Meta:
        ordering = ["-due_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["post", "due_at"], name="handover_once")]

    def __str__(self):
        return f"{self.post} {self.due_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("emergency:duty_handover", args=[self.pk])


class RollCall(OfPost):
    """Whoever is on duty is called on the real channel and answers in time, or is marked.

    `planned_at` is drawn by the machine and shown to nobody before `called_at`.
    """

    planned_at = models.DateTimeField()
    called_at = models.DateTimeField(_("点名时间"), null=True)
    called_by = person_key(_("点名人"), null=True)
    within_min = models.PositiveSmallIntegerField(_("应答时限（分钟）"))
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ["-called_at", "-pk"]

    def __str__(self):
        return f"{self.post}"

    def get_absolute_url(self):
        return reverse("emergency:duty_roll_call", args=[self.pk])


class CalledPerson(models.Model):
    """One person of a roll-call: how many messages went out, and when he answered."""

    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="people")
    person = person_key(_("值班人"))
    role = models.CharField(_("岗位"), max_length=16, choices=DutyRole.choices)
    messages = models.PositiveSmallIntegerField(_("已发消息"), default=0)
    state = models.CharField(_("结果"), max_length=12, choices=CallState.choices, default=CallState.WAITING)
    due_at = models.DateTimeField(_("应答期限"))
    answered_at = models.DateTimeField(_("应答时间"), null=True)

    class Meta:
        ordering = ["-due_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["roll_call", "person"], name="called_once")]
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self):
        return f"{self.person}"

    def get_absolute_url(self):
        return self.roll_call.get_absolute_url()

    @property
    def post(self):
        return self.roll_call.post

    @property
    def organisation(self):
        return self.roll_call.post.organisation


class DutySheet(OfPost):
    """A day's sheet of a post: the morning summary, or the daily report of a holiday (a zero report too).

    `content` is drawn from the records once and kept; the words a person adds and his signature close it.
    """

    kind = models.CharField(_("类别"), max_length=10, choices=SummaryKind.choices)
    day = models.DateField(_("日期"))
    since = models.DateTimeField(_("自"))
    until = models.DateTimeField(_("至"))
    content = models.JSONField(default=dict)
    is_zero = models.BooleanField(_("零报告"), default=False)
    made_at = models.DateTimeField(_("生成时间"))
    due_at = models.DateTimeField(_("报送期限"), null=True)
    words = models.TextField(_("情况说明"), blank=True)
    digest = models.CharField(max_length=64, blank=True)
    signed_by = person_key(_("签发人"), null=True)
    signed_at = models.DateTimeField(_("签发时间"), null=True)

    class Meta:
        ordering = ["-day", "kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["post", "kind", "day"], name="duty_sheet_once")]

    def __str__(self):
        return f"{self.post} {self.get_kind_display()} {self.day}"

    def get_absolute_url(self):
        return reverse("emergency:duty_sheet", args=[self.pk])


class CalendarLink(models.Model):
    """The secret address of a calendar: of one person's duty, or of a post; only the hash of its token is kept."""

    person = person_key(_("值班人"))
    post = models.ForeignKey(
        DutyPost, models.PROTECT, null=True, related_name="+", verbose_name=_("值班岗位")
    )
    token_start = models.CharField(_("令牌开头"), max_length=12)
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(_("签发时间"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.post or self.person}"

    def get_absolute_url(self):
        return reverse("emergency:duty_calendars")

    @property
    def organisation(self):
        return self.post.organisation if self.post else self.person.organisation

"""Duty: posts, rosters, fixed shifts, swaps; what people did on duty; the log.

Who is on duty at t is never kept: `rules.rosters` computes it from these rows.
"""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.terms.duty import DutyRole, LogKind, PostKind, SwapState, Turn
from anlan.kit.models.keys import person_key


def default_roles():
    """The roles that must be there at a post, as a new one begins."""
    return [DutyRole.OFFICER.value]


class DutyPost(models.Model):
    """A place in the duty network where somebody is to be reached.

    `needed_roles` must be held by somebody at every moment where `must_be_staffed`. `since` is when that began.
    `roll_call_days`: a roll-call at a random moment once in so many days, 0 for none.
    """

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("机构")
    )
    code = models.CharField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类别"), max_length=20, choices=PostKind.choices)
    phone = models.CharField(_("值班电话"), max_length=40, blank=True)
    must_be_staffed = models.BooleanField(_("须全天有人值班"), default=True)
    needed_roles = models.JSONField(_("须有人的岗位"), default=default_roles, choices=DutyRole.choices)
    roll_call_days = models.PositiveSmallIntegerField(_("随机点名间隔（天）"), default=0)
    since = models.DateTimeField(_("设立时间"))
    retired_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        ordering = ["organisation__path", "kind", "code"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("emergency:duty_post", args=[self.code])


class OfPost(models.Model):
    """A row that belongs to a duty post: its organisation's people act on it."""

    post = models.ForeignKey(DutyPost, models.PROTECT, related_name="+", verbose_name=_("值班岗位"))

    class Meta:
        abstract = True

    @property
    def organisation(self):
        return self.post.organisation


class Roster(OfPost):
    """A rotation at a post: `teams` are lists of person ids that take turns over `shifts`.

    `shifts`: [[starts_min, length_min, ShiftDays]]. Both dates are included; a past of it is never changed.
    """

    role = models.CharField(_("岗位"), max_length=16, choices=DutyRole.choices, default=DutyRole.OFFICER)
    seat = models.PositiveSmallIntegerField(_("席位"), default=1)
    name = models.CharField(_("名称"), max_length=120)
    shifts = models.JSONField(_("班次"), default=list)
    teams = models.JSONField(_("班组"), default=list)
    turn = models.CharField(_("轮换"), max_length=8, choices=Turn.choices, default=Turn.SHIFT)
    zone = models.CharField(_("时区"), max_length=40, default="Asia/Shanghai")
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["post", "role", "seat", "starts_on", "pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("emergency:duty_roster", args=[self.pk])


class FixedShift(OfPost):
    """One person on duty over one interval, by name: from a file, or laid over the rotation."""

    role = models.CharField(_("岗位"), max_length=16, choices=DutyRole.choices, default=DutyRole.OFFICER)
    seat = models.PositiveSmallIntegerField(_("席位"), default=1)
    person = person_key(_("值班人"))
    since = models.DateTimeField(_("开始时间"))
    until = models.DateTimeField(_("结束时间"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        ordering = ["since", "pk"]
        indexes = [models.Index(fields=["post", "until"])]

    def __str__(self):
        return f"{self.post} {self.person}"

    def get_absolute_url(self):
        return reverse("emergency:duty_post", args=[self.post.code])


class DutySwap(OfPost):
    """`giver` is on duty in none of [since, until), `taker` is instead; with `back_since` it is a swap both ways."""

    giver = person_key(_("值班人"))
    taker = person_key(_("替班人"))
    since = models.DateTimeField(_("开始时间"))
    until = models.DateTimeField(_("结束时间"))
    back_since = models.DateTimeField(_("换回开始"), null=True)
    back_until = models.DateTimeField(_("换回结束"), null=True)
    reason = models.CharField(_("理由"), max_length=300)
    state = models.CharField(_("状态"), max_length=12, choices=SwapState.choices, default=SwapState.ASKED)
    asked_by = person_key(_("申请人"))
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = person_key(_("办理人"), null=True)
    decided_at = models.DateTimeField(_("办理时间"), null=True)
    answer = models.CharField(_("答复"), max_length=300, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["post", "state", "until"])]

    def __str__(self):
        return gettext("%(giver)s → %(taker)s") % {"giver": self.giver, "taker": self.taker}

    def get_absolute_url(self):
        return reverse("emergency:duty_swap", args=[self.pk])


class DutyShift(OfPost):
    """What a person did about a shift of his: said that he will come, came on. Without a deed there is no row."""

    person = person_key(_("值班人"))
    role = models.CharField(_("岗位"), max_length=16, choices=DutyRole.choices)
    since = models.DateTimeField(_("开始时间"))
    until = models.DateTimeField(_("结束时间"))
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    on_at = models.DateTimeField(_("到岗时间"), null=True)

    class Meta:
        ordering = ["-since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["post", "person", "role", "since"], name="duty_shift_once")
        ]

    def __str__(self):
        return f"{self.post} {self.person}"

    def get_absolute_url(self):
        return reverse("emergency:duty_post", args=[self.post.code])


class GapNotice(OfPost):
    """That people were told of a time without duty: one row per gap and rung, so that none is told twice.

    `ahead_s` is the rung: seconds before the gap, 0 once it has begun. `told` names them; empty: nobody was reachable.
    """

    key = models.CharField(max_length=160, unique=True)
    role = models.CharField(_("岗位"), max_length=16, choices=DutyRole.choices)
    since = models.DateTimeField(_("开始时间"))
    until = models.DateTimeField(_("结束时间"))
    ahead_s = models.PositiveIntegerField()
    is_whole = models.BooleanField(default=False)
    told = models.JSONField(_("已通知"), default=list)
    told_at = models.DateTimeField(_("通知时间"))

    class Meta:
        ordering = ["-told_at", "-pk"]

    def __str__(self):
        return f"{self.post} {self.get_role_display()}"

    def get_absolute_url(self):
        return reverse("emergency:duty_post", args=[self.post.code])


class DutyLogEntry(OfPost):
    """One line of the duty log; never altered: a correction is a line of its own that names the one it corrects.

    `is_late`: written down so long after it happened that it is marked 补记.
    """

    kind = models.CharField(_("类别"), max_length=12, choices=LogKind.choices)
    text = models.TextField(_("内容"))
    happened_at = models.DateTimeField(_("发生时间"))
    written_at = models.DateTimeField(_("记录时间"))
    by = person_key(_("记录人"))
    is_late = models.BooleanField(_("补记"), default=False)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")

    class Meta:
        ordering = ["-happened_at", "-pk"]
        indexes = [models.Index(fields=["post", "-happened_at"])]

    def __str__(self):
        return f"{self.get_kind_display()} {self.text[:40]}"

    def get_absolute_url(self):
        return f"{reverse('emergency:duty_log')}?post={self.post.code}"

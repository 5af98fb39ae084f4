"""The command post: who holds which role, objectives, orders and needs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.models.incidents import Part
from anlan.domains.emergency.terms.orders import CommandRole, NeedState, ObjectiveState, OrderState
from anlan.kit.models.keys import organisation_key, person_key


class RoleTenure(Part):
    """One person's time in a role at the command post; `handed_from` is the tenure that it took over."""

    role = models.CharField(_("角色"), max_length=12, choices=CommandRole.choices)
    title = models.CharField(_("角色名称"), max_length=60, blank=True)
    person = person_key(_("人员"), null=True)
    holder = models.CharField(_("姓名"), max_length=60)
    holder_organisation = models.CharField(_("单位"), max_length=120, blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    since = models.DateTimeField(_("自"))
    until = models.DateTimeField(_("至"), null=True)
    handed_from = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="handed_on", verbose_name=_("移交人")
    )
    situation = models.TextField(_("移交时说明的情况"), blank=True)

    class Meta:
        ordering = ["role", "since", "id"]

    def __str__(self):
        return f"{self.name} {self.holder}"

    @property
    def name(self):
        """The role in words."""
        return self.title or str(self.get_role_display())


class Objective(Part):
    """What the command wants to reach."""

    text = models.CharField(_("处置目标"), max_length=200)
    state = models.CharField(
        _("状态"), max_length=8, choices=ObjectiveState.choices, default=ObjectiveState.OPEN
    )
    set_at = models.DateTimeField(_("提出时间"))
    closed_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.text


class Order(Part):
    """An order 指令 to an organisation or a person, and what came of it."""

    serial = models.PositiveSmallIntegerField()
    text = models.TextField(_("指令内容"))
    to = organisation_key(_("接收单位"), null=True)
    to_person = person_key(_("接收人"), null=True)
    receiver = models.CharField(_("接收人"), max_length=120, blank=True)
    issued_by = person_key(_("下达人"))
    issued_at = models.DateTimeField(_("下达时间"))
    due_at = models.DateTimeField(_("完成时限"), null=True)
    state = models.CharField(_("状态"), max_length=12, choices=OrderState.choices, default=OrderState.ISSUED)
    received_at = models.DateTimeField(_("接收时间"), null=True)
    feedback = models.TextField(_("反馈"), blank=True)
    fed_back_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["incident", "serial"], name="order_serial_once")]

    def __str__(self):
        return f"{self.serial} {self.text[:60]}"

    @property
    def addressee(self):
        """To whom, in words."""
        names = [str(one) for one in (self.to, self.to_person) if one]
        return " ".join([*names, self.receiver]).strip()


class Need(Part):
    """What is needed, how much, and how much of it has come."""

    what = models.CharField(_("需求"), max_length=120)
    quantity = models.PositiveIntegerField(_("数量"))
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    met_quantity = models.PositiveIntegerField(_("已到位"), default=0)
    asked_of = models.CharField(_("向谁提出"), max_length=120, blank=True)
    asked_at = models.DateTimeField(_("提出时间"))
    state = models.CharField(_("状态"), max_length=8, choices=NeedState.choices, default=NeedState.OPEN)
    remark = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.what} {self.quantity}{self.unit}"

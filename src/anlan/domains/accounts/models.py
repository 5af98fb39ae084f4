"""Organisations as a tree, the people in them, what they may do, and the credentials of devices."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts import rules
from anlan.domains.accounts.terms import COMMA, Right


class Organisation(models.Model):
    """A district, department, street office or operator: a node of one tree.

    `path` is the chain of ids from the root, six digits each: those below start with it.
    What kind of organisation it is, is data (`sort`), never code.
    """

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级机构")
    )
    code = models.CharField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    sort = models.CharField(_("类别"), max_length=60, blank=True, help_text=_("如：区、部门、街道、运营单位"))
    phone = models.CharField(_("值班电话"), max_length=40, blank=True)
    path = models.CharField(max_length=240, unique=True, editable=False)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ["path"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("accounts:organisation", args=[self.code])

    @property
    def depth(self):
        """Steps below the top organisation."""
        return len(self.path) // rules.STEP - 1

    @property
    def steps(self):
        """One part for each step below the top, for templates that indent."""
        return range(self.depth)


class Role(models.Model):
    """A named set of rights; a row, so that a district may change it."""

    code = models.CharField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    rights = models.JSONField(_("权限"), default=list, choices=Right.choices)  # for the labels of its parts

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return gettext(self.name)  # the first roles are known in every language

    def get_absolute_url(self):
        return reverse("accounts:role", args=[self.code])

    @property
    def organisation(self):
        """Roles are the district's own: whoever changes one must hold the right at the top."""
        return Organisation.objects.get(parent=None)


class Holder:
    """Whoever holds rights over organisations and what is below them: `holdings()` says which, `is_active` whether still."""

    def may(self, right, organisation=None):
        """Whether this one holds `right` over `organisation` (None: anywhere)."""
        path = organisation.path if organisation is not None else None
        return self.is_active and rules.holds_right(self.holdings(), right, path)

    def reach(self, right, *, through="organisation"):
        """The condition (a Q) for rows whose organisation lies where this one holds `right`.

        `through` is the lookup from a row to its organisation; "" where the rows are organisations.
        """
        path = f"{through}__path__startswith" if through else "path__startswith"
        reached = models.Q(pk__in=[])
        for top in rules.top_paths(self.holdings(), right) if self.is_active else ():
            reached |= models.Q(**{path: top})
        return reached


class Person(Holder, AbstractBaseUser):
    """Somebody who signs in."""

    username = models.CharField(_("登录名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="people", verbose_name=_("所属机构")
    )
    roles = models.ManyToManyField(Role, through="RoleHolding", related_name="+", verbose_name=_("角色"))
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    language = models.CharField(_("界面语言"), max_length=10, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)
    must_change_password = models.BooleanField(_("须先修改密码"), default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []
    objects = BaseUserManager()

    class Meta:
        ordering = ["username"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("accounts:person", args=[self.pk])

    def holdings(self):
        """The (rights, organisation path) pairs this person holds; read once per instance."""
        if not hasattr(self, "_holdings"):
            held = self.holds.select_related("role", "organisation")
            self._holdings = [(frozenset(one.role.rights), one.organisation.path) for one in held]
        return self._holdings

    def forget_holdings(self):
        """Read the holdings again when they are next asked for: a role was granted or withdrawn."""
        vars(self).pop("_holdings", None)

    def say_roles(self):
        """The roles held, each with where, in one line."""
        held = self.holds.select_related("role", "organisation").order_by("organisation__path", "role__code")
        return str(COMMA).join(
            gettext("%(role)s（%(organisation)s）") % {"role": one.role, "organisation": one.organisation}
            for one in held
        )


class RoleHolding(models.Model):
    """A person holds a role in an organisation and everything below it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="holds")
    role = models.ForeignKey(Role, models.PROTECT, related_name="holders")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="held_roles")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "organisation"], name="role_held_once")
        ]

    def __str__(self):
        return f"{self.person} · {self.role} · {self.organisation}"


class DeviceCredential(models.Model):
    """What a counting device or gateway shows when it reports; only the hash of its token is kept.

    A token is 32 random bytes, so a plain SHA-256 is enough to find and to protect it.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="credentials")
    name = models.CharField(_("名称"), max_length=120)
    token_start = models.CharField(_("令牌开头"), max_length=12)
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(_("签发时间"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True)
    seen_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("accounts:credential", args=[self.pk])


class ScreenToken(models.Model):
    """A read-only token for an unattended screen (the wall in kiosk mode); only its hash is kept."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="screens")
    name = models.CharField(_("名称"), max_length=120)
    token_start = models.CharField(_("令牌开头"), max_length=12)
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(_("签发时间"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("accounts:screen", args=[self.pk])


class AccessToken(Holder, models.Model):
    """What another system shows to read the sharing API as its organisation may; only the hash of its token is kept.

    `sees_contacts`: names and telephone numbers of people in enterprises are among what it reads. `hands_in_cases`: it
    hands in cases of the grid and the hotline, and takes their results.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="access_tokens", verbose_name=_("所属机构")
    )
    name = models.CharField(_("名称"), max_length=120)
    sees_contacts = models.BooleanField(_("可读取联系人"), default=False)
    hands_in_cases = models.BooleanField(_("可递送案件"), default=False)
    token_start = models.CharField(_("令牌开头"), max_length=12)
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(_("签发时间"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True)
    seen_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("accounts:access", args=[self.pk])

    @property
    def is_active(self):
        return self.revoked_at is None

    def holdings(self):
        """It views, and nothing else, in its organisation and below."""
        return [(frozenset([Right.VIEW]), self.organisation.path)]

"""Rows that every domain shares: what changed, who took note of it, and long work under way."""

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from anlan.kit.terms import JobState


class Immutable(Exception):
    """Someone tried to alter or delete a change row or its seal."""

    def __init__(self):
        super().__init__(
            "changes and seals are never altered or deleted: record a further change that corrects"
        )


class KeptQuerySet(models.QuerySet):
    """Rows that are read and added, never altered."""

    def update(self, **fields):
        raise Immutable

    def delete(self):
        raise Immutable


class Kept(models.Model):
    """A row that stays as it was added; the database refuses as well (kit.guards)."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise Immutable
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args, **kwargs):
        raise Immutable


class ChangeQuerySet(KeptQuerySet):
    """Reads of change rows."""

    def of(self, subject):
        """The story of one row, newest first."""
        return self.filter(subject_kind=subject._meta.label_lower, subject_id=str(subject.pk)).select_related(
            "by"
        )

    def untaken(self, taker, *, kinds=None):
        """Changes that `taker` has not taken yet, oldest first; `kinds` limits them to these `what`s."""
        rows = self.exclude(takings__taker=taker).order_by("id")
        return rows.filter(what__in=kinds) if kinds else rows


class Change(Kept):
    """One thing that one action changed: news for whoever cares, and the story of its subject.

    `before` and `after` hold only the fields that differ. `key`, where given, makes doing it again
    return this row instead of a second one.
    """

    scene = models.CharField(max_length=64, default="live")
    subject_kind = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=200)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=64)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    why = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=200, null=True, unique=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-id"]),
            models.Index(fields=["what", "-id"]),
        ]

    def __str__(self):
        return f"{self.at:%F %T} {self.what} {self.subject_name}"

    @cached_property
    def subject(self):
        """The row that was acted on, as it is now; None where it is gone."""
        return apps.get_model(self.subject_kind)._default_manager.filter(pk=self.subject_id).first()


class Seal(Kept):
    """One link of the chain (kit.chain): the change row at this position, its digest, the chain's digest with it.

    `version` is the layout in which the row was written down; `at` is when it was sealed and is not in the digest.
    """

    position = models.PositiveBigIntegerField(primary_key=True)
    change = models.OneToOneField(Change, models.PROTECT, related_name="seal")
    version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    chain = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.position}:{self.chain}"


class Taken(models.Model):
    """`taker` has dealt with `change`: written in the same transaction as what it did about it."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="takings")
    taker = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "taker"], name="taken_once")]

    def __str__(self):
        return f"{self.taker} took {self.change_id}"


class DistrictRow(models.Model):
    """One version of a district's own row of a table (kit.tables): it holds from `valid_from` until a later one.

    `values` None: the default holds again. Rows are added, never altered: the newest of the latest date counts.
    """

    table = models.CharField(_("规则表"), max_length=64)
    key = models.CharField(_("行"), max_length=80)
    values = models.JSONField(_("内容"), null=True, encoder=DjangoJSONEncoder)
    clause = models.CharField(_("依据"), max_length=200)
    reason = models.TextField(_("理由"))
    valid_from = models.DateField(_("生效日期"))
    made_at = models.DateTimeField(_("修改时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["valid_from", "id"]
        indexes = [models.Index(fields=["table", "key", "valid_from", "id"])]

    def __str__(self):
        return self.key

    def get_absolute_url(self):
        return reverse("kit:table_row", args=[self.table, self.key])


class Job(models.Model):
    """Long work for the job child: what was asked, how far it is, what it did."""

    kind = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    asked = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("状态"), max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    done_steps = models.PositiveBigIntegerField(default=0)
    total_steps = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    outcome = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    cancel_asked = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "id"])]

    def __str__(self):
        return f"{self.title} ({self.state})"

    def get_absolute_url(self):
        return reverse("kit:job", args=[self.pk])

    @property
    def is_open(self):
        return self.state in {JobState.QUEUED, JobState.RUNNING}

    @property
    def share_done(self):
        """How far it is, 0 to 1; None while the size of the work is unknown."""
        return min(1.0, self.done_steps / self.total_steps) if self.total_steps else None

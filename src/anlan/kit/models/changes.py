"""What changed, its seal in the chain, and who took note of it."""

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.functional import cached_property


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

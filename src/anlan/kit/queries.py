"""Reads of the kit."""

from datetime import timedelta

from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from anlan.kit.chain import Head
from anlan.kit.models import Change, Seal, Upload, UploadRecord
from anlan.kit.terms import RecordState, UploadState

LATE_IDS = 1000  # a change row may become visible after one with a higher id; nobody runs so many at once
SEALED_WITHIN = timedelta(minutes=1)  # a second when all is well; later than this somebody should look


def last_change_id(*, leaving_out=()):
    """The id of the newest change row, 0 while there is none: a cheap answer to "did anything change?".

    `leaving_out` names deeds that do not count: the machine's own, which come often.
    """
    rows = Change.objects.exclude(what__in=leaving_out) if leaving_out else Change.objects
    return rows.order_by("-id").values_list("id", flat=True).first() or 0


def last_seal():
    """The newest link of the chain of change rows; None while there is none."""
    return Seal.objects.order_by("-position").first()


def chain_head():
    """Where the chain of change rows ends: what one writes down outside, to hold an export against it later."""
    seal = last_seal()
    return Head(seal.position, seal.chain) if seal else Head()


def count_unsealed():
    """How many change rows are not in the chain yet; positions have no gaps, so the last one counts the sealed."""
    return Change.objects.count() - chain_head().position


def count_overdue_seals(now):
    """How many changes ought to be in the chain by now and are not."""
    if not count_unsealed():
        return 0
    return Change.objects.filter(seal=None, at__lt=now - SEALED_WITHIN).count()


class ChangeMark:
    """Differs whenever a change row has come, also one whose id is not the highest: (number of newer rows, highest id).

    Asked every second, so in plain SQL: a fifth of what the same costs when it is put together anew each time.
    """

    def __init__(self):
        self.floor = -1  # rows up to here are not counted any more

    def read(self):
        """The mark now."""
        with connection.cursor() as cursor:
            table, row_id = Change._meta.db_table, Change._meta.pk.column
            cursor.execute(f"SELECT count(*), max({row_id}) FROM {table} WHERE {row_id} > %s", [self.floor])
            number, newest = cursor.fetchone()
        if number > 5 * LATE_IDS:
            self.floor = newest - LATE_IDS
        return number, newest


def unfinished_uploads(*, before):
    """Uploads of phones begun before a moment and not finished, the oldest first, with `here` parts of `bytes_here` bytes."""
    rows = Upload.objects.filter(state=UploadState.OPEN, opened_at__lt=before).select_related(
        "person", "device"
    )
    told = {"here": Count("parts"), "bytes_here": Coalesce(Sum("parts__size_bytes"), 0)}
    return list(rows.annotate(**told).order_by("opened_at"))


def count_waiting_records():
    """How many records of phones wait for somebody to look at them, in all organisations."""
    return UploadRecord.objects.exclude(state=RecordState.TAKEN).filter(settled_at=None).count()

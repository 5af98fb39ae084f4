"""Takers of change rows: each row once, in order, with what follows from it in one transaction."""

from django.db import IntegrityError, transaction

from anlan.kit.actions import take
from anlan.kit.models import Change
from anlan.kit.queries import LATE_IDS
from anlan.kit.worker import UNFINISHED

AT_ONCE = 200  # changes of one look; the rest follows at once


class ChangeTaker:
    """Takes changes of `kinds` under the name `taker`; a stop at any moment loses nothing and doubles nothing.

    A taker says which subjects the changes are about (`know`) and what follows from one (`deal`).
    """

    taker: str
    kinds: tuple
    narrowed: dict = {}  # what else a change must have to be taken

    def __init__(self):
        self.floor = 0  # changes up to here are taken

    def know(self, ids):
        """{id: row} of the subjects with these ids."""
        raise NotImplementedError

    def deal(self, change, subject, now):
        """What follows from a change; `subject` is its row, None where that is gone."""
        raise NotImplementedError

    def run(self, now):
        """A sweep: take the next changes. One that cannot be taken stops no other and is tried again."""
        newest = Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
        rows = Change.objects.filter(id__gt=self.floor, **self.narrowed)
        changes = list(rows.untaken(self.taker, kinds=self.kinds)[:AT_ONCE])
        known = self.know({int(change.subject_id) for change in changes})
        failed = None
        for change in changes:
            try:
                self.take_one(change, known.get(int(change.subject_id)), now)
            except Exception as error:
                failed = failed or error
        if failed:
            raise failed
        if len(changes) == AT_ONCE:
            return UNFINISHED
        self.floor = max(self.floor, newest - LATE_IDS)
        return None

    def take_one(self, change, subject, now):
        """Take one change and what follows from it, in one transaction; a second taker finds it taken."""
        try:
            with transaction.atomic():
                take(change, taker=self.taker, now=now)
                self.deal(change, subject, now)
        except IntegrityError:
            if not change.takings.filter(taker=self.taker).exists():
                raise

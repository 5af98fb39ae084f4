"""The sealing loop: links change rows into the chain soon after they come, so that no writer waits for another."""

from datetime import timedelta

from django.db import connection, transaction

from anlan.kit import chain
from anlan.kit.models import Change, Seal
from anlan.kit.queries import LATE_IDS, chain_head, count_unsealed
from anlan.kit.worker import UNFINISHED

BATCH = 500  # rows to a transaction: some 20 ms of the one lock that SQLite has
BATCHES_A_SWEEP = 10
COUNTED_EVERY = timedelta(hours=1)  # whether any row was passed over, however late it became visible
LOCK = 0x616E6C616E  # PostgreSQL's advisory lock of whoever seals: "anlan"


class Sealer:
    """Seals what has come: a sweep of the worker loop. Two at a time (server and command) seal each row once."""

    def __init__(self):
        self.floor = 0  # all rows up to this id are sealed, or looked for at the next count
        self.counted_at = None

    def seal(self, now):
        """Seal a few batches of unsealed rows, lowest id first; UNFINISHED where more may wait."""
        for _ in range(BATCHES_A_SWEEP):
            sealed = seal_batch(self.floor, now)
            if len(sealed) < BATCH:
                return self.look_back(now)
            self.floor = sealed[-1]
        return UNFINISHED

    def look_back(self, now):
        """Begin next time where late rows may appear; once in a while search all rows, if one was passed over."""
        newest = Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
        self.floor = max(0, newest - LATE_IDS)
        if self.counted_at is None or not timedelta(0) <= now - self.counted_at < COUNTED_EVERY:
            self.counted_at = now
            if count_unsealed():
                self.floor = 0
                return UNFINISHED
        return None

    def seal_all(self, now):
        """Seal everything that waits now."""
        while self.seal(now) is UNFINISHED:
            pass


def seal_batch(floor, now):
    """Link up to BATCH unsealed rows above the id `floor` into the chain, in one transaction; returns their ids."""
    waiting = Change.objects.filter(id__gt=floor, seal=None).order_by("id")
    if not waiting.exists():
        return []
    with transaction.atomic():
        if connection.vendor == "postgresql":  # on SQLite a transaction is alone from its beginning
            connection.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        seals = link_on(chain_head(), waiting.values(*chain.FIELDS[chain.VERSION])[:BATCH], now)
        Seal.objects.bulk_create(seals)
    return [seal.change_id for seal in seals]


def link_on(head, rows, now):
    """The seals of these rows, in their order, following on `head`."""
    seals = []
    for values in rows:
        digest = chain.digest_of(chain.encode_row(values))
        head = chain.Head(head.position + 1, chain.link(head.chain, digest))
        words = {"version": chain.VERSION, "digest": digest, "chain": head.chain, "at": now}
        seals.append(Seal(position=head.position, change_id=values["id"], **words))
    return seals


def write_export(out, head, report=lambda done: None):
    """Write the chain up to `head` as lines: each row as the database has it now, and its seal.

    A row that is gone leaves its seal alone, and a row that was altered no longer fits: the check tells.
    """
    out.write(chain.FIRST_LINE + b"\n")
    for begin in range(0, head.position, BATCH):
        end = min(begin + BATCH, head.position)
        seals = list(Seal.objects.filter(position__gt=begin, position__lte=end).order_by("position"))
        rows = Change.objects.filter(id__in=[seal.change_id for seal in seals])
        known = {values["id"]: values for values in rows.values(*chain.FIELDS[chain.VERSION])}
        for seal in seals:
            if values := known.get(seal.change_id):
                out.write(chain.encode_row(values, seal.version) + b"\n")
            out.write(chain.encode_seal(seal.position, seal.digest, seal.chain) + b"\n")
        report(end)
    out.write(chain.encode_head(head) + b"\n")

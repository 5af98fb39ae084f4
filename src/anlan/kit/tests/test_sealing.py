"""The sealing loop: each change once, in a defined order, whatever comes late or dies; and the database's guards."""

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from anlan.kit import guards, sealing
from anlan.kit.chain import Fault, Head, digest_of, encode_row, link, verify
from anlan.kit.models import Change, Immutable, Seal
from anlan.kit.queries import chain_head, count_overdue_seals, count_unsealed
from anlan.kit.sealing import Sealer, seal_batch, write_export
from anlan.kit.worker import UNFINISHED, Sweep, WorkerLoop

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ON_POSTGRES = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"
)


def add(*ids, **words):
    """Change rows with these ids."""
    row = {
        "subject_kind": "x.x",
        "subject_id": 1,
        "subject_name": "广场",
        "what": "test.x",
        "at": NOW,
    } | words
    return Change.objects.bulk_create([Change(id=row_id, **row) for row_id in ids])


def sealed_ids():
    return list(Seal.objects.order_by("position").values_list("change_id", flat=True))


def export():
    """The lines of an export as it is now."""
    out = io.BytesIO()
    write_export(out, chain_head())
    return out.getvalue().splitlines(keepends=True)


@pytest.fixture
def few(monkeypatch):
    """Batches of three rows, two to a sweep."""
    monkeypatch.setattr(sealing, "BATCH", 3)
    monkeypatch.setattr(sealing, "BATCHES_A_SWEEP", 2)


@pytest.mark.django_db
def test_a_chain_begins_with_nothing_and_goes_on():
    assert chain_head() == Head() and seal_batch(0, NOW) == []
    add(5, after={"人数": 1.5})
    Sealer().seal(NOW)
    add(9)
    Sealer().seal(NOW + timedelta(seconds=1))
    first, second = Seal.objects.order_by("position")
    values = Change.objects.values().get(pk=5)
    row = encode_row(values | {"organisation": None, "by": None})
    assert first.digest == digest_of(row) and first.chain == link("0" * 64, first.digest)
    assert second.chain == link(first.chain, second.digest)
    assert (second.position, second.at) == (2, NOW + timedelta(seconds=1))
    assert verify(export()).head == chain_head() == Head(2, second.chain)


@pytest.mark.django_db
def test_what_becomes_visible_late_is_sealed_once_and_after_what_was_there():
    sealer = Sealer()
    add(5, 7)
    sealer.seal(NOW)
    add(6)
    add(8)
    sealer.seal(NOW)
    sealer.seal(NOW)
    assert sealed_ids() == [5, 7, 6, 8] and count_unsealed() == 0
    assert verify(export()).fault is None


@pytest.mark.django_db
def test_a_row_later_than_any_look_back_is_found_at_the_next_count(monkeypatch):
    monkeypatch.setattr(sealing, "LATE_IDS", 10)
    sealer = Sealer()
    add(1, 100)
    sealer.seal(NOW)
    add(2)
    sealer.seal(NOW)
    assert sealed_ids() == [1, 100], "too far back to be looked for each second"
    sealer.seal_all(NOW + sealing.COUNTED_EVERY)
    assert sealed_ids() == [1, 100, 2]


@pytest.mark.django_db
def test_much_is_sealed_batch_by_batch_and_another_sealer_goes_on(few):
    add(*range(1, 21))
    sealer = Sealer()
    assert sealer.seal(NOW) is UNFINISHED and sealed_ids() == list(range(1, 7))
    Sealer().seal_all(NOW)  # as after a restart
    assert sealed_ids() == list(range(1, 21))
    assert sealer.seal(NOW) is None and verify(export()).head.position == 20


@pytest.mark.django_db
def test_the_loop_does_not_rest_before_all_is_sealed(few):
    loop = WorkerLoop([Sweep("seals", Sealer().seal, 0.5, follows_changes=True)])
    add(*range(1, 16))
    ran = [loop.wind(NOW + timedelta(seconds=0.5 * step)) for step in range(5)]
    assert ran == [["seals"]] * 3 + [[]] * 2 and count_unsealed() == 0


@pytest.mark.django_db
def test_a_batch_that_fails_leaves_nothing_behind(monkeypatch):
    add(1, 2)

    def fail(seals):
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Seal.objects, "bulk_create", fail)
        with pytest.raises(DatabaseError):
            Sealer().seal(NOW)
    assert not Seal.objects.exists()
    Sealer().seal(NOW)
    assert sealed_ids() == [1, 2]


@pytest.mark.django_db
def test_changes_that_wait_too_long_are_counted():
    add(1)
    assert count_overdue_seals(NOW) == 0 and count_overdue_seals(NOW + timedelta(minutes=2)) == 1
    Sealer().seal(NOW)
    assert count_overdue_seals(NOW + timedelta(minutes=2)) == 0


def stubbornly(work):
    """Do it until it is done: a database in memory, as the tests have on SQLite, does not wait for a lock."""
    while True:
        try:
            return work()
        except OperationalError:
            time.sleep(0.001)


@pytest.mark.django_db(transaction=True)
def test_writers_and_two_sealers_at_once_seal_each_row_once():
    ended = threading.Event()

    def write():
        for _ in range(20):
            stubbornly(lambda: add(None))
        connection.close()

    def seal():
        sealer = Sealer()
        while not ended.is_set():
            stubbornly(lambda: sealer.seal(NOW))
        connection.close()

    with ThreadPoolExecutor(5) as pool:
        sealers = [pool.submit(seal) for _ in range(2)]
        writers = [pool.submit(write) for _ in range(3)]
        try:
            [writer.result() for writer in writers]
        finally:
            ended.set()
        [sealer.result() for sealer in sealers]
    Sealer().seal_all(NOW)
    assert sorted(sealed_ids()) == sorted(Change.objects.values_list("id", flat=True))
    assert verify(export()).head.position == 60


@ON_POSTGRES
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_after_a_younger_one_is_sealed_after_it():
    began, may_end = threading.Event(), threading.Event()

    def linger():
        with transaction.atomic():
            Change.objects.create(subject_kind="x.x", subject_id="1", subject_name="早", what="t", at=NOW)
            began.set()
            may_end.wait(10)
        connection.close()

    thread = threading.Thread(target=linger)
    thread.start()
    began.wait(10)
    younger = Change.objects.create(subject_kind="x.x", subject_id="1", subject_name="晚", what="t", at=NOW)
    sealer = Sealer()
    sealer.seal(NOW)
    assert sealed_ids() == [younger.pk]
    may_end.set()
    thread.join()
    sealer.seal(NOW)
    assert len(sealed_ids()) == 2 and sealed_ids()[1] < younger.pk
    assert verify(export()).fault is None


# ── nobody alters what is on record ─────────────────────────────────────────────────────────────


@pytest.mark.django_db
@pytest.mark.parametrize("table", guards.TABLES)
@pytest.mark.parametrize("words", ["UPDATE {} SET {} = 7", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_alter_or_delete(table, words):
    if words.startswith("TRUNCATE") and connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    add(1)
    Sealer().seal(NOW)
    connection.check_constraints()  # PostgreSQL would put TRUNCATE off for the keys it has yet to check
    column = {"kit_change": "subject_name", "kit_seal": "version"}[table]
    with pytest.raises(IntegrityError, match=guards.REFUSAL), transaction.atomic():
        connection.cursor().execute(words.format(table, column))
    assert Change.objects.get().subject_name == "广场" and chain_head().position == 1


@pytest.mark.django_db
def test_seals_are_not_altered_through_the_program():
    add(1)
    Sealer().seal(NOW)
    seal = Seal.objects.get()
    for attack in (
        seal.save, seal.delete, Seal.objects.all().delete, lambda: Seal.objects.update(digest=""),
        lambda: Seal.objects.bulk_update([seal], ["digest"]),
    ):  # fmt: skip
        with pytest.raises(Immutable):
            attack()


@pytest.mark.django_db
def test_guards_stand_after_all_migrations_and_are_put_up_again():
    """A migration that makes one of the tables anew (SQLite) must put the guards up again."""
    assert guards.missing(connection) == []
    name, *_rest = guards.guards_of(connection.vendor)[0]
    with connection.cursor() as cursor:
        cursor.execute(
            f"DROP TRIGGER {name}" + (" ON kit_change" if connection.vendor == "postgresql" else "")
        )
    assert guards.missing(connection) == [name] == guards.put_up(connection)
    assert guards.missing(connection) == [] == guards.put_up(connection)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "fault", "position"),
    [
        ("UPDATE kit_change SET subject_name = '别处' WHERE id = 2", Fault.ALTERED, 2),
        ("UPDATE kit_seal SET change_id = 9 WHERE position = 2", Fault.ALTERED, 2),
        ("UPDATE kit_seal SET digest = chain WHERE position = 3", Fault.ALTERED, 3),
        ("DELETE FROM kit_seal WHERE position = 2", Fault.MISSING, 2),
        ("DELETE FROM kit_seal WHERE position = 4", None, 0),
    ],
)
def test_whoever_takes_the_guards_down_is_found_by_the_export(words, fault, position):
    """The last case is sealed again as it was: what was taken away says nothing that the rows do not say."""
    add(1, 2, 3, 4)
    Sealer().seal(NOW)
    add(9)
    guards.take_down(connection)
    connection.cursor().execute(words)
    verdict = verify(export())
    assert (verdict.fault, verdict.position) == (fault, position)

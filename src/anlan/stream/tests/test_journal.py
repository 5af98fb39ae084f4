"""The journal under cuts and flips: what was written comes back, or is named as damaged – never altered."""

import errno
import os
import random
from itertools import pairwise

import pytest

from anlan.stream import journal as journal_module
from anlan.stream import room
from anlan.stream.frames import Frame
from anlan.stream.journal import FileJournal, JournalFull, JournalLocked, JournalReader, MemoryJournal

CUTS = [200, pytest.param(1_000, marks=pytest.mark.faults)]
FLIPS = [100, pytest.param(300, marks=pytest.mark.faults)]


def frames(n, seed=1):
    rng = random.Random(seed)
    return [(Frame.READINGS, rng.randbytes(rng.randint(0, 120))) for _ in range(n)]


def read(journal, start=0):
    return [(record.offset, record.type, record.payload) for record in journal.read(start)]


def written(folder, groups, **keywords):
    journal = FileJournal(folder, **keywords)
    expected = []
    for group in groups:
        expected += [(offset, *frame) for offset, frame in zip(journal.append(group), group, strict=True)]
    journal.close()
    return expected


def test_what_is_written_is_read_from_any_frame_across_segments(tmp_path):
    groups = [frames(3, seed) for seed in range(40)]
    expected = written(tmp_path, groups, segment_bytes=1000)
    assert len(list(tmp_path.glob("*.log"))) > 3
    journal = FileJournal(tmp_path, segment_bytes=1000)
    assert read(journal) == expected
    for position in (0, 1, 57, len(expected) - 1):
        assert read(journal, expected[position][0]) == expected[position:]
    assert read(journal, journal.end) == []
    assert not journal.damages
    journal.close()


def test_a_memory_journal_gives_the_same_offsets(tmp_path):
    file, memory = FileJournal(tmp_path), MemoryJournal()
    for seed in range(5):
        assert file.append(frames(4, seed)) == memory.append(frames(4, seed))
    assert read(file) == read(memory)
    assert file.end == memory.end
    file.close()


@pytest.mark.parametrize("n_cuts", CUTS)
def test_a_torn_tail_is_cut_and_writing_goes_on(tmp_path, n_cuts):
    """Cut anywhere: every whole frame before the cut survives and nothing else appears."""
    expected = written(tmp_path, [frames(30)])
    path = next(tmp_path.glob("*.log"))
    blob = path.read_bytes()
    rng = random.Random(2)
    for cut in [0, 1, len(blob) - 1, *rng.choices(range(len(blob)), k=n_cuts)]:
        path.write_bytes(blob[:cut])
        journal = FileJournal(tmp_path)
        ends = [offset for offset, *_ in expected[1:]] + [len(blob)]
        whole = [frame for frame, end in zip(expected, ends, strict=True) if end <= cut]
        assert read(journal) == whole
        assert journal.cut_bytes == cut - (ends[len(whole) - 1] if whole else 0)
        offset = journal.append([(Frame.TICK, b"after")])[0]
        assert read(journal) == [*whole, (offset, Frame.TICK, b"after")]
        journal.close()


@pytest.mark.parametrize("n_flips", FLIPS)
def test_a_flipped_bit_costs_its_frame_alone_and_is_named(tmp_path, n_flips):
    expected = written(tmp_path, [frames(40), [(Frame.TICK, b"the last frame stays whole")]])
    path = next(tmp_path.glob("*.log"))
    blob = path.read_bytes()
    rng = random.Random(3)
    last = expected[-1][0]
    for _ in range(n_flips):
        at, bit = rng.randrange(last), rng.randrange(8)
        hurt = bytearray(blob)
        hurt[at] ^= 1 << bit
        path.write_bytes(hurt)
        journal = FileJournal(tmp_path)
        starts = [offset for offset, *_ in expected]
        victim = max(position for position, start in enumerate(starts) if start <= at)
        assert read(journal) == expected[:victim] + expected[victim + 1 :]
        damage = journal.damages[0]
        assert (damage.segment, damage.offset) == (path.name, starts[victim])
        assert damage.length == starts[victim + 1] - starts[victim]
        journal.close()


def test_random_damage_of_many_bytes_never_yields_a_frame_that_was_not_written(tmp_path):
    expected = written(tmp_path, [frames(60)])
    path = next(tmp_path.glob("*.log"))
    blob = path.read_bytes()
    rng = random.Random(4)
    for _ in range(30):
        hurt = bytearray(blob)
        for _ in range(rng.randint(1, 5)):
            at = rng.randrange(len(hurt))
            hurt[at : at + rng.randint(1, 90)] = rng.randbytes(rng.randint(1, 90))
        path.write_bytes(hurt)
        journal = FileJournal(tmp_path)
        payloads = {payload for *_, payload in expected}
        assert all(payload in payloads for *_, payload in read(journal))
        journal.close()


def test_two_writers_are_refused_and_the_other_is_named(tmp_path):
    journal = FileJournal(tmp_path)
    with pytest.raises(JournalLocked, match=str(os.getpid())):
        FileJournal(tmp_path)
    journal.close()
    FileJournal(tmp_path).close()


def test_a_full_disk_takes_nothing_and_leaves_no_trace(tmp_path, monkeypatch):
    journal = FileJournal(tmp_path)
    journal.append([(Frame.TICK, b"before")])
    real = os.write

    def half_then_full(file, blob):
        if len(blob) > 20:
            return real(file, blob[:20])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(journal_module.os, "write", half_then_full)
        with pytest.raises(JournalFull, match="free some"):
            journal.append([(Frame.READINGS, b"x" * 100)])
    assert next(tmp_path.glob("*.log")).stat().st_size == journal.end
    journal.append([(Frame.TICK, b"after")])
    assert [payload for *_, payload in read(journal)] == [b"before", b"after"]
    journal.close()


def test_old_segments_are_pruned_and_offsets_stay(tmp_path):
    expected = written(tmp_path, [frames(3, seed) for seed in range(40)], segment_bytes=1000)
    journal = FileJournal(tmp_path, segment_bytes=1000)
    middle = expected[len(expected) // 2][0]
    assert journal.prune(middle, modified_before_ms=0) == 0
    assert journal.prune(middle, modified_before_ms=2**50) > 0
    left = read(journal)
    assert left == expected[-len(left) :]
    assert journal.start == left[0][0] <= middle
    journal.close()


@pytest.fixture
def small_room(monkeypatch):
    monkeypatch.setattr(room, "LEAD", 300)
    monkeypatch.setattr(room, "AHEAD", 2_000)


def test_what_is_written_into_room_is_read_and_nothing_of_the_room_is(tmp_path, small_room):
    """Also by others while it runs, and where it was killed; frames may end in zeros themselves."""
    journal, expected = FileJournal(tmp_path, segment_bytes=20_000), []
    rng = random.Random(5)
    for step in range(600):
        group = [(Frame.READINGS, rng.randbytes(rng.randint(0, 120)) + bytes(rng.randint(0, 9)))]
        expected += [(offset, *frame) for offset, frame in zip(journal.append(group), group, strict=True)]
        if step % 50 == 0:
            beside = JournalReader(tmp_path)
            assert (read(beside), beside.end, beside.damages) == (expected, journal.end, [])
    segments = sorted(tmp_path.glob("*.log"))
    assert [path.stat().st_size for path in segments[:-1]] == [
        int(after.stem) - int(path.stem) for path, after in pairwise(segments)
    ]
    assert int(segments[-1].stem) + segments[-1].stat().st_size > journal.end, "there is no room"
    killed = tmp_path / "killed"
    killed.mkdir()
    for path in segments:
        (killed / path.name).write_bytes(path.read_bytes())
    after = FileJournal(killed)
    assert (read(after), after.end, after.cut_bytes, after.damages) == (expected, journal.end, 0, [])
    journal.close()
    after.close()


def test_a_frame_that_was_torn_in_its_room_is_cut_with_it(tmp_path, small_room):
    journal = FileJournal(tmp_path)
    expected = [(journal.append(group)[0], *group[0]) for group in [frames(1, seed) for seed in range(40)]]
    path, end = next(tmp_path.glob("*.log")), journal.end
    blob = bytearray(path.read_bytes())
    blob[end : end + 30] = journal_module.pack(Frame.READINGS, b"x" * 90)[:30]
    journal.close()
    path.write_bytes(blob)
    journal = FileJournal(tmp_path)
    assert (read(journal), journal.end, journal.cut_bytes) == (expected, end, len(blob) - end)
    journal.close()


def test_where_the_disk_gives_no_room_the_journal_grows_as_it_is_written(tmp_path, small_room, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    journal = FileJournal(tmp_path)
    monkeypatch.setattr(room.os, "pwrite", full)
    expected = [(journal.append(group)[0], *group[0]) for group in [frames(1, seed) for seed in range(90)]]
    assert next(tmp_path.glob("*.log")).stat().st_size == journal.end
    assert read(journal) == expected
    journal.close()

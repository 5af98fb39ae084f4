"""The journal: the truth. Append-only segments of frames, one fdatasync for all that waits (group commit).

A torn tail is cut when the journal is opened; damage in the middle is found, named and skipped. The newest
segment of a running journal ends in zeros: room that is on the disk already (room.py).
"""

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from anlan.stream.frames import HEADER, Damage, Record, pack, scan
from anlan.stream.room import Room, written

SEGMENT_BYTES = 64 * 2**20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


Opening = Callable[[], list[tuple[int, bytes]]]


class JournalFull(OSError):
    """The disk is full: nothing was written, nothing is lost; send again later."""


class JournalLocked(RuntimeError):
    """Another process writes this journal."""


class Journal(Protocol):
    """What a scene needs of a journal; `end` is the offset that the next frame will get."""

    end: int
    damages: list[Damage]
    opening: Opening  # gives the frames that each new segment begins with, so that it can stand alone

    def append(self, frames: Sequence[tuple[int, bytes]], *, sync: bool = True) -> list[int]: ...

    def read(self, from_offset: int = 0) -> Iterator[Record]: ...

    @property
    def start(self) -> int: ...

    @property
    def closed_end(self) -> int:
        """All before it is in segments that nothing is written to any more."""
        ...

    def prune(self, before_offset: int, *, modified_before_ms: int) -> int: ...

    def close(self) -> None: ...


class MemoryJournal:
    """A journal without a disk, for headless replays and tests."""

    def __init__(self) -> None:
        self.end = self.closed_end = 0
        self.damages: list[Damage] = []
        self.opening: Opening = list
        self._records: list[Record] = []

    def append(self, frames: Sequence[tuple[int, bytes]], *, sync: bool = True) -> list[int]:
        """Keep the frames; returns their offsets."""
        offsets = []
        for type_, payload in frames:
            offsets.append(self.end)
            self._records.append(Record(self.end, int(type_), payload))
            self.end += HEADER.size + len(payload)
        return offsets

    def read(self, from_offset: int = 0) -> Iterator[Record]:
        """The frames from an offset on."""
        return iter([record for record in self._records if record.offset >= from_offset])

    @property
    def start(self) -> int:
        """The offset of the oldest frame that is kept."""
        return self._records[0].offset if self._records else self.end

    def prune(self, before_offset: int, *, modified_before_ms: int) -> int:
        """Forget the frames before an offset, whatever their age; returns how many."""
        kept = [record for record in self._records if record.offset >= before_offset]
        forgotten = len(self._records) - len(kept)
        self._records = kept
        return forgotten

    def close(self) -> None:
        """Nothing to do."""


class NoJournal(MemoryJournal):
    """Keeps nothing but the offsets: for judging what cannot or need not be kept."""

    def append(self, frames: Sequence[tuple[int, bytes]], *, sync: bool = True) -> list[int]:
        """Count the frames' bytes; returns their offsets."""
        offsets = []
        for _, payload in frames:
            offsets.append(self.end)
            self.end += HEADER.size + len(payload)
        return offsets


class JournalReader:
    """The segments of a folder, only read: another process may be writing them.

    `damages` names what was found unreadable so far; a frame that is being written is not there yet. Raises
    FileNotFoundError where there are no segments.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.damages: list[Damage] = []
        segments = self._segments()
        if not segments:
            raise FileNotFoundError(f"no journal in {self.folder}: name the data folder of a scene")
        blob = self._path(segments[-1]).read_bytes()
        self.end = segments[-1] + written(blob, _sound_length(blob))

    def read(self, from_offset: int = 0) -> Iterator[Record]:
        """The sound frames from an offset on; what is damaged is skipped and named in `damages`."""
        segments, end = self._segments(), self.end
        for start, after in zip(segments, [*segments[1:], end], strict=True):
            if after > from_offset and start < end:
                yield from self._read_segment(start, max(from_offset - start, 0), end - start)

    @property
    def start(self) -> int:
        """The offset of the oldest frame that is kept."""
        return self._segments()[0]

    def _segments(self) -> list[int]:
        return sorted(int(path.stem) for path in self.folder.glob("*.log") if path.stem.isdigit())

    def _path(self, start: int) -> Path:
        return self.folder / f"{start:020d}.log"

    def _read_segment(self, start: int, at: int, limit: int) -> Iterator[Record]:
        with contextlib.suppress(FileNotFoundError):  # pruned meanwhile
            blob = self._path(start).read_bytes()[:limit]
            gap: int | None = None
            for position, type_, payload in scan(blob, at):
                if gap is not None:
                    self._report(start, gap, position)
                gap = position if payload is None else None
                if payload is not None:
                    yield Record(start + position, type_, bytes(payload))
            if gap is not None:
                self._report(start, gap, len(blob))

    def _report(self, start: int, gap: int, until: int) -> None:
        damage = Damage(self._path(start).name, start + gap, until - gap)
        if damage not in self.damages:
            self.damages.append(damage)


class FileJournal(JournalReader):
    """Segments `<first offset, 20 digits>.log` in a folder; one writer at a time, guarded by a lock.

    Raises JournalLocked (naming the other process) when opened twice. `cut_bytes` says how much of a torn tail was cut on opening.
    """

    def __init__(self, folder: Path, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self.folder / "lock")
        self._segment_bytes = segment_bytes
        self.damages: list[Damage] = []
        self.opening: Opening = list
        self.cut_bytes = 0
        segments = self._segments()
        if segments:
            self._start = segments[-1]
            self._file = os.open(self._path(self._start), os.O_RDWR)
            self.end = self._start + self._cut_tail()
            self._room = Room(self._file, limit=segment_bytes)
        else:
            self._open_segment(0)

    def append(self, frames: Sequence[tuple[int, bytes]], *, sync: bool = True) -> list[int]:
        """Write the frames and make them durable. Raises JournalFull; then nothing of them is kept."""
        if self.end - self._start >= self._segment_bytes:
            self._roll()
        opening = self.opening() if self.end == self._start > 0 else []
        packed = [pack(type_, payload) for type_, payload in (*opening, *frames)]
        offsets, at = [], self.end
        for frame in packed:
            offsets.append(at)
            at += len(frame)
        try:
            self._room.wait(at - self._start)
            _write_all(self._file, b"".join(packed))
            if sync:
                os.fdatasync(self._file)
        except OSError as error:
            self._take_back()
            if error.errno in _FULL:
                raise JournalFull(
                    error.errno, f"no space for the journal in {self.folder}: free some, send again later"
                ) from error
            raise
        self.end = at
        self._room.look_ahead(at - self._start)
        return offsets[len(opening) :]

    @property
    def closed_end(self) -> int:
        """Where the segment that is being written begins."""
        return self._start

    def prune(self, before_offset: int, *, modified_before_ms: int) -> int:
        """Delete segments that end at or before an offset and were last written before a time; returns how many."""
        old = [
            start
            for start, after in pairwise(self._segments())
            if after <= before_offset
            and self._path(start).stat().st_mtime_ns < modified_before_ms * 1_000_000
        ]
        for start in old:
            self._path(start).unlink()
        if old:
            _sync_folder(self.folder)
        return len(old)

    def close(self) -> None:
        """Make everything durable and let the lock go."""
        if self._file >= 0:
            self._room.cut(self.end - self._start)
            os.fdatasync(self._file)
            os.close(self._file)
            os.close(self._lock)
            self._file = -1

    def _cut_tail(self) -> int:
        """Cut what follows the last sound frame of the newest segment; returns the length that stays."""
        blob = self._path(self._start).read_bytes()
        sound = _sound_length(blob)
        if sound < len(blob):
            self.cut_bytes = written(blob, sound) - sound
            os.ftruncate(self._file, sound)
            os.fsync(self._file)
        os.lseek(self._file, sound, os.SEEK_SET)
        return sound

    def _open_segment(self, start: int) -> None:
        self._file = os.open(self._path(start), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640)
        self._start = self.end = start
        self._room = Room(self._file, limit=self._segment_bytes)
        _sync_folder(self.folder)

    def _roll(self) -> None:
        self._room.cut(self.end - self._start)
        os.fdatasync(self._file)
        old = self._file
        try:
            self._open_segment(self.end)
        except OSError as error:
            if error.errno in _FULL:
                raise JournalFull(error.errno, f"no space for a new segment in {self.folder}") from error
            raise
        os.close(old)

    def _take_back(self) -> None:
        """After a failed write: the file ends again where the last good frame ends."""
        with contextlib.suppress(OSError):
            self._room.cut(self.end - self._start)
        os.lseek(self._file, self.end - self._start, os.SEEK_SET)


def _sound_length(blob: bytes) -> int:
    """Where the last sound frame of a segment ends."""
    sound = 0
    for at, _, payload in scan(blob):
        if payload is not None:
            sound = at + HEADER.size + len(payload)
    return sound


def _write_all(file: int, blob: bytes) -> None:
    view = memoryview(blob)
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock(path: Path) -> int:
    """Hold the folder's lock. Raises JournalLocked."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
        os.close(handle)
        raise JournalLocked(
            f"{path.parent} is written by process {owner or '?'}: stop it, or use another data folder"
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    return handle

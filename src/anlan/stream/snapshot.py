"""Snapshots: the state at a journal offset, whole or not at all, the last two kept.

snapshot/<offset, 20 digits>.snap = magic | length u64 | crc32 u32 | npz
"""

import contextlib
import io
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

MAGIC = b"ANLANSN1"
HEAD = struct.Struct("<8sQI")
KEPT = 2


def write_snapshot(folder: Path, offset: int, arrays: dict[str, np.ndarray]) -> Path:
    """Write the arrays as the snapshot of an offset and forget all but the newest two."""
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)  # type: ignore[arg-type]
    body = buffer.getbuffer()
    path = folder / f"{offset:020d}.snap"
    beside = path.with_suffix(".tmp")
    with beside.open("wb") as file:
        file.write(HEAD.pack(MAGIC, len(body), zlib.crc32(body)))
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    for old in snapshots(folder)[KEPT:]:
        old.unlink()
    return path


def snapshots(folder: Path) -> list[Path]:
    """The snapshots of a folder, the newest first."""
    return sorted((path for path in folder.glob("*.snap") if path.stem.isdigit()), reverse=True)


def read_snapshot(path: Path) -> tuple[int, dict[str, np.ndarray]]:
    """(offset, arrays). Raises ValueError on a damaged file."""
    blob = path.read_bytes()
    if len(blob) < HEAD.size:
        raise ValueError(f"snapshot {path.name} is too short: it is skipped")
    magic, length, crc = HEAD.unpack_from(blob)
    body = memoryview(blob)[HEAD.size :]
    if magic != MAGIC or length != len(body) or crc != zlib.crc32(body):
        raise ValueError(
            f"snapshot {path.name} is damaged: it is skipped, an older one or the journal serves"
        )
    with np.load(io.BytesIO(body), allow_pickle=False) as stored:
        return int(path.stem), {name: stored[name] for name in stored.files}


def sound_snapshots(folder: Path, *, at_most: int) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """(offset, arrays) of the undamaged snapshots that the journal reaches, the newest first."""
    for path in snapshots(folder):
        if int(path.stem) <= at_most:
            with contextlib.suppress(ValueError, OSError):
                yield read_snapshot(path)

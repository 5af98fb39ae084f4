"""Backup and restore of the data folder while everything runs.

One gzip'd tar: database, engine snapshots, journal, history, keys, files kept with rows, and a manifest with the SHA-256 of each
file. The order of copying makes the copy whole: the database first (warnings newer than it are recorded again
from the journal), then snapshots, then history (files newer than the snapshot are rebuilt from the journal),
and last the journal, which continues them. A journal copied in mid-write ends in a torn frame, which opening it cuts.
"""

import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from pathlib import Path

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.pgdump"
LIVE_PARTS = ("snapshot", "history", "readings", "journal")
TRUST = "trust"  # the authority of `serve --tls`: without it every phone would have to trust anew
FILES = "files"  # of kit.store: written before the row that names them, so after the database all are there
LEFT_OUT = {"control.token", "static", "lock"}
CHUNK = 2**20


class BackupError(Exception):
    """The backup or restore cannot be done; the text says why and what to do."""


def backup(target, *, data, database, version, report=lambda done, total: None):
    """Write a backup of `data` to `target`. `database` is Django's DATABASES entry. Returns the manifest.

    Raises BackupError where the database's own tool is missing or fails, OSError on a full disk.
    """
    sums = {}
    part = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory() as scratch:
        dump = dump_database(database, Path(scratch))
        files = [(dump, dump.name), *list_files(data)]
        with tarfile.open(part, "w:gz", compresslevel=1) as archive:
            for step, (path, name) in enumerate(files):
                sums[name] = add_file(archive, path, name)
                report(step + 1, len(files))
            manifest = {"format": FORMAT, "version": version, "sha256": {n: s for n, s in sums.items() if s}}
            body = json.dumps(manifest, indent=1).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    part.replace(target)
    return manifest


def dump_database(database, folder):
    """A consistent copy of the database as a file in `folder`."""
    if database["ENGINE"].endswith("sqlite3"):
        path = folder / "anlan.sqlite3"
        source = sqlite3.connect(f"file:{database['NAME']}?mode=ro", uri=True)
        copy = sqlite3.connect(path)
        with source, copy:
            source.backup(copy)
        source.close()
        copy.close()
        return path
    path = folder / DUMP
    run_tool("pg_dump", "--format=custom", f"--file={path}", address_of(database))
    return path


def address_of(database):
    """The postgres:// address that PostgreSQL's own tools take."""
    who = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    return f"postgresql://{who}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def run_tool(*words):
    """Run one of PostgreSQL's tools."""
    try:
        ran = subprocess.run(words, capture_output=True, text=True)
    except FileNotFoundError:
        raise BackupError(f"{words[0]} is not installed: install PostgreSQL's client tools") from None
    if ran.returncode:
        raise BackupError(f"{words[0]} failed: {ran.stderr.strip()[-500:]}")


def list_files(data):
    """(path, name) of what is copied besides the database, in the order that makes the copy whole."""
    loose = sorted(p for p in data.iterdir() if p.is_file() and not p.name.startswith("anlan.sqlite3"))
    found = [p for p in loose if p.name not in LEFT_OUT]
    for part in LIVE_PARTS:
        found += sorted(
            p for p in (data / "live" / part).rglob("*") if p.is_file() and p.name not in LEFT_OUT
        )
    found += sorted(p for p in (data / TRUST).glob("*") if p.is_file())
    found += sorted(p for p in (data / FILES).rglob("*") if p.is_file() and p.suffix != ".part")
    return [(path, str(path.relative_to(data))) for path in found]


def add_file(archive, path, name):
    """Add a file as long as it is now; returns its SHA-256, or None when it went away meanwhile."""
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return None
    with source:
        entry = archive.gettarinfo(name=str(path), arcname=name)
        tee = Summing(source)
        archive.addfile(entry, tee)
    return tee.hexdigest()


class Summing:
    """A file that sums what is read of it."""

    def __init__(self, source):
        self.source, self.sum = source, hashlib.sha256()

    def read(self, size=-1):
        block = self.source.read(size)
        self.sum.update(block)
        return block

    def hexdigest(self):
        return self.sum.hexdigest()


def restore(source, *, data, database_address="", report=lambda done, total: None):
    """Lay a backup into the empty folder `data`. Every file is held against the manifest first.

    Raises BackupError for a folder that is not empty, a damaged or foreign file.
    """
    if data.exists() and any(data.iterdir()):
        raise BackupError(f"{data} is not empty: name an empty folder with --data, or move this one away")
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.parent) as scratch:
        folder = Path(scratch) / "data"
        folder.mkdir()
        unpack(source, folder)
        names = check_sums(folder, report)
        dump = folder / DUMP
        if dump.exists():
            if not database_address:
                raise BackupError("this backup holds a PostgreSQL database: set DATABASE_URL to an empty one")
            run_tool("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={database_address}", str(dump))
            dump.unlink()
        (folder / MANIFEST).unlink()
        if data.exists():
            data.rmdir()
        shutil.move(folder, data)
    return names


def unpack(source, folder):
    try:
        with tarfile.open(source, "r:gz") as archive:
            for entry in archive:
                lay_down(archive, entry, folder)
    except (tarfile.TarError, EOFError, OSError) as why:
        raise BackupError(f"{source} cannot be read as a backup ({why}): is the file whole?") from why


def lay_down(archive, entry, folder):
    """Write one entry below `folder`; anything but a plain file inside it is no backup of ours."""
    target = (folder / entry.name).resolve()
    if not entry.isfile() or not target.is_relative_to(folder.resolve()):
        raise BackupError(
            f"this is no backup of Anlan: it holds {entry.name!r}, which is no plain file of a data folder"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    with archive.extractfile(entry) as content, target.open("wb") as out:
        shutil.copyfileobj(content, out)


def check_sums(folder, report):
    """Hold every file against the manifest; returns their names."""
    path = folder / MANIFEST
    if not path.exists():
        raise BackupError("this is no whole backup of Anlan: it holds no manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT:
        raise BackupError(
            f"backup format {manifest['format']} is not known here: use the version that made it"
        )
    sums = manifest["sha256"]
    for step, (name, wanted) in enumerate(sums.items()):
        found = hashlib.sha256()
        with (folder / name).open("rb") as source:
            while block := source.read(CHUNK):
                found.update(block)
        if found.hexdigest() != wanted:
            raise BackupError(f"{name} in the backup is damaged: use another backup")
        report(step + 1, len(sums))
    return list(sums)

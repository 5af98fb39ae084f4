"""Bytes under their own SHA-256 in the data folder: written once, whole or not at all, checked when read."""

import hashlib
import os
from pathlib import Path
from uuid import uuid4

from django.conf import settings

FOLDER = "files"


class Lost(Exception):
    """The bytes are not there, or are not what they were."""


def put(body, *, folder=FOLDER):
    """Keep bytes; returns their SHA-256 in hex. Durable when it returns; the same bytes are kept once."""
    digest = hashlib.sha256(body).hexdigest()
    path = path_of(digest, folder=folder)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{digest}.{uuid4().hex}.part")
        with part.open("wb") as target:
            target.write(body)
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
        sync_folder(path.parent)
    return digest


def get(digest, *, folder=FOLDER):
    """The bytes under a digest. Raises Lost where they are missing or altered."""
    try:
        body = path_of(digest, folder=folder).read_bytes()
    except FileNotFoundError:
        raise Lost(f"{digest} is missing") from None
    if hashlib.sha256(body).hexdigest() != digest:
        raise Lost(f"{digest} was altered")
    return body


def drop(digest, *, folder):
    """Drop the bytes under a digest in a folder of their own, whose keeper knows that nothing points at them."""
    path_of(digest, folder=folder).unlink(missing_ok=True)


def path_of(digest, *, folder=FOLDER):
    """Where bytes lie: 256 folders by the first two signs."""
    return Path(settings.DATA) / folder / digest[:2] / digest


def sync_folder(folder):
    """Make a new name in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

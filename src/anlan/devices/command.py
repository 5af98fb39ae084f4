"""The core of `anlan decode`: a file in, one canonical reading a line out."""

import sys
from pathlib import Path
from typing import IO, Any

import msgspec

from anlan.devices.refusal import Refusal
from anlan.devices.settings import parse_settings
from anlan.devices.table import decode
from anlan.devices.unpack import MAX_BODY_BYTES
from anlan.stream.readings import Reading

REFUSED = 2  # exit status
_ORDER = [
    "sensor",
    "channel",
    "kind",
    "start",
    "end",
    "t",
    "in",
    "out",
    "value",
    "quality",
    "seq",
    "epoch",
    "reset",
    "state",
]
_EMPTY = (None, "")


def decode_file(
    *,
    kind: str,
    path: str,
    zone: str | None = None,
    mapping_path: str | None = None,
    out: IO[str] | None = None,
    err: IO[str] | None = None,
) -> int:
    """Print the readings of a file (`-`: standard input) as JSON lines; return the exit status, 0 or 2.

    A refusal, also one of the file itself, goes to `err` with its reason; then nothing was printed to `out`.
    """
    try:
        mapping = _mapping(mapping_path) if mapping_path else None
        lines = [line(reading) for reading in decode(kind, _body(path), zone=zone, mapping=mapping)]
    except Refusal as why:
        print(f"refused: {why}", file=err or sys.stderr)
        return REFUSED
    for text in lines:
        print(text, file=out or sys.stdout)
    return 0


def line(reading: Reading) -> str:
    """A reading as one line of JSON, its keys in a fixed order, those that do not apply left out."""
    told = msgspec.to_builtins(reading)
    return msgspec.json.encode({key: told[key] for key in _ORDER if told.get(key) not in _EMPTY}).decode()


def _body(path: str) -> bytes:
    try:
        if path == "-":
            return sys.stdin.buffer.read(MAX_BODY_BYTES + 1)
        with Path(path).open("rb") as file:
            return file.read(MAX_BODY_BYTES + 1)
    except OSError as why:
        raise Refusal(f"{path} cannot be read: {why.strerror or why}") from None


def _mapping(path: str) -> dict[str, Any]:
    return parse_settings(_body(path), toml=path.endswith(".toml"))

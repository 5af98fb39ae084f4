"""The recorded samples of an adapter: a payload, what it must become, and its mapping where it needs one."""

import json
from pathlib import Path
from typing import Any

import msgspec

from anlan.devices.command import line
from anlan.devices.settings import parse_settings
from anlan.stream.readings import Reading

SHARED = Path(__file__).parents[5] / "shared" / "samples" / "devices"  # beside the repository, not in it
ZONE = "Asia/Shanghai"
_BESIDE = (".expected.json", ".mapping.json", ".mapping.toml")


def samples(beside: str) -> list[Path]:
    """The payloads in the samples folder of the adapter whose test file this is."""
    folder = Path(beside).parent / "samples"
    return sorted(path for path in folder.iterdir() if not path.name.endswith(_BESIDE))


def expected(sample: Path) -> list[dict]:
    """The canonical readings that a sample must become."""
    return json.loads(sample.with_suffix(".expected.json").read_text(encoding="utf-8"))


def mapping_of(sample: Path) -> dict[str, Any] | None:
    """The mapping beside a sample, if there is one."""
    for suffix in (".mapping.json", ".mapping.toml"):
        if (path := sample.with_suffix(suffix)).exists():
            return parse_settings(path.read_bytes(), toml=path.suffix == ".toml")
    return None


def printed(readings: list[Reading]) -> list[dict]:
    """Readings as `anlan decode` prints them."""
    return [msgspec.json.decode(line(reading)) for reading in readings]

"""What a district tells of one device beyond its kind and zone: a mapping, a register map, a period."""

import tomllib
from typing import Any, TypeVar

import msgspec

from anlan.devices.body import parse_json_bytes, shown
from anlan.devices.refusal import Refusal

T = TypeVar("T", bound=msgspec.Struct)


def parse_settings(content: bytes, *, toml: bool = False) -> dict[str, Any]:
    """Settings from JSON or TOML text. Raises Refusal: not such text, or not a table of names and values."""
    try:
        told = tomllib.loads(content.decode()) if toml else parse_json_bytes(content)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise Refusal(f"mapping: {shown(str(why), 160)}") from None
    if not isinstance(told, dict):
        raise Refusal("mapping: an object with names and values is needed")
    return told


def as_settings(told: Any, shape: type[T]) -> T:
    """Settings in the shape that a kind asks for. Raises Refusal that names the wrong field."""
    if isinstance(told, shape):
        return told
    try:
        return msgspec.convert(told, shape)
    except msgspec.ValidationError as why:
        raise Refusal(f"mapping: {shown(str(why), 160)}") from None

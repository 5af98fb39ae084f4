"""What the law asks of a warning 预警信息 beyond a tip (突发事件应对法 2024, article 64; warning_fields.csv).

Here it is only drafted: the identifier proposed in it is the issuer's to confirm.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from anlan.domains.notices.terms import COMMA, Refusal

SENDER_CODE = re.compile(r"\d{6}[0-9A-Z]{8}")
IDENTIFIER = re.compile(r"\d{6}[0-9A-Z]{8}_\d{14}_\d")
OWN_FIELDS = (
    "sender_name", "sender_code", "event_type", "colour", "channels", "special_places", "legal_basis", "copied_to",
)  # fmt: skip
# field of warning_fields.csv → the name under which a draft keeps it; those not named here follow by themselves
KEPT_AS = {
    "sender": "sender_name",
    "eventType": "event_type",
    "severity": "colour",
    "effective": "effective_at",
    "areaDesc": "area_zh",
    "headline": "headline_zh",
    "description": "description_zh",
    "instruction": "instruction_zh",
    "channel": "channels",
    "specialPlaces": "special_places",
    "identifier": "sender_code",
}
FOLLOWS = frozenset({"sendTime", "status", "msgType"})


def missing_fields(rows: Iterable[Mapping], values: Mapping) -> list[str]:
    """The Chinese names of required fields that a draft lacks.

    `rows`: those of warning_fields.csv (field, zh, required); `values`: what the draft holds, by our names.
    """
    return [
        row["zh"]
        for row in rows
        if row["required"] == "yes"
        and row["field"] not in FOLLOWS
        and not values.get(KEPT_AS.get(row["field"], row["field"]))
    ]


def check_statutory(rows: Iterable[Mapping], values: Mapping, *, division: str):
    """Why a draft of a warning is not complete, or None. `division`: the district's own code, "" where not laid down."""
    if missing := missing_fields(rows, values):
        return Refusal.FIELDS_MISSING % {"names": str(COMMA).join(missing)}
    code = values["sender_code"]
    if not SENDER_CODE.fullmatch(code):
        return Refusal.SENDER_CODE_FORM
    if division and not code.startswith(division[:6]):
        return Refusal.DIVISION_WRONG % {"region": code[:6], "own": division[:6]}
    return None


def make_identifier(sender_code: str, at: datetime, serial: int = 0) -> str:
    """The identifier of 31 signs: unit code, time of entry, serial 0–9. `at` is in local time."""
    return f"{sender_code}_{at:%Y%m%d%H%M%S}_{serial % 10}"


def check_identifier(identifier: str):
    """Why this is not an identifier of a warning, or None."""
    return None if IDENTIFIER.fullmatch(identifier) else Refusal.IDENTIFIER_FORM


def say_time(at: datetime) -> str:
    """A local time as 12379 writes it: 2026-11-24 20:31:05+08:00."""
    offset = f"{at:%z}"
    return f"{at:%Y-%m-%d %H:%M:%S}{offset[:3]}:{offset[3:5]}"

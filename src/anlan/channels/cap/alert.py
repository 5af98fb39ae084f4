"""What a public warning says, whichever way it is written: CAP 1.2, CAP 1.1 or the 12379 profile.

The outer border speaks CAP's words (status, scope, severity …); within the house a notice has its own.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MSG_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
)  # fmt: skip
RESPONSES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
COLOURS = {"Red": "Extreme", "Orange": "Severe", "Yellow": "Moderate", "Blue": "Minor", "Unknown": "Unknown"}
DIVISION = "GB/T 2260"  # the name of a geocode that is a division code

SIGNED, UNSIGNED = "present, not verified", ""
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}")

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Area:
    """Where: words always, shapes where there are any. Points are (latitude, longitude), circles end with km."""

    words: str
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()
    geocodes: Pairs = ()


@dataclass(frozen=True)
class AlertText:
    """What it says in one language. `hazard` is CAP's `event`, `hazard_codes` its `eventCode`."""

    language: str
    categories: tuple[str, ...]
    hazard: str
    urgency: str
    severity: str
    certainty: str
    headline: str = ""
    description: str = ""
    instruction: str = ""
    responses: tuple[str, ...] = ()
    audience: str = ""
    hazard_codes: Pairs = ()
    effective_at: datetime | None = None
    onset_at: datetime | None = None
    expires_at: datetime | None = None
    sender_name: str = ""
    web: str = ""
    contact: str = ""
    parameters: Pairs = ()
    areas: tuple[Area, ...] = ()
    colour: str = ""  # of the 12379 profile


@dataclass(frozen=True)
class Method:
    """A way of publishing that the 12379 profile asks for: SMS, WEB, SPEAKER …, with the text for it."""

    name: str
    message: str = ""
    audience_groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """One rule that is not kept: its name, and what is wrong in both languages."""

    code: str
    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh


@dataclass(frozen=True)
class Alert:
    """One warning to people. `references` name earlier ones: "sender,identifier,sent", bare identifiers in 12379.

    What was read keeps its bytes (`raw`: a signature covers them), whether it is signed, and what was wrong with it.
    """

    identifier: str
    sender: str
    sent_at: datetime
    status: str
    msg_type: str
    scope: str
    infos: tuple[AlertText, ...] = ()
    references: tuple[str, ...] = ()
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    incidents: str = ""
    methods: tuple[Method, ...] = ()
    sender_code: str = ""
    signature: str = UNSIGNED
    raw: bytes = field(default=b"", repr=False)
    faults: tuple[Fault, ...] = ()

    def info(self, language: str) -> AlertText | None:
        """What it says in this language (`zh`, `en`), else in the first there is."""
        found = [info for info in self.infos if info.language.lower().startswith(language.lower())]
        return next(iter(found or self.infos), None)

    def without_origin(self) -> "Alert":
        """What it says alone, to be compared with another."""
        return replace(self, raw=b"", faults=(), signature=UNSIGNED)


def reference(alert: Alert) -> str:
    """How a later warning names this one."""
    return f"{alert.sender},{alert.identifier},{as_moment(alert.sent_at)}"


def as_moment(at: datetime) -> str:
    """A moment as CAP writes it: whole seconds and a numeric offset, never Z. Raises ValueError: no zone."""
    offset = at.utcoffset()
    if offset is None:
        raise ValueError("a moment without a zone")
    minutes = round(offset / timedelta(minutes=1))
    sign = "+" if minutes > 0 else "-"  # UTC is -00:00 in CAP
    return f"{at.replace(microsecond=0, tzinfo=None).isoformat()}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def read_moment(told: str) -> datetime | None:
    """A moment as CAP writes it, None where it is not one."""
    try:
        return datetime.fromisoformat(told) if _MOMENT.fullmatch(told) else None
    except ValueError:
        return None

"""Warnings with values of our own, for the tests of all that carries them."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from anlan.channels import newrs
from anlan.channels.cap.alert import Alert, AlertText, Area

SENT = datetime(2026, 5, 1, 19, 21, tzinfo=timezone(timedelta(hours=8)))


def ours() -> Alert:
    """A tip in CAP's words."""
    info = AlertText(
        "zh-CN", ("Safety",), "大人流", "Expected", "Moderate", "Observed", headline="示范广场限流提示",
        effective_at=SENT, expires_at=SENT + timedelta(hours=3), areas=(Area("示范广场"),),
    )  # fmt: skip
    return Alert("anlan-7-1", "anlan@district.example", SENT, "Actual", "Alert", "Public", (info,))


def newrs_document() -> bytes:
    """A message in the 12379 profile."""
    return (Path(newrs.__file__).parent / "samples/crowd_yellow_draft.xml").read_bytes()

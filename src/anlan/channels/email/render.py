"""A letter: its head without a chance for hostile words, its text in UTF-8, its Message-ID made of our key."""

import hashlib
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from anlan.channels.sending import Outgoing
from anlan.channels.texts import one_line, shorten

MOST_SUBJECT = 150
_BETWEEN = re.compile(r"[,;，；\s]+")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,8}")


def addresses(told: str) -> list[str]:
    """The addresses in a text, commas or blanks between; none where one of them is no address."""
    found = [part for part in _BETWEEN.split(told) if part]
    return found if all(_ADDRESS.fullmatch(part) and ".." not in part for part in found) else []


def letter(sender: str, sender_name: str, to: list[str], outgoing: Outgoing, now: datetime) -> EmailMessage:
    """The letter of one text."""
    told = EmailMessage(policy=SMTP)
    user, domain = sender.strip().rsplit("@", 1)
    told["Message-ID"] = message_id(outgoing.key, domain)
    told["Date"] = format_datetime(now)
    told["From"] = Address(shorten(one_line(sender_name), 60), user, domain)
    told["To"] = [Address("", *address.rsplit("@", 1)) for address in to]
    told["Subject"] = shorten(one_line(outgoing.title), MOST_SUBJECT) or "（无标题）"
    told["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in answer
    if outgoing.is_urgent:
        told["Importance"] = "high"
    text = outgoing.text.rstrip() + (f"\n\n{outgoing.link}" if outgoing.link else "") + "\n"
    told.set_content(text, charset="utf-8", cte="base64")
    return told


def message_id(key: str, domain: str) -> str:
    """The same for the same key, so that a letter that came twice after all is seen to be one."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"

"""The daily digest 每日汇总: one message a day to each person who has something to do, and never at night.

What it holds comes from contributors, functions that `site` composes into one list:

    def drafts_to_sign(person, *, since, until, now) -> list[DigestPart]: …

`since` is when the person's last digest was made, `until` when the next one comes.
"""

from anlan.kit.digests.actions import choose_digest, make_digest
from anlan.kit.digests.composing import NEW_FOR, DigestLine, DigestPart, compose, last_digest, wish_of
from anlan.kit.digests.sending import Digester

__all__ = [
    "NEW_FOR",
    "DigestLine",
    "DigestPart",
    "Digester",
    "choose_digest",
    "compose",
    "last_digest",
    "make_digest",
    "wish_of",
]

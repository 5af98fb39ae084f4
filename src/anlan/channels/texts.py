"""Texts made to fit: shortened at the end of a sentence, the link always kept."""

import re
from collections.abc import Callable

MORE = "……"
_ENDS = re.compile(r"[。！？；!?;\n]|\.(?=\s|$)")


def in_signs(text: str) -> int:
    """How long a text is, in signs."""
    return len(text)


def in_bytes(text: str) -> int:
    """How long a text is, in bytes of UTF-8."""
    return len(text.encode())


def shorten(text: str, most: int, measure: Callable[[str], int] = in_signs) -> str:
    """The text, or as many whole sentences as fit with a mark of omission; at least as much as fits of the first."""
    if measure(text) <= most:
        return text
    room = most - measure(MORE)
    if room <= 0:
        return ""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= room else (low, middle - 1)
    ends = [found.end() for found in _ENDS.finditer(text[:low])]
    # An early full stop ("3.") would throw nearly all of it away.
    cut = ends[-1] if ends and ends[-1] * 2 >= low else low
    return text[:cut].rstrip() + MORE


def compose(title: str, text: str, link: str, most: int, measure: Callable[[str], int] = in_signs) -> str:
    """Title, text and link on lines of their own, the text shortened so that all of it fits in `most`."""
    head = f"{title.strip()}\n" if title.strip() and not text.startswith(title) else ""
    tail = f"\n{link}" if link else ""
    room = most - measure(head) - measure(tail)
    if room < measure(text) and room < most // 3:  # an endless title
        head = shorten(head.strip(), most // 3, measure) + "\n" if head else ""
        room = most - measure(head) - measure(tail)
    return (head + shorten(text, max(room, 0), measure)).rstrip("\n") + tail


def one_line(text: str) -> str:
    """A text without line breaks and invisible signs, as it may stand in a header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())

"""An article of the draft box: plain paragraphs, everything escaped, the permanent page as its source."""

from html import escape

from anlan.channels.sending import Outgoing
from anlan.channels.texts import one_line, shorten

# Limits of draft/add.
MOST_TITLE, MOST_AUTHOR, MOST_DIGEST, MOST_TEXT = 32, 16, 120, 15_000


def article(outgoing: Outgoing, *, author: str, cover: str) -> dict:
    """One article as draft/add takes it."""
    text = shorten(outgoing.text, MOST_TEXT)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return {
        "title": shorten(one_line(outgoing.title), MOST_TITLE),
        "author": shorten(one_line(author), MOST_AUTHOR),
        "digest": shorten(one_line(outgoing.text), MOST_DIGEST),
        "content": "".join(f"<p>{escape(line)}</p>" for line in lines) or "<p></p>",
        "content_source_url": outgoing.link,
        "thumb_media_id": cover,
        "need_open_comment": 0,
    }

"""Putting messages into the outbox, and finding those about a row."""

from anlan.kit.models import Message
from anlan.kit.terms import LIVE, REHEARSAL_MARK, MessageState


def queue(
    about, *, key, channel, title, text, now, scene=LIVE, to="", recipient="", link="", words=None,
    is_urgent=False, send_by=None, person=None, not_before=None, again_of=None,
):  # fmt: skip
    """Put one message about the row `about` into the outbox; the row already there under this `key`, if any.

    It waits until `not_before`. What belongs to another scene than live is kept as rehearsed, marked 【演练】, and never
    waits for a sender.
    """
    return Message.objects.get_or_create(
        key=key,
        defaults={
            "channel": channel, "to": to, "recipient": recipient[:120], "person": person,
            "about_kind": about._meta.label_lower, "about_id": str(about.pk), "text": text, "link": link,
            "words": words or {}, "is_urgent": is_urgent, "queued_at": now, "next_try_at": not_before or now,
            "send_by": send_by, "again_of": again_of, **fate_of(scene, title, now),
        },
    )[0]  # fmt: skip


def fate_of(scene, title, now):
    """The columns that decide whether a message of this scene is ever sent."""
    if scene == LIVE:
        return {"scene": LIVE, "title": title[:200], "state": MessageState.QUEUED}
    marked = title if title.startswith(REHEARSAL_MARK) else f"{REHEARSAL_MARK}{title}"
    story = [{"at": now, "state": MessageState.REHEARSED, "said": ""}]
    return {
        "scene": scene, "title": marked[:200], "state": MessageState.REHEARSED, "settled_at": now, "story": story,
    }  # fmt: skip


def messages_about(row):
    """The messages about a row, oldest first."""
    about = {"about_kind": row._meta.label_lower, "about_id": str(row.pk)}
    return Message.objects.filter(**about).select_related("channel").order_by("id")

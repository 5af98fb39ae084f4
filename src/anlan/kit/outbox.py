"""What is to be told waits in the outbox, queued in the transaction that decided it; the sender takes it from there.

    queue(alarm, key=f"alarm/{alarm.pk}/1/{channel.code}", channel=channel, to=…, title=…, text=…, now=now)

A key is sent at most once. A stop in mid-sending leaves `unknown`: whoever wants it told again asks under a new key.
"""

from anlan.kit.models import Message


def queue(
    about, *, key, channel, title, text, now, scene="live", to="", recipient="", link="", words=None,
    is_urgent=False, send_by=None,
):  # fmt: skip
    """Put one message about the row `about` into the outbox; the row already there under this `key`, if any."""
    return Message.objects.get_or_create(
        key=key,
        defaults={
            "scene": scene, "channel": channel, "to": to, "recipient": recipient[:120],
            "about_kind": about._meta.label_lower, "about_id": str(about.pk), "title": title[:200], "text": text,
            "link": link, "words": words or {}, "is_urgent": is_urgent, "queued_at": now, "next_try_at": now,
            "send_by": send_by,
        },
    )[0]  # fmt: skip


def messages_about(row):
    """The messages about a row, oldest first."""
    about = {"about_kind": row._meta.label_lower, "about_id": str(row.pk)}
    return Message.objects.filter(**about).select_related("channel").order_by("id")

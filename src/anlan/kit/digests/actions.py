"""Writes of digests: how a person wants his, and what he was told on a day."""

from datetime import time

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from anlan.kit import outbox
from anlan.kit.actions import action, check, done, note
from anlan.kit.digests.composing import wish_of
from anlan.kit.models import Digest
from anlan.kit.terms import DigestRefusal

EARLIEST, LATEST = time(6), time(21)  # never at night (O: ours)
CHOSEN = ("is_on", "at", "on_rest_days")


@action("digests.choose", label=gettext_lazy("设置每日汇总"))
def choose_digest(person, *, by, now, is_on, at, on_rest_days):
    """Switch one's own digest on or off and say when it comes; nobody does so for another."""
    check(None if by.pk == person.pk else DigestRefusal.NOT_YOURSELF)
    check(None if EARLIEST <= at < LATEST else DigestRefusal.AT_NIGHT)
    wish = wish_of(person)
    before = note(wish, *CHOSEN) if wish.pk else {}
    wish.is_on, wish.at, wish.on_rest_days = is_on, at, on_rest_days
    wish.save()
    return done(wish, before=before, after=note(wish, *CHOSEN))


@action("digests.make", machine=True, label=gettext_lazy("发送每日汇总"))
def make_digest(person, *, by, now, parts, link=""):
    """Keep what a person is told today and put it into the outbox, not to be sent after dark; `link`: where it all is."""
    today = timezone.localdate(now)
    made = Digest.objects.create(person=person, day=today, made_at=now, parts=[plain(part) for part in parts])
    with override(person.language or settings.LANGUAGE_CODE):
        title = say_title(parts)
        text = say_text(parts)
    messages = outbox.tell(
        person, about=made, key=f"digests/{person.pk}/{today}", title=title, text=text, now=now,
        link=link, send_by=timezone.localtime(now).replace(hour=LATEST.hour, minute=0, second=0, microsecond=0),
    )  # fmt: skip
    made.messages = len(messages)
    made.save(update_fields=["messages"])
    return done(made, after={"messages": len(messages)})


def plain(part):
    """A part as it is kept."""
    return {"title": str(part.title), "lines": [line._asdict() for line in part.lines], "more": part.more}


def say_title(parts):
    """How much there is, in a line."""
    n = sum(len(part.lines) + part.more for part in parts)
    late = sum(len(part.lines) + part.more for part in parts if part.is_late)
    text = _("每日汇总：%(n)d 件事项") % {"n": n}
    return text + (_("，其中逾期 %(late)d 件") % {"late": late} if late else "")


def say_text(parts):
    """The parts as text: a heading, then a line for each thing."""
    lines = []
    for part in parts:
        lines.append(_("【%(title)s】") % {"title": part.title})
        lines += [f"· {line.text}" + (_("（%(note)s）") % {"note": line.note} if line.note else "") for line in part.lines]  # fmt: skip
        if part.more:
            lines.append(_("· 另有 %(n)d 件") % {"n": part.more})
    return "\n".join(lines)

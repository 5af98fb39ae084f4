"""Channels for tests: kinds that answer as they are told, rows of them, and a sender without threads."""

import random

from anlan.channels.sending import Answer, Kind, Outcome, Setting
from anlan.channels.table import KINDS
from anlan.kit.models import Channel
from anlan.kit.outbox.sender import Sender

ACCEPTED = Answer(Outcome.ACCEPTED, vendor_id="v-1", said="ok")


class Post:
    """What stands for a service: keeps what was sent, answers from `answers` (the last one for ever), or raises it."""

    def __init__(self, *answers):
        self.answers, self.sent, self.told = list(answers) or [ACCEPTED], [], []
        self.word = Answer(Outcome.DELIVERED, said="arrived")
        self.means = None

    def send(self, settings, outgoing, means):
        self.sent.append(outgoing)
        self.means = means
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ask(self, settings, vendor_id, to, means):
        self.told.append(vendor_id)
        return self.word

    @property
    def keys(self):
        return [one.key for one in self.sent]


SETTINGS = (
    Setting("url", "地址", "address", kind="url"),
    Setting("secret", "密钥", "secret", is_secret=True),
    Setting("most", "上限", "limit", is_required=False, kind="whole", default="20"),
    Setting("is_bold", "加粗", "bold", is_required=False, kind="yes_no"),
)


def add_kind(monkeypatch, code, post, *, to_zh="", can_ask=False, is_draft=False, can_recall=True):
    """Make a kind known for the time of a test."""
    recall = (lambda key, at: f"{key}@{at:%H%M}") if can_ask and can_recall else None
    kind = Kind(
        code, f"{code} 类", f"kind {code}", SETTINGS, post.send, ask=post.ask if can_ask else None, to_zh=to_zh,
        to_en=to_zh and "number", is_draft=is_draft, recall=recall,
    )  # fmt: skip
    monkeypatch.setitem(KINDS, code, kind)
    return kind


def add_channel(organisation, code, kind, **words):
    """A channel of this kind."""
    settings = {"url": "https://gate.example/send", "secret": "s3cret-key"}
    return Channel.objects.create(
        code=code, kind=kind, name=f"渠道{code}", organisation=organisation, settings=settings, **words
    )


def plain_sender(name="here:1:a", **words):
    """A sender that works at once, on the clock that the test winds."""
    return Sender(name, dict(KINDS), random.Random(7), **words)

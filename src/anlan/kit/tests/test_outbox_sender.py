"""The sender on a clock that the test winds: each answer of a service, stops in mid-sending, and scenes that stay in."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from anlan.channels.sending import Answer, Outcome
from anlan.channels.table import KINDS
from anlan.kit.models import Channel, Message
from anlan.kit.outbox import messages_about, queue
from anlan.kit.outbox import sender as sending
from anlan.kit.outbox.sender import MOST_TRIES, is_gone
from anlan.kit.terms import SenderWord
from anlan.kit.tests.outbox import ACCEPTED, Post, add_channel, add_kind, plain_sender

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
BUSY = Answer(Outcome.BUSY, said="slow down")


def later(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def office(town, monkeypatch):
    """A group robot of the branch on a service that accepts; `post` is the service, `put(key)` queues."""
    post = Post()
    add_kind(monkeypatch, "robot", post)
    channel = add_channel(town.branch, "robot-1", "robot")

    def put(key, **words):
        words = {"channel": channel, "title": "题", "text": "文", "now": NOW} | words
        return queue(town.branch, key=key, **words)

    return SimpleNamespace(post=post, channel=channel, put=put, town=town)


def states():
    return {one.key: one.state for one in Message.objects.all()}


def test_what_is_queued_is_sent_once_with_its_words_and_its_story(office):
    message = office.put("a", link="https://x/1", words={"n": 1}, is_urgent=True)
    assert office.put("a").pk == message.pk
    sender = plain_sender(client="client")
    for second in (0, 1, 60):
        sender.wind(later(second))
    (sent,) = office.post.sent
    assert (sent.key, sent.title, sent.text, sent.link, sent.words) == (
        "a",
        "题",
        "文",
        "https://x/1",
        {"n": 1},
    )
    assert (office.post.means.client, office.post.means.now) == ("client", NOW)
    message.refresh_from_db()
    assert (message.state, message.vendor_id, message.said, message.tries) == ("accepted", "v-1", "ok", 1)
    assert (message.started_at, message.settled_at, message.sender) == (NOW, NOW, sender.name)
    assert [(one["state"], one["said"]) for one in message.story] == [("accepted", "ok")]
    office.channel.refresh_from_db()
    assert (office.channel.last_ok_at, office.channel.last_failed_at) == (NOW, None)
    assert [one.pk for one in messages_about(office.town.branch)] == [message.pk]


def test_urgent_goes_first_and_the_rest_in_their_order(office):
    for key in ("a", "b"):
        office.put(key)
    office.put("c", is_urgent=True)
    plain_sender().wind(NOW)
    assert office.post.keys == ["c", "a", "b"]


def test_it_is_marked_in_hand_before_the_service_is_called(office, monkeypatch):
    seen = []
    kind = add_kind(monkeypatch, "robot", office.post)

    def send(settings, outgoing, means):
        seen.append(Message.objects.values_list("state", "sender", "tries").get(key=outgoing.key))
        return ACCEPTED

    monkeypatch.setitem(KINDS, "robot", kind.__class__(**vars(kind) | {"send": send}))
    office.put("a")
    plain_sender().wind(NOW)
    assert seen == [("sending", "here:1:a", 1)]


@pytest.mark.parametrize("outcome", ["sent", "accepted", "delivered", "read", "failed", "unknown"])
def test_a_final_answer_is_kept_and_never_sent_again(office, outcome):
    office.post.answers = [Answer(Outcome(outcome), said="their words")]
    office.put("a")
    sender = plain_sender()
    for hour in range(3):
        sender.wind(later(3600 * hour))
    assert states() == {"a": outcome} and office.post.keys == ["a"]
    office.channel.refresh_from_db()
    failed = outcome in ("failed", "unknown")
    assert (office.channel.last_failed_at is not None) is failed
    assert office.channel.last_said == ("their words" if failed else "")


def test_what_a_service_refused_for_now_is_tried_again_with_growing_pauses_and_then_fails(office):
    office.post.answers = [BUSY]
    office.put("a")
    sender, tried = plain_sender(), []
    for second in range(0, 3600):
        before = len(office.post.sent)
        sender.wind(later(second))
        tried += [second] * (len(office.post.sent) - before)
    assert len(tried) == MOST_TRIES and tried[0] == 0
    pauses = [b - a for a, b in itertools.pairwise(tried)]
    assert pauses[0] >= 5 and pauses == sorted(pauses) and pauses[-1] <= 300 * 1.25 + 61
    message = Message.objects.get()
    assert (message.state, message.said, len(message.story)) == ("failed", "slow down", MOST_TRIES)


def test_the_service_says_how_long_to_wait(office):
    office.post.answers = [Answer(Outcome.BUSY, said="45009", retry_after_s=40), ACCEPTED]
    office.put("a")
    sender = plain_sender()
    for second in (0, 30, 39):
        sender.wind(later(second))
    assert states() == {"a": "queued"}
    sender.wind(later(51))
    assert states() == {"a": "accepted"}


def test_while_a_channel_refuses_only_one_message_in_a_while_asks_for_it(office):
    office.post.answers = [BUSY]
    for number in range(50):
        office.put(f"{number}")
    sender = plain_sender()
    for second in range(0, 300):
        sender.wind(later(second))
    assert len(office.post.sent) < 20
    office.post.answers = [ACCEPTED]
    sender.wind(later(400))
    assert set(states().values()) <= {"accepted", "queued"} and list(states().values()).count("accepted") > 30


def test_a_kind_that_breaks_leaves_unknown_and_no_secret_in_its_words(office):
    office.post.answers = [RuntimeError("https://gate.example/send?key=s3cret-key")]
    office.put("a")
    plain_sender().wind(NOW)
    message = Message.objects.get()
    assert (message.state, message.said) == ("unknown", "RuntimeError")
    assert "s3cret" not in str(message.story)


def test_after_its_last_moment_nothing_is_sent(office):
    office.put("a", send_by=later(-1))
    office.put("b", send_by=later(30))
    sender = plain_sender()
    sender.wind(NOW)
    assert states() == {"a": "expired", "b": "accepted"} and office.post.keys == ["b"]


def test_a_message_that_waits_for_a_moment_is_not_sent_before(office):
    office.put("a", not_before=later(60))
    sender = plain_sender()
    sender.wind(later(59))
    assert states() == {"a": "queued"}
    sender.wind(later(60))
    assert states() == {"a": "accepted"}


def test_a_retired_channel_and_a_kind_that_is_gone_fail_and_say_so(office, town):
    Channel.objects.filter(pk=office.channel.pk).update(is_active=False)
    office.put("a")
    office.put("b", channel=add_channel(town.root, "gone", "vanished"))
    plain_sender().wind(NOW)
    said = {one.key: (one.state, one.said) for one in Message.objects.all()}
    assert said == {"a": ("failed", SenderWord.CHANNEL_OFF), "b": ("failed", SenderWord.KIND_GONE)}
    assert office.post.sent == []
    assert SenderWord.CHANNEL_OFF in SenderWord.SPOKEN and SenderWord.STOPPED in SenderWord.SPOKEN


def test_tokens_are_kept_between_sendings_and_forgotten_with_new_settings(office):
    office.put("a")
    sender = plain_sender()
    sender.wind(NOW)
    office.post.means.kept["token"] = "t"
    office.put("b")
    sender.wind(later(1))
    assert office.post.means.kept == {"token": "t"}
    Channel.objects.update(settings={"url": "https://other.example", "secret": "new"})
    office.put("c")
    sender.wind(later(2))
    assert office.post.means.kept == {}


# ── stops ───────────────────────────────────────────────────────────────────────────────────────


def in_hand(message, sender, started_at=NOW):
    Message.objects.filter(pk=message.pk).update(
        state="sending", sender=sender, started_at=started_at, tries=1
    )


@pytest.mark.parametrize(
    ("sender", "started_s", "state"),
    [
        ("here:1:old", -1, "unknown"),  # this process had another sender before
        ("here:999999999:x", -1, "unknown"),  # no such process on this host
        ("there:1:x", -1, "sending"),  # another host may still be at it
        ("there:1:x", -121, "unknown"),  # nobody is at it that long
        ("", -121, "unknown"),
    ],
)
def test_what_a_gone_sender_had_in_hand_is_unknown_and_never_sent(office, sender, started_s, state):
    in_hand(office.put("a"), sender, later(started_s))
    plain_sender("here:1:a").wind(NOW)
    plain_sender("here:1:a").wind(later(10))
    assert states() == {"a": state} and office.post.sent == []


def test_who_is_gone():
    assert is_gone("here:1:old", "here:1:a") and not is_gone("here:1:a", "here:1:a")
    assert not is_gone("", "here:1:a") and not is_gone("nonsense", "here:1:a")
    assert not is_gone(sending.name_sender(random.Random(1)), "here:1:a")


def test_a_late_answer_replaces_unknown_but_never_queues_again(office):
    first, second = office.put("a"), office.put("b")
    sender = plain_sender()
    held = [sender.claim(office.channel.pk, NOW) for _ in range(2)]
    assert [one.pk for one in held] == [first.pk, second.pk]
    sender.bury(later(121))
    assert states() == {"a": "unknown", "b": "unknown"}
    sender.record(held[0], ACCEPTED, later(122))
    sender.record(held[1], BUSY, later(122))
    assert states() == {"a": "accepted", "b": "unknown"}


def test_two_senders_never_take_the_same(office):
    for number in range(6):
        office.put(f"{number}")
    one, other = plain_sender("here:1:a"), plain_sender("there:2:b")
    taken = [sender.claim(office.channel.pk, NOW).key for _ in range(3) for sender in (one, other)]
    assert sorted(taken) == [f"{number}" for number in range(6)]
    assert one.claim(office.channel.pk, NOW) is None


# ── asking ──────────────────────────────────────────────────────────────────────────────────────


def test_a_service_that_can_be_asked_is_asked_with_growing_pauses_until_it_knows(office, monkeypatch):
    add_kind(monkeypatch, "robot", office.post, can_ask=True)
    office.post.word = ACCEPTED
    office.put("a")
    sender, asked = plain_sender(), []
    for second in range(0, 4000, 5):
        before = len(office.post.told)
        sender.wind(later(second))
        asked += [second] * (len(office.post.told) - before)
    assert asked == [10, 40, 130, 430, 1330] and office.post.told[0] == "v-1"
    office.post.word = Answer(Outcome.DELIVERED, said="arrived")
    sender.wind(later(4100))
    message = Message.objects.get()
    assert (message.state, message.said, message.ask_at) == ("delivered", "arrived", None)
    assert [one["state"] for one in message.story] == ["accepted", "delivered"]
    assert office.post.keys == ["a"], "asking never sends"


@pytest.mark.parametrize("word", [RuntimeError("x"), Answer(Outcome.BUSY), Answer(Outcome.UNKNOWN)])
def test_no_word_changes_nothing_and_is_asked_for_a_bounded_time(office, monkeypatch, word):
    add_kind(monkeypatch, "robot", office.post, can_ask=True)
    office.post.answers, office.post.word = [Answer(Outcome.UNKNOWN, said="timeout")], word
    if isinstance(word, Exception):
        office.post.ask = lambda *words: (_ for _ in ()).throw(word)
        add_kind(monkeypatch, "robot", office.post, can_ask=True)
    office.put("a")
    sender = plain_sender()
    for hour in range(0, 24 * 4):
        sender.wind(later(3600 * hour))
    message = Message.objects.get()
    assert (message.state, message.said, message.ask_at, message.asks) == ("unknown", "timeout", None, 9)
    assert office.post.keys == ["a"]


def test_what_is_unknown_after_a_stop_is_asked_about(office, monkeypatch):
    add_kind(monkeypatch, "robot", office.post, can_ask=True)
    in_hand(office.put("a"), "here:1:old")
    sender = plain_sender()
    sender.wind(NOW)
    assert states() == {"a": "unknown"}
    sender.wind(later(10))
    assert states() == {"a": "delivered"} and office.post.sent == []
    assert office.post.told == ["a@0800"], "asked for by what the kind recalls, since no number came back"


def test_without_a_number_to_ask_for_nobody_is_asked(office, monkeypatch):
    add_kind(monkeypatch, "robot", office.post, can_ask=True, can_recall=False)
    in_hand(office.put("a"), "here:1:old")
    sender = plain_sender()
    for second in (0, 10, 100):
        sender.wind(later(second))
    assert states() == {"a": "unknown"} and office.post.told == [] and office.post.sent == []


# ── scenes ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scene", ["exercise:1", "replay:bund"])
def test_what_is_not_live_is_rehearsed_and_marked(office, scene):
    message = office.put("a", scene=scene)
    assert (message.state, message.title, message.scene) == ("rehearsed", "【演练】题", scene)
    plain_sender().wind(later(5))
    assert states() == {"a": "rehearsed"} and office.post.sent == []


def test_an_exercise_cannot_be_made_to_leak(office):
    """Neither by its row, which the database refuses to let wait, nor by a sender that is handed it all the same."""
    message = office.put("a", scene="exercise:1")
    for state in ("queued", "sending", "sent", "accepted"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(state=state)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.bulk_create([Message(
            key="b", scene="exercise:1", channel=office.channel, about_kind="x", about_id="1", title="题", text="文",
            queued_at=NOW, next_try_at=NOW,
        )])  # fmt: skip
    sender = plain_sender()
    message.state = "queued"
    answer = sender.hand_over(message, NOW)
    assert answer == Answer(Outcome.FAILED, said=SenderWord.KIND_GONE) and office.post.sent == []
    assert set(sender.tables) == {"live"}

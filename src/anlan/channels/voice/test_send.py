"""Voice gateway: the contract of its card, and a call that was lost found by our key."""

import pytest

from anlan.channels.sending import Outcome
from anlan.channels.tests.mock_service import KINDS, answering, cut_read, means, says, sent, shows

KIND = KINDS["voice"]
SETTINGS = {"token": "gateway token"}
TO = "02100000000"


def ask(vendor_id, *plays):
    with answering(*plays) as service:
        return KIND.ask(SETTINGS | {"url": service.url + "/calls"}, vendor_id, TO, means()), service.last


def test_a_call_is_asked_for():
    with answering(says({"call_id": "c-1", "state": "queued"}, 202)) as service:
        answer = sent(KIND, SETTINGS, service, to=TO, is_urgent=True, text="请立即答复。" * 60)
    assert (answer.outcome, answer.vendor_id, answer.said) == (Outcome.ACCEPTED, "call:c-1", "c-1 queued")
    assert service.last.headers["authorization"] == "Bearer gateway token"
    assert service.last.headers["idempotency-key"] == "alarm/7/1/bot"
    told = service.last.json
    assert (told["key"], told["to"], told["is_urgent"]) == ("alarm/7/1/bot", TO, True)
    assert len(told["text"]) <= 200


@pytest.mark.parametrize(
    ("play", "outcome"),
    [
        (says({"error": "number not allowed"}, 422), Outcome.FAILED),
        (says({"error": "wrong token"}, 401), Outcome.FAILED),
        (says({"error": "all lines busy"}, 503), Outcome.BUSY),
        (says({"state": "queued"}, 202), Outcome.UNKNOWN),
        (says({"call_id": "", "state": "queued"}, 202), Outcome.UNKNOWN),
        (says({"call_id": "c-1"}, 500), Outcome.UNKNOWN),
    ],
)
def test_verdicts(play, outcome):
    with answering(play) as service:
        assert sent(KIND, SETTINGS, service, to=TO).outcome is outcome


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("queued", "accepted"), ("ringing", "accepted"), ("answered", "delivered"), ("confirmed", "read"),
        ("no_answer", "failed"), ("line_busy", "failed"), ("failed", "failed"),
    ],
)  # fmt: skip
def test_what_became_of_it(state, outcome):
    answer, asked = ask("call:c/1", says({"call_id": "c/1", "state": state}))
    assert (answer.outcome, answer.vendor_id) == (outcome, "call:c/1")
    assert asked.path == "/calls/c%2F1"


def test_a_lost_call_is_found_by_our_key():
    with answering(cut_read) as service:
        answer = sent(KIND, SETTINGS, service, to=TO)
    assert (answer.outcome, answer.vendor_id) == (Outcome.UNKNOWN, "key:alarm/7/1/bot")
    found, asked = ask(answer.vendor_id, says({"call_id": "c-9", "state": "answered"}))
    assert (found.outcome, found.vendor_id) == (Outcome.DELIVERED, "call:c-9")
    assert asked.query == {"key": "alarm/7/1/bot"}
    assert ask(answer.vendor_id, says({"error": "none"}, 404))[0].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("play", [shows(b"<html>", 502), cut_read, says({"state": "dancing"}), says({}, 500)])
def test_who_cannot_be_asked_now_is_asked_later(play):
    assert ask("call:c-1", play)[0].outcome is Outcome.BUSY

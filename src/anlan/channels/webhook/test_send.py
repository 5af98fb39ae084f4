"""Webhook: the published vector of Standard Webhooks, and the reference library reads what we send."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from anlan.channels.sending import Outcome
from anlan.channels.tests.mock_service import KINDS, answering, sent, shows
from anlan.channels.webhook.send import read_secret, sign

KIND = KINDS["webhook"]
SHARED = Path(__file__).parents[5] / "shared/samples/devices/standard-webhooks/vector.json"
FIRST, SECOND = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
FINE = shows(b"", 204)


@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared beside the repository")
def test_the_published_vector():
    vector = json.loads(SHARED.read_text())
    signature = sign(
        read_secret(vector["secret"]), vector["id"], vector["timestamp"], vector["payload"].encode()
    )
    assert signature == vector["signature"]


def test_the_reference_library_agrees(monkeypatch):
    with answering(FINE) as service:
        assert sent(KIND, {"secret": f"{FIRST} {SECOND}"}, service).outcome is Outcome.ACCEPTED
    asked = service.last
    assert asked.headers["webhook-signature"].count("v1,") == 2
    # The library looks at the clock: the moment of the test is made its own.
    headers = {name: asked.headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    for secret in (FIRST, SECOND):
        checker = Webhook(secret)
        monkeypatch.setattr(checker, "_Webhook__verify_timestamp", lambda told: _moment(told), raising=True)
        assert checker.verify(asked.body.decode(), headers) == asked.json
    with pytest.raises(WebhookVerificationError):
        monkeypatch.setattr(checker, "_Webhook__verify_timestamp", lambda told: _moment(told))
        checker.verify(asked.body.decode().replace("黄", "红"), headers)


def _moment(told):
    return datetime.fromtimestamp(int(told), UTC)


def test_the_body_is_a_cloud_event():
    with answering(FINE) as service:
        sent(KIND, {"secret": FIRST}, service, words={"level": "yellow"})
    assert service.last.headers["content-type"].startswith("application/cloudevents+json")
    told = service.last.json
    assert (told["specversion"], told["id"], told["source"], told["type"]) == (
        "1.0", "alarm/7/1/bot", "anlan", "anlan.message.v1",
    )  # fmt: skip
    assert told["time"] == "2026-05-01T11:21:00+00:00"
    assert told["data"]["words"] == {"level": "yellow"}
    assert service.last.headers["webhook-id"] == "alarm/7/1/bot"


@pytest.mark.parametrize("secret", ["whsec_", "whsec_short", "not base64 at all", FIRST + " whsec_%%%"])
def test_a_secret_that_is_none_is_refused(secret):
    with answering(FINE) as service:
        answer = sent(KIND, {"secret": secret}, service)
    assert answer.outcome is Outcome.FAILED and not service.asked
    assert secret not in answer.said


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "accepted"), (202, "accepted"), (400, "failed"), (410, "failed"), (500, "busy"), (502, "busy")],
)
def test_the_status_is_the_verdict(status, outcome):
    with answering(shows(b"whatever", status, "text/plain")) as service:
        assert sent(KIND, {"secret": FIRST}, service).outcome == outcome

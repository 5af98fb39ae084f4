"""Feishu robot: its signature, the other way round than DingTalk's, and its verdicts."""

import pytest

from anlan.channels.dingtalk.send import sign as dingtalk_sign
from anlan.channels.feishu.send import sign
from anlan.channels.sending import Outcome
from anlan.channels.tests.mock_service import KINDS, answering, says, sent, shows

KIND = KINDS["feishu"]
SETTINGS = {"hook": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "secret": "ours"}


def test_the_signature():
    """printf '' | openssl dgst -sha256 -hmac "$(printf '1777634460\\nours')" -binary | base64"""
    assert sign("ours", 1777634460) == "1Jpq3KJw6A5y9wRB+DmD71FvvfRrl6ikBsn9n4wG7tE="
    assert sign("ours", 1777634460) != dingtalk_sign("ours", 1777634460)


def test_what_is_sent():
    with answering(
        says({"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"})
    ) as service:
        assert sent(KIND, SETTINGS, service).outcome is Outcome.ACCEPTED
    asked = service.last
    assert asked.path == f"/open-apis/bot/v2/hook/{SETTINGS['hook']}"
    assert asked.json["timestamp"] == "1777634460", "seconds, not milliseconds"
    assert asked.json["sign"] == sign("ours", 1777634460)
    assert asked.json["content"]["text"].endswith("\nhttps://anlan.example/a/7")


def test_nobody_is_called_by_a_text():
    """Hostile words in a place's name would ring everybody's telephone."""
    with answering(says({"code": 0})) as service:
        sent(KIND, SETTINGS, service, text='<at user_id="all">x</at>')
        assert "<at" not in service.last.json["content"]["text"]
        sent(KIND, SETTINGS | {"mention_all": "yes"}, service, is_urgent=True)
        assert service.last.json["content"]["text"].startswith('<at user_id="all">所有人</at>\n黄色')


@pytest.mark.parametrize(
    ("play", "outcome", "wait_s"),
    [
        (says({"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}), Outcome.FAILED, None),
        (says({"code": 19024, "msg": "Key Words Not Found"}), Outcome.FAILED, None),
        (says({"code": 9499, "msg": "Bad Request", "data": {}}), Outcome.FAILED, None),
        (says({"code": 11232, "msg": "create message trigger frequency limit"}), Outcome.BUSY, 60),
        (says({"code": 99991400, "msg": "request trigger frequency limit"}, 400), Outcome.BUSY, 60),
        (says({"code": 99991400, "msg": "x"}, 429, {"x-ogw-ratelimit-reset": "52"}), Outcome.BUSY, 52),
        (says({"StatusCode": 0, "StatusMessage": "success"}), Outcome.ACCEPTED, None),
        (shows(b"ok", media="text/plain"), Outcome.UNKNOWN, None),
    ],
)  # fmt: skip
def test_verdicts(play, outcome, wait_s):
    with answering(play) as service:
        answer = sent(KIND, SETTINGS, service)
    assert (answer.outcome, answer.retry_after_s) == (outcome, wait_s)

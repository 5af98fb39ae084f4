"""DingTalk robot: its signature against a value computed elsewhere, and its verdicts."""

import pytest

from anlan.channels.dingtalk.send import sign
from anlan.channels.sending import Outcome
from anlan.channels.tests.mock_service import KINDS, answering, says, sent

KIND = KINDS["dingtalk"]
SETTINGS = {"access_token": "566cc69da782ec0123456789", "secret": "SECours"}


def test_the_signature():
    """printf '1777634460000\\nSECours' | openssl dgst -sha256 -hmac SECours -binary | base64"""
    assert sign("SECours", 1777634460000) == "mW0BhDAKjvEe9fHf2gRDzUpWjQxeZPIruUTZEyXFfX0="


def test_what_is_sent():
    with answering(says({"errcode": 0, "errmsg": "ok"})) as service:
        assert sent(KIND, SETTINGS, service, words={"mobiles": ["13800000000"]}).outcome is Outcome.ACCEPTED
    asked = service.last
    assert asked.path == "/robot/send"
    assert asked.query == {
        "access_token": SETTINGS["access_token"],
        "timestamp": "1777634460000",
        "sign": sign("SECours", 1777634460000),
    }
    assert asked.json["text"]["content"].startswith("黄色预警：示范广场\n")
    assert asked.json["at"] == {"isAtAll": False, "atMobiles": ["13800000000"]}


def test_a_robot_guarded_by_keyword_needs_no_secret():
    with answering(says({"errcode": 0})) as service:
        sent(KIND, {"access_token": "t-0123456789"}, service)
    assert service.last.query == {"access_token": "t-0123456789"}


@pytest.mark.parametrize(
    ("told", "outcome", "wait_s"),
    [
        ({"errcode": 310000, "errmsg": "sign not match"}, Outcome.FAILED, None),
        ({"errcode": 300001, "errmsg": "token is not exist"}, Outcome.FAILED, None),
        (
            {"status": 1111, "wait": 5, "punish": "deny", "errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"},
            Outcome.BUSY, 600,
        ),
        ({"errcode": -1, "errmsg": "system busy"}, Outcome.BUSY, 10),
    ],
)  # fmt: skip
def test_a_verdict_with_http_200_is_read(told, outcome, wait_s):
    with answering(says(told)) as service:
        answer = sent(KIND, SETTINGS, service)
    assert (answer.outcome, answer.retry_after_s) == (outcome, wait_s)

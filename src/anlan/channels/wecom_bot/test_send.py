"""WeCom robot: codes with HTTP 200, what is sent, and what fits."""

import pytest

from anlan.channels.sending import Outcome
from anlan.channels.tests.mock_service import KINDS, answering, says, sent

KIND = KINDS["wecom_bot"]
SETTINGS = {"key": "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"}


def test_a_text_with_title_and_link():
    with answering(says({"errcode": 0, "errmsg": "ok"})) as service:
        answer = sent(KIND, SETTINGS, service)
    assert (answer.outcome, answer.said) == (Outcome.ACCEPTED, "0 ok")
    assert (service.last.path, service.last.query) == ("/cgi-bin/webhook/send", SETTINGS)
    assert service.last.json == {
        "msgtype": "text",
        "text": {
            "content": "黄色预警：示范广场\n每平方米 3.2 人，仍在上升。请立即答复。\nhttps://anlan.example/a/7"
        },
    }
    assert "黄色".encode() in service.last.body, "not escaped"


@pytest.mark.parametrize(
    ("code", "outcome", "wait_s"),
    [
        (93000, Outcome.FAILED, None),
        (40058, Outcome.FAILED, None),
        (45009, Outcome.BUSY, 60),
        (-1, Outcome.BUSY, 10),
    ],
)
def test_a_verdict_with_http_200_is_read(code, outcome, wait_s):
    with answering(says({"errcode": code, "errmsg": "invalid webhook url, hint: [1]"})) as service:
        answer = sent(KIND, SETTINGS, service)
    assert (answer.outcome, answer.retry_after_s) == (outcome, wait_s)
    assert str(code) in answer.said


def test_a_whole_address_may_be_pasted():
    pasted = {"key": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + SETTINGS["key"]}
    with answering(says({"errcode": 93000, "errmsg": f"no robot {SETTINGS['key']}"})) as service:
        answer = sent(KIND, pasted, service)
    assert service.last.query == SETTINGS
    assert answer.said == "93000 no robot ***"


def test_everybody_is_called_only_for_what_is_urgent_and_if_so_set():
    with answering(says({"errcode": 0})) as service:
        for setting, is_urgent, called in (("yes", True, True), ("yes", False, False), ("", True, False)):
            sent(KIND, SETTINGS | {"mention_all": setting}, service, is_urgent=is_urgent)
            assert ("mentioned_list" in service.last.json["text"]) is called


def test_a_long_text_fits_and_keeps_its_link():
    with answering(says({"errcode": 0})) as service:
        sent(KIND, SETTINGS, service, text="请从东口离开。" * 300)
    content = service.last.json["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content.endswith("东口离开。……\nhttps://anlan.example/a/7")

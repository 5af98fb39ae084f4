"""Asking a camera for its summary, against a mock camera."""

import pytest

from anlan.devices.dahua.decode import decode
from anlan.devices.dahua.source import PATH
from anlan.devices.tests.listening import Listener
from anlan.devices.tests.mock_device import Answer, MockDevice, switched_on

SUMMARY = b"""summary.Channel=0\r
summary.EnteredSubtotal.Today=%d\r
summary.ExitedSubtotal.Today=3\r
summary.RuleName=NumberStat\r
summary.UTC=1777634460\r
"""


def say(number: int):
    """A play: the summary with that many entered."""
    return lambda answer: answer.say(SUMMARY % number)


def test_it_is_asked_again_and_again_with_one_login():
    with switched_on(MockDevice([say(5), say(6), say(7)])) as camera:
        heard = Listener(until_delivered=3).listen("dahua", camera.url, poll_s=30)
    assert [decode(body)[0].count_in for body in heard.bodies] == [5, 6, 7]
    assert camera.paths == [f"{PATH}?action=getSummary"] * 3
    assert camera.statuses == ["401", "200", "200", "200"]
    assert heard.waits_s == [30, 30]
    assert heard.faults == []


def test_one_channel_of_a_recorder_is_asked_for():
    with switched_on(MockDevice([say(5)])) as camera:
        Listener(until_delivered=1).listen("dahua", camera.url, channel="3")
    assert camera.paths == [f"{PATH}?action=getSummary&channel=3"]


def test_a_stale_nonce_is_renewed():
    with switched_on(MockDevice([say(5)], uses=1)) as camera:
        heard = Listener(until_delivered=3).listen("dahua", camera.url)
    assert camera.statuses == ["401", "200", "stale", "200", "stale", "200"]
    assert heard.faults == []


def test_a_wrong_password_is_tried_once_in_a_long_while():
    with switched_on(MockDevice([say(5)])) as camera:
        heard = Listener(until_faults=2).listen("dahua", camera.url, name="nobody")
    assert "refuses the login" in heard.faults[0]
    assert heard.waits_s[0] == 900


def test_a_fault_passes_and_counting_goes_on():
    def drop(answer: Answer) -> None:
        answer.start("text/plain")
        answer.chunks(SUMMARY[:40])

    with switched_on(MockDevice([say(5), drop, say(6)])) as camera:
        heard = Listener(until_delivered=2).listen("dahua", camera.url, poll_s=30)
    assert [decode(body)[0].count_in for body in heard.bodies] == [5, 6]
    assert len(heard.faults) == 1
    assert heard.waits_s[0] == 30 and heard.waits_s[1] <= 1


def drip(answer: Answer) -> None:
    answer.start("text/plain")
    answer.drip(b"s")


def flood(answer: Answer) -> None:
    answer.start("text/plain")
    answer.chunks(b"summary." * 100_000, 4096)


@pytest.mark.parametrize(
    ("play", "why"),
    [
        (
            lambda answer: answer.say(b"Error\r\nBad Request!\r\n"),
            "answers 'Error··Bad Request!', not a summary",
        ),
        (lambda answer: answer.say(b""), "not a summary"),
        (lambda answer: answer.send_error(501), "HTTP 501"),
        (drip, "no whole answer within 0.2 s"),
        (flood, "more than 64 KiB"),
    ],
)
def test_another_answer_is_a_fault(play, why):
    with switched_on(MockDevice([play])) as camera:
        heard = Listener(until_faults=1, silence_s=0.2).listen("dahua", camera.url)
    assert why in heard.faults[0]
    assert heard.bodies == []

"""Aliyun SMS: its signature against the published one, its verdicts, and asking after what is not known."""

import json
from urllib.parse import parse_qs

import pytest

from anlan.channels.aliyun_sms.send import out_id
from anlan.channels.aliyun_sms.signing import EMPTY, query, sign
from anlan.channels.sending import Outcome
from anlan.channels.tests.mock_service import KINDS, answering, cut_read, means, outgoing, says, sent, shows

KIND = KINDS["aliyun_sms"]
SETTINGS = {
    "access_key_id": "LTAI-ours",
    "access_key_secret": "key secret of ours",
    "sign_name": "示范区安澜",
    "template_code": "SMS_100000001",
}
FINE = says({"Code": "OK", "Message": "OK", "BizId": "900619746936498440^0", "RequestId": "r-1"})
NUMBER = "13800000000"


def test_the_signature_is_that_of_the_documentation():
    """The worked example of "Request syntax and signature method V3" (help.aliyun.com)."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    params = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    proof = sign("POST", params, headers, key_id="YourAccessKeyId", key_secret="YourAccessKeySecret")
    assert proof.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_parameters_are_escaped_as_rfc_3986_has_it():
    assert query({"b": "a b*~/", "a": "安"}) == "a=%E5%AE%89&b=a%20b%2A~%2F"


def test_what_is_sent():
    with answering(FINE) as service:
        answer = sent(KIND, SETTINGS, service, to="+86 138-0000-0000")
    assert (answer.outcome, answer.vendor_id) == (Outcome.ACCEPTED, "20260501:biz:900619746936498440^0")
    told, headers = service.last.query, service.last.headers
    assert told["PhoneNumbers"] == NUMBER
    assert json.loads(told["TemplateParam"]) == {"title": "黄色预警：示范广场"}
    assert told["OutId"] == out_id("alarm/7/1/bot")
    assert (headers["x-acs-action"], headers["x-acs-version"]) == ("SendSms", "2017-05-25")
    assert headers["x-acs-date"] == "2026-05-01T11:21:00Z"
    signed = {
        name: headers[name]
        for name in headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    }
    assert headers["authorization"] == sign(
        "POST", told, signed, key_id="LTAI-ours", key_secret="key secret of ours"
    )


def test_the_texts_own_template_and_words():
    words = {
        "template": "SMS_2",
        "params": {"place": "示范广场\n东口 https://a.example/x", "n": 3, "long": "很" * 50},
    }
    with answering(FINE) as service:
        sent(KIND, SETTINGS, service, to=NUMBER, words=words)
    assert service.last.query["TemplateCode"] == "SMS_2"
    assert json.loads(service.last.query["TemplateParam"]) == {
        "place": "示范广场 东口", "n": "3", "long": "很" * 33 + "……",
    }  # fmt: skip


@pytest.mark.parametrize("to", ["", "110a", "138000", "1380000000012345678", "13800000000;13900000000"])
def test_a_number_that_is_none_is_refused(to):
    with answering(FINE) as service:
        assert sent(KIND, SETTINGS, service, to=to).outcome is Outcome.FAILED
    assert not service.asked


@pytest.mark.parametrize(
    ("code", "message", "status", "outcome", "wait_s"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1", 200, "busy", 60),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5", 200, "busy", 3600),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:10", 200, "failed", None),
        ("isv.MOBILE_NUMBER_ILLEGAL", "x", 200, "failed", None),
        ("isv.AMOUNT_NOT_ENOUGH", "账户余额不足", 200, "failed", None),
        ("SignatureDoesNotMatch", "x", 400, "failed", None),
        ("InvalidAccessKeyId.NotFound", "x", 404, "failed", None),
        ("Throttling.User", "Request was denied due to user flow control.", 400, "busy", 10),
        ("ServiceUnavailable", "x", 500, "busy", 10),
        ("isp.SYSTEM_ERROR", "x", 200, "unknown", None),
        ("InternalError", "x", 500, "unknown", None),
    ],
)
def test_verdicts(code, message, status, outcome, wait_s):
    with answering(says({"Code": code, "Message": message, "RequestId": "r"}, status)) as service:
        answer = sent(KIND, SETTINGS, service, to=NUMBER)
    assert (answer.outcome, answer.retry_after_s) == (outcome, wait_s)
    assert code in answer.said


def details(*rows):
    return says(
        {
            "Code": "OK",
            "Message": "OK",
            "TotalCount": str(len(rows)),
            "SmsSendDetailDTOs": {"SmsSendDetailDTO": list(rows)},
        }
    )


def ask(vendor_id, *plays, to=NUMBER):
    with answering(*plays) as service:
        return KIND.ask(SETTINGS | {"endpoint": service.url}, vendor_id, to, means()), service


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [(1, "", "accepted"), (2, "MOBILE_NOT_ON_SERVICE", "failed"), (3, "DELIVERED", "delivered")],
)
def test_a_receipt(status, code, outcome):
    row = {"SendStatus": status, "ErrCode": code, "PhoneNum": NUMBER, "ReceiveDate": "2026-05-01 19:21:08"}
    answer, service = ask("20260501:biz:900619746936498440^0", details(row))
    assert answer.outcome == outcome and code in answer.said
    assert parse_qs(query(service.last.query)) == {
        "PhoneNumber": [NUMBER], "SendDate": ["20260501"], "PageSize": ["50"], "CurrentPage": ["1"],
        "BizId": ["900619746936498440^0"],
    }  # fmt: skip


def test_what_was_lost_is_found_again_by_our_key():
    """A line cut after the request: nobody sends it again, but it can be asked for."""
    with answering(cut_read) as service:
        answer = sent(KIND, SETTINGS, service, to=NUMBER)
    assert answer.outcome is Outcome.UNKNOWN and len(service.asked) == 1
    other = {"SendStatus": 2, "OutId": "another"}
    ours = {"SendStatus": 3, "ErrCode": "DELIVERED", "OutId": out_id(outgoing().key)}
    assert ask(answer.vendor_id, details(other, ours))[0].outcome is Outcome.DELIVERED
    assert ask(answer.vendor_id, details(other))[0].outcome is Outcome.UNKNOWN
    assert ask(answer.vendor_id, details())[0].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("play", [shows(b"<html>", 502), cut_read, says({"Code": "Throttling.User"}, 400)])
def test_who_cannot_be_asked_now_is_asked_later(play):
    assert ask("20260501:biz:1", play)[0].outcome is Outcome.BUSY


@pytest.mark.parametrize(
    ("vendor_id", "to"), [("", NUMBER), ("20260501", NUMBER), ("20260501:biz:1", "nobody")]
)
def test_what_cannot_be_asked_for_stays_unknown(vendor_id, to):
    """Never failed: nobody knows."""
    answer, service = ask(vendor_id, FINE, to=to)
    assert answer.outcome is Outcome.UNKNOWN and not service.asked


def test_a_sender_that_was_stopped_can_still_ask():
    name = KIND.recall(outgoing().key, means().now)
    ours = {"SendStatus": 3, "ErrCode": "DELIVERED", "OutId": out_id(outgoing().key)}
    assert ask(name, details(ours))[0].outcome is Outcome.DELIVERED

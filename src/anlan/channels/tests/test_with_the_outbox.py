"""Kinds in the hands of the outbox's sender, against services on this machine: nothing twice, nothing lost in silence."""

import random
from datetime import timedelta

import pytest

from anlan.channels.aliyun_sms.send import out_id
from anlan.channels.calling import open_client
from anlan.channels.tests.mock_service import KINDS, NOW, answering, cut_read, says
from anlan.domains.accounts.models import Organisation
from anlan.kit.models import Channel, Message
from anlan.kit.outbox import queue
from anlan.kit.outbox.sender import Sender
from anlan.kit.terms import MessageState

SETTINGS = {
    "wecom_bot": {"key": "693a91f6-0000"},
    "aliyun_sms": {"access_key_id": "id-1", "access_key_secret": "key secret", "sign_name": "安澜", "template_code": "SMS_1"},
}  # fmt: skip
KEY = "alarm/7/1"


@pytest.fixture
def told(db):
    """A message queued on a channel of a kind, and `wind(seconds)`: the sender's sweep at that moment."""
    office = Organisation.objects.create(code="office", name="示范单位", path="000001")
    sender = Sender("here:1:a", KINDS, random.Random(7), client=open_client())

    def tell(kind, service, to=""):
        places = {"base_url": service.url, "endpoint": service.url}
        channel = Channel.objects.create(
            code=kind, kind=kind, name=kind, organisation=office, settings=SETTINGS[kind] | places
        )
        queue(office, key=KEY, channel=channel, title="黄色预警", text="请立即答复。", now=NOW, to=to)

    def wind(seconds):
        sender.wind(NOW + timedelta(seconds=seconds))
        return Message.objects.get(key=KEY)

    return tell, wind


def test_a_verdict_with_http_200_is_not_taken_for_success(told):
    tell, wind = told
    with answering(says({"errcode": 93000, "errmsg": "invalid webhook url"})) as service:
        tell("wecom_bot", service)
        assert wind(0).state == MessageState.FAILED
        wind(600)
    assert len(service.asked) == 1


def test_a_rate_limit_is_waited_for(told):
    tell, wind = told
    with answering(
        says({"errcode": 45009, "errmsg": "freq"}), says({"errcode": 0, "errmsg": "ok"})
    ) as service:
        tell("wecom_bot", service)
        assert wind(0).state == MessageState.QUEUED
        assert wind(30).state == MessageState.QUEUED, "a minute, as the robot's limit wants"
        assert wind(90).state == MessageState.ACCEPTED
    assert len(service.asked) == 2


def test_a_short_message_whose_answer_is_lost_is_never_sent_again_but_found(told):
    tell, wind = told
    found = {"SendStatus": 3, "ErrCode": "DELIVERED", "OutId": out_id(KEY)}
    nothing = says({"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": []}})
    there = says({"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": [found]}})
    with answering(cut_read, nothing, there) as service:
        tell("aliyun_sms", service, to="13800000000")
        assert wind(0).state == MessageState.UNKNOWN
        assert wind(20).state == MessageState.UNKNOWN
        assert wind(120).state == MessageState.DELIVERED
        wind(86_400)
    assert [asked.headers["x-acs-action"] for asked in service.asked] == [
        "SendSms", "QuerySendDetails", "QuerySendDetails",
    ]  # fmt: skip

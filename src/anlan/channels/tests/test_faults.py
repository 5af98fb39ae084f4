"""Every kind that speaks HTTP tells apart what was surely not taken from what perhaps was, and gives no secret away."""

import httpx
import pytest

from anlan.channels import calling
from anlan.channels.sending import Outcome
from anlan.channels.table import KINDS
from anlan.channels.tests import mock_service
from anlan.channels.tests.mock_service import answering, means, outgoing, says, shows, shut_port

SECRET = "s3cr3t-of-ours-0123456789"
# How each kind is set up, what its service says when all is well, and the answers before the one that counts.
TOKEN = says({"errcode": 0, "errmsg": "ok", "access_token": SECRET + "-token", "expires_in": 7200})
HTTP_KINDS = {
    "wecom_bot": ({"key": SECRET}, "", {"errcode": 0, "errmsg": "ok"}, ()),
    "wecom_app": (
        {"corp_id": "ww1", "agent_id": "1000002", "secret": SECRET},
        "duty1",
        {"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "m-1"},
        (TOKEN,),
    ),
    "dingtalk": ({"access_token": SECRET, "secret": "SEC" + SECRET}, "", {"errcode": 0, "errmsg": "ok"}, ()),
    "aliyun_sms": (
        {"access_key_id": "id-1", "access_key_secret": SECRET, "sign_name": "安澜", "template_code": "SMS_1"},
        "13800000000",
        {"Code": "OK", "Message": "OK", "BizId": "900619746936498440^0", "RequestId": "r-1"},
        (),
    ),
    "voice": ({"token": SECRET}, "02100000000", {"call_id": "c-1", "state": "queued"}, ()),
    "webhook": ({"secret": "whsec_" + SECRET.replace("-", "") + "=="}, "", {"ok": True}, ()),
    "wechat_oa": (
        {"app_id": "wx1", "app_secret": SECRET, "cover_media_id": "cover-1"},
        "",
        {"media_id": "draft-1"},
        (TOKEN,),
    ),
    "feishu": ({"hook": SECRET, "secret": SECRET}, "", {"code": 0, "msg": "success", "data": {}}, ()),
}


def send(name, url):
    settings, to, _, _ = HTTP_KINDS[name]
    settings = settings | {"base_url": url, "url": url + "/hook", "endpoint": url}
    return KINDS[name].send(settings, outgoing(to=to), means())


@pytest.fixture(params=HTTP_KINDS)
def name(request):
    return request.param


def outcome_of(name, *plays):
    with answering(*HTTP_KINDS[name][3], *plays) as service:
        answer = send(name, service.url)
        assert len(service.asked) == len(HTTP_KINDS[name][3]) + 1, "asked once and no more"
    assert SECRET not in answer.said
    assert len(answer.said) <= 300 and "\n" not in answer.said
    return answer


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(calling, "TIMES", httpx.Timeout(0.3))
    monkeypatch.setattr(calling, "WHOLE_S", 0.3)


def test_all_is_well(name):
    assert outcome_of(name, says(HTTP_KINDS[name][2])).outcome is Outcome.ACCEPTED


def test_no_connection_was_surely_not_taken(name):
    with shut_port() as url:
        answer = send(name, url)
    assert answer.outcome is Outcome.BUSY
    assert "连接不上" in answer.said and SECRET not in answer.said


@pytest.mark.parametrize("play", ["cut_unread", "cut_read", "cut_answering", "silent", "endless", "dripping"])
def test_what_breaks_after_the_request_perhaps_was_taken(name, play, impatient):
    assert outcome_of(name, getattr(mock_service, play)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "body", [b"<html>login</html>", b"", b"[]", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"null"]
)
def test_an_answer_that_cannot_be_read_is_unknown(name, body):
    if name == "webhook":
        pytest.skip("its verdict is the status alone")
    assert outcome_of(name, shows(body)).outcome is Outcome.UNKNOWN


def test_an_object_without_a_verdict_is_unknown(name):
    if name == "webhook":
        pytest.skip("its verdict is the status alone")
    assert outcome_of(name, says({"hello": "world"})).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, "failed"),
        (403, "failed"),
        (404, "failed"),
        (408, "unknown"),
        (500, "unknown"),
        (502, "unknown"),
        (504, "unknown"),
    ],
)
def test_a_page_of_a_gateway_means_what_its_status_says(name, status, outcome):
    if name == "webhook" and status >= 500:
        outcome = "busy"  # whoever reads Standard Webhooks drops an id that it has seen
    assert outcome_of(name, shows(b"<h1>gateway</h1>", status)).outcome == outcome


@pytest.mark.parametrize(("status", "outcome"), [(404, "failed"), (500, "unknown")])
def test_a_gateway_that_speaks_json_is_no_verdict(name, status, outcome):
    if name == "webhook" and status == 500:
        outcome = "busy"
    assert outcome_of(name, says({"message": "no route matched"}, status)).outcome == outcome


def test_a_certificate_that_nobody_vouches_for_gets_nothing(name, certificate):
    with answering(says(HTTP_KINDS[name][2]), tls=certificate[0]) as service:
        answer = send(name, service.url)
        assert not service.asked
    assert answer.outcome is Outcome.BUSY and "证书" in answer.said


@pytest.mark.parametrize("word", ["令牌令牌", "a\nb: c", "\x00\x01\x02\x03"])
def test_keys_that_cannot_be_sent_never_leave_it_unknown(name, word):
    settings, to, _, before = HTTP_KINDS[name]
    secret = next(setting.name for setting in KINDS[name].settings if setting.is_secret)
    with answering(*before, says(HTTP_KINDS[name][2])) as service:
        places = {"base_url": service.url, "url": service.url, "endpoint": service.url}
        answer = KINDS[name].send(settings | places | {secret: word}, outgoing(to=to), means())
    assert answer.outcome in (Outcome.FAILED, Outcome.ACCEPTED)  # some put the key where every sign may stand


@pytest.mark.parametrize("status", [429, 503])
def test_too_many_or_not_now_may_be_tried_again(name, status):
    answer = outcome_of(name, shows(b"slow down", status, headers={"Retry-After": "17"}))
    assert (answer.outcome, answer.retry_after_s) == (Outcome.BUSY, 17)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_is_followed_with_our_keys(name, status):
    with answering(says({})) as elsewhere:
        answer = outcome_of(name, shows(b"", status, headers={"Location": elsewhere.url + "/x"}))
        assert not elsewhere.asked
    assert answer.outcome is Outcome.FAILED


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "not an address", "http://", "http://[::1"])
def test_an_address_that_is_none_is_refused(name, url):
    assert send(name, url).outcome is Outcome.FAILED


def test_what_is_missing_is_named(name):
    settings, to, _, _ = HTTP_KINDS[name]
    for setting in KINDS[name].settings:
        if setting.is_required and not setting.default:
            answer = KINDS[name].send(settings | {setting.name: " "}, outgoing(to=to), means())
            assert answer.outcome is Outcome.FAILED
            assert setting.zh in answer.said


def test_a_service_that_repeats_our_secrets_does_not_bring_them_to_light(name):
    fine = HTTP_KINDS[name][2]
    echo = {word: f"wrong {SECRET}" if isinstance(value, str) else 40001 for word, value in fine.items()}
    assert SECRET not in outcome_of(name, says(echo, 400)).said


def test_every_kind_over_http_is_tried():
    without = {"email", "weibo"}  # SMTP; calls nobody
    assert set(HTTP_KINDS) == set(KINDS) - without

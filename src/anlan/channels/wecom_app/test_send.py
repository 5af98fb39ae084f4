"""WeCom application: its token, and members that were not reached though the code is 0."""

from datetime import timedelta

import pytest

from anlan.channels.sending import Outcome
from anlan.channels.tests.mock_service import KINDS, NOW, answering, means, outgoing, says, sent, shows

KIND = KINDS["wecom_app"]
SETTINGS = {"corp_id": "ww1", "agent_id": "1000002", "secret": "app secret of ours"}
FINE = says({"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "m-1"})


def token(text="token-1", lasts_s=7200):
    return says({"errcode": 0, "errmsg": "ok", "access_token": text, "expires_in": lasts_s})


def test_a_token_is_fetched_once_and_kept():
    kept = {}
    with answering(token(), FINE) as service:
        first, second = (sent(KIND, SETTINGS, service, kept, to="duty1") for _ in range(2))
    assert (first.outcome, first.vendor_id) == (Outcome.ACCEPTED, "m-1")
    assert second.outcome is Outcome.ACCEPTED
    assert [asked.path for asked in service.asked] == [
        "/cgi-bin/gettoken", "/cgi-bin/message/send", "/cgi-bin/message/send",
    ]  # fmt: skip
    assert service.asked[0].query == {"corpid": "ww1", "corpsecret": "app secret of ours"}
    assert service.last.query == {"access_token": "token-1"}
    told = service.last.json
    assert (told["touser"], told["agentid"], told["msgtype"]) == ("duty1", 1000002, "text")
    assert "app secret of ours" not in str(kept)


def test_a_token_is_given_up_before_it_ends_and_when_the_secret_changes():
    kept = {}
    with answering(token("one"), FINE, token("two"), FINE, token("three"), FINE) as service:
        settings = SETTINGS | {"base_url": service.url}
        KIND.send(settings, outgoing(to="duty1"), means(kept))
        KIND.send(settings, outgoing(to="duty1"), means(kept, NOW + timedelta(seconds=6901)))
        assert service.last.query == {"access_token": "two"}
        KIND.send(settings | {"secret": "another"}, outgoing(to="duty1"), means(kept, NOW))
        assert service.last.query == {"access_token": "three"}


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_stale_token_is_renewed_once(code):
    stale = says({"errcode": code, "errmsg": "access_token expired"})
    with answering(token("old"), stale, token("new"), FINE) as service:
        assert sent(KIND, SETTINGS, service, to="duty1").outcome is Outcome.ACCEPTED
        assert service.last.query == {"access_token": "new"}
    with answering(token("old"), stale, token("new"), stale) as service:
        assert sent(KIND, SETTINGS, service, to="duty1").outcome is Outcome.FAILED
        assert len(service.asked) == 4, "once, not for ever"


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"errcode": 0, "invaliduser": "duty1", "msgid": "m"}, Outcome.FAILED),
        ({"errcode": 0, "invaliduser": "", "unlicenseduser": "Duty1"}, Outcome.FAILED),
        ({"errcode": 81013, "errmsg": "user & party & tag all invalid"}, Outcome.FAILED),
        ({"errcode": 60020, "errmsg": "not allow to access from your ip"}, Outcome.FAILED),
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, Outcome.BUSY),
    ],
)
def test_verdicts_with_http_200(told, outcome):
    with answering(token(), says(told)) as service:
        assert sent(KIND, SETTINGS, service, to="duty1").outcome is outcome


def test_of_several_members_those_not_reached_are_named():
    with answering(token(), says({"errcode": 0, "errmsg": "ok", "invaliduser": "gone"})) as service:
        answer = sent(KIND, SETTINGS, service, to="duty1|gone")
    assert answer.outcome is Outcome.ACCEPTED
    assert "未送达 gone" in answer.said


@pytest.mark.parametrize(
    ("play", "outcome"),
    [
        (says({"errcode": 40001, "errmsg": "invalid credential"}), Outcome.FAILED),
        (says({"errcode": -1, "errmsg": "system busy"}), Outcome.BUSY),
        (shows(b"<h1>bad gateway</h1>", 502), Outcome.BUSY),
        (shows(b"<html>portal</html>"), Outcome.BUSY),
        (says({"errcode": 0}), Outcome.FAILED),
    ],
)
def test_without_a_token_nothing_was_sent(play, outcome):
    """Never unknown: no text has left the house."""
    with answering(play) as service:
        assert sent(KIND, SETTINGS, service, to="duty1").outcome is outcome
    assert len(service.asked) == 1


def test_somebody_must_be_named():
    with answering(token()) as service:
        answer = sent(KIND, SETTINGS, service, to="")
    assert answer.outcome is Outcome.FAILED and "userid" in answer.said
    assert not service.asked


def test_foreign_words_make_no_link():
    with answering(token(), FINE) as service:
        sent(KIND, SETTINGS, service, to="duty1", text='<a href="https://evil.example">请登录</a>')
    assert "<a" not in service.last.json["text"]["content"]

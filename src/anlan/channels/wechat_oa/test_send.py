"""WeChat Official Account: a draft, with everything in it inert."""

import pytest

from anlan.channels.sending import Outcome
from anlan.channels.tests.mock_service import KINDS, answering, says, sent

KIND = KINDS["wechat_oa"]
SETTINGS = {
    "app_id": "wx1",
    "app_secret": "account secret of ours",
    "cover_media_id": "cover-1",
    "author": "示范区",
}
TOKEN = says({"access_token": "token-1", "expires_in": 7200})
FINE = says({"media_id": "draft-1", "item": []})


def test_a_draft():
    assert KIND.is_draft
    with answering(TOKEN, FINE) as service:
        answer = sent(KIND, SETTINGS, service, text="第一段 <script>alert(1)</script>\n\n第二段 & 完")
    assert (answer.outcome, answer.vendor_id) == (Outcome.ACCEPTED, "draft-1")
    assert "待人工发布" in answer.said
    first, second = service.asked
    assert (first.path, second.path) == ("/cgi-bin/stable_token", "/cgi-bin/draft/add")
    assert "account secret" not in second.body.decode() and second.query == {"access_token": "token-1"}
    assert "黄色".encode() in second.body, "escaped, WeChat would show the escapes"
    (article,) = second.json["articles"]
    assert article["content"] == "<p>第一段 &lt;script&gt;alert(1)&lt;/script&gt;</p><p>第二段 &amp; 完</p>"
    assert article["content_source_url"] == "https://anlan.example/a/7"
    assert (article["title"], article["author"], article["thumb_media_id"]) == (
        "黄色预警：示范广场",
        "示范区",
        "cover-1",
    )


def test_long_texts_fit():
    with answering(TOKEN, FINE) as service:
        sent(KIND, SETTINGS, service, title="很" * 100, text="请从东口离开。" * 4000)
    (article,) = service.last.json["articles"]
    assert len(article["title"]) <= 32 and len(article["digest"]) <= 120 and len(article["content"]) < 20_000


@pytest.mark.parametrize(
    ("told", "outcome", "wait_s"),
    [
        ({"errcode": 40007, "errmsg": "invalid media_id"}, "failed", None),
        ({"errcode": 48001, "errmsg": "api unauthorized"}, "failed", None),
        ({"errcode": 45009, "errmsg": "reach max api daily quota limit"}, "busy", 3600),
        ({"errcode": -1, "errmsg": "system error"}, "busy", 10),
        ({"errcode": 0, "errmsg": "ok"}, "unknown", None),
    ],
)
def test_verdicts_with_http_200(told, outcome, wait_s):
    with answering(TOKEN, says(told)) as service:
        answer = sent(KIND, SETTINGS, service)
    assert (answer.outcome, answer.retry_after_s) == (outcome, wait_s)


def test_a_stale_token_is_renewed_once():
    stale = says({"errcode": 42001, "errmsg": "access_token expired"})
    with answering(TOKEN, stale, says({"access_token": "token-2", "expires_in": 7200}), FINE) as service:
        assert sent(KIND, SETTINGS, service).outcome is Outcome.ACCEPTED
    assert service.last.query == {"access_token": "token-2"}


def test_a_token_that_is_refused():
    with answering(says({"errcode": 40164, "errmsg": "invalid ip, not in whitelist"})) as service:
        answer = sent(KIND, SETTINGS, service)
    assert answer.outcome is Outcome.FAILED and "40164" in answer.said

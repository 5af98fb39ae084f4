"""Any text at all goes through every kind without breaking it, and comes out as a text."""

import email
import email.policy
import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.channels.email.render import letter
from anlan.channels.sending import Outcome
from anlan.channels.tests.mock_service import KINDS, NOW, means, outgoing
from anlan.channels.tests.test_faults import HTTP_KINDS

texts = st.text(st.characters(codec="utf-8"), max_size=200) | st.sampled_from(
    ['<at user_id="all">', "</script><script>", "\r\nBcc: x@y.cn", "=cmd|' /C calc'!A0", "{{7*7}}", "' OR 1=1 --", "\x00\u202e", "%00%0d%0a"]
)  # fmt: skip


@pytest.mark.parametrize("name", HTTP_KINDS)
@given(
    title=texts, text=texts, key=st.text("abc/-019\u4e2d", min_size=1, max_size=60), is_urgent=st.booleans()
)
def test_any_text_is_carried(name, title, text, key, is_urgent):
    settings, to, fine, before = HTTP_KINDS[name]
    answers = [{"errcode": 0, "access_token": "t-0123456789", "expires_in": 7200}] if before else []
    asked = []

    def answer(request):
        asked.append(request)
        return httpx.Response(200, content=iter([json.dumps(answers.pop() if answers else fine).encode()]))

    settings = settings | {"url": "https://service.example/hook", "mention_all": "yes"}
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        words = {"key": key, "title": title, "text": text, "to": to, "is_urgent": is_urgent}
        got = KINDS[name].send(settings, outgoing(**words), means(client=client))
    assert got.outcome is Outcome.ACCEPTED
    if asked[-1].content:
        assert isinstance(json.loads(asked[-1].content), dict)


@given(title=texts, text=texts, name=texts)
def test_any_text_makes_one_letter(title, text, name):
    told = letter(
        "anlan@district.example", name, ["duty@district.example"], outgoing(title=title, text=text), NOW
    )
    read = email.message_from_bytes(told.as_bytes(), policy=email.policy.default)
    assert set(read.keys()) <= {
        "Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "Importance", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert [address.addr_spec for address in read["To"].addresses] == ["duty@district.example"]
    assert [address.addr_spec for address in read["From"].addresses] == ["anlan@district.example"]
    assert text.rstrip().splitlines() == read.get_content().splitlines()[: len(text.rstrip().splitlines())]

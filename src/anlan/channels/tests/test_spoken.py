"""Whatever a channel says itself can be shown in English."""

import ast
import re

import pytest

from anlan.channels.sending import Outcome
from anlan.channels.spoken import LABELS, PHRASES, in_english
from anlan.channels.table import KINDS
from anlan.channels.tests.mock_service import means, outgoing, shut_port
from anlan.channels.tests.test_table import FOLDER

CHINESE = re.compile(r"[一-鿿]")
# Sought in a service's words, written into a text, or a setting's value: said to nobody.
NOT_SAID = {"天", "小时", "是", "（无标题）", '<at user_id="all">所有人</at>\n'}


def literals():
    for path in sorted(FOLDER.rglob("*.py")):
        place = path.relative_to(FOLDER).parts
        if "test" in path.name or place[0] in ("tests", "cap", "newrs", "feeds", "markup.py", "spoken.py"):
            continue  # those name their faults in both languages
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
                yield node.value


def test_every_phrase_has_its_english():
    known = set(PHRASES) | set(LABELS) | NOT_SAID | {kind.zh for kind in KINDS.values()}
    assert set(literals()) - known == set()
    assert set(PHRASES) <= set(literals()), "a phrase that nobody says any more"


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("连接不上：请检查地址、网络和证书", "no connection: check address, network and certificate"),
        ("HTTP 301：服务要求转到别处，未跟随，请检查渠道地址", "HTTP 301: the service sends us elsewhere; not followed, check the channel's address"),
        ("0 ok：未送达 a、b", "0 ok: not reached a, b"),
        ("已发出请求，连接中断（ReadError）", "the request went out, the connection broke (ReadError)"),
        ("isv.X 触发分钟级流控、请稍后", "isv.X 触发分钟级流控、请稍后"),
        ("250 ok；收件人被拒 a@b.cn、c@d.cn", "250 ok; refused recipients a@b.cn, c@d.cn"),
    ],
)  # fmt: skip
def test_in_english(said, english):
    assert in_english(said) == english


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_the_guard_says_of_a_channel_without_settings(kind):
    answer = kind.send({}, outgoing(link=""), means())
    assert answer.outcome is Outcome.FAILED
    assert not CHINESE.search(in_english(answer.said))


def test_what_is_said_of_a_shut_port():
    with shut_port() as url:
        answer = KINDS["wecom_bot"].send({"key": "k-0123456789", "base_url": url}, outgoing(), means())
    assert not CHINESE.search(in_english(answer.said))

"""Kinds stand in one table, have the same furniture, and read the recorded answers of their services rightly."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from anlan.channels import table
from anlan.channels.sending import Answer, Kind, Outcome, Setting
from anlan.channels.table import KINDS, filled, guarded, masked
from anlan.channels.tests.mock_service import answering, means, outgoing, says
from anlan.channels.tests.test_faults import HTTP_KINDS

FOLDER = Path(table.__file__).parent
SAMPLES = [path for kind in HTTP_KINDS for path in sorted((FOLDER / kind / "samples").glob("*.json"))]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_the_same_furniture(kind):
    room = FOLDER / kind
    for piece in ("send.py", "card.toml", "samples", "test_send.py"):
        assert (room / piece).exists(), f"{kind} lacks {piece}"
    assert any((room / "samples").iterdir())
    card = tomllib.loads((room / "card.toml").read_text(encoding="utf-8"))
    assert card["tier"] in ("bronze", "silver", "gold")
    assert {"title", "transport", "tested_against", "limits", "not_verified"} <= set(card)


def test_no_folder_is_missing_from_the_table():
    assert {path.parent.name for path in FOLDER.glob("*/send.py")} == set(KINDS)
    assert all(kind.code == code for code, kind in KINDS.items())


def test_the_readme_tells_every_kind_its_tier_and_its_settings():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (\w+) \|$", text, re.M))
    cards = {kind: tomllib.loads((FOLDER / kind / "card.toml").read_text(encoding="utf-8")) for kind in KINDS}
    assert rows == {kind: card["tier"] for kind, card in cards.items()}
    for kind in KINDS.values():
        (row,) = [line for line in text.splitlines() if line.startswith(f"| `{kind.code}` |")]
        assert all(
            f"`{setting.name}`" in row
            for setting in kind.settings
            if setting.is_required and not setting.default
        )


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_labels_are_in_both_languages(kind):
    assert kind.zh and kind.en and bool(kind.to_zh) == bool(kind.to_en)
    for setting in kind.settings:
        assert setting.zh and setting.en
        assert setting.kind in ("text", "url", "whole", "yes_no")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_a_recorded_answer(path):
    sample, name = json.loads(path.read_text(encoding="utf-8")), path.parent.parent.name
    settings, to, _, before = HTTP_KINDS[name]
    with answering(*before, says(sample["body"], sample["status"])) as service:
        places = {"base_url": service.url, "url": service.url, "endpoint": service.url}
        answer = KINDS[name].send(settings | places, outgoing(to=to), means())
    assert answer.outcome == sample["outcome"]


# ── the guard ───────────────────────────────────────────────────────────────────────────────────


def kind_that(send, **words):
    return guarded(Kind("x", "甲", "x", (Setting("word", "口令", "word", is_secret=True),), send, **words))


def test_a_no_is_not_the_default():
    kind = Kind(
        "x",
        "甲",
        "x",
        (
            Setting("is_strict", "严", "strict", kind="yes_no", default="yes"),
            Setting("n", "数", "n", default="7"),
        ),
        None,
    )
    assert filled(kind, {"is_strict": False, "n": 0}) == {"is_strict": "False", "n": "0"}
    assert filled(kind, {"is_strict": None, "n": " "}) == {"is_strict": "yes", "n": "7"}


def test_what_nobody_foresaw_is_unknown():
    def breaks(settings, outgoing, means):
        raise KeyError("hush-hush-word")

    answer = kind_that(breaks).send({"word": "hush-hush-word"}, outgoing(), means())
    assert (answer.outcome, answer.said) == (Outcome.UNKNOWN, "渠道程序出错（KeyError）")


def test_what_is_said_is_one_visible_line_without_secrets():
    said = "a\r\nb\u202e\x00 hush-hush-word " + "x" * 400
    kind = kind_that(lambda *_: Answer(Outcome.FAILED, said=said))
    answer = kind.send({"word": "hush-hush-word"}, outgoing(), means())
    assert answer.said.startswith("a b *** xxx") and len(answer.said) == 300


def test_kept_tokens_are_masked_too():
    kind = kind_that(lambda *_: Answer(Outcome.FAILED, said="bad token tok-123456"))
    assert (
        kind.send({"word": "w-0123456"}, outgoing(), means({"token": "tok-123456"})).said == "bad token ***"
    )


def test_longer_secrets_are_masked_before_their_parts():
    assert masked("key=abcdefghijkl", {"abcdefghijkl", "key=abcdefghijkl"}) == "***"


def test_kinds_that_cannot_be_asked_say_so():
    assert {code for code, kind in KINDS.items() if kind.ask} == {"aliyun_sms", "voice"}
    assert {code for code, kind in KINDS.items() if kind.recall} == {"aliyun_sms", "voice"}
    assert {code for code, kind in KINDS.items() if kind.is_draft} == {"wechat_oa", "weibo"}

"""Weibo: a text by the rules of statuses/share, which a person publishes."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.channels.sending import Outcome
from anlan.channels.tests.mock_service import KINDS, means, outgoing
from anlan.channels.weibo.render import draft

KIND = KINDS["weibo"]
LINK = "https://anlan.example/n/7"


def send(settings=None, kept=None, **words):
    return KIND.send(settings or {}, outgoing(**({"link": LINK} | words)), means(kept))


def test_a_text_to_publish():
    assert KIND.is_draft and KIND.most_signs == 140
    answer = send(title="示范广场限流提示", text="东口只出不进。请从西口进入。")
    assert answer.outcome is Outcome.ACCEPTED
    assert answer.said == f"示范广场限流提示 东口只出不进。请从西口进入。 {LINK}"


def test_the_recorded_draft():
    sample = json.loads((Path(__file__).parent / "samples/draft.json").read_text(encoding="utf-8"))
    assert draft(sample["title"], sample["text"], sample["link"]) == sample["said"]


@given(st.text(max_size=80), st.text(max_size=400))
def test_it_fits_keeps_its_link_and_names_no_topic(title, text):
    said = draft(title, text, LINK)
    assert len(said) <= 140
    assert said.endswith(LINK)
    assert "#" not in said


@pytest.mark.parametrize(
    "link", ["", "anlan.example/n/7", "javascript:alert(1)", "https://", "https://a b.example/"]
)
def test_without_its_page_there_is_nothing_to_publish(link):
    answer = send(link=link)
    assert answer.outcome is Outcome.FAILED and "永久页面" in answer.said


@pytest.mark.parametrize(
    ("domain", "outcome"),
    [
        ("anlan.example", "accepted"),
        ("example", "accepted"),
        ("nlan.example", "failed"),
        ("other.cn", "failed"),
    ],
)
def test_the_link_is_on_the_bound_domain(domain, outcome):
    assert send({"domain": domain}).outcome == outcome


def test_the_same_text_twice_is_refused_and_a_repeated_key_is_not():
    kept = {}
    assert send(kept=kept).outcome is Outcome.ACCEPTED
    assert send(kept=kept).outcome is Outcome.ACCEPTED
    assert send(kept=kept, key="another").outcome is Outcome.FAILED
    assert send(kept=kept, key="another", text="已解除。").outcome is Outcome.ACCEPTED

"""Texts are cut at a sentence, and the link is always there."""

from hypothesis import given
from hypothesis import strategies as st

from anlan.channels.texts import MORE, compose, in_bytes, in_signs, one_line, shorten


def test_a_short_text_stays_as_it_is():
    assert shorten("一句话。", 10) == "一句话。"


def test_a_long_text_ends_with_a_sentence():
    assert shorten("请从东口离开。西口已关闭，请勿前往。", 12) == "请从东口离开。" + MORE


def test_a_full_stop_too_early_is_no_end():
    assert shorten("好。" + "很" * 40, 20) == "好。" + "很" * 16 + MORE


def test_a_number_does_not_end_a_sentence():
    assert shorten("density is 3.25 and rising quickly now", 20) == "density is 3.25 an" + MORE


@given(st.text(max_size=200), st.text(max_size=600), st.sampled_from(["", "https://anlan.example/a/7"]),
       st.integers(60, 400), st.sampled_from([in_signs, in_bytes]))  # fmt: skip
def test_it_fits_and_keeps_its_link(title, text, link, most, measure):
    whole = compose(title, text, link, most, measure)
    assert measure(whole) <= most
    assert whole.endswith(link)


def test_one_line():
    assert one_line("a\r\nBcc: x\u202e\x00 b") == "a Bcc: x b"

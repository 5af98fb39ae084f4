"""The rules of notices by table, and what holds of every text and every history."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan import rulebook
from anlan.domains.notices import rules
from anlan.domains.notices.rules.fitting import half_signs, wrap
from anlan.domains.notices.rules.wording import WEIBO_SIGNS
from anlan.domains.notices.terms import DisplayHealth, NoticeKind, NoticeState, Refusal, Step

NOW = datetime(2026, 12, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TIP, WARNING = NoticeKind.TIP, NoticeKind.STATUTORY_WARNING
WORDS = {
    "headline_zh": "人多", "description_zh": "人流较大。", "instruction_zh": "请绕行。", "headline_en": "",
    "description_en": "", "instruction_en": "", "has_area": True, "has_target": True, "effective_at": None,
    "expires_at": NOW + HOUR,
}  # fmt: skip


@pytest.mark.parametrize("state", NoticeState)
@pytest.mark.parametrize("step", Step)
def test_the_table_is_the_only_way(state, step):
    refusal = rules.check_step(state, step, kind=TIP)
    allowed = rules.next_state(state, step) is not None and step != Step.HAND_OVER
    assert (refusal is None) == allowed


def test_only_what_is_signed_is_published_and_only_tips():
    assert [state for state in NoticeState if rules.check_step(state, Step.PUBLISH, kind=TIP) is None] == [
        "signed"
    ]
    for state in NoticeState:
        assert rules.check_step(state, Step.PUBLISH, kind=WARNING) == Refusal.STATUTORY_NOT_HERE


def test_what_has_ended_stays_ended():
    ended = [NoticeState.LIFTED, NoticeState.EXPIRED, NoticeState.UPDATED, NoticeState.DROPPED]
    assert not [step for state in ended for step in Step if rules.next_state(state, step)]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({}, None),
        ({"headline_zh": " "}, Refusal.NO_HEADLINE),
        ({"description_zh": ""}, Refusal.NO_TEXT),
        ({"instruction_zh": ""}, Refusal.NO_INSTRUCTION),
        ({"headline_en": "Crowded"}, Refusal.HALF_ENGLISH),
        ({"headline_en": "a", "description_en": "b", "instruction_en": "c"}, None),
        ({"has_area": False}, Refusal.NO_AREA),
        ({"has_target": False}, Refusal.NO_TARGET),
        ({"expires_at": None}, Refusal.NO_EXPIRY),
        ({"expires_at": NOW}, Refusal.EXPIRED_ALREADY),
        ({"effective_at": NOW + 2 * HOUR}, Refusal.EXPIRES_FIRST),
        ({"expires_at": NOW + 7 * 24 * HOUR}, None),
        ({"expires_at": NOW + 7 * 24 * HOUR + HOUR}, Refusal.TOO_LONG_VALID % {"days": 7}),
        ({"effective_at": NOW + 24 * HOUR, "expires_at": NOW + 8 * 24 * HOUR}, None),
    ],
)
def test_a_notice_is_whole_or_says_what_lacks(words, refusal):
    assert rules.check_wording(WORDS | words, now=NOW, most_days=7) == refusal


@pytest.mark.parametrize(
    ("signer", "authors", "submitter", "held", "roles", "refusal"),
    [
        (2, [1, None], 1, {"publicity"}, "publicity", None),
        (1, [1, None], 3, {"publicity"}, "publicity", Refusal.SAME_PERSON),
        (3, [1, None], 3, {"publicity"}, "publicity", Refusal.SAME_PERSON),
        (4, [1, 4], 1, {"publicity"}, "publicity", Refusal.SAME_PERSON),
        (2, [None, None], None, {"publicity"}, "publicity", Refusal.NEEDS_PERSON),
        (2, [None, None], 1, {"publicity"}, "publicity", None),
        (2, [1], 1, {"duty_leader"}, "", None),
        (2, [1], 1, {"duty_leader"}, " publicity，duty_leader ", None),
    ],
)
def test_two_people_and_the_right_role(signer, authors, submitter, held, roles, refusal):
    found = rules.check_signer(signer, authors=authors, submitter=submitter, held=held, roles=roles, kind=TIP)
    assert found == refusal


def test_another_role_is_told_who_signs():
    told = rules.check_signer(2, authors=[1], submitter=1, held={"duty_leader"}, roles="publicity", kind=TIP)
    assert "publicity" in told


def test_the_signature_is_of_exactly_this_text():
    frozen = rules.freeze({"b": "二", "a": 1})
    assert frozen == '{"a":1,"b":"二"}'
    sha256 = rules.digest(frozen)
    assert rules.check_unchanged(frozen, sha256, frozen) is None
    assert rules.check_unchanged(frozen, sha256, frozen.replace("二", "三")) == Refusal.TEXT_CHANGED
    assert rules.check_unchanged("", "", "") == Refusal.TEXT_CHANGED


@pytest.mark.parametrize(
    ("text", "signs", "lines", "shown", "cut"),
    [
        ("暂停进入", 4, 1, ["暂停进入"], ""),
        ("人流较大。请绕行。", 5, 1, ["人流较大。"], "请绕行。"),
        ("人流较大，请改时间或改去别处。", 5, 1, ["人流较大"], "，请改时间或改去别处。"),
        ("人流非常非常大请绕行", 4, 1, ["人流非…"], "常非常大请绕行"),
        ("Crowded. Please go round.", 4, 1, ["Crowded."], "Please go round."),
        ("Crowded now", 8, 1, ["Crowded now"], ""),
        ("第一行\n第二行", 6, 2, ["第一行", "第二行"], ""),
        ("示范广场人流较大，请绕行", 10, 3, ["示范广场人流较大，", "请绕行"], ""),
        ("示范广场人流较大，请绕行", 6, 2, ["示范广场人流", "较大，请绕行"], ""),
        ("", 6, 2, [], ""),
    ],
)
def test_texts_are_fitted_at_sentences_and_commas(text, signs, lines, shown, cut):
    assert rules.fit(text, signs=signs, lines=lines) == (shown, cut)


@given(st.text(max_size=120), st.integers(4, 30), st.integers(1, 6))
def test_no_line_is_longer_than_the_display(text, signs, lines):
    fitted = rules.fit(text, signs=signs, lines=lines)
    assert len(fitted.lines) <= lines
    assert all(half_signs(line) <= 2 * signs for line in fitted.lines)


@given(st.text(alphabet="人流较大，请绕行。ab ", max_size=80), st.integers(4, 30), st.integers(1, 6))
def test_what_is_not_shown_is_said_to_be_cut(text, signs, lines):
    fitted = rules.fit(text, signs=signs, lines=lines)
    shown = "".join(fitted.lines).removesuffix("…") + fitted.cut
    whole = "".join(text.split())
    assert sorted("".join(shown.split()).replace("，", "")) == sorted(whole.replace("，", ""))


def test_full_width_counts_twice_half_width():
    assert rules.count_signs("限流AB") == 3
    assert wrap("人多。", signs=2) == ["人", "多。"]  # no closing mark begins a line


def test_what_the_law_asks_of_a_warning_comes_from_the_rulebook():
    rows = [row.values for row in rulebook.rows("warning_fields", on=NOW.date())]
    names = rules.missing_fields(rows, {})
    assert {"发布单位", "预警类别", "预警级别", "发布渠道", "警示事项"} <= set(names)
    assert "结束时间" not in names  # recommended
    full = {
        "sender_name": "区政府", "sender_code": "31010141600000", "event_type": "11B06", "colour": "Blue",
        "channels": "广播", "special_places": "电话告知学校", "effective_at": NOW, "area_zh": "全区",
        "headline_zh": "大风", "description_zh": "大风", "instruction_zh": "关窗",
    }  # fmt: skip
    assert rules.check_statutory(rows, full, division="310101") is None
    assert rules.check_statutory(rows, full, division="") is None
    assert "310106" in rules.check_statutory(rows, full, division="310106")
    assert (
        rules.check_statutory(rows, full | {"sender_code": "3101"}, division="") == Refusal.SENDER_CODE_FORM
    )
    assert "预警级别" in rules.check_statutory(rows, full | {"colour": ""}, division="")


def test_the_identifier_of_a_warning_has_31_signs():
    made = rules.make_identifier("31010141600000", datetime(2026, 12, 31, 20, 31, 5))
    assert (made, len(made)) == ("31010141600000_20261231203105_0", 31)
    assert rules.check_identifier(made) is None
    assert rules.check_identifier(made[:-2]) == Refusal.IDENTIFIER_FORM


@pytest.mark.parametrize(
    ("seen_ago_s", "retired", "health"),
    [
        (None, False, "never"), (10, False, "online"), (60, False, "online"), (61, False, "offline"),
        (10, True, "retired"),
    ],
)  # fmt: skip
def test_a_display_is_online_while_its_heart_beats(seen_ago_s, retired, health):
    seen = None if seen_ago_s is None else NOW - timedelta(seconds=seen_ago_s)
    found = rules.judge_health(seen_at=seen, retired_at=NOW if retired else None, now=NOW)
    assert found == DisplayHealth(health)


def test_a_weibo_post_has_room_for_its_link():
    texts = {"headline_zh": "人流较大", "instruction_zh": "请绕行，" * 60}
    post = rules.weibo_text(texts, "https://anlan.example/notice/2026-0001/", mark="【演练】")
    assert len(post) <= WEIBO_SIGNS
    assert post.startswith("【演练】人流较大。")
    assert post.endswith("… https://anlan.example/notice/2026-0001/")


@pytest.mark.parametrize("advice", rules.DEFAULTS, ids=lambda one: one.code)
def test_every_advice_is_whole_in_both_languages(advice):
    for name in ("name", "headline", "description", "instruction", "short", "dos", "donts", "phone"):
        assert advice.texts[f"{name}_zh"]
        assert advice.texts[f"{name}_en"]
    filled = rules.fill(advice.texts, places_zh="示范广场", places_en="Demo Square")
    assert "{" not in "".join(filled.values())
    assert len(filled["headline_zh"]) <= 60

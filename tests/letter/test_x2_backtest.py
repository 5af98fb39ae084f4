"""X2 Replay: before thresholds change, the past says what they would have done, beside those in force."""

import pytest

from anlan.kit import jobs


@pytest.fixture
def past(town, square, settings, tmp_path):
    """An afternoon on which the square slowly fills to 70 % and empties again."""
    settings.DATA = tmp_path
    for n_in, n_out in [(14, 0)] * 50 + [(0, 14)] * 50:
        town.wind(minutes=1)
        town.report("GATE-1", town.passages(n_in, n_out))
    return square


def run_jobs(town):
    """What the job child does."""
    while jobs.run_one(town.now):
        pass


def test_thresholds_are_tried_on_the_past_before_they_are_used(town, past):
    """Asked for on the thresholds' page, judged by the job child, told side by side, then adopted without an excuse."""
    street, address = town.browser("admin"), "/crowd/thresholds/SQ/"
    refused = street.fill_in(address, share_blue=0.5, why="更早关注")
    assert "回测" in refused.wrong
    page = street.read(address)
    page = street.press(page.address, "回测这组阈值", share_blue=0.5)
    assert page.address.startswith("/crowd/backtests/")
    run_jobs(town)
    page = street.read(page.address)
    assert "占承载量比例 · 蓝色 0.5" in page.text and "次/月" in page.text and "提前（分）" in page.text
    adopted = street.press(page.address, "采用这组阈值")
    assert adopted.address.startswith(address)
    done = street.fill_in(adopted.address, why="更早关注")
    assert "更早关注" in done.text and not done.wrong


def test_who_may_not_set_thresholds_may_not_ask(town, past):
    assert "回测这组阈值" not in town.browser("street").read("/crowd/thresholds/SQ/").text

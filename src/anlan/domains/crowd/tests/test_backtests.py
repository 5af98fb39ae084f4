"""Back-tests through the front door: asked for, done by the job child, read side by side, and a condition of change."""

from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.models import BackTest, ThresholdSet
from anlan.domains.crowd.queries import build_topology
from anlan.domains.crowd.tests.conftest import MINUTE_MS
from anlan.kit import jobs
from anlan.kit.actions import Refused
from anlan.stream.clock import SteppedClock
from anlan.stream.readings import Reading, columns
from anlan.stream.scene import Scene

START = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=12)
START_MS = round(START.timestamp() * 1000)
HOURS = 10
OFF = {"use_expected": 0, "use_surge": 0}


@pytest.fixture
def past(town, sensor, settings, tmp_path):
    """A live folder with ten hours of a square that slowly fills to 700 of 1,000 and empties again."""
    actions.bind_channel(sensor, by=town.chief, now=START, channel="1", entrance=town.gate)
    settings.DATA = tmp_path
    scene = Scene("live", tmp_path / "live", clock=SteppedClock(START_MS), start=False)
    scene.set_topology(build_topology(START))
    level = 700 * np.sin(np.linspace(0, np.pi, HOURS * 60 + 1)) ** 2
    steps = np.diff(np.rint(level)).astype(int)
    for minute, step in enumerate(steps.tolist()):
        end = START_MS + (minute + 1) * MINUTE_MS
        reading = Reading(
            "interval", "cam-1", "1", end - MINUTE_MS, end, count_in=max(step, 0), count_out=max(-step, 0)
        )
        scene.run(columns([reading], register=scene.register, t_received_ms=end + 500).columns)
        scene.tick(end + 1_000)
    scene.close()


def ask(town, values, *, by="gardener"):
    now = timezone.now()
    first, last = timezone.localdate(START), timezone.localdate(now)
    return actions.ask_backtest(
        town.square, by=getattr(town, by), now=now, values=values, first_day=first, last_day=last
    ).subject


def at(name, *arguments):
    return reverse(f"crowd:{name}", args=arguments)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_other_thresholds_are_tried_on_the_past_and_told_side_by_side(town, past, browse):
    ThresholdSet.objects.create(place=town.square, values=OFF)
    row = ask(town, OFF | {"share_blue": 0.5})
    assert "backtest" in text(browse("gardener").get(at("backtest", row.pk)))
    assert jobs.run_one(timezone.now()).state == "done"
    row.refresh_from_db()
    space = next(one for one in row.outcome["spaces"] if one["code"] == "SQ")
    begins = {side: space[side]["steps"][0] for side in ("in_force", "asked")}
    assert begins["asked"][2] == begins["in_force"][2] == "blue"
    assert begins["asked"][0] < begins["in_force"][0]
    assert space["asked"]["worth"]["blue"]["warnings"] == 1
    page = text(browse("gardener").get(at("backtest", row.pk)))
    assert "占承载量比例 · 蓝色 0.5" in page and "人流激增（渠道 B） 停用" in page and "采用这组阈值" in page
    lines = text(browse("gardener").get(at("backtest_steps", row.pk))).splitlines()
    assert len(lines) > 4 and lines[1].startswith("SQ,")


def test_what_the_forecaster_would_have_said_is_tested_too(town, past, browse):
    row = ask(town, OFF)
    jobs.run_one(timezone.now())
    row.refresh_from_db()
    space = next(one for one in row.outcome["spaces"] if one["code"] == "SQ")
    assert space["has_forecast"]
    rules = {side: {step[3] for step in space[side]["steps"]} for side in ("in_force", "asked")}
    assert rules["in_force"] & {"expected", "surge"}
    assert not rules["asked"] & {"expected", "surge"}
    assert "预报渠道 A、B" in text(browse("gardener").get(at("backtest", row.pk)))


def test_a_year_is_tested_by_the_hard_rules_alone_and_says_so(town, past, browse):
    now, today = timezone.now(), timezone.localdate()
    row = actions.ask_backtest(
        town.square, by=town.chief, now=now, values={}, first_day=today - timedelta(days=300), last_day=today
    ).subject
    jobs.run_one(timezone.now())
    assert "只回测硬阈值" in text(browse().get(at("backtest", row.pk)))


def test_thresholds_that_were_seen_tested_need_no_excuse_and_others_do(town, past, browse):
    words = {"by": town.gardener, "now": timezone.now(), "why": "演练结论"}
    with pytest.raises(Refused, match="回测"):
        actions.set_thresholds(town.square, values={"share_blue": 0.5}, **words)
    row = ask(town, {"share_blue": 0.5})
    jobs.run_one(timezone.now())
    with pytest.raises(Refused, match="回测"):  # done, but nobody has looked
        actions.set_thresholds(town.square, values={"share_blue": 0.5}, **words)
    assert "不是您申请的" in text(browse("chief").post(at("backtest_adopt", row.pk), follow=True))
    assert BackTest.objects.get().seen_at is None
    page = text(browse("gardener").post(at("backtest_adopt", row.pk), follow=True))
    assert 'value="0.5"' in page
    with pytest.raises(Refused, match="回测"):
        actions.set_thresholds(town.square, values={"share_blue": 0.55}, **words)
    actions.set_thresholds(town.square, values={"share_blue": 0.5}, **words)
    assert ThresholdSet.objects.get().values == {"share_blue": 0.5}


def test_a_test_is_asked_for_on_the_page_of_thresholds_and_its_values_taken_over(town, past, browse):
    given = queries.default_thresholds() | {"share_blue": 0.45}
    days = {"first_day": timezone.localdate(START), "last_day": timezone.localdate()}
    answer = browse("gardener").post(at("backtest_ask", "SQ"), given | days)
    row = BackTest.objects.get()
    assert answer.url == at("backtest", row.pk) and row.values == {"share_blue": 0.45}
    page = text(browse("gardener").get(at("thresholds", "SQ") + f"?backtest={row.pk}"))
    assert 'value="0.45"' in page
    assert "0.45" in text(browse("gardener").get(at("backtests")))
    for odd in ("x", "99999999999999999999", "-1"):
        text(browse("gardener").get(at("thresholds", "SQ") + f"?backtest={odd}"))


@pytest.mark.parametrize(
    ("days", "said"),
    [((2, 3), "不晚于"), ((1, -1), "晚于今天"), ((500, 0), "400 天")],
)
def test_days_that_cannot_be_tested_are_refused(town, days, said):
    today = timezone.localdate()
    first, last = (today - timedelta(days=back) for back in days)
    if said == "不晚于":
        first, last = last, first - timedelta(days=2)
    with pytest.raises(Refused, match=said):
        actions.ask_backtest(
            town.square, by=town.chief, now=timezone.now(), values={}, first_day=first, last_day=last
        )


def test_a_place_without_counts_is_told_as_such(town, past, browse):
    now, today = timezone.now(), timezone.localdate()
    actions.ask_backtest(town.mall, by=town.chief, now=now, values={}, first_day=today, last_day=today)
    row = jobs.run_one(timezone.now())
    assert row.state == "done"  # it is watched, and nothing was counted there
    page = text(browse().get(at("backtest", BackTest.objects.get().pk)))
    assert "有数据的时间占 0%" in page and "都不会预警" in page


def test_only_who_may_set_thresholds_may_ask_and_only_who_sees_the_place_may_look(town, past, browse):
    with pytest.raises(Refused):
        ask(town, {}, by="reader")
    row = ask(town, {})
    assert browse("trader").get(at("backtest", row.pk)).status_code == 404

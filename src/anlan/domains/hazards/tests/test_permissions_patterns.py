"""Who may open the problems across hazards, and who may judge them: their addresses × five kinds of people."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.actions.patterns import keep_patterns
from anlan.domains.hazards.models import Hazard, Pattern
from anlan.domains.hazards.queries.patterns import Ledger
from anlan.domains.hazards.rules.patterns import Found, Series, Signal
from anlan.domains.hazards.tests.conftest import report
from anlan.domains.hazards.tests.test_permissions import PEOPLE, judge, sign_in
from anlan.kit.actions import Refused
from anlan.kit.models import Change

READ = "405 405 405 405 302"
ADDRESSES = {
    "patterns": ("200 200 200 200 302", READ),
    "pattern": ("200 404 404 200 302", READ),
    "pattern_step": ("404 404 404 200 302", "404 404 404 302* 302"),
    "rates": ("200 200 200 200 302", READ),
}
UNTIL = date(2026, 11, 23)  # a Monday: the day after the newest week
NUMBERS = {
    "seen": 12, "expected": 3.0, "ratio": 4.0, "low": 2.3, "high": 6.4, "scatter": 1.2, "growth": 1.3, "total": 20, "since_weeks": 4,
    "baseline_weeks": 52, "is_seasonal": False, "weeks": [1] * 48 + [3] * 4, "usual": [0.75] * 52, "upper": [2.3] * 52, "lower": [0.0] * 52,
}  # fmt: skip


def find(town, *, until=UNTIL, signals=None, raised=frozenset(), nature="incipient"):
    """A night that finds blocked exits rising under the department, or what is given."""
    signal = Signal(Series("exits", "area", f"{town.TRADE.pk}"), nature, 0.0004, NUMBERS)
    cells = {Found("exits", town.TRADE.pk, ""): 12}
    ledger = Ledger([], None, cells, cells, until)
    keep_patterns([signal] if signals is None else signals, raised, ledger, 3, now=timezone.now())
    return Pattern.objects.first()


def rows():
    return list(Pattern.objects.order_by("pk").values("pk", "state", "nature", "calm_weeks", "ended_at"))


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, town, name, alone):
    row = find(town)
    for at, who in alone(PEOPLE):
        sign_in(client, town, who)
        known = {"pattern": [row.pk], "pattern_step": [row.pk, "watch"]}.get(name, [])
        judge(client, reverse(f"hazards:{name}", args=known), {"why": "试"}, *ADDRESSES[name], at)


def test_a_night_twice_is_once_and_calm_weeks_end_it(town):
    find(town)
    before = rows()
    find(town)
    assert rows() == before and Change.objects.filter(what="hazards.begin_pattern").count() == 1
    for weeks, calm in ((1, 1), (1, 1), (2, 2)):
        find(town, until=UNTIL + timedelta(weeks=weeks), signals=[])
        assert rows()[0]["calm_weeks"] == calm
    find(town, until=UNTIL + timedelta(weeks=3))
    assert rows()[0]["calm_weeks"] == 0
    find(town, until=UNTIL + timedelta(weeks=6), signals=[])
    assert rows()[0]["state"] == "over" and not queries.open_patterns()
    find(town, until=UNTIL + timedelta(weeks=9))
    assert [one["state"] for one in rows()] == ["over", "new"]  # a later rise is an episode of its own


def test_what_still_runs_high_does_not_end_and_a_change_of_nature_is_on_record(town):
    row = find(town)
    find(town, until=UNTIL + timedelta(weeks=5), signals=[], raised={row.series})
    find(town, until=UNTIL + timedelta(weeks=6), nature="tendency")
    row.refresh_from_db()
    assert (row.state, row.nature, row.calm_weeks) == ("new", "tendency", 0)
    assert Change.objects.filter(what="hazards.turn_pattern").count() == 1


def test_dismissed_stays_dismissed_and_a_campaign_can_take_it_up(town):
    row, words = find(town), {"by": town.clerk, "now": timezone.now()}
    with pytest.raises(Refused, match="写明"):
        actions.judge_pattern(row, **words, step="dismiss")
    actions.judge_pattern(row, **words, step="dismiss", why="集中登记")
    find(town, until=UNTIL + timedelta(weeks=1))
    assert [one["state"] for one in rows()] == ["dismissed"] and not queries.patterns_for_campaign()
    actions.judge_pattern(row, **words, step="watch")
    actions.judge_pattern(row, **words, step="campaign")
    assert list(queries.patterns_for_campaign()) == [row]
    with pytest.raises(Refused, match="请刷新"):
        actions.judge_pattern(row, **words, step="campaign")
    with pytest.raises(Refused, match="权限"):
        actions.judge_pattern(row, by=town.other, now=timezone.now(), step="watch")


def test_the_page_says_it_in_both_languages_and_shows_the_hazards_behind(client, town):
    row = find(town)
    one = report(town, what="货箱堵门")
    Hazard.objects.filter(pk=one.pk).update(
        reported_at=timezone.make_aware(timezone.datetime(2026, 11, 10, 12))
    )
    sign_in(client, town, "clerk")
    page = client.get(row.get_absolute_url()).content.decode()
    assert (
        "为往常的 4.0 倍" in page and "货箱堵门" in page and "很有把握" in page and page.count("<rect") == 52
    )
    english = client.get(row.get_absolute_url(), {"language": "en"}).content.decode()
    assert "4.0 times as many" in english and "Very sure" in english
    csv = b"".join(client.get(reverse("hazards:patterns"), {"format": "csv"}).streaming_content).decode()
    assert "商务委" in csv and "苗头性" in csv

"""Which places are counted, and the plan 「增设计划」 for those that are not: its arithmetic, its changes, its pages."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.crowd import actions, queries, rules
from anlan.domains.crowd.models import CounterPlan
from anlan.domains.crowd.terms import PlanState
from anlan.domains.crowd.tests.conftest import NOW
from anlan.domains.crowd.tests.test_pages import at, text
from anlan.domains.places.models import Place
from anlan.kit.actions import Refused
from anlan.kit.models import Change

TODAY = date(2026, 3, 1)


def on(month, day=15):
    return date(2026, month, day)


# ── the arithmetic ──────────────────────────────────────────────────────────────────────────────


def progress(places, today=TODAY):
    planned = [rules.PlannedPlace("group", *place) for place in places]
    months = rules.plan_months(planned, today=today)
    return months, rules.sum_progress("group", planned, months=months, today=today)


def test_covered_places_add_up_month_by_month():
    """Ten places: four counted, two by March, one by May, two overdue, one unplanned."""
    places = [(True, None)] * 3 + [(True, on(6))] + [(False, TODAY), (False, on(3, 31)), (False, on(5))]
    places += [(False, on(2)), (False, on(1)), (False, None)]
    months, row = progress(places)
    assert months == [on(3, 1), on(5, 1)]
    assert (row.total, row.covered, row.overdue, row.unplanned) == (10, 4, 2, 1)
    assert row.by_month == (6, 7)
    assert (row.share, row.shares) == (0.4, [0.6, 0.7])


def test_nothing_to_count_is_no_share():
    assert progress([]) == ([], rules.Progress("group", 0, 0, 0, 0, ()))
    assert progress([])[1].share is None


def test_a_long_plan_keeps_its_last_month():
    months, row = progress([(False, date(2026 + n // 12, n % 12 + 1, 28)) for n in range(2, 30)])
    assert len(months) == rules.plan.MONTHS_SHOWN
    assert months[-1] == date(2028, 6, 1)
    assert (row.by_month[0], row.by_month[-1]) == (1, 28)


@given(st.lists(st.tuples(st.booleans(), st.none() | st.dates(date(2025, 1, 1), date(2030, 1, 1)))))
def test_every_place_is_told_once_and_the_share_never_falls(places):
    _months, row = progress(places)
    assert list(row.by_month) == sorted(row.by_month)
    kept = row.by_month[-1] if row.by_month else row.covered
    assert kept + row.overdue + row.unplanned == row.total == len(places)


@pytest.mark.parametrize(
    ("planned_on", "state"),
    [(None, "unplanned"), (TODAY, "planned"), (TODAY - timedelta(days=1), "overdue")],
)
def test_a_date_is_overdue_from_the_day_after(planned_on, state):
    assert PlanState.of(planned_on, TODAY) == state


# ── on record ───────────────────────────────────────────────────────────────────────────────────


def plan(place, by, planned_on=TODAY, **words):
    return actions.plan_counters(place, by=by, now=NOW, planned_on=planned_on, **words)


def test_a_plan_is_made_moved_and_dropped_on_record(town):
    change = plan(town.square, town.gardener, note=" 双目相机 2 台 ")
    assert (change.subject.planned_on, change.subject.note) == (TODAY, "双目相机 2 台")
    assert (change.organisation, change.subject_name) == (town.parks, "示范广场")
    change = plan(town.square, town.gardener, on(9), note="双目相机 2 台")
    assert (change.before, change.after) == ({"planned_on": TODAY}, {"planned_on": on(9)})
    with pytest.raises(Refused, match="没有需要保存"):
        plan(town.square, town.gardener, on(9), note="双目相机 2 台")
    with pytest.raises(Refused, match="原因"):
        actions.drop_plan(town.square, by=town.gardener, now=NOW, why=" ")
    actions.drop_plan(town.square, by=town.gardener, now=NOW, why="场所停业")
    with pytest.raises(Refused, match="没有增设计划"):
        actions.drop_plan(town.square, by=town.gardener, now=NOW, why="再次")
    kept = CounterPlan.objects.get()
    assert kept.planned_on is None
    assert [row.why for row in Change.objects.of(kept)] == ["场所停业", "", ""]


def test_what_needs_no_plan_is_refused(town, sensor):
    station = Place.objects.create(code="ST", name="示范站", kind="rail_station", organisation=town.trade)
    door = Place.objects.create(
        code="ST-1", name="1号口", kind="station_exit", parent=station, organisation=town.trade
    )
    gone = Place.objects.create(code="OLD", name="旧址", kind="park", organisation=town.parks, retired_at=NOW)
    actions.bind_channel(sensor, by=town.chief, now=NOW, channel="1")
    for place, said in ((door, "车站"), (gone, "已注销"), (town.square, "已有客流计数")):
        with pytest.raises(Refused, match=said):
            plan(place, town.chief)
    for planned_on in (TODAY - timedelta(days=1), date(2062, 3, 1)):
        with pytest.raises(Refused, match="今天之后"):
            plan(station, town.chief, planned_on)
    assert not CounterPlan.objects.exists()


@pytest.mark.parametrize("name", ["reader", "trader", "keeper"])
def test_only_who_sets_up_sensors_there_plans(town, name):
    with pytest.raises(Refused):
        plan(town.square, getattr(town, name))
    plan(town.square, town.gardener)
    with pytest.raises(Refused):
        actions.drop_plan(town.square, by=getattr(town, name), now=NOW, why="试")


def test_a_plan_is_kept_by_itself_once_a_sensor_counts(town, sensor):
    plan(town.square, town.gardener, on(4))
    plan(town.mall, town.chief, on(5))
    before = queries.coverage_plan(town.chief, today=TODAY)
    assert (before.months, before.whole.covered, before.whole.by_month) == ([on(4, 1), on(5, 1)], 0, (1, 2))
    assert [(row.group, row.by_month) for row in before.departments] == [
        (town.parks, (1, 1)),
        (town.trade, (0, 1)),
    ]
    actions.bind_channel(sensor, by=town.chief, now=NOW, channel="1")
    after = queries.coverage_plan(town.chief, today=TODAY)
    assert (after.months, after.whole.covered, after.whole.by_month) == ([on(5, 1)], 1, (2,))
    assert [place.planned_on for place in queries.coverage(town.chief).without] == [on(5)]


def test_the_plan_is_that_of_the_places_one_sees(town):
    plan(town.mall, town.chief, on(5))
    seen = queries.coverage_plan(town.gardener, today=TODAY)
    assert (seen.months, [row.group for row in seen.departments]) == ([], [town.parks])
    assert queries.coverage_plan(town.keeper, today=TODAY).whole.by_month == (1,)


# ── pages ───────────────────────────────────────────────────────────────────────────────────────


def test_coverage_leads_to_entering_a_sensor(browse, town, sensor):
    actions.bind_channel(sensor, by=town.chief, now=NOW, channel="1")
    page = text(browse().get(at("coverage")))
    assert "50%" in page and "示范百货" in page and ">示范广场<" not in page
    assert f"{at('sensor_add')}?place={town.mall.pk}" in page
    form = text(browse().get(f"{at('sensor_add')}?place={town.mall.pk}"))
    assert f'value="{town.mall.pk}" selected' in form


def csv_of(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8-sig").splitlines()


def test_a_date_is_set_on_the_page_and_told_overdue_once_it_passes(browse, town):
    ahead = timezone.localdate() + timedelta(days=40)
    page = text(browse("gardener").get(at("coverage")))
    assert at("counter_plan", "SQ") in page and "尚无计划" in page
    given = {"planned_on": str(ahead), "note": "双目相机"}
    assert browse("gardener").post(at("counter_plan", "SQ"), given)["Location"] == at("coverage")
    page = text(browse().get(at("coverage")))
    assert str(ahead) in page and f"{ahead:%Y-%m} 底" in page and "text-danger" not in page
    CounterPlan.objects.update(planned_on=timezone.localdate() - timedelta(days=1))
    page = text(browse().get(at("coverage")))
    assert re.search(r'class="text-danger[^>]*>\s*<svg[^<]*<use[^<]*</use></svg> 逾期<br>', page)
    assert text(browse().get(at("coverage") + "?plan=overdue")).count("data-url") == 1
    assert text(browse().get(at("coverage") + "?plan=planned")).count("data-url") == 0
    row = csv_of(browse().get(at("coverage") + "?format=csv"))[1].split(",")
    assert {str(timezone.localdate() - timedelta(days=1)), "逾期", "双目相机"} <= set(row)
    story = text(browse("gardener").get(at("counter_plan", "SQ")))
    assert "计划完成日期" in story and "制订增设计划" in story and at("drop_plan", "SQ") in story


def test_a_wrong_date_comes_back_with_the_reason(browse, town):
    page = text(browse().post(at("counter_plan", "SQ"), {"planned_on": "2001-01-01"}))
    assert "今天之后" in page
    assert 'class="wrong"' in text(browse().post(at("counter_plan", "SQ"), {"planned_on": "soon"}))
    assert not CounterPlan.objects.exists()


def test_dropping_asks_first(browse, town):
    plan(town.square, town.gardener, timezone.localdate())
    assert "取消后" in text(browse("gardener").get(at("drop_plan", "SQ")))
    assert "原因" in text(browse("gardener").post(at("drop_plan", "SQ"), {"why": ""}))
    browse("gardener").post(at("drop_plan", "SQ"), {"why": "停业"})
    assert CounterPlan.objects.get().planned_on is None


def test_an_observer_reads_the_plan_and_has_no_buttons(browse, town):
    plan(town.square, town.gardener, timezone.localdate())
    page = text(browse("reader").get(at("coverage")))
    assert str(timezone.localdate()) in page and at("counter_plan", "SQ") not in page
    assert at("drop_plan", "SQ") not in text(browse("reader").get(at("counter_plan", "SQ")))


def test_the_progress_is_exported_by_department_and_month(browse, town, sensor):
    today = timezone.localdate()
    actions.bind_channel(sensor, by=town.chief, now=NOW, channel="1")
    actions.plan_counters(town.mall, by=town.chief, now=timezone.now(), planned_on=today)
    town.trade.name = "=1+1"
    town.trade.save()
    lines = csv_of(browse().get(reverse("crowd:coverage_progress")))
    assert lines == [
        f"主管部门,应计数,已计数,现覆盖率,逾期,尚无计划,{today:%Y-%m}",
        "绿化局,1,1,100%,0,0,100%",
        "'=1+1,1,0,0%,0,0,100%",
        "合计,2,1,50%,0,0,100%",
    ]

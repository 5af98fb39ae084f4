"""Patrols by a clock that is wound: rounds come from routes, are walked once, and what was missed is told."""

import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.actions.routes import times_between
from anlan.domains.crowd.models import CheckIn, PatrolRound, PlannedArrivals
from anlan.domains.crowd.rules import patrols as rules
from anlan.domains.crowd.terms import PatrolRefusal, RoundState
from anlan.domains.crowd.workers.patrols import follow_patrols
from anlan.kit.actions import Refused
from anlan.kit.geo import distance_m
from anlan.kit.models import Change, FollowUp

pytestmark = pytest.mark.django_db
LOCAL = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=LOCAL)  # a Monday that is a workday
MINUTE = timedelta(minutes=1)
WORDS = {
    "name": "外滩路线", "days": "every", "starts_at": time(9), "ends_at": time(11), "every_min": 60, "lasts_min": 40,
    "grace_min": 15, "note": "",
}  # fmt: skip


def stop(name, place=None, zone=None, lon=None, lat=None):
    return {"name": name, "place": place, "zone": zone, "dwell_min": 5, "lon": lon, "lat": lat}


@pytest.fixture
def route(town):
    stops = [
        stop("广场", town.square),
        stop("舞台", town.square, town.stage),
        stop("桥头", lon=121.41, lat=31.21),
    ]
    return actions.add_route(town.parks, by=town.gardener, now=MORNING, stops=stops, **WORDS).subject


def walk(route, town, at, **more):
    return actions.start_round(route, by=town.gardener, now=at, uid=uuid.uuid4(), at=at, **more)


def look_in(round, town, at, stop, **more):
    words = {"uid": uuid.uuid4(), "at": at} | more
    return actions.check_in(round, by=town.gardener, now=at, stop=stop, **words)


def end(round, town, at):
    return actions.end_round(round, by=town.gardener, now=at, uid=uuid.uuid4(), at=at)


def states():
    return [
        (f"{row.planned_at.astimezone(LOCAL):%H:%M}" if row.planned_at else None, str(row.state))
        for row in PatrolRound.objects.order_by("planned_at", "id")
    ]


TIMES = [
    (time(9), time(11), 60, [540, 600]),
    (time(9), time(9), 720, [540, 1260]),
    (time(22), time(1), 60, [1320, 1380, 1440]),
    (time(9), time(10), 240, [540]),
]


@pytest.mark.parametrize("starts_at, ends_at, every_min, minutes", TIMES)
def test_times_of_rounds(starts_at, ends_at, every_min, minutes):
    assert rules.round_times(starts_at=starts_at, ends_at=ends_at, every_min=every_min) == minutes


BAD = [
    ({"name": " "}, PatrolRefusal.NO_NAME),
    ({"every_min": 4}, PatrolRefusal.MINUTES),
    ({"lasts_min": 0}, PatrolRefusal.MINUTES),
    ({"starts_at": time(0), "ends_at": time(0), "every_min": 5}, PatrolRefusal.TOO_OFTEN % {"most": 96}),
]


@pytest.mark.parametrize("change, refusal", BAD)
def test_a_route_that_is_none_is_refused(change, refusal):
    words = {name: value for name, value in (WORDS | change).items() if name not in ("days", "note")}
    assert rules.check_route(**words, stops=1) == refusal
    assert rules.check_route(**words | {"name": "x"}, stops=0) == PatrolRefusal.STOPS % {"most": 60}


def test_every_step_of_the_table_and_no_other():
    for state in RoundState:
        for deed in rules.Deed:
            to, refusal = rules.step(state, deed)
            assert (refusal is None) == ((state, deed) in rules.LIFE)
            assert to == rules.LIFE.get((state, deed), state)


def test_metres_from_a_stop():
    assert distance_m((121.4, 31.2), (121.4, 31.2)) == 0
    assert distance_m((121.4, 31.21), (121.4, 31.2)) == pytest.approx(1108.7, abs=0.1)


def test_rounds_are_planned_once_however_often_the_sweep_runs(town, route):
    for _ in range(3):
        follow_patrols(MORNING)
    assert states() == [("09:00", "planned"), ("10:00", "planned")]
    assert Change.objects.filter(what="crowd.plan_rounds").count() == 1
    follow_patrols(MORNING + timedelta(hours=14))
    follow_patrols(MORNING + timedelta(hours=15))
    assert len(states()) == 4
    assert states()[2:] == [("09:00", "planned"), ("10:00", "planned")]


def test_a_round_is_begun_walked_and_ended(town, route):
    follow_patrols(MORNING)
    at = MORNING + 65 * MINUTE
    round = walk(route, town, at)
    assert round.planned_at == MORNING + 60 * MINUTE
    first, second, third = queries.stops_of(round)
    look_in(round, town, at + MINUTE, first, lon=121.4, lat=31.2)
    look_in(round, town, at + 5 * MINUTE, second)
    look_in(round, town, at + 9 * MINUTE, third)
    end(round, town, at + 20 * MINUTE)
    follow_patrols(at + 25 * MINUTE)
    assert states() == [("09:00", "ended"), ("10:00", "planned")]
    assert queries.missed_stops(round) == []
    assert not FollowUp.objects.exists()


def test_a_missed_stop_is_shown_and_followed_until_it_is_made_up_for(town, route):
    follow_patrols(MORNING)
    at = MORNING + 60 * MINUTE
    round = walk(route, town, at)
    first, second, third = queries.stops_of(round)
    look_in(round, town, at + MINUTE, first)
    end(round, town, at + 20 * MINUTE)
    assert [one.name for one in queries.missed_stops(round)] == ["舞台", "桥头"]
    task = FollowUp.objects.get()
    assert "舞台、桥头" in task.title and task.organisation == town.parks
    round.refresh_from_db()
    look_in(round, town, at + 30 * MINUTE, second)  # handed in late
    task.refresh_from_db()
    assert task.is_open
    look_in(round, town, at + 31 * MINUTE, third)
    task.refresh_from_db()
    assert not task.is_open


def test_a_round_that_nobody_begins_is_missed_once(town, route):
    follow_patrols(MORNING)
    follow_patrols(MORNING + 75 * MINUTE)
    assert states()[0] == ("09:00", "planned")
    for minute in (76, 77, 78):
        follow_patrols(MORNING + minute * MINUTE)
    assert states()[0] == ("09:00", "missed")
    assert FollowUp.objects.count() == 1
    assert "未巡" in FollowUp.objects.get().title


def test_what_a_phone_hands_in_late_takes_the_miss_back(town, route):
    follow_patrols(MORNING)
    follow_patrols(MORNING + 80 * MINUTE)
    begun = MORNING + 62 * MINUTE
    round = actions.start_round(
        route, by=town.gardener, now=MORNING + 90 * MINUTE, uid=uuid.uuid4(), at=begun
    )
    assert round.planned_at == MORNING + 60 * MINUTE
    assert not FollowUp.objects.get().is_open
    follow_patrols(MORNING + 91 * MINUTE)
    assert states()[0] == ("09:00", "started")


def test_a_round_that_nobody_ends_lapses_and_its_own_end_still_counts(town, route):
    follow_patrols(MORNING)
    round = walk(route, town, MORNING + 60 * MINUTE)
    due = MORNING + 60 * MINUTE + 55 * MINUTE
    follow_patrols(due + 59 * MINUTE)
    assert states()[0] == ("09:00", "started")
    follow_patrols(due + 61 * MINUTE)
    round.refresh_from_db()
    assert (round.state, round.ended_at, round.end_uid) == ("ended", due, None)
    assert FollowUp.objects.filter(about_id=str(round.pk)).count() == 1
    ended = end(round, town, due + 70 * MINUTE)
    assert ended.end_uid is not None
    with pytest.raises(Refused, match="已结束"):
        end(round, town, due + 71 * MINUTE)


def test_each_uid_counts_once(town, route):
    follow_patrols(MORNING)
    at, uid = MORNING + 60 * MINUTE, uuid.uuid4()
    words = {"by": town.gardener, "now": at, "uid": uid, "at": at}
    first = actions.start_round(route, **words)
    assert actions.start_round(route, **words).pk == first.pk
    look = uuid.uuid4()
    goal = queries.stops_of(first)[0]
    pair = [look_in(first, town, at, goal, uid=look) for _ in range(2)]
    assert pair[0].pk == pair[1].pk and CheckIn.objects.count() == 1
    words["uid"] = uuid.uuid4()
    assert actions.end_round(first, **words).pk == actions.end_round(first, **words).pk == first.pk
    assert PatrolRound.objects.filter(state="ended").count() == 1


def test_a_check_in_far_from_its_stop_says_so_and_stands(town, route):
    round = walk(route, town, MORNING)
    row = look_in(round, town, MORNING, queries.stops_of(round)[0], lon=121.41, lat=31.2)
    assert row.away_m == pytest.approx(953, abs=2)
    change = Change.objects.get(what="crowd.check_in")
    assert change.after["is_far"] is True and "lon" not in change.after


def test_a_round_without_a_route_is_of_the_persons_own(town):
    round = walk(None, town, MORNING)
    assert (round.organisation, round.stop_ids, str(round)) == (town.parks, [], "临时巡逻")
    actions.check_in(round, by=town.gardener, now=MORNING, uid=uuid.uuid4(), at=MORNING, place=town.square)
    end(round, town, MORNING + 9 * MINUTE)
    assert not FollowUp.objects.exists()


REFUSED = [
    (lambda town, round: look_in(round, town, MORNING - timedelta(hours=1), None, note="x"), "早于本班次"),
    (lambda town, round: look_in(round, town, MORNING, None), "请选择巡逻点"),
    (lambda town, round: look_in(round, town, MORNING, None, note="x", lon=1.0), "位置须同时"),
]


@pytest.mark.parametrize("act, words", REFUSED)
def test_bad_check_ins_are_refused_and_keep_nothing(town, route, act, words):
    round = walk(route, town, MORNING)
    with pytest.raises(Refused, match=words):
        act(town, round)
    assert not CheckIn.objects.exists()


def test_a_stop_of_another_route_is_refused(town, route):
    other = actions.add_route(
        town.parks, by=town.gardener, now=MORNING, stops=[stop("别处")], **WORDS | {"name": "二"}
    ).subject
    round = walk(route, town, MORNING)
    with pytest.raises(Refused, match="不在本班次"):
        look_in(round, town, MORNING, other.stops.get())


def test_who_may_not_walk_or_plan(town, route):
    with pytest.raises(Refused, match="没有在该单位巡逻"):
        actions.start_round(route, by=town.reader, now=MORNING, uid=uuid.uuid4(), at=MORNING)
    with pytest.raises(Refused, match="没有此项权限"):
        actions.stop_route(route, by=town.reader, now=MORNING, why="x")
    with pytest.raises(Refused, match="不在您可查看"):
        actions.add_route(
            town.parks,
            by=town.gardener,
            now=MORNING,
            stops=[stop("商场", town.mall)],
            **WORDS | {"name": "三"},
        )
    assert not queries.visible_routes(town.trader).exists()


def test_a_changed_route_plans_what_is_ahead_anew_and_leaves_what_was_walked(town, route):
    follow_patrols(MORNING)
    round = walk(route, town, MORNING + 50 * MINUTE)
    words = WORDS | {"every_min": 30}
    actions.edit_route(
        route, by=town.gardener, now=MORNING + 55 * MINUTE, stops=[stop("广场", town.square)], **words
    )
    follow_patrols(MORNING + 55 * MINUTE)
    assert [at for at, _ in states()] == ["09:00", "09:30", "10:00", "10:30"]
    round.refresh_from_db()
    assert [one.name for one in queries.stops_of(round)] == ["广场", "舞台", "桥头"]
    new = PatrolRound.objects.get(planned_at=MORNING + 120 * MINUTE)
    assert [one.name for one in queries.stops_of(new)] == ["广场"]


def test_a_stopped_route_plans_no_more(town, route):
    follow_patrols(MORNING)
    actions.stop_route(route, by=town.gardener, now=MORNING + MINUTE, why="施工")
    follow_patrols(MORNING + 3 * MINUTE)
    assert states() == []
    with pytest.raises(Refused, match="已停用"):
        walk(route, town, MORNING + 4 * MINUTE)
    actions.resume_route(route, by=town.gardener, now=MORNING + 90 * MINUTE)
    follow_patrols(MORNING + 90 * MINUTE)
    assert states() == [("10:00", "planned")]


def test_a_server_that_stood_still_makes_up_no_misses(town, route):
    follow_patrols(MORNING + timedelta(hours=6))
    assert states() == []


def test_days_of_a_route(town, route):
    saturday = datetime(2026, 3, 7, 0, 0, tzinfo=LOCAL)

    def on(days):
        route.days = days
        times = times_between(route, MORNING, saturday + timedelta(days=2), now=MORNING)
        return sorted({at.astimezone(LOCAL).day for at in times})

    assert on("every") == [2, 3, 4, 5, 6, 7, 8]
    assert on("workdays") == [2, 3, 4, 5, 6]
    assert on("rest_days") == [7, 8]
    assert on("gatherings") == []
    PlannedArrivals.objects.create(
        place=town.square, name="灯会", held_on=saturday.date(), starts_at=time(19), ends_at=time(21), persons=9,
        shape="evening", approval_number="示范",
    )  # fmt: skip
    assert on("gatherings") == [7]


def test_who_walks_a_route_past_a_place_may_observe_there(town):
    guard_post = actions.add_route(
        town.top,
        by=town.chief,
        now=MORNING,
        stops=[stop("商场", town.mall), stop("广场", town.square)],
        **WORDS,
    ).subject
    round = actions.start_round(guard_post, by=town.chief, now=MORNING, uid=uuid.uuid4(), at=MORNING)
    words = {"now": MORNING, "at": MORNING, "kind": "note", "note": "好"}
    row = actions.observe(town.mall, by=town.chief, uid=uuid.uuid4(), round=round, **words)
    assert row.round == round
    with pytest.raises(Refused):
        actions.observe(town.mall, by=town.gardener, uid=uuid.uuid4(), round=round, **words)


def test_what_was_found_on_a_round_belongs_to_it_once(town, route):
    round = walk(route, town, MORNING)
    for _ in range(2):
        actions.note_finding(round, by=town.gardener, now=MORNING, found=town.square)
    assert [row.title for row in round.findings.all()] == ["示范广场"]

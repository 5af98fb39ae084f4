"""Who may open what, and who may change what: every address of the watch × five kinds of people, GET and POST."""

from datetime import time, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.accounts.models import DeviceCredential
from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import actions
from anlan.domains.crowd.models import (
    BackTest,
    Binding,
    CounterPlan,
    PlannedArrivals,
    QuarantinedPayload,
    Sensor,
    ThresholdSet,
    Warning,
)
from anlan.domains.crowd.queries import default_thresholds
from anlan.domains.crowd.tests.conftest import add_person, register
from anlan.domains.crowd.tests.test_actions import keep
from anlan.domains.crowd.urls import urlpatterns
from anlan.domains.places.models import Place
from anlan.kit import jobs
from anlan.kit.models import Change

# An observer of the whole district; an editor of another department; the operator of the place (views and
# recounts); somebody signed out; and, so that no refusal is for another reason, the editor whose place it is.
PEOPLE = ("observer", "other", "operator", "nobody", "editor")

# name: (what is posted, GET for each of PEOPLE, POST for each of PEOPLE). A star: the POST changed something.
# 302 for somebody signed out leads to signing in; 200 for a POST is the form again, with the reason of the refusal.
ADDRESSES = {
    "warnings": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "warning": (None, "200 404 200 302 200", "405 405 405 302 405"),
    "sensors": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "sensor_add": ("new_sensor", "200 200 200 302 200", "200 200 200 302 302*"),
    "sensor": (None, "200 404 200 302 200", "405 405 405 302 405"),
    "sensor_edit": ("settings", "200 404 200 302 200", "200 404 200 302 302*"),
    "sensor_retire": ("why", "200 404 200 302 200", "200 404 200 302 302*"),
    "sensor_restore": ("nothing", "405 405 405 302 405", "302 404 302 302 302*"),
    "sensor_credential": ("nothing", "405 405 405 302 405", "302 404 302 302 200*"),
    "sensor_source": ("source", "200 404 200 302 200", "200 404 200 302 302*"),
    "sensor_source_drop": ("why", "200 404 200 302 200", "200 404 200 302 302*"),
    "sensor_try": ("payload", "405 405 405 302 405", "200 404 200 302 200"),
    "binding_add": ("binding", "200 404 200 302 200", "200 404 200 302 302*"),
    "binding_edit": ("binding", "200 404 200 302 200", "200 404 200 302 302*"),
    "binding_remove": ("why", "200 404 200 302 200", "200 404 200 302 302*"),
    "all_thresholds": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "thresholds": ("thresholds", "200 404 200 302 200", "200 404 200 302 302*"),
    "thresholds_preview": ("thresholds", "405 405 405 302 405", "200 404 200 302 200"),
    "thresholds_reset": ("why", "200 404 200 302 200", "200 404 200 302 302*"),
    "unusual": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "tendencies": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "skill": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "backtests": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "backtest": (None, "200 404 200 302 200", "405 405 405 302 405"),
    "backtest_steps": (None, "200 404 200 302 200", "405 405 405 302 405"),
    "backtest_ask": ("tested", "405 405 405 302 405", "302 404 302 302 302*"),
    "backtest_adopt": ("nothing", "405 405 405 302 405", "302 404 302 302 302*"),
    "quarantine": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "quarantine_picked": ("picked", "405 405 405 302 405", "302 302 302 302 302*"),
    "quarantined": (None, "404 404 404 302 200", "405 405 405 302 405"),
    "quarantine_retry": ("nothing", "405 405 405 302 405", "404 404 404 302 302*"),
    "quarantine_dismiss": ("why", "404 404 404 302 200", "404 404 404 302 302*"),
    "recount": ("count", "200 404 200 302 200", "200 404 302* 302 302*"),
    "recount_reset": ("reset", "200 404 200 302 200", "200 404 200 302 302*"),
    "coverage": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "coverage_progress": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "counter_plan": ("plan", "200 404 200 302 200", "200 404 200 302 302*"),
    "drop_plan": ("why", "200 404 200 302 200", "200 404 200 302 302*"),
    "arrivals": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "arrivals_add": ("gathering", "200 200 200 302 200", "200 200 200 302 302*"),
    "arrivals_preview": ("gathering", "405 405 405 302 405", "200 200 200 302 200"),
    "arrivals_import": ("nothing", "200 200 200 302 200", "200 200 200 302 200"),
    "planned_arrivals": (None, "200 404 200 302 200", "405 405 405 302 405"),
    "arrivals_change": ("gathering", "200 404 200 302 200", "200 404 200 302 302*"),
    "arrivals_withdraw": ("why", "200 404 200 302 200", "200 404 200 302 302*"),
    # The patrols are those of the department: the operator of the place neither sees nor walks them.
    "patrols": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "patrol_round": (None, "200 404 404 302 200", "405 405 405 302 405"),
    "patrol_routes": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "patrol_route": (None, "200 404 404 302 200", "405 405 405 302 405"),
    "patrol_route_add": ("route", "200 200 200 302 200", "200 200 200 302 302*"),
    "patrol_route_edit": ("route", "200 404 404 302 200", "200 404 404 302 302*"),
    "patrol_route_stop": ("why", "200 404 404 302 200", "200 404 404 302 302*"),
    "patrol_route_resume": ("nothing", "405 405 405 302 405", "302 404 404 302 302*"),
    "walk": (None, "200 200 200 302 200", "405 405 405 302 405"),
    "walk_start": (
        "uid",
        "405 405 405 302 405",
        "302 302* 302 302 302*",
    ),  # the other one for his own department
    "walk_check_in": ("look", "405 405 405 302 405", "302 404 404 302 302*"),
    "walk_end": ("uid", "405 405 405 302 405", "302 404 404 302 302*"),
    "see": ("seen", "200 404 200 302 200", "302 404 302 302 302*"),
    "observations": (None, "200 200 200 302 200", "405 405 405 302 405"),
}


@pytest.fixture
def estate(town):
    """A counted mall of the trade department with an operator, another one without counters, and all that hangs on them."""
    add_person("observer", town.top, [Right.VIEW])
    sensor = register(town, "cam-m", place=town.mall)
    retired = register(town, "cam-r", place=town.mall)
    now = timezone.now()
    actions.retire_sensor(retired, by=town.chief, now=now, why="拆除")
    called = register(town, "cam-d", place=town.mall, kind="dahua")
    actions.set_source(called, by=town.chief, now=now, url="http://camera.example", poll_s=60)
    binding = actions.bind_channel(sensor, by=town.chief, now=now, channel="1").subject.bindings.get()
    actions.set_thresholds(
        town.mall, by=town.chief, now=now, values={"share_blue": 0.5}, why="试", untested_why="试"
    )
    bare = Place.objects.create(
        code="M2", name="示范二店", kind="mall", organisation=town.trade, operator=town.firm
    )
    actions.plan_counters(bare, by=town.chief, now=now, planned_on=timezone.localdate(now))
    warning = Warning.objects.create(
        scene="live", space_code="M", space_name="示范百货", place=town.mall, level="red", peak_level="red",
        rule="share", opened_at=now, changed_at=now,
    )  # fmt: skip
    kept = keep(sensor)
    tested = BackTest.objects.create(
        place=town.mall, first_day=now, last_day=now, asked_by=town.trader, asked_at=now, outcome={"spaces": []},
        job=jobs.ask("crowd.backtest", title="试", by=town.trader, now=now),
    )  # fmt: skip
    planned = actions.plan_arrivals(
        town.mall, by=town.chief, now=now, name="店庆", held_on=timezone.localdate(now), starts_at=time(10),
        ends_at=time(22), shape="even", persons=300, approval_number="试",
    ).subject  # fmt: skip
    stop = {"name": "中庭", "place": town.mall, "zone": None, "dwell_min": 5, "lon": None, "lat": None}
    route = actions.add_route(
        town.trade, by=town.chief, now=now, stops=[stop], name="商场巡逻", days="every", starts_at=time(9),
        ends_at=time(21), every_min=60, lasts_min=30, grace_min=15, note="",
    ).subject  # fmt: skip
    round = actions.start_round(route, by=town.trader, now=now, uid=uuid4(), at=now)
    own = {"sensor": ["cam-m"], "thresholds": ["M"], "recount": ["M"], "quarantine": [kept.pk]}
    return SimpleNamespace(
        people={"observer": "observer", "other": "gardener", "operator": "keeper", "editor": "trader"},
        kept=kept,
        place=town.mall,
        arguments={
            "sensor_source": ["cam-d"], "sensor_source_drop": ["cam-d"],
            "warning": [warning.pk], "sensor_restore": ["cam-r"], "counter_plan": ["M2"], "drop_plan": ["M2"],
            "binding_edit": ["cam-m", binding.pk], "binding_remove": ["cam-m", binding.pk],
            "backtests": [], "skill": [], "unusual": [], "tendencies": [], "backtest_ask": ["M"],
            **{name: [tested.pk] for name in ("backtest", "backtest_steps", "backtest_adopt")},
            **{name: [planned.pk] for name in ("planned_arrivals", "arrivals_change", "arrivals_withdraw")},
            **{name: [] for name in ("arrivals", "arrivals_add", "arrivals_preview", "arrivals_import")},
            **{name: [] for name in ("patrols", "patrol_routes", "patrol_route_add", "walk", "walk_start", "observations")},
            **{name: [route.pk] for name in ("patrol_route", "patrol_route_edit", "patrol_route_stop")},
            **{name: [round.pk] for name in ("patrol_round", "walk_check_in", "walk_end")},
            "patrol_route_resume": [route.pk], "see": ["M"],
            "quarantined": [kept.pk], "binding_add": ["cam-m"],
            **{name: [] for name in ("sensor_add", "quarantine_picked", "coverage_progress")},
            **{name: [] for name in ("warnings", "sensors", "all_thresholds", "quarantine", "coverage")},
        },
        own=own,
    )  # fmt: skip


def address_of(name, estate):
    """The address of this name with the arguments of the estate."""
    known = estate.arguments.get(name)
    return reverse(f"crowd:{name}", args=estate.own[name.partition("_")[0]] if known is None else known)


def words_of(posted, estate):
    """What a person would post."""
    settings = {
        "name": "新名",
        "kind": "native",
        "place": estate.place.pk,
        "zone_name": "Asia/Shanghai",
        "interval_s": 90,
    }
    stamp = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    return {
        "new_sensor": settings | {"code": "cam-new"},
        "settings": settings,
        "why": {"why": "试"},
        "nothing": {},
        "uid": {"uid": str(uuid4())},
        "look": {"uid": str(uuid4()), "note": "到"},
        "seen": {"uid": str(uuid4()), "kind": "density", "value": "2.5"},
        "route": {
            "name": "新路线",
            "organisation": estate.place.organisation_id,
            "days": "every",
            "starts_at": "08:00",
            "ends_at": "20:00",
            "every_min": 60,
            "lasts_min": 30,
            "grace_min": 5,
            "stops-TOTAL_FORMS": 1,
            "stops-INITIAL_FORMS": 0,
            "stops-0-place": estate.place.pk,
        },
        "source": {"url": "http://camera.example:8080", "poll_s": 30},
        "payload": {"text": "[]"},
        "binding": {"channel": "2", "measures": "flow", "is_reversed": "on"},
        "thresholds": default_thresholds() | {"share_blue": 0.55, "why": "试", "untested_why": "试"},
        "tested": default_thresholds() | {"first_day": stamp[:10], "last_day": stamp[:10]},
        "picked": {"verb": "dismiss", "picked": [estate.kept.pk]},
        "reset": {"quiet_time": "05:00", "residual_persons": 3, "why": "试"},
        "count": {"persons": 5, "counted_at": stamp, "counted_by": "甲"},
        "gathering": {
            "place": estate.place.pk,
            "name": "夜市",
            "held_on": stamp[:10],
            "starts_at": "18:00",
            "ends_at": "22:00",
            "shape": "even",
            "persons": 400,
            "approval_number": "试",
        },
        "plan": {"planned_on": str(timezone.localdate() + timedelta(days=3)), "note": "试"},
    }[posted or "nothing"]


def written():
    """Everything that a page of the watch could have written, as it stands."""
    rows = (
        BackTest,
        Sensor,
        Binding,
        ThresholdSet,
        QuarantinedPayload,
        CounterPlan,
        PlannedArrivals,
        DeviceCredential,
        Change,
    )
    return [list(model.objects.order_by("pk").values()) for model in rows]


def test_every_address_is_in_the_matrix():
    assert set(ADDRESSES) == {pattern.name for pattern in urlpatterns}


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_gets_what_is_his(client, town, estate, name, alone):
    posted, getting, posting = ADDRESSES[name]
    for at, who in alone(PEOPLE):
        if who != "nobody":
            person = type(town.chief).objects.get(username=estate.people[who])
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        address, before = address_of(name, estate), written()
        answer = client.get(address)
        assert f"{answer.status_code}" == getting.split()[at], who
        assert written() == before
        answer = client.post(address, words_of(posted, estate))
        assert f"{answer.status_code}{'*' if written() != before else ''}" == posting.split()[at], who
        if who == "nobody":
            assert answer["Location"].startswith("/accounts/")

"""Any order of steps by anyone: no path closes without evidence and a second person; what waits can be ended."""

from datetime import timedelta

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.domains.hazards import actions, queries, rules
from anlan.domains.hazards.models import Evidence, Hazard, HazardExtension
from anlan.domains.hazards.terms import ExtensionState, HazardState, Stage
from anlan.domains.hazards.tests.conftest import FIVE, NOW, report, show
from anlan.kit.actions import Refused
from anlan.kit.models import Change

WHO = ("clerk", "second", "keeper", "patrol", "guest", "other", None)
WHY = {
    name: f"{name}_hazard" for name in ("reject", "return", "contest", "appeal", "uphold", "reopen", "close")
}
PLAIN = ("accept", "fix")


def order(row, town, by, now):
    told = {
        "responsible": town.SHOP,
        "responsible_post": "店长",
        "due_on": timezone.localdate(now + timedelta(days=2)),
    }
    actions.order_rectification(row, by=by, now=now, **told, **FIVE)


def merge(row, town, by, now):
    into = Hazard.objects.exclude(pk=row.pk).order_by("pk").first()
    actions.merge_hazard(row, by=by, now=now, into=into)


DEEDS = {
    **{name: lambda row, town, by, now, act=act: getattr(actions, act)(row, by=by, now=now, why="因") for name, act in WHY.items()},
    **{name: lambda row, town, by, now, act=f"{name}_hazard": getattr(actions, act)(row, by=by, now=now) for name in PLAIN},
    "grade": lambda row, town, by, now: actions.grade_hazard(row, by=by, now=now, grade="general"),
    "grade_major": lambda row, town, by, now: actions.grade_hazard(row, by=by, now=now, grade="major", standard="major"),
    "order": order, "merge": merge,
    "interim": lambda row, town, by, now: actions.secure_hazard(row, by=by, now=now, why="围挡"),
    "ask_extension": lambda row, town, by, now: actions.ask_extension(row, by=by, now=now, days=3, why="缺料"),
    "grant": lambda row, town, by, now: actions.grant_extension(row, by=by, now=now, why="同意"),
    "refuse": lambda row, town, by, now: actions.refuse_extension(row, by=by, now=now, why="不同意"),
    "ask_verification": lambda row, town, by, now: actions.ask_verification(row, by=by, now=now),
    "look_back": lambda row, town, by, now: actions.look_back(row, by=by, now=now, why="完好"),
    "photo": lambda row, town, by, now: show(row, "after", by=by, now=now),
    "escalate": lambda row, town, by, now: actions.escalate_hazard(row, by=by, now=now),
    "list": lambda row, town, by, now: actions.list_hazard(row, by=by, now=now, listed_until=timezone.localdate(now) + timedelta(days=30)),
    "delist": lambda row, town, by, now: actions.delist_hazard(row, by=by, now=now),
}  # fmt: skip
WALK = [
    ("accept", "clerk", 0, 1), ("grade_major", "clerk", 0, 1), ("order", "clerk", 0, 1), ("list", "clerk", 0, 1),
    ("interim", "keeper", 0, 1), ("ask_extension", "keeper", 0, 1), ("grant", "clerk", 0, 1), ("photo", "keeper", 0, 1),
    ("ask_verification", "keeper", 0, 1), ("close", "clerk", 0, 1),
]  # fmt: skip
steps = st.lists(
    st.tuples(st.sampled_from(sorted(DEEDS)), st.sampled_from(WHO), st.integers(0, 1), st.integers(0, 80)),
    min_size=1,
    max_size=12,
)


def play(town, history):
    """Try each step; what is refused changes nothing. Yields the moment after each."""
    rows = [report(town), report(town, what="同一处", by=town.keeper)]
    now = NOW
    for deed, who, at, hours in history:
        now += timedelta(hours=hours)
        row, by = Hazard.objects.get(pk=rows[at].pk), getattr(town, who) if who else None
        before = [
            list(model.objects.order_by("pk").values()) for model in (Hazard, HazardExtension, Evidence)
        ]
        try:
            DEEDS[deed](row, town, by, now)
        except Refused:
            after = [
                list(model.objects.order_by("pk").values()) for model in (Hazard, HazardExtension, Evidence)
            ]
            assert after == before
        yield now


def judge(town):
    """What must hold at any moment."""
    numbers = [row.number for row in Hazard.objects.exclude(number=None)]
    assert len(numbers) == len(set(numbers))
    for row in Hazard.objects.all():
        waits = HazardExtension.objects.filter(hazard=row, state=ExtensionState.ASKED).exists()
        assert waits == (row.state == HazardState.EXTENDING)
        assert any(move.to for move in rules.steps_from(row.state).values()) or row.state in rules.ENDED
        if row.state in (HazardState.CLOSED, HazardState.CONTESTED):
            shown = Evidence.objects.filter(hazard=row, stage=Stage.AFTER, round=row.round)
            assert shown.exists() and row.verified_by_id not in {
                row.fixed_by_id,
                *shown.values_list("by", flat=True),
            }
            assert row.verified_by_id and row.fixed_by_id and row.closed_at
            assert Change.objects.of(row).filter(what="hazards.close").count() >= 1
        if row.state == HazardState.MERGED:
            assert row.number and row.merged_into_id != row.pk
            assert queries.standing(row).state != HazardState.MERGED
            assert queries.find_by_number(row.number, town.clerk) == row
        if row.state in (HazardState.RECTIFYING, HazardState.EXTENDING, HazardState.ORDERED):
            assert row.due_at and row.responsible_id
            assert row.grade != "major" or all(getattr(row, name) for name in FIVE)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps, walked=st.integers(0, len(WALK)))
def test_nothing_closes_without_evidence_and_a_second_person(town, history, walked):
    Evidence.objects.all().delete()
    HazardExtension.objects.all().delete()
    Hazard.objects.update(state=HazardState.REPORTED, merged_into=None)
    Hazard.objects.all().delete()
    for _now in play(town, WALK[:walked] + history):
        judge(town)

"""Major hazards: who is told and when it is missing, production stopped and resumed by a second person, the board."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.models import Hazard, StopOrder
from anlan.domains.hazards.rules.stops import RESUMING, StopFacts, check_stop_step
from anlan.domains.hazards.terms import MajorRefusal, Refusal, StopState, StopStep
from anlan.domains.hazards.tests.conftest import NOW, graded, ordered, show
from anlan.kit.actions import Refused
from anlan.kit.documents import documents_of
from anlan.kit.followups import follow_ups_about
from anlan.kit.models import Channel, Message

DUE = date(2026, 11, 30)
DAY = timedelta(days=1)


def refused(act, *words, **more):
    with pytest.raises(Refused) as error:
        act(*words, **more)
    return str(error.value)


def waiting(row):
    """The titles of what is still to be done about a row."""
    return sorted(one.title.partition(" ")[0] for one in follow_ups_about(row) if one.is_open)


@pytest.fixture
def robot(town):
    """A group that hears for TRADE."""
    return Channel.objects.create(
        organisation=town.TRADE,
        code="robot",
        kind="wecom_bot",
        name="商务委群",
        is_active=True,
        is_for_staff=True,
        settings={},
    )


TELL = {"means": "meeting", "told_at": NOW}


def test_what_nobody_was_told_of_is_followed(town):
    row = graded(town, "major")
    assert waiting(row) == ["向监管部门报告重大隐患", "向职工大会或者职工代表大会报告重大隐患"]
    assert {one.last_day for one in follow_ups_about(row)} == {date(2026, 11, 25)}
    actions.record_telling(row, by=town.clerk, now=NOW, audience="workers", **TELL)
    assert waiting(row) == ["向监管部门报告重大隐患"]
    assert [(bool(one.tellings), one.follow_up is None) for one in queries.tellings_of(row)] == [
        (False, False), (True, True),
    ]  # fmt: skip
    actions.record_telling(row, by=town.clerk, now=NOW, audience="department", **TELL | {"means": "phone"})
    assert waiting(row) == []


def test_the_department_hears_by_the_outbox_when_it_is_graded_major(town, robot):
    row = graded(town, "major")
    message = Message.objects.get(channel=robot)
    assert "已定为重大隐患" in message.text and row.number in message.text
    told = {one.label: one for one in queries.tellings_of(row)}
    kept = row.tellings.get()
    assert (
        kept.audience == "department"
        and kept.means == "platform"
        and kept.by is None
        and kept.note == "商务委"
    )
    assert waiting(row) == ["向职工大会或者职工代表大会报告重大隐患"] and len(told) == 2
    assert list(queries.telling_messages(row)) == [message]


def test_a_general_one_is_told_to_nobody_and_one_graded_down_is_followed_no_more(town):
    row = graded(town)
    assert queries.tellings_of(row) == [] and waiting(row) == []
    assert refused(actions.record_telling, row, by=town.clerk, now=NOW, audience="workers", **TELL) == str(
        MajorRefusal.TELL_MAJOR
    )
    actions.grade_hazard(row, by=town.clerk, now=NOW, grade="major", standard="major")
    assert len(waiting(row)) == 2
    actions.grade_hazard(row, by=town.clerk, now=NOW + DAY, grade="general")
    assert waiting(row) == []
    actions.grade_hazard(row, by=town.clerk, now=NOW + 2 * DAY, grade="major", standard="major")
    assert len(waiting(row)) == 2


def test_the_steps_of_its_life_settle_no_report_that_is_missing(town):
    row = ordered(town, due_on=DUE, grade="major")
    assert waiting(row) == ["向监管部门报告重大隐患", "向职工大会或者职工代表大会报告重大隐患", "整改隐患"]


def test_a_report_is_recorded_truly(town):
    row = ordered(town, due_on=DUE, grade="major")
    tell = {"audience": "workers", "now": NOW}
    assert refused(actions.record_telling, row, by=town.other, **tell, **TELL) == str(
        MajorRefusal.TELL_NOT_YOURS
    )
    for at in (NOW + DAY, NOW - DAY):
        words = TELL | {"told_at": at}
        assert refused(actions.record_telling, row, by=town.keeper, **tell, **words) == str(
            MajorRefusal.TOLD_LATER
        )
    words = TELL | {"means": "platform"}
    assert refused(actions.record_telling, row, by=town.keeper, **tell, **words) == str(
        MajorRefusal.MEANS_PLATFORM
    )
    actions.record_telling(row, by=town.keeper, **tell, **TELL, remark="第三季度职代会")
    assert row.tellings.get().by == town.keeper


# ── stops of production ─────────────────────────────────────────────────────────────────────────

STOP = {"scope": "part", "what": "二层厨房", "decision_number": "示例决〔2026〕1号"}


@pytest.fixture
def stopped(town):
    """A major hazard on its way, because of which production is stopped."""
    row = ordered(town, due_on=DUE, grade="major")
    actions.order_stop(row, by=town.clerk, now=NOW, **STOP)
    return queries.open_stop(row)


def close(town, row):
    """The hazard removed and closed."""
    actions.secure_hazard(row, by=town.keeper, now=NOW, why="围挡")
    show(row, "after", by=town.keeper)
    actions.ask_verification(row, by=town.keeper, now=NOW)
    actions.close_hazard(row, by=town.clerk, now=NOW, why="好")


def test_production_is_stopped_for_a_major_one_on_its_way_once(town, stopped):
    general = ordered(town, due_on=DUE)
    assert refused(actions.order_stop, general, by=town.clerk, now=NOW, **STOP) == str(
        MajorRefusal.STOP_MAJOR
    )
    assert refused(actions.order_stop, stopped.hazard, by=town.clerk, now=NOW, **STOP) == str(
        MajorRefusal.STOPPED_ALREADY
    )
    refused(actions.order_stop, graded(town, "major"), by=town.keeper, now=NOW, **STOP)
    assert refused(
        actions.order_stop, graded(town, "major"), by=town.clerk, now=NOW, **STOP | {"decision_number": " "}
    ) == str(MajorRefusal.STOP_WORDS)


def test_it_is_resumed_after_review_and_consent_by_a_second_person(town, stopped):
    words = {"now": NOW, "why": "已拆除"}
    refused(actions.consent_to_resume, stopped, by=town.boss, **words)
    actions.apply_to_resume(stopped, by=town.keeper, **words)
    follow_up = next(one for one in follow_ups_about(stopped) if one.is_open)
    assert follow_up.rule_id == "HZ-RESUME" and follow_up.last_day == date(2026, 12, 4)
    actions.fail_review(stopped, by=town.clerk, now=NOW, why="仍有堆物")
    assert stopped.state == StopState.STOPPED and not waiting(stopped)
    actions.apply_to_resume(stopped, by=town.keeper, **words)
    actions.pass_review(stopped, by=town.clerk, now=NOW, why="已恢复")
    assert refused(actions.consent_to_resume, stopped, by=town.boss, **words) == str(
        MajorRefusal.RESUME_NOT_CLOSED
    )
    close(town, stopped.hazard)
    assert refused(actions.consent_to_resume, stopped, by=town.clerk, **words) == str(
        MajorRefusal.RESUME_SAME
    )
    assert not documents_of(stopped)
    actions.consent_to_resume(stopped, by=town.boss, now=NOW, why="同意")
    assert (
        stopped.state == StopState.RESUMED
        and not waiting(stopped)
        and queries.open_stop(stopped.hazard) is None
    )
    paper = documents_of(stopped).get()
    assert (
        paper.number == "商务委安复〔2026〕1号" and paper.values["decision_number"] == STOP["decision_number"]
    )
    assert paper.values["reviewer"] == "某clerk" and paper.values["decider"] == "某boss"


def test_whoever_applied_neither_reviews_nor_consents(town, stopped):
    actions.apply_to_resume(stopped, by=town.clerk, now=NOW, why="代申请")
    assert refused(actions.pass_review, stopped, by=town.clerk, now=NOW, why="好") == str(
        MajorRefusal.REVIEW_SAME
    )
    actions.pass_review(stopped, by=town.second, now=NOW, why="好")
    assert refused(actions.deny_resuming, stopped, by=town.clerk, now=NOW, why="不") == str(
        MajorRefusal.RESUME_SAME
    )
    assert refused(actions.deny_resuming, stopped, by=town.boss, now=NOW, why=" ") == str(
        Refusal.NEEDS_REASON
    )
    actions.deny_resuming(stopped, by=town.boss, now=NOW, why="资料不全")
    assert stopped.state == StopState.STOPPED


def test_the_database_itself_refuses_one_resumed_by_the_reviewer(town, stopped):
    rows = StopOrder.objects.filter(pk=stopped.pk)
    for who in (None, town.clerk):
        with pytest.raises(IntegrityError, match="resumed_by_second_person"), transaction.atomic():
            rows.update(state="resumed", decided_by=who, reviewed_by=town.clerk)


def test_no_step_whatever_resumes_but_consent():
    assert {step for (_at, step), move in RESUMING.items() if move.to == StopState.RESUMED} == {
        StopStep.CONSENT
    }
    for state in StopState:
        for step in StopStep:
            facts = StopFacts(1, 2, 3, "closed", "因")
            assert (check_stop_step(state, step, facts) is None) == ((state, step) in RESUMING)


# ── the board ───────────────────────────────────────────────────────────────────────────────────


def test_the_board_holds_what_is_listed_and_what_climbs(client, town):
    listed, climbing, quiet = (ordered(town, due_on=DUE, grade="major") for _n in range(3))
    actions.list_hazard(listed, by=town.clerk, now=NOW, listed_until=date(2027, 1, 23))
    Hazard.objects.filter(pk=climbing.pk).update(height=2)
    assert list(queries.supervised_hazards(town.clerk)) == [listed, climbing]
    assert queries.days_left(listed, NOW) == 60 and queries.days_left(quiet, NOW) is None
    assert [(rung.name, rung.is_here) for rung in queries.ladder_of(listed)] == [
        ("示例商店", True), ("商务委", False), ("示范区", False),
    ]  # fmt: skip
    climbing.refresh_from_db()
    assert [rung.is_here for rung in queries.ladder_of(climbing)] == [False, False, True]
    client.force_login(town.clerk, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("hazards:board")).content.decode()
    assert page.count('class="ladder"') == 2
    for query, found in (("climbing", 1), ("listed", 1), ("over", 0)):
        page = client.get(reverse("hazards:board"), {"standing": query}).content.decode()
        assert page.count('class="ladder"') == found, query
    assert "示例商店" in client.get(reverse("hazards:board"), {"format": "csv"}).getvalue().decode()


def test_a_listing_is_published_and_taken_back(client, town):
    row = ordered(town, due_on=DUE, grade="major")
    assert refused(actions.publish_listing, row, by=town.clerk, now=NOW, is_published=True) == str(
        MajorRefusal.NOT_LISTED_NOW
    )
    actions.list_hazard(row, by=town.clerk, now=NOW, listed_until=date(2027, 1, 23))
    client.force_login(town.clerk, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("hazards:publish", args=[row.pk]), {"publish": "yes"})
    row.refresh_from_db()
    assert row.is_published
    client.post(reverse("hazards:publish", args=[row.pk]), {"publish": "no"})
    row.refresh_from_db()
    assert not row.is_published


def test_the_page_of_a_major_one_shows_what_is_missing_and_what_is_stopped(client, town, stopped):
    client.force_login(town.clerk, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(stopped.hazard.get_absolute_url()).content.decode()
    assert page.count("尚未报告") == 2 and "停产停业中" in page and "二层厨房" in page
    told = {"audience": "workers", "means": "meeting", "told_at": "2026-11-24T10:00"}
    assert client.post(reverse("hazards:tell", args=[stopped.hazard.pk]), told).status_code == 302
    page = client.get(stopped.hazard.get_absolute_url(), headers={"accept-language": "en"})
    assert page.status_code == 200

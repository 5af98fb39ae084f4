"""The steps of a hazard's life with a wound clock."""

from datetime import date, timedelta

import pytest

from anlan.domains.hazards import actions, queries, workers
from anlan.domains.hazards.models import Hazard
from anlan.domains.hazards.terms import HazardSource, HazardState, Refusal
from anlan.domains.hazards.tests.conftest import FIVE, NOW, graded, ordered, picture, report, show
from anlan.kit.actions import Refused
from anlan.kit.followups import follow_ups_about
from anlan.kit.models import Attachment, Change

DUE = date(2026, 11, 30)


def refused(act, *words, **more):
    with pytest.raises(Refused) as error:
        act(*words, **more)
    return str(error.value)


def open_follow_up_of(row):
    found = [one for one in follow_ups_about(row) if one.is_open]
    assert len(found) <= 1
    return found[0] if found else None


def test_a_report_keeps_its_photos_by_their_hash(town):
    row = report(town, photos=[("a.png", picture())])
    assert row.state == HazardState.REPORTED and row.number is None and row.uid
    kept = row.evidence.get()
    assert kept.stage == "before" and len(kept.attachment.sha256) == 64
    assert Change.objects.of(row).get().what == "hazards.report"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"what": " "}, Refusal.NO_WHAT), ({"kind": "none"}, Refusal.KIND_UNKNOWN), ({"address": ""}, Refusal.NO_WHERE),
    ],
)  # fmt: skip
def test_a_report_says_what_is_wrong_with_it(town, words, refusal):
    assert refused(report, town, **words) == str(refusal)
    assert refused(report, town, lon=31.2, lat=121.4)
    assert not Hazard.objects.exists()


def test_an_outer_number_comes_in_once(town):
    report(town, source=HazardSource.HOTLINE, outer_number="A-1")
    assert "A-1" in refused(report, town, source=HazardSource.HOTLINE, outer_number="A-1")
    report(town, source=HazardSource.GRID, outer_number="A-1")


def test_the_machine_reports_and_decides_nothing(town):
    row = actions.report_hazard(
        town.TRADE, by=None, now=NOW, what="烟感离线", kind="fire", address="二层", source="sensor"
    ).subject
    refused(actions.accept_hazard, row, by=None, now=NOW)


def test_numbers_run_through_the_year(town):
    rows = [report(town) for _n in range(2)]
    for row in rows:
        actions.accept_hazard(row, by=town.clerk, now=NOW)
    assert [row.number for row in rows] == ["2026-00001", "2026-00002"]


def test_both_numbers_of_merged_ones_stay(town):
    first, second = report(town), report(town, by=town.keeper)
    actions.accept_hazard(first, by=town.clerk, now=NOW)
    assert refused(actions.merge_hazard, first, by=town.clerk, now=NOW, into=first) == str(
        Refusal.MERGE_ITSELF
    )
    actions.merge_hazard(second, by=town.clerk, now=NOW, into=first)
    assert second.number and second.number != first.number and queries.standing(second) == first
    assert refused(actions.merge_hazard, first, by=town.clerk, now=NOW, into=second)


def test_a_transferred_one_is_seen_to_by_the_other_and_still_seen_by_who_reported_it(town):
    row = report(town)
    refused(actions.transfer_hazard, row, by=town.clerk, now=NOW, organisation=town.STREET, why=" ")
    actions.transfer_hazard(row, by=town.clerk, now=NOW, organisation=town.STREET, why="属街道")
    refused(actions.accept_hazard, row, by=town.clerk, now=NOW)
    actions.accept_hazard(row, by=town.other, now=NOW)
    assert row in queries.visible_hazards(town.patrol) and row not in queries.visible_hazards(town.guest)


def test_a_grade_rests_on_a_standard_in_force(town):
    row = report(town)
    actions.accept_hazard(row, by=town.clerk, now=NOW)
    grade = {"by": town.clerk, "now": NOW, "grade": "major"}
    assert refused(actions.grade_hazard, row, **grade) == str(Refusal.STANDARD_MISSING)
    assert refused(actions.grade_hazard, row, **grade, standard="own") == str(Refusal.STANDARD_UNKNOWN)
    assert refused(actions.grade_hazard, row, **grade, standard="general")
    actions.grade_hazard(row, **grade, standard="fire")
    assert row.grade == "major" and row.judged_by.startswith("hazards.standards/")


def test_fixed_on_the_spot_is_verified_by_another(town):
    row = graded(town)
    assert refused(actions.fix_hazard, row, by=town.clerk, now=NOW) == str(Refusal.NEEDS_AFTER)
    show(row, "after", by=town.clerk)
    actions.fix_hazard(row, by=town.clerk, now=NOW)
    assert refused(actions.close_hazard, row, by=town.clerk, now=NOW, why="好") == str(Refusal.SAME_PERSON)
    actions.return_hazard(row, by=town.second, now=NOW, why="仍有货箱")
    assert row.state == HazardState.RECTIFYING and row.due_on == date(2026, 11, 24)
    actions.ask_verification(row, by=town.clerk, now=NOW)
    actions.close_hazard(row, by=town.second, now=NOW, why="好")
    assert row.state == HazardState.CLOSED and row.verified_by == town.second


def test_whoever_kept_the_photo_of_after_does_not_close_either(town):
    row = ordered(town, due_on=DUE)
    show(row, "after", by=town.second)
    actions.ask_verification(row, by=town.clerk, now=NOW)
    for who in (town.clerk, town.second):
        assert refused(actions.close_hazard, row, by=who, now=NOW, why="好") == str(Refusal.SAME_PERSON)
    actions.close_hazard(row, by=town.boss, now=NOW, why="好")


def test_a_withdrawn_photo_is_no_evidence(town):
    row = ordered(town, due_on=DUE)
    show(row, "after", by=town.keeper)
    Attachment.objects.update(withdrawn_at=NOW)
    assert refused(actions.ask_verification, row, by=town.keeper, now=NOW) == str(Refusal.NEEDS_AFTER)


def test_a_major_one_needs_all_five_and_interim_measures(town):
    row = graded(town, "major")
    told = {"by": town.clerk, "now": NOW, "responsible": town.SHOP, "responsible_post": "店长", "due_on": DUE}
    assert "应急预案" in refused(actions.order_rectification, row, **told, **(FIVE | {"plan": ""}))
    actions.order_rectification(row, **told, **FIVE)
    assert row.state == HazardState.ORDERED
    show(row, "after", by=town.keeper)
    refused(actions.ask_verification, row, by=town.keeper, now=NOW)
    actions.secure_hazard(row, by=town.keeper, now=NOW, why="围挡并派人看守")
    actions.ask_verification(row, by=town.keeper, now=NOW)


def test_more_time_moves_the_limit_and_its_follow_up(town):
    row = ordered(town, due_on=DUE)
    assert open_follow_up_of(row).last_day == DUE and open_follow_up_of(row).organisation == town.SHOP
    ask = {"by": town.keeper, "now": NOW, "why": "缺料"}
    assert "90" in refused(actions.ask_extension, row, days=91, **ask)
    actions.ask_extension(row, days=5, **ask)
    refused(actions.grant_extension, row, by=town.keeper, now=NOW, why="同意")
    actions.grant_extension(row, by=town.clerk, now=NOW + timedelta(days=9), why="同意")
    assert queries.due_with_extensions(row).last_day == date(2026, 12, 5) == open_follow_up_of(row).last_day
    late = row.due_at + timedelta(seconds=1)
    assert refused(actions.ask_extension, row, by=town.keeper, now=late, days=1, why="缺料") == str(
        Refusal.TOO_LATE
    )


def test_a_refused_extension_leaves_the_limit_and_verification_lapses_a_waiting_one(town):
    row = ordered(town, due_on=DUE)
    before = row.due_at
    actions.ask_extension(row, by=town.keeper, now=NOW, days=5, why="缺料")
    actions.refuse_extension(row, by=town.clerk, now=NOW, why="可以先搬走")
    assert row.due_at == before and row.state == HazardState.RECTIFYING
    actions.ask_extension(row, by=town.keeper, now=NOW, days=5, why="缺料")
    show(row, "after", by=town.keeper)
    actions.ask_verification(row, by=town.keeper, now=NOW)
    assert [one.state for one in row.extensions.all()] == ["refused", "lapsed"]


def test_closed_contested_reopened_needs_new_evidence(town):
    row = ordered(town, due_on=DUE)
    show(row, "after", by=town.keeper)
    actions.ask_verification(row, by=town.keeper, now=NOW)
    actions.close_hazard(row, by=town.clerk, now=NOW, why="好")
    assert open_follow_up_of(row).last_day == date(2026, 12, 24)
    assert refused(actions.contest_hazard, row, by=town.clerk, now=NOW, why="没好") == str(
        Refusal.NOT_REPORTER
    )
    actions.contest_hazard(row, by=town.patrol, now=NOW, why="又堆上了")
    actions.uphold_hazard(row, by=town.clerk, now=NOW, why="已现场核对")
    actions.look_back(row, by=town.second, now=NOW, why="完好")
    actions.contest_hazard(row, by=town.patrol, now=NOW, why="又堆上了")
    actions.reopen_hazard(row, by=town.clerk, now=NOW, why="属实")
    assert row.state == HazardState.GRADED and row.round == 2 and row.number == "2026-00001"
    assert refused(actions.fix_hazard, row, by=town.clerk, now=NOW) == str(Refusal.NEEDS_AFTER)


def test_a_rejected_report_is_appealed_by_who_reported_it(town):
    row = report(town)
    actions.reject_hazard(row, by=town.clerk, now=NOW, why="不在本区")
    assert refused(actions.appeal_hazard, row, by=town.keeper, now=NOW, why="在") == str(Refusal.NOT_REPORTER)
    actions.appeal_hazard(row, by=town.patrol, now=NOW, why="在本区")
    actions.accept_hazard(row, by=town.clerk, now=NOW)
    assert row.number


def test_overdue_ones_climb_once_a_rung(town):
    row = ordered(town, due_on=date(2026, 11, 25))
    heights = []
    for days in (0, 1, 1, 2, 3, 5, 5, 9, 30):
        workers.escalate_overdue(row.due_at + timedelta(days=days, hours=1))
        heights.append(Hazard.objects.get().height)
    assert heights == [0, 1, 1, 1, 2, 2, 2, 3, 3]
    told = [one.after["told"] for one in Change.objects.of(row).filter(what="hazards.escalate")]
    assert told == ["示范区", "示范区", "商务委"]


def test_listed_and_delisted_by_another_than_who_closed_it(town):
    row = ordered(town, due_on=DUE, grade="major")
    until = {"by": town.clerk, "now": NOW}
    assert "365" in refused(actions.list_hazard, row, listed_until=date(2028, 1, 1), **until)
    actions.list_hazard(row, listed_until=date(2027, 1, 1), **until)
    actions.secure_hazard(row, by=town.keeper, now=NOW, why="围挡")
    show(row, "after", by=town.keeper)
    actions.ask_verification(row, by=town.keeper, now=NOW)
    assert refused(actions.delist_hazard, row, by=town.boss, now=NOW) == str(Refusal.NOT_CLOSED)
    actions.close_hazard(row, by=town.clerk, now=NOW, why="好")
    assert row.is_listed
    assert refused(actions.delist_hazard, row, by=town.clerk, now=NOW) == str(Refusal.SAME_DELISTER)
    actions.delist_hazard(row, by=town.boss, now=NOW)
    assert not row.is_listed

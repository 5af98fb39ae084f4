"""Samples that were left with the demonstration: on record, in no list, statement or look, and nobody is reminded of them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.models import (
    CaseResult,
    Hazard,
    IncomingCase,
    PublicReport,
    ReporterContact,
    Statement,
)
from anlan.domains.hazards.tests.conftest import NOW, graded, ordered, report
from anlan.domains.hazards.tests.test_permissions_patterns import UNTIL, find, rows
from anlan.kit.actions import Refused
from anlan.kit.days import start_of
from anlan.kit.followups import follow_ups_about
from anlan.kit.models import Change, Job

LONG_AGO = timedelta(days=90)  # in the quarter that ended last
CODE = queries.say_code(b"sample")


def leave(town, row):
    return actions.leave_sample(row, by=town.boss, now=NOW, why="示范数据")


def test_a_sample_is_in_no_list_and_stays_on_record(client, town):
    row = ordered(
        town, due_on=NOW.date() + timedelta(days=3), what="示范堆物", source="grid", outer_number="G-1"
    )
    real = report(town, what="真实堆物")
    assert any(one.is_open for one in follow_ups_about(row))
    leave(town, row)
    client.force_login(town.boss, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/hazards/").content.decode()
    assert "真实堆物" in page and "示范堆物" not in page
    assert client.get(row.get_absolute_url()).status_code == 404
    assert list(queries.visible_hazards(town.boss)) == [real] and not queries.overdue_hazards(NOW + LONG_AGO)
    assert not any(one.is_open for one in follow_ups_about(row))
    assert Change.objects.of(row).filter(what="hazards.leave_sample", why="示范数据").exists()
    with pytest.raises(Hazard.DoesNotExist):
        leave(town, row)  # it is left already
    assert report(town, source="grid", outer_number="G-1").pk  # its number is free for a real one


def test_nobody_else_takes_a_sample_away(town):
    row = report(town)
    for who in (town.patrol, town.other):
        with pytest.raises(Refused, match="权限"):
            actions.leave_sample(row, by=who, now=NOW)
    assert Hazard.objects.count() == 1


def test_statements_that_counted_it_are_counted_again(town):
    sample, real = (report(town, what=what, now=NOW - LONG_AGO) for what in ("示范", "真实"))
    for row in (sample, real):
        actions.accept_hazard(row, by=town.clerk, now=NOW - LONG_AGO)
    words = {"by": town.boss, "now": NOW, "scope": "watched", "span": "2026-Q3"}
    drawn, signed = (actions.draw_statement(one, **words).subject for one in (town.TRADE, town.root))
    Statement.objects.filter(pk=signed.pk).update(
        state="signed", sha256="0" * 64, signed_by=town.boss, signed_at=NOW
    )
    assert drawn.cells["grades"]["total"]["found"] == 2
    leave(town, sample)
    actions.recount_without_samples(by=town.boss, now=NOW, why="示范数据")
    drawn.refresh_from_db()
    assert drawn.cells["grades"]["total"]["found"] == 1 and drawn.version == 1
    newest = queries.latest_statement(town.root, "watched", "2026-Q3")
    assert (newest.version, newest.reason, newest.cells["grades"]["total"]["found"]) == (2, "示范数据", 1)
    actions.recount_without_samples(by=town.boss, now=NOW, why="示范数据")
    assert Statement.objects.count() == 3  # once more changes nothing


def test_a_problem_made_of_samples_ends_and_the_night_looks_again(town):
    row = graded(town)
    Hazard.objects.update(reported_at=start_of(UNTIL) - timedelta(days=5))
    find(town)
    queries.patterns.PatternLook.objects.create(on=UNTIL, at=NOW, until=UNTIL, weeks=60, tests=0, told=0)
    leave(town, row)
    actions.recount_without_samples(by=town.boss, now=NOW, why="示范数据")
    assert rows()[0]["state"] == "over"
    assert Job.objects.get().kind == "hazards.find_patterns"
    assert not queries.read_ledger(start_of(UNTIL)).series and not queries.units_by_kind(UNTIL, 4)


def test_a_public_report_is_left_with_its_contact_and_its_code(client, town):
    told = {
        "code": CODE,
        "what": "示范上报",
        "kind": "exits",
        "address": "示例路",
        "suspicions": (),
        "language": "zh-hans",
    }
    made = actions.report_publicly(town.TRADE, by=None, now=NOW, **told).subject
    ReporterContact.objects.create(report=made, phone_enciphered="x", phone_masked="1**", given_at=NOW)
    assert queries.find_report(CODE)
    leave(town, made.hazard)
    assert not queries.find_report(CODE) and not queries.visible_reports(town.boss)
    assert PublicReport.objects.count() == 1 and not ReporterContact.objects.exists()
    client.force_login(town.boss, backend="django.contrib.auth.backends.ModelBackend")
    assert "示范上报" not in client.get(reverse("hazards:public")).content.decode()


def test_a_sample_case_goes_back_to_nobody_and_its_number_may_come_again(town):
    words = {
        "by": town.clerk,
        "now": NOW,
        "channel": "grid",
        "number": "DEMO-1",
        "text": "示范案件",
        "received_at": NOW,
    }
    case = actions.hand_in_case(town.TRADE, **words).subject
    actions.return_case(case, by=town.clerk, now=NOW, why="不属本街道")
    assert queries.visible_results(town.boss).count() == 1
    actions.leave_sample_case(case, by=town.boss, now=NOW, why="示范数据")
    assert not queries.visible_cases(town.boss) and not queries.visible_results(town.boss)
    assert CaseResult.objects.count() == 1 and not queries.cases_to_warn(NOW + LONG_AGO)
    again = actions.hand_in_case(town.TRADE, **words | {"text": "真实案件"}).subject
    assert again.pk != case.pk and list(IncomingCase.objects.all()) == [again]

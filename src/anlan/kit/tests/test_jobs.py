"""Long work: done, reported, cancelled, failed, orphaned."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from anlan.kit import jobs
from anlan.kit.models import Job
from anlan.kit.terms import JobState

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def ask(town, kind="test.count", **asked):
    return jobs.ask(kind, title="数一数", by=town.clerk, now=NOW, **asked)


def test_a_job_is_done_with_what_was_asked_and_says_what_it_did(town, doers):
    @jobs.job("test.count")
    def count(asked, report):
        for step in range(asked["upto"]):
            report(step, asked["upto"], "…")
        report(asked["upto"], asked["upto"], "数完了")
        return {"counted": asked["upto"]}

    row = ask(town, upto=5)
    assert row.state == JobState.QUEUED and row.share_done is None
    row = jobs.run_one(NOW)
    assert (row.state, row.outcome, row.note) == (JobState.DONE, {"counted": 5}, "数完了")
    assert row.share_done == 1.0 and row.started_at == NOW and row.ended_at and not row.is_open
    assert jobs.run_one(NOW) is None


def test_jobs_are_done_in_the_order_they_were_asked(town, doers):
    @jobs.job("test.count")
    def count(asked, report):
        return asked

    first, second = ask(town, n=1), ask(town, n=2)
    assert [jobs.run_one(NOW).pk, jobs.run_one(NOW).pk] == [first.pk, second.pk]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_job_speaks_the_language_of_the_page_that_asked(town, doers, language):
    @jobs.job("test.count")
    def count(asked, report):
        return {"spoke": translation.get_language()}

    with translation.override(language):
        ask(town)
    assert jobs.run_one(NOW).outcome == {"spoke": language}


def test_nobody_asks_for_what_nobody_does(town, doers):
    with pytest.raises(KeyError, match=r"test\.unknown"):
        ask(town, "test.unknown")
    assert not Job.objects.exists()


def test_a_running_job_stops_at_its_next_report_and_keeps_what_it_did(town, doers):
    done = []

    @jobs.job("test.count")
    def count(asked, report):
        for step in range(100):
            if step == 3:
                jobs.ask_cancel(Job.objects.get())
            done.append(step)
            report(100, 100)

    ask(town)
    assert jobs.run_one(NOW).state == JobState.CANCELLED
    assert done == [0, 1, 2, 3]


def test_a_queued_job_is_cancelled_at_once_and_never_run(town, doers):
    @jobs.job("test.count")
    def count(asked, report):
        raise AssertionError("must not run")

    row = ask(town)
    jobs.ask_cancel(row)
    row.refresh_from_db()
    assert row.state == JobState.CANCELLED and row.ended_at
    assert jobs.run_one(NOW) is None


def test_a_finished_job_is_not_cancelled_afterwards(town, doers):
    jobs.job("test.count")(lambda asked, report: {})
    row = ask(town)
    jobs.run_one(NOW)
    jobs.ask_cancel(row)
    row.refresh_from_db()
    assert row.state == JobState.DONE and not row.cancel_asked


def test_a_job_that_fails_says_why_and_the_next_one_runs(town, doers, caplog):
    @jobs.job("test.count")
    def count(asked, report):
        if asked["bad"]:
            raise ValueError("row 7: no such street")
        return {}

    ask(town, bad=True), ask(town, bad=False)
    failed, fine = jobs.run_one(NOW), jobs.run_one(NOW)
    assert (failed.state, failed.note) == (JobState.FAILED, "ValueError: row 7: no such street")
    assert fine.state == JobState.DONE
    assert "test.count" in caplog.text


def test_what_a_stopped_child_left_running_is_failed_at_the_next_start(town, doers):
    jobs.job("test.count")(lambda asked, report: {})
    orphan, waiting = ask(town), ask(town)
    assert jobs.claim(NOW).pk == orphan.pk
    later = NOW + timedelta(minutes=5)
    assert jobs.fail_orphans(later) == 1
    orphan.refresh_from_db(), waiting.refresh_from_db()
    assert (orphan.state, orphan.ended_at) == (JobState.FAILED, later) and "interrupted" in orphan.note
    assert waiting.state == JobState.QUEUED


def test_reports_are_written_twice_a_second_at_most(town, doers):
    jobs.job("test.count")(lambda asked, report: {})
    row = ask(town)
    seconds = [0.0]
    report = jobs.make_report(row, clock=lambda: seconds[0])
    seen = []
    for step in range(10):
        seconds[0] = step * 0.2
        report(step, 100)
        row.refresh_from_db()
        seen.append(row.done_steps)
    assert seen == [0, 0, 0, 3, 3, 3, 6, 6, 6, 9]


def test_the_child_stops_when_told(town, doers):
    jobs.job("test.count")(lambda asked, report: {})
    ask(town)
    rounds = iter([False, False, True])
    jobs.run_forever(stopping=lambda: next(rounds), idle_s=0)
    assert Job.objects.get().state == JobState.DONE

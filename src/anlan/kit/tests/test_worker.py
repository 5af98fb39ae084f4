"""The worker loop on a clock that the test winds."""

from datetime import UTC, datetime, timedelta

from anlan.kit.worker import Sweep, WorkerLoop

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


def test_each_sweep_runs_when_it_is_due_with_the_time_it_is_given():
    seen = []
    loop = WorkerLoop([Sweep("fast", seen.append, 10), Sweep("slow", lambda now: None, 60)])
    assert loop.wind(at(0)) == ["fast", "slow"]
    assert loop.wind(at(9)) == []
    assert loop.wind(at(10)) == ["fast"]
    assert loop.wind(at(61)) == ["fast", "slow"]
    assert seen == [at(0), at(10), at(61)]


def test_a_jump_of_the_clock_runs_a_sweep_once_not_many_times():
    seen = []
    loop = WorkerLoop([Sweep("fast", seen.append, 10)])
    loop.wind(at(0))
    loop.wind(at(3600))
    assert seen == [at(0), at(3600)]


def test_a_sweep_that_fails_is_named_tried_again_and_does_not_stop_the_others(caplog):
    broken = [True]

    def shaky(now):
        if broken[0]:
            raise RuntimeError("no ink")

    seen = []
    loop = WorkerLoop([Sweep("shaky", shaky, 10), Sweep("sound", seen.append, 10)])
    for second in (0, 10, 20):
        loop.wind(at(second))
    shaky_sweep = loop.sweeps[0]
    assert "no ink" in shaky_sweep.error and shaky_sweep.ran_at is None
    assert len(seen) == 3
    assert caplog.text.count("sweep shaky failed") == 1, "the same failure is logged once"
    broken[0] = False
    loop.wind(at(30))
    assert shaky_sweep.error == "" and shaky_sweep.ran_at == at(30)


def test_the_loop_stops_when_it_is_told():
    loop = WorkerLoop([])
    thread = loop.start()
    loop.stop()
    thread.join(timeout=5)
    assert not thread.is_alive()

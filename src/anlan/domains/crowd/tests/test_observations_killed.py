"""Killed before the engine has them, and between its journal and the mark: presses are counted once, none is lost."""

import signal
import subprocess
import sys
from pathlib import Path

OBSERVER = Path(__file__).with_name("observer.py")


def run(folder, moment):
    return subprocess.run([sys.executable, OBSERVER, folder, moment], capture_output=True, text=True)


def test_presses_are_counted_once_wherever_it_is_killed(tmp_path):
    for moment in ("before", "after", "after"):
        killed = run(tmp_path, moment)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    for _again in range(2):
        ended = run(tmp_path, "never")
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.split() == ["60", "0"]

"""Processes beside the test: the scripts of this folder, and what the server has used."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Beside:
    """A script of this folder in a process of its own, given a task and asked at the end how it went.

    One that stands for a crowd of other machines is `nice`: it must not take from the server what they would not.
    """

    def __init__(self, script, task, *, nice=0):
        command = ["nice", "-n", str(nice), sys.executable, HERE / script]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps(task))
        self.process.stdin.close()

    def said(self):
        """What it printed, when it has ended."""
        return json.loads(self.process.stdout.read())


def cpu_s(pid):
    """CPU seconds, user and system, that a process has used (Linux: /proc)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mib(pid):
    """Resident memory of a process in MiB (Linux: /proc)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

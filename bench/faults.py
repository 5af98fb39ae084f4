"""Kills, cuts and floods at full count: 25 kills each over HTTP and MQTT, every test of the faults tier; no acknowledged reading is lost or counted twice."""

import os
import subprocess
import sys

KILLS = 25


def main(arguments):
    """Run the faults tier with `ANLAN_KILLS` (default 25) kills; the exit code of pytest."""
    env = {"ANLAN_KILLS": str(KILLS)} | os.environ
    print(f"faults tier, {env['ANLAN_KILLS']} kills", flush=True)
    command = [sys.executable, "-m", "pytest", "-m", "faults", "-n0", "-v", "-s", "--durations=0", *arguments]
    return subprocess.run(command, env=env).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

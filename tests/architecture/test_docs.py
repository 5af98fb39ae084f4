"""The generated pages say what the code says."""

import os
import subprocess
import sys


def test_the_reference_is_current(root):
    env = {name: value for name, value in os.environ.items() if name not in {"ANLAN_DATA", "DATABASE_URL"}}
    ran = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]

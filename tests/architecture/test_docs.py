"""The generated pages say what the code says, and every text of the interface has its English."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("script", [("docs/generate.py", "--check"), ("docs/translations.py",)])
def test_what_is_made_from_the_code_is_current(root, script):
    env = {name: value for name, value in os.environ.items() if name not in {"ANLAN_DATA", "DATABASE_URL"}}
    ran = subprocess.run(
        [sys.executable, *script], cwd=root, env=env, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-3000:]

"""The job child knows how to do every job that a page can ask for."""

import json
import subprocess
import sys

CHILD = """
import json, os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.site.settings"
django.setup()
import anlan.cli.jobs
from anlan.kit.jobs import JOBS
child = sorted(JOBS)
import anlan.site.urls
print(json.dumps([child, sorted(JOBS)]))
"""


def test_the_job_child_knows_every_job_that_pages_ask_for():
    said = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True)
    child, pages = json.loads(said.stdout)
    assert child == pages and pages

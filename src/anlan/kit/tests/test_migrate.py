"""An empty database laid out from the models is the one that all migrations would have made."""

import json
import os
import subprocess
import sys
import uuid

import psycopg
import pytest

pytestmark = pytest.mark.faults  # half a minute each

TELL = """
import json, sys, django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from anlan.kit import guards

call_command("migrate", verbosity=0, interactive=False, stepwise="stepwise" in sys.argv)
told = {"guards missing": guards.missing(connection)}
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        columns = {
            each.name: [str(part) for part in each[1:]]
            for each in connection.introspection.get_table_description(cursor, table)
        }
        limits = connection.introspection.get_constraints(cursor, table)
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        named = [(name.strip("_").rstrip("0123456789_"), limit) for name, limit in limits.items()]
        told[table] = [columns, sorted(map(repr, named)), cursor.fetchone()]
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2")
    told["applied"] = cursor.fetchall()
json.dump(told, sys.stdout)
"""


def told(folder, database_url, *words):
    """What a fresh process finds in a new database after `migrate`."""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "anlan.site.settings", "ANLAN_DATA": str(folder), "DATABASE_URL": database_url,
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", TELL, *words], env=env, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def assert_same(at_once, stepwise):
    assert at_once["guards missing"] == stepwise["guards missing"] == []
    assert at_once["applied"] == stepwise["applied"]
    assert at_once.keys() == stepwise.keys()
    differ = [table for table in at_once if at_once[table] != stepwise[table]]
    assert set(differ) <= {"auth_group_permissions"}  # Django's own: its past state makes its key a bigint


def test_at_once_or_step_by_step_sqlite_is_the_same(tmp_path):
    at_once, stepwise = tmp_path / "at-once", tmp_path / "stepwise"
    at_once.mkdir(), stepwise.mkdir()
    assert_same(told(at_once, ""), told(stepwise, "", "stepwise"))


def test_at_once_or_step_by_step_postgresql_is_the_same(postgres, tmp_path):
    names = [f"layout_{uuid.uuid4().hex}" for _ in range(2)]
    server = psycopg.connect(postgres, autocommit=True)
    for name in names:
        server.execute(f"CREATE DATABASE {name}")
    try:
        urls = [f"{postgres.rpartition('/')[0]}/{name}" for name in names]
        assert_same(told(tmp_path, urls[0]), told(tmp_path, urls[1], "stepwise"))
    finally:
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.close()

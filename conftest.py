"""What every test may ask for: the outside world where it is present, and marks that choose the passes.

A real broker, database or browser that is absent skips the test and says so; with CI=true it fails it.
"""

import os
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from hypothesis import settings

from anlan.kit import guards

settings.register_profile("anlan", deadline=None)  # machines are shared: a slow moment is no failure
settings.load_profile("anlan")

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
BESIDE = Path(__file__).resolve().parent.parent / "shared"


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "database: touches the database of records (set by conftest.py; run again on PostgreSQL)"
    )


@pytest.fixture(scope="session", autouse=True)
def guards_stand_aside():
    """Where a test's database is emptied after it, the guards of change rows go down for that moment."""
    empty = BaseDatabaseOperations.execute_sql_flush

    def emptied(ops, statements):
        guards.take_down(ops.connection)
        try:
            empty(ops, statements)
        finally:
            guards.put_up(ops.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", emptied)
        yield


def pytest_make_parametrize_id(config, val, argname):
    """Name bytes by their argument: packed ones hold the time of day, and two workers would name them differently."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what touches the database of records, so that `-m database` chooses it."""
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")


def absent(what):
    """Skip, or in CI fail, because something that the test needs is not on this machine."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}: in CI its absence is a failure (see .ci/run)", pytrace=False)
    pytest.skip(what)


def reachable(url, default_port):
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port or default_port), timeout=2).close()
    except OSError:
        return False
    return True


@pytest.fixture
def alone(client, db):
    """`for at, who in alone(PEOPLE)`: each finds the same rows and nobody signed in; what one wrote is undone after him."""

    def one_by_one(people):
        for at, who in enumerate(people):
            client.cookies.clear()
            with transaction.atomic():
                yield at, who
                transaction.set_rollback(True)

    return one_by_one


@pytest.fixture(scope="session")
def program():
    """The path of a program by name: `program("mosquitto_passwd")`."""

    def find(name):
        path = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
        return path or absent(f"no {name} on this machine")

    return find


@pytest.fixture(scope="session")
def mosquitto():
    """(host, port) of a real MQTT broker; ANLAN_TEST_MQTT names another than 127.0.0.1:1883."""
    url = os.environ.get("ANLAN_TEST_MQTT", "mqtt://127.0.0.1:1883")
    if not reachable(url, 1883):
        absent(f"no MQTT broker answers at {url} (ANLAN_TEST_MQTT)")
    parts = urlsplit(url)
    return parts.hostname, parts.port or 1883


@pytest.fixture(scope="session")
def postgres():
    """The address of a real PostgreSQL; ANLAN_TEST_POSTGRES names another."""
    url = os.environ.get("ANLAN_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
    if not reachable(url, 5432):
        absent(f"PostgreSQL does not answer at {url} (ANLAN_TEST_POSTGRES)")
    return url


@pytest.fixture(scope="session")
def chromium():
    """The path of a real chromium; ANLAN_TEST_CHROMIUM names another than the one on the PATH."""
    named = os.environ.get("ANLAN_TEST_CHROMIUM")
    path = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not path or not Path(path).exists():
        absent("no chromium on this machine (Debian: apt-get install chromium; or set ANLAN_TEST_CHROMIUM)")
    return path


@pytest.fixture(scope="session")
def shared():
    """The folder of reference material beside the project; it is not part of it, so its absence always skips."""
    if not BESIDE.is_dir():
        pytest.skip("no ../shared beside the project: reference samples and counts are not here")
    return BESIDE

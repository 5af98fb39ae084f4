"""X10 「Runs on one box with nothing else」: one command, one data folder; backed up while it works, restored whole."""

import json
import os
import threading
import time
import urllib.request
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin

import lxml.html
import psycopg
import pytest
from tests.browser.product import Product, until
from tests.letter.town import PASSWORD

OFFLINE = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1"}


@dataclass
class Box(Product):
    """A running product over one data folder and, where the tests run on PostgreSQL, a database of its own."""

    database: str = ""

    @property
    def env(self):
        return super().env | ({"DATABASE_URL": self.database} if self.database else {})


class Visitor:
    """A browser over real HTTP: cookies, forms as they stand."""

    def __init__(self, product):
        self.product = product
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self, address, posted=None):
        """(final address, parsed page)."""
        body = urlencode(posted).encode() if posted is not None else None
        request = urllib.request.Request(
            urljoin(self.product.address, address), body, {"Accept-Language": "zh-CN"}
        )
        with self.opener.open(request, timeout=20) as answer:
            return answer.geturl(), lxml.html.fromstring(answer.read().decode())

    def form(self, address, *names):
        """The form of a page that is posted and has all these fields."""
        forms = self.open(address)[1].forms
        return next(
            one for one in forms if one.method.upper() == "POST" and set(names) <= set(one.fields.keys())
        )

    def fill_in(self, address, **typed):
        """Open a page, fill in the form that has these fields, send it."""
        form = self.form(address, *typed)
        for name, value in typed.items():
            form.fields[name] = str(value)
        return self.open(urljoin(address, form.get("action") or address), form.form_values())

    def first_choice(self, address, name):
        """The first real choice that a form of the page offers."""
        return next(value for value in self.form(address, name).inputs[name].value_options if value)

    def text(self, address):
        return " ".join(self.open(address)[1].text_content().split())

    def json(self, address):
        with self.opener.open(urljoin(self.product.address, address), timeout=20) as answer:
            return json.load(answer)


def sign_in(product):
    visitor = Visitor(product)
    visitor.fill_in("/accounts/sign-in/", username="admin", password=product.password)
    if product.password != PASSWORD:
        visitor.fill_in("/accounts/password/", old=product.password, new=PASSWORD, again=PASSWORD)
        product.password = PASSWORD
    return visitor


def furnish(visitor):
    """A square for 1,000 people with one counter, all through the pages; the counter's token."""
    top = visitor.first_choice("/places/add/", "organisation")
    visitor.fill_in("/places/add/", code="SQ", name="广场", kind="square", organisation=top)
    visitor.fill_in(
        "/places/SQ/capacity/?kind=instantaneous&method=document", value_persons=1000, determined_by=top,
        determined_on=datetime.now(UTC).date() - timedelta(days=1), document_number="示例1号", why="示例",
    )  # fmt: skip
    place = visitor.first_choice("/crowd/sensors/new/", "place")
    visitor.fill_in("/crowd/sensors/new/", code="CAM-1", name="广场相机", kind="native", place=place)
    visitor.fill_in("/crowd/sensor/CAM-1/bindings/new/", channel="1", measures="flow")
    token = visitor.form("/crowd/sensor/CAM-1/", "csrfmiddlewaretoken").form_values()
    _at, page = visitor.open("/crowd/sensor/CAM-1/credential/", token)
    return page.get_element_by_id("token").text_content().strip()


class Reporter(threading.Thread):
    """A counter that reports one person in at a time, as fast as it is acknowledged; knows what was."""

    def __init__(self, product, token):
        super().__init__(daemon=True)
        self.product, self.token = product, token
        self.acknowledged, self.going = 0, True

    def run(self):
        while self.going:
            self.report(1)
            time.sleep(0.005)

    def report(self, people):
        """So many come in, one after another, in one batch of passages."""
        now_ms = int(time.time() * 1000)
        passages = [{"kind": "event", "channel": "1", "t": now_ms, "in": 1} for _ in range(people)]
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{self.product.address}/ingest/v1/readings", json.dumps(passages).encode(), headers
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 202
        self.acknowledged += people


def space(visitor):
    """The square as the reading API says."""
    return next((one for one in visitor.json("/api/v1/spaces") if one["code"] == "SQ"), {})


def told(visitor):
    """What makes a warning that warning, and why it is what it is now."""
    return [
        (one["space_code"], one["opened_at"], one["reason"]["zh"]) for one in visitor.json("/api/v1/warnings")
    ]


@pytest.fixture
def make_box():
    """Makes boxes that are stopped at the end: `make_box(folder)`; each with an empty database of its own."""
    server, boxes, made = os.environ.get("DATABASE_URL", ""), [], []

    def make(folder, **known):
        database = ""
        if server:
            made.append(f"anlan_letter_{uuid.uuid4().hex}")
            database = f"{server.rpartition('/')[0]}/{made[-1]}"
            order(f'CREATE DATABASE "{made[-1]}"')
        boxes.append(Box(folder, ("--no-demo",), database=database, **known))
        return boxes[-1]

    def order(words):
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(words)

    yield make
    for box in boxes:
        if box.process and box.process.poll() is None:
            box.stop()
    for name in made:
        order(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def offline(monkeypatch):
    """Whatever would go out to the internet meets a closed door."""
    for name, value in OFFLINE.items():
        monkeypatch.setenv(name, value)


def test_a_box_is_backed_up_while_it_works_and_restored_whole(tmp_path, offline, make_box):
    """Readings come in all the while; what was acknowledged before the backup began is in it: counts, warnings, people."""
    backup, box = tmp_path / "backup.tar.gz", make_box(tmp_path / "data").start()
    visitor = sign_in(box)
    counter = Reporter(box, furnish(visitor))
    until(lambda: counter.report(1) or space(visitor).get("occupancy"), "the watch follows the register")
    counter.acknowledged = space(visitor)["occupancy"]  # what came before the binding is no one's count
    counter.report(700)
    until(lambda: told(visitor), "a warning is on record")
    counter.start()
    time.sleep(0.3)
    before, warned = counter.acknowledged, told(visitor)
    box.anlan("backup", str(backup))
    counter.going = False
    counter.join()
    until(lambda: space(visitor)["occupancy"] == counter.acknowledged, "all that was acknowledged is counted")
    assert counter.acknowledged > before, "readings came in during the backup"
    assert warned[0][0] == "SQ" and "占承载量" in warned[0][2]
    box.stop()

    again = make_box(tmp_path / "restored", password=PASSWORD)
    again.anlan("restore", str(backup))
    visitor = sign_in(again.start())  # the same people with the same passwords
    found = until(lambda: space(visitor).get("occupancy"), "the restored watch knows its counts")
    assert before <= found <= counter.acknowledged
    assert [one[:2] for one in told(visitor)] == [one[:2] for one in warned]
    Reporter(again, counter.token).report(1)  # the same credential, and the count goes on
    assert space(visitor)["occupancy"] == found + 1
    assert "✗" not in again.anlan("doctor")
    assert "运行中" in visitor.text("/status/")
    assert {path.name for path in tmp_path.iterdir()} == {"data", "restored", "backup.tar.gz"}


def test_a_damaged_backup_or_a_full_folder_is_refused_with_what_to_do(tmp_path):
    """Nothing is overwritten and nothing half restored; the answer says which file and what to do."""
    full = tmp_path / "full"
    full.mkdir()
    (full / "something").write_text("here")
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(os.urandom(2000))
    with pytest.raises(AssertionError, match="not empty"):
        Box(full).anlan("restore", str(broken))
    with pytest.raises(AssertionError, match="cannot be read as a backup"):
        Box(tmp_path / "new").anlan("restore", str(broken))
    assert not (tmp_path / "new").exists() and (full / "something").read_text() == "here"

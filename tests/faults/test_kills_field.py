"""SIGKILL in mid-upload and mid-commit of phones: what was acknowledged is there, every record is applied once, every photo is its own.

Three kills in the suite, more by ANLAN_KILLS (`dev.py bench faults`).
"""

import collections
import http.client
import http.cookiejar
import io
import json
import os
import random
import sqlite3
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from PIL import Image
from tests.browser.product import Product
from tests.doors.district import furnish

from anlan.site.tests.field_phone import Phone, sha

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("ANLAN_KILLS", "3"))
PHONES = 3
RECORDS_EACH = 3  # of an upload
CUT = (OSError, urllib.error.URLError, http.client.HTTPException)
KINDS = ("exits", "fire", "electric")


class Line:
    """One person's way to the server, with cookies and the token against forgery; a cut line is asked again."""

    def __init__(self, product, password):
        self.product, self.password, self.cuts = product, password, 0
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def token(self):
        return next((one.value for one in self.jar if one.name == "csrftoken"), "")

    def sign_in(self):
        address = f"{self.product.address}/accounts/sign-in/"
        self.opener.open(address).read()
        typed = {"username": "admin", "password": self.password, "csrfmiddlewaretoken": self.token()}
        answer = self.opener.open(address, urllib.parse.urlencode(typed).encode())
        assert "sign-in" not in answer.url, "the password is refused"
        return self

    def ask(self, method, address, body, media_type):
        """(status, answer) however often the server is killed meanwhile."""
        while True:
            try:
                return self.try_once(method, address, body, media_type)
            except CUT as why:
                refused = isinstance(getattr(why, "reason", why), ConnectionRefusedError)
                self.cuts += not refused
                time.sleep(0.05)

    def try_once(self, method, address, body, media_type):
        headers = {"X-CSRFToken": self.token(), "Content-Type": media_type or ""}
        asked = urllib.request.Request(
            self.product.address + address, data=body, headers=headers, method=method
        )
        try:
            answer = self.opener.open(asked, timeout=60)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")
        return answer.status, json.loads(answer.read())


class Walking(threading.Thread):
    """A patrol that writes and sends until it is told to stop; `told` is what the server acknowledged, by record."""

    def __init__(self, product, password, number, seed):
        super().__init__(daemon=True)
        self.number, self.rng, self.line = number, random.Random(seed), Line(product, password).sign_in()
        self.phone = Phone(self.line.ask, name=f"终端{number}").prepare()
        self.written, self.told, self.trouble = {}, {}, None
        self.stopping = threading.Event()

    def run(self):
        try:
            while not self.stopping.is_set():
                self.send_some()
        except BaseException as why:
            self.trouble = why
            raise

    def send_some(self):
        self.phone.forget()
        for _ in range(RECORDS_EACH):
            photos = [(f"{n}.jpg", self.photo(), "before") for n in range(self.rng.randrange(3))]
            what = f"终端{self.number}-{len(self.written)}"
            words = {"what": what, "kind": self.rng.choice(KINDS), "address": "示例路"}
            uid = self.phone.write("hazard", words, files=photos)
            self.written[uid] = (what, sorted(sha(body) for _name, body, _stage in photos))
        status, said = self.phone.send()
        assert status == 200, said
        self.told |= {one["uid"]: one["state"] for one in said["records"]}

    def photo(self):
        """A picture of noise, so that each is another and takes its time."""
        body = io.BytesIO()
        side = self.rng.choice((16, 200, 600))
        Image.frombytes("RGB", (side, side), self.rng.randbytes(side * side * 3)).save(
            body, "JPEG", quality=90
        )
        return body.getvalue()


def stored(product):
    """({what: number of hazards}, {what: hashes of the photos as they were given}) of the database itself."""
    with sqlite3.connect(f"file:{product.folder}/anlan.sqlite3?mode=ro", uri=True) as found:
        hazards = collections.Counter(what for (what,) in found.execute("select what from hazards_hazard"))
        photos = collections.defaultdict(list)
        for what, digest in found.execute(
            "select h.what, a.given_sha256 from hazards_evidence e join hazards_hazard h on h.id = e.hazard_id"
            " join kit_attachment a on a.id = e.attachment_id"
        ):
            photos[what].append(digest)
    return hazards, photos


def test_kills_lose_no_record_and_double_none(tmp_path):
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    product = Product(tmp_path, ("--no-demo",))
    keys = furnish(product, {"places": [], "sensors": [], "credentials": []})
    product.start()
    walking = [Walking(product, keys.password, number, seed + number) for number in range(PHONES)]
    for one in walking:
        one.start()
    try:
        for _ in range(KILLS):
            time.sleep(rng.uniform(0.3, 2.0))
            product.kill()
            product.start()
        time.sleep(0.5)
    finally:
        for one in walking:
            one.stopping.set()
        for one in walking:
            one.join(timeout=120)
        product.kill()
    assert not [one.trouble for one in walking if one.trouble], f"seed {seed}"
    assert not [one for one in walking if one.is_alive()], f"seed {seed}: a phone still waits"
    written = {uid: line for one in walking for uid, line in one.written.items()}
    told = {uid: state for one in walking for uid, state in one.told.items()}
    cuts = sum(one.line.cuts for one in walking)
    hazards, photos = stored(product)
    print(
        f"{KILLS} kills, {cuts} requests cut, {len(written)} records with {sum(len(p) for _w, p in written.values())} photos"
    )
    assert cuts >= 1 and len(written) >= PHONES * RECORDS_EACH, f"seed {seed}: no kill hit a request"
    assert told.keys() == written.keys() and set(told.values()) == {"taken"}, f"seed {seed}"
    assert hazards == {what: 1 for what, _photos in written.values()}, f"seed {seed}: lost or doubled"
    assert {what: sorted(kept) for what, kept in photos.items()} == {
        what: p for what, p in written.values() if p
    }, f"seed {seed}"

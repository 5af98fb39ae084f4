"""Those who come to the doors: a device over HTTP, a watcher of the live feed, a person signed in."""

import http.client
import json
import re
import threading
import time
import urllib.request

import httpx
from lxml import html

LIVE_TOKEN = re.compile(r'data-token="([^"]+)"')


class Device:
    """One keep-alive connection that reports with one token."""

    def __init__(self, product, token):
        self.product, self.token = product, token
        self.connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=30)

    def send(self, body, path="/ingest/v1/readings", *, content_type="application/json", **headers):
        """(status, answer) of a POST; `body` is bytes or something to be sent as JSON."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type} | named
        self.connection.request("POST", path, body, given)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(
            text
        ) if answer.headers.get_content_type() == "application/json" else text


def interval(sensor, end_ms, *, count_in=1, count_out=0, length_ms=1000):
    """An interval reading as native JSON has it."""
    return {
        "sensor": sensor, "channel": "1", "kind": "interval", "start": end_ms - length_ms, "end": end_ms,
        "in": count_in, "out": count_out,
    }  # fmt: skip


def now_ms():
    return time.time_ns() // 1_000_000


def live_pass(product, screen):
    """The pass that the wall's page hands to its script."""
    page = urllib.request.urlopen(f"{product.address}/wall/?token={screen}", timeout=20).read().decode()
    return LIVE_TOKEN.search(page).group(1)


def occupancy(product, screen):
    """{space: number of people} as the snapshot says it now."""
    address = f"{product.address}/live/v1/live/snapshot?token={live_pass(product, screen)}"
    spaces = json.load(urllib.request.urlopen(address, timeout=20))["spaces"]
    return {space["code"]: space["occupancy"] for space in spaces}


SOON_S = 5.0  # a suite shares its cores with itself; that it is a second is proved by the best of several


class Watcher:
    """Listens to the live feed in a thread and keeps (received at, monotonic s; kind; message)."""

    def __init__(self, product, screen):
        self.connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=60)
        self.connection.request("GET", f"/live/v1/live/stream?token={live_pass(product, screen)}")
        self.stream = self.connection.getresponse()
        assert self.stream.status == 200, self.stream.status
        self.heard = []
        self.ended = False
        self.stream.readline()  # `retry`: the subscription stands
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        kind = ""
        try:
            for line in self.stream:
                if line.startswith(b"event: "):
                    kind = line[7:-1].decode()
                elif line.startswith(b"data: "):
                    self.heard.append((time.monotonic(), kind, line[6:-1]))
        except (OSError, http.client.HTTPException, ValueError):
            pass
        self.ended = True

    def numbers(self, space):
        """Every occupancy of a space told so far, oldest first."""
        told = [json.loads(message)["rows"] for _, kind, message in list(self.heard) if kind == "spaces"]
        return [row[1] for rows in told for row in rows if row[0] == space]

    def wait_for(self, space, occupancy, *, limit_s):
        """Whether the space shows this many people within the limit."""
        deadline = time.monotonic() + limit_s
        while (self.numbers(space) or [None])[-1] != occupancy:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def changes(self):
        """Every level change told so far."""
        return [json.loads(message) for _, kind, message in list(self.heard) if kind == "change"]

    def close(self):
        self.connection.sock.close() if self.connection.sock else None


class Person:
    """A browser's side of HTTP: cookies, forms with their tokens, redirects followed."""

    def __init__(self, product, password, *, name="admin"):
        self.http = httpx.Client(base_url=product.address, timeout=30, follow_redirects=True, trust_env=False)
        self.post("/accounts/sign-in/", username=name, password=password)
        assert "sessionid" in self.http.cookies

    def get(self, path):
        """The text of a page, which must be there."""
        answer = self.http.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def post(self, path, *, page=None, **words):
        """Change these fields of the form that `page` (or `path` itself) shows for `path`, and send it; the page that follows."""
        forms = html.fromstring(self.get(page or path)).forms
        form = next(form for form in forms if form.method == "POST" and (form.action or path) == path)
        answer = self.http.post(
            path, data=dict(form.form_values()) | words, headers={"Referer": str(self.http.base_url)}
        )
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text

    def links(self, path, pattern):
        """The addresses on a page that a pattern matches."""
        return [
            link for link in html.fromstring(self.get(path)).xpath("//a/@href") if re.fullmatch(pattern, link)
        ]

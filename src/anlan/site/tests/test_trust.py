"""The own certificate authority: what it makes, what a client that trusts it alone accepts, what it may not speak for."""

import http.client
import plistlib
import re
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from anlan.site.doctor import look_at_certificate
from anlan.site.trust.authority import Authority, NotPermitted, names_of
from anlan.site.trust.doors import TrustDoors
from anlan.site.trust.naming import own_names

NOW = datetime.now(UTC)  # a real client holds certificates against the real clock
NAMES = ["box.example", "127.0.0.1", "localhost"]


@pytest.fixture
def own(tmp_path):
    own = Authority(tmp_path / "trust")
    own.prepare(names=NAMES, now=NOW)
    return own


def test_keys_are_the_servers_own(own):
    assert {path.stat().st_mode & 0o777 for path in (own.key, own.server_key)} == {0o600}
    assert own.folder.stat().st_mode & 0o777 == 0o700


def test_the_authority_is_constrained_and_may_make_no_other(own):
    held = own.read().extensions
    basic = held.get_extension_for_class(x509.BasicConstraints)
    assert (basic.value.ca, basic.value.path_length, basic.critical) == (True, 0, True)
    named = held.get_extension_for_class(x509.NameConstraints)
    assert named.critical and x509.DNSName("box.example") in named.value.permitted_subtrees
    assert own.read().not_valid_after_utc - NOW > timedelta(days=3650)


def test_it_is_made_once_and_renewed_in_its_last_month(own):
    before, authority = own.read_server(), own.read()
    assert own.prepare(names=NAMES, now=NOW) is False
    assert own.prepare(names=NAMES, now=NOW + timedelta(days=360)) is False
    assert own.prepare(names=NAMES, now=NOW + timedelta(days=368)) is True
    assert own.read_server().serial_number != before.serial_number
    assert own.read() == authority


def test_a_name_more_makes_a_new_certificate_by_the_same_authority(own):
    authority = own.read()
    assert own.prepare(names=[*NAMES, "192.168.7.9"], now=NOW) is True
    assert "192.168.7.9" in names_of(own.read_server())
    assert own.read() == authority


@pytest.mark.parametrize("name", ["bank.example.com", "8.8.8.8", "notbox.example"])
def test_it_speaks_for_no_other_name(own, name):
    with pytest.raises(NotPermitted, match=re.escape(name)):
        own.prepare(names=[name], now=NOW)
    own.make_server([name], NOW)  # even with its key in a thief's hands
    with pytest.raises(ssl.SSLCertVerificationError), Serving(own) as port:
        fetch(own, port, name="localhost", server_name=name)


def test_own_names_hold_what_was_given_first():
    names = own_names("0.0.0.0", ("Anlan.Example.", "10.1.2.3"))
    assert names[:2] == ["anlan.example", "10.1.2.3"]
    assert {"localhost", "127.0.0.1", "::1"} <= set(names)
    assert len(names) == len(set(names))


class Serving:
    """A real https server with the authority's certificate, in a thread."""

    def __init__(self, own):
        app = Starlette(routes=[Route("/", lambda request: PlainTextResponse(request.url.scheme))])
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, ssl_certfile=str(own.server_chain), ssl_keyfile=str(own.server_key), log_level="error",
            lifespan="off",
        )  # fmt: skip
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)

    def __enter__(self):
        self.thread.start()
        while not self.server.started:
            pass
        return self.socket.getsockname()[1]

    def __exit__(self, *fault):
        self.server.should_exit = True
        self.thread.join(5)


def fetch(own, port, *, name, trust=True, server_name=None):
    """GET / as a client that trusts nothing but the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trust:
        context.load_verify_locations(cadata=own.read().public_bytes(Encoding.PEM).decode())
    line = socket.create_connection(("127.0.0.1", port), timeout=5)
    with line, context.wrap_socket(line, server_hostname=server_name or name) as safe:
        asked = http.client.HTTPConnection("127.0.0.1")
        asked.sock = safe
        asked.request("GET", "/", headers={"Host": name})
        return asked.getresponse().read().decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_trusts_the_authority_alone_is_served(own, name):
    with Serving(own) as port:
        assert fetch(own, port, name=name) == "https"


def test_a_client_that_does_not_trust_it_is_not(own):
    with Serving(own) as port, pytest.raises(ssl.SSLCertVerificationError):
        fetch(own, port, name="localhost", trust=False)


@pytest.fixture
def plain(own):
    doors = TrustDoors(own, name="box.example", port=8443)
    return TestClient(doors.plain_app(), base_url="http://box.example:8444", follow_redirects=False)


def test_the_plain_port_tells_how_to_trust(own, plain):
    page = plain.get("/trust/", headers={"accept-language": "zh-CN"})
    assert own.fingerprint() in page.text and "https://box.example:8443/" in page.text
    assert "script" not in page.text
    assert plain.get("/trust/", headers={"accept-language": "en-GB"}).text.count("certificate") > 3
    assert x509.load_der_x509_certificate(plain.get("/trust/anlan.crt").content) == own.read()
    profile = plistlib.loads(plain.get("/trust/anlan.mobileconfig").content)
    assert profile["PayloadContent"][0]["PayloadContent"] == own.der()
    assert plain.get("/trust/trust.css").headers["content-type"].startswith("text/css")


def test_all_else_leads_to_https_and_nothing_is_taken_in_the_clear(plain):
    led = plain.get("/crowd/patrols/?day=2026-01-01")
    assert (led.status_code, led.headers["location"]) == (
        307, "https://box.example:8443/crowd/patrols/?day=2026-01-01",
    )  # fmt: skip
    astray = plain.get("/x", headers={"host": "evil.example"})
    assert astray.headers["location"] == "https://box.example:8443/x"
    assert plain.get("//evil.example/x").headers["location"].startswith("https://box.example:8443/")
    refused = plain.post("/ingest/v1/readings", json=[])
    assert refused.status_code == 403 and "https://box.example:8443" in refused.json()["error"]
    assert "strict-transport-security" not in plain.get("/trust/").headers


def test_the_doctor_tells_how_long_it_holds(tmp_path, settings):
    settings.DATA = tmp_path
    assert look_at_certificate().state == "ok"
    own = Authority(tmp_path / "trust")
    own.prepare(names=NAMES, now=NOW)
    assert look_at_certificate().state == "ok" and "box.example" in look_at_certificate().found
    own.make_server(NAMES, NOW - timedelta(days=380))
    assert look_at_certificate().state == "care"
    own.make_server(NAMES, NOW - timedelta(days=400))
    assert look_at_certificate().state == "bad"
    own.key.chmod(0o644)
    assert "600" in look_at_certificate().todo

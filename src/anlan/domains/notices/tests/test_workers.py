"""What runs beside the pages: expiry by a wound clock, and the feeds of others against a server that speaks as they do."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from anlan.channels.calling import open_client
from anlan.domains.notices import actions, queries
from anlan.domains.notices.models import Bulletin, Feed
from anlan.domains.notices.tests.conftest import NOW, UNTIL, publish
from anlan.domains.notices.workers import expire_notices, read_feeds
from anlan.kit.models import Change

CAP = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>met.example</sender>
<sent>{sent}</sent><status>Actual</status><msgType>{kind}</msgType><scope>Public</scope>{references}<info>
<language>zh-CN</language><category>Met</category><event>大风</event><urgency>Expected</urgency><severity>Minor</severity>
<certainty>Likely</certainty><expires>2026-12-31T23:00:00+08:00</expires><senderName>示范气象台</senderName>
<headline>{headline}</headline><description>阵风七级。</description><area><areaDesc>示范区</areaDesc></area></info>{signature}</alert>"""
SIGNED = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature>'
NEWRS = """<?xml version="1.0" encoding="UTF-8"?><alert><identifier>31010141600000_20261231180000</identifier>
<sender>示范区气象局</sender><senderCode>31010141600000</senderCode><sendTime>2026-12-31 18:00:00+08:00</sendTime>
<status>Actual</status><msgType>Alert</msgType><scope>Public</scope><references/><info><language>zh-CN</language>
<eventType>11B06</eventType><urgency>Unknown</urgency><severity>Blue</severity><certainty>Unknown</certainty>
<effective>2026-12-31 18:00:00+08:00</effective><onset/><expires/><senderName>示范</senderName>
<headline>发布大风蓝色预警</headline><description>大风。</description><instruction/><web/><area>
<areaDesc>示范区</areaDesc><polygon/><circle/><geocode>310101000000</geocode></area></info></alert>"""


def cap(
    identifier="a1",
    kind="Alert",
    *,
    sent="2026-12-31T18:00:00+08:00",
    references="",
    headline="大风预警",
    signature="",
):
    told = f"<references>{references}</references>" if references else ""
    return CAP.format(
        identifier=identifier, kind=kind, sent=sent, references=told, headline=headline, signature=signature
    ).encode()


class Met(BaseHTTPRequestHandler):
    """A weather office: documents by path, with ETags."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("if-none-match")))
        body = self.server.shelf.get(self.path)
        tag = f'"{hash(body)}"'
        if body is not None and self.headers.get("if-none-match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(200 if body is not None else 500)
        self.send_header("ETag", tag)
        self.send_header("Content-Type", "application/xml")
        self.end_headers()
        self.wfile.write(body or b"<html>broken</html>")

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def met():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Met)
    server.shelf, server.asked = {}, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def feed(town, met):
    url = f"http://127.0.0.1:{met.server_port}/feed"
    return actions.add_feed(
        town.parks, by=town.signer, now=NOW, name="气象", kind="cap", url=url, every_s=60
    ).subject


def read(now=NOW):
    with open_client() as client:
        read_feeds(queries.due_feeds(now), client, now=now)


def test_a_notice_that_ran_out_is_noted_once(town, draft):
    notice = publish(draft, town)
    expire_notices(UNTIL - timedelta(seconds=1))
    notice.refresh_from_db()
    assert notice.state == "published"
    for _ in range(2):
        expire_notices(UNTIL)
    notice.refresh_from_db()
    assert (notice.state, notice.ended_at) == ("expired", UNTIL)
    assert Change.objects.filter(what="notices.expire").count() == 1


def test_an_alert_is_kept_once_and_what_is_known_is_not_asked_for(feed, met):
    met.shelf["/feed"] = cap(signature=SIGNED)
    read()
    alert = Bulletin.objects.get()
    assert (alert.sender, alert.identifier, alert.headline) == ("met.example", "a1", "大风预警")
    assert alert.get_signature_display() == "有签名，未验证"
    assert "<SignedInfo/>" in alert.raw
    read(NOW + timedelta(seconds=30))  # not due
    assert len(met.asked) == 1
    read(NOW + timedelta(seconds=60))
    assert met.asked[-1][1] is not None
    assert Bulletin.objects.count() == 1
    assert Feed.objects.get().fault == ""


@pytest.mark.parametrize("order", [("a1", "a2"), ("a2", "a1")])
@pytest.mark.parametrize(("kind", "state"), [("Update", "updated"), ("Cancel", "cancelled")])
def test_updates_and_cancels_end_what_they_name_in_either_order(town, feed, met, order, kind, state):
    documents = {
        "a1": cap("a1"),
        "a2": cap(
            "a2",
            kind,
            sent="2026-12-31T19:00:00+08:00",
            references="met.example,a1,2026-12-31T18:00:00+08:00",
        ),
    }
    for at, name in enumerate(order):
        met.shelf["/feed"] = documents[name]
        read(NOW + timedelta(minutes=at))
    assert Bulletin.objects.get(identifier="a1").state == state
    now = [one.identifier for one in queries.bulletins_now(town.signer, now=NOW)]
    assert now == (["a2"] if kind == "Update" else [])


def test_a_12379_message_is_read(feed, met):
    met.shelf["/feed"] = NEWRS.encode()
    read()
    alert = Bulletin.objects.get()
    assert (alert.headline, alert.degree, alert.expires_at) == ("发布大风蓝色预警", "Blue", None)


def test_an_index_leads_to_its_documents(feed, met):
    port = met.server_port
    met.shelf["/feed"] = (
        f'<rss version="2.0"><channel><title>x</title><item><title>a</title><enclosure url="http://127.0.0.1:{port}/1.cap" '
        f'type="application/cap+xml" length="1"/></item></channel></rss>'
    ).encode()
    met.shelf["/1.cap"] = cap("i1")
    read()
    assert Bulletin.objects.get().identifier == "i1"


@pytest.mark.parametrize(
    "body", [b"<html/>", b"", b"not xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', None]
)
def test_what_cannot_be_read_is_said(feed, met, body):
    met.shelf["/feed"] = body
    read()
    assert Feed.objects.get().fault
    assert not Bulletin.objects.exists()


def test_a_run_out_or_practised_alert_is_not_shown(town, feed, met):
    met.shelf["/feed"] = cap().replace(b"<status>Actual", b"<status>Exercise")
    read()
    assert not queries.bulletins_now(town.signer, now=NOW)
    Bulletin.objects.update(status="Actual")
    assert queries.bulletins_now(town.signer, now=NOW)
    assert not queries.bulletins_now(town.signer, now=NOW + timedelta(hours=4))

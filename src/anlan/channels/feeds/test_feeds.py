"""Feeds: ours are read back, hostile words in them are inert; others' are fetched once, and lead nowhere inward."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from anlan.channels.cap.write import write
from anlan.channels.feeds import read as reading
from anlan.channels.feeds.read import fetch, read_warning
from anlan.channels.feeds.write import ATOM, Entry, Head, atom, rss
from anlan.channels.markup import Unreadable
from anlan.channels.tests.mock_service import answering, means, shows, shut_port
from anlan.channels.tests.warnings_of_ours import newrs_document, ours

NOW = datetime(2026, 5, 1, 11, 21, tzinfo=UTC)
HEAD = Head("示范区公告", "示范区", "https://anlan.example/notices/", "https://anlan.example/notices.atom")
INDEX = (Path(__file__).parent / "samples/index.atom.xml").read_bytes()
XML = "application/xml"


def entry(**words):
    given = {"title": "示范广场限流提示", "link": "https://anlan.example/n/7", "identifier": "https://anlan.example/n/7#1",
             "summary": "东口只出不进。", "published_at": NOW, "updated_at": NOW,
             "cap_url": "https://anlan.example/n/7.cap", "cap_bytes": 1234}  # fmt: skip
    return Entry(**(given | words))


# ── ours ────────────────────────────────────────────────────────────────────────────────────────


def test_atom():
    root = etree.fromstring(atom(HEAD, [entry(), entry(cap_url="")], NOW))
    ns = {"a": ATOM}
    assert root.findtext("a:id", namespaces=ns) == HEAD.page
    assert root.find("a:link[@rel='self']", ns).get("href") == HEAD.address
    first, second = root.findall("a:entry", ns)
    assert first.findtext("a:updated", namespaces=ns) == "2026-05-01T11:21:00+00:00"
    assert dict(first.find("a:link[@rel='enclosure']", ns).attrib) == {
        "rel": "enclosure", "type": "application/cap+xml", "href": "https://anlan.example/n/7.cap", "length": "1234",
    }  # fmt: skip
    assert second.find("a:link[@rel='enclosure']", ns) is None


def test_rss():
    root = etree.fromstring(rss(HEAD, [entry()], NOW))
    (item,) = root.findall("channel/item")
    assert item.findtext("pubDate") == "Fri, 01 May 2026 11:21:00 +0000"
    assert dict(item.find("enclosure").attrib) == {
        "url": "https://anlan.example/n/7.cap", "length": "1234", "type": "application/cap+xml",
    }  # fmt: skip
    assert item.find("guid").get("isPermaLink") == "false"


@given(st.text(max_size=60))
def test_hostile_words_are_inert(text):
    hostile = "]]><script>x</script>&" + text
    for body in (
        atom(HEAD, [entry(title=hostile, summary=hostile)], NOW),
        rss(HEAD, [entry(title=hostile, summary=hostile)], NOW),
    ):
        assert not [one for one in etree.fromstring(body).iter() if etree.QName(one).localname == "script"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"link": "javascript:alert(1)"},
        {"cap_url": "/n/7.cap"},
        {"link": "https://a b/"},
        {"updated_at": datetime(2026, 5, 1)},
    ],
)
@pytest.mark.parametrize("kind", [atom, rss])
def test_what_is_no_address_or_moment_is_not_written(kind, wrong):
    with pytest.raises(ValueError):
        kind(HEAD, [entry(**wrong)], NOW)


@pytest.mark.parametrize("kind", [atom, rss])
def test_our_own_feed_is_read_by_our_own_reader(kind):
    document = write(ours())
    with answering(shows(b"")) as service:
        listed = kind(HEAD, [entry(cap_url=f"{service.url}/7.cap", cap_bytes=len(document))], NOW)
        service.plays[:] = [shows(listed, media=XML), shows(document, media=XML)]
        (got,) = fetch(service.url, means()).documents
    assert got == document and read_warning(got).identifier == "anlan-7-1"


# ── others' ─────────────────────────────────────────────────────────────────────────────────────


def test_an_index_leads_to_its_documents_and_nowhere_inward():
    with answering(shows(INDEX, media=XML), shows(b"<one/>"), shows(b"<two/>")) as service:
        fetched = fetch(f"{service.url}/feeds/index", means())
    assert fetched.documents == (b"<one/>", b"<two/>")
    assert [fault.code for fault in fetched.faults] == ["document_elsewhere"]
    assert "169.254.169.254" in fetched.faults[0].zh
    assert [asked.path for asked in service.asked] == ["/feeds/index", "/one.cap", "/feeds/two.xml"]


def test_what_was_fetched_is_not_fetched_again():
    kept = {}
    with answering(
        shows(INDEX, media=XML), shows(b"<one/>"), shows(b"<two/>"), shows(INDEX, media=XML)
    ) as service:
        fetch(service.url, means(kept))
        assert fetch(service.url, means(kept)).documents == ()
    assert len(service.asked) == 4


def test_an_address_says_that_nothing_is_new():
    kept, document = {}, write(ours())
    tagged = shows(
        document, media=XML, headers={"ETag": '"v1"', "Last-Modified": "Fri, 01 May 2026 11:21:00 GMT"}
    )
    with answering(tagged, shows(b"", 304)) as service:
        assert fetch(service.url, means(kept)).documents == (document,)
        assert fetch(service.url, means(kept)).is_unchanged
    asked = service.last.headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"v1"', "Fri, 01 May 2026 11:21:00 GMT")


def test_what_could_not_be_had_is_asked_for_again():
    """With its ETag kept, the address would say that nothing is new, and the lost document would stay lost."""
    kept = {}
    tagged = shows(INDEX, media=XML, headers={"ETag": '"v1"'})
    with answering(tagged, shows(b"<one/>"), shows(b"gone", 500), tagged, shows(b"<two/>")) as service:
        first = fetch(service.url, means(kept))
        assert first.documents == (b"<one/>",) and "document_lost" in [fault.code for fault in first.faults]
        assert fetch(service.url, means(kept)).documents == (b"<two/>",)
    assert kept["etag"] == '"v1"'
    assert "if-none-match" not in service.asked[3].headers


def test_at_most_so_many_at_once(monkeypatch):
    monkeypatch.setattr(reading, "MOST_DOCUMENTS", 1)
    kept = {}
    with answering(
        shows(INDEX, media=XML), shows(b"<one/>"), shows(INDEX, media=XML), shows(b"<two/>")
    ) as service:
        assert fetch(service.url, means(kept)).documents == (b"<one/>",)
        assert fetch(service.url, means(kept)).documents == (b"<two/>",)


def test_a_document_within_an_entry():
    inner = write(ours()).split(b"?>", 1)[1].decode()
    listed = f'<feed xmlns="{ATOM}"><entry><content type="text/xml">{inner}</content></entry></feed>'
    with answering(shows(listed.encode(), media=XML)) as service:
        (document,) = fetch(service.url, means()).documents
    assert read_warning(document).without_origin() == ours()


def test_both_kinds_of_documents_are_told_apart():
    assert read_warning(write(ours())).sender_code == ""
    assert read_warning(newrs_document()).sender_code == "31010600000000"


@pytest.mark.parametrize(
    ("play", "reason"),
    [
        (shows(b"<html/>"), "neither"),
        (shows(b"hello"), "XML"),
        (shows(b"<!DOCTYPE feed><feed/>"), "DOCTYPE"),
        (shows(b"no", 404), "404"),
        (shows(b"", 302, headers={"Location": "http://169.254.169.254/"}), "302"),
    ],
)
def test_what_cannot_be_read_says_why(play, reason):
    with answering(play) as service, pytest.raises(Unreadable, match=reason) as refused:
        fetch(service.url, means())
    assert refused.value.zh and len(service.asked) == 1


def test_nobody_there():
    with shut_port() as url, pytest.raises(Unreadable, match="does not answer"):
        fetch(url, means())


@pytest.mark.parametrize(
    "link",
    [
        "http://[::1",
        "javascript:alert(1)",
        "//evil.example/x.cap",
        "file:///etc/passwd.xml",
        "http://a b/x.cap",
        "ftp://127.0.0.1/x.cap",
        "‮x.cap",
        "http://127.0.0.1:99999/x.cap",
    ],
)
@pytest.mark.parametrize(
    "shape",
    [
        '<feed xmlns="{atom}"><entry><link type="application/cap+xml" href="{link}"/></entry></feed>',
        "<rss><channel><item><link>{link}</link></item></channel></rss>",
    ],
)
def test_a_link_that_leads_nowhere_we_go_breaks_nothing(link, shape):
    body = shape.format(atom=ATOM, link=link).encode()
    with answering(shows(body, media=XML)) as service:
        assert fetch(service.url, means()).documents == ()
    assert len(service.asked) == 1


@given(
    st.binary(max_size=200)
    | st.text('<>/feedrsitmnlky="ABC:.[]&;# ', max_size=200).map(
        lambda text: f"<feed><entry>{text}</entry></feed>".encode()
    )
)
def test_any_answer_is_read_or_refused(body):
    reply = httpx.MockTransport(lambda request: httpx.Response(200, content=iter([body])))
    with httpx.Client(transport=reply) as client:
        try:
            fetch("https://warnings.example/", means(client=client))
        except Unreadable as refused:
            assert refused.zh

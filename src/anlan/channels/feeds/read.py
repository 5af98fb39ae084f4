"""Warnings of others fetched from an address: an Atom or RSS index of CAP documents, or one CAP or 12379 document.

An address that has nothing new says so (ETag, Last-Modified). An index leads only to its own host and to those named
besides: a link in somebody else's feed must not make us call inner addresses.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree

from anlan.channels.calling import Settled, call, judge_status
from anlan.channels.cap import read as cap
from anlan.channels.cap.alert import Alert, Fault
from anlan.channels.markup import Unreadable, children, local, namespace, parse, words
from anlan.channels.newrs import read as newrs
from anlan.channels.sending import Means

MAX_INDEX_BYTES = 4 * 1024 * 1024
MOST_DOCUMENTS = 50  # of one round; the newest stand first in an index
CAP_MEDIA = ("application/cap+xml", "application/common-alerting-protocol+xml")
ACCEPT = (
    "application/cap+xml, application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9"
)


@dataclass(frozen=True)
class Fetched:
    """What a round brought: documents as they came, what could not be had, and whether nothing was new."""

    documents: tuple[bytes, ...] = ()
    faults: tuple[Fault, ...] = ()
    is_unchanged: bool = False


def fetch(url: str, means: Means, *, hosts: Collection[str] = ()) -> Fetched:
    """Fetch what is new at an address. `means.kept` holds `etag`, `modified` and `seen` (links already fetched).

    Raises Unreadable: the address does not answer, or with neither a warning nor an index.
    """
    kept = means.kept
    asking = {"accept": ACCEPT}
    if kept.get("etag"):
        asking["if-none-match"] = kept["etag"]
    if kept.get("modified"):
        asking["if-modified-since"] = kept["modified"]
    reply = _ask(url, means, asking)
    if reply.status == 304:
        return Fetched(is_unchanged=True)
    root = parse(reply.body, MAX_INDEX_BYTES)
    if local(root) == "alert":
        fetched = Fetched(documents=(reply.body,))
    elif local(root) in ("feed", "rss", "RDF"):
        fetched = _from_index(root, url, means, {urlsplit(url).hostname, *hosts})
    else:
        raise Unreadable(
            "既不是预警报文，也不是 Atom 或 RSS 目录", "neither a warning nor an Atom or RSS index"
        )
    # What could not be had is asked for again, so the address must not be able to say that nothing is new.
    is_whole = not any(fault.code in ("document_lost", "documents_many") for fault in fetched.faults)
    kept["etag"] = reply.headers.get("etag", "")[:200] if is_whole else ""
    kept["modified"] = reply.headers.get("last-modified", "")[:80] if is_whole else ""
    return fetched


def read_warning(body: bytes) -> Alert:
    """The warning in a document of either kind. Raises Unreadable."""
    root = parse(body)
    return newrs.read(body) if local(root) == "alert" and not namespace(root) else cap.read(body)


def _from_index(root: etree._Element, url: str, means: Means, hosts: set) -> Fetched:
    documents, faults, seen, n_asked = [], [], [], 0
    known = set(means.kept.get("seen") or ())
    for entry in _entries(root):
        if inline := _inline(entry):
            documents.append(inline)
            continue
        if not (link := _cap_link(entry, url)):
            continue
        mark = hashlib.sha256(f"{link} {words(entry, 'updated')}".encode()).hexdigest()[:16]
        if mark in known:
            seen.append(mark)
        elif _host(link) not in hosts:
            faults.append(
                Fault(
                    "document_elsewhere",
                    f"条目指向别处（{_host(link)}），未读取",
                    f"an entry leads elsewhere ({_host(link)})",
                )
            )
        elif n_asked >= MOST_DOCUMENTS:
            faults.append(
                Fault(
                    "documents_many",
                    f"条目多于 {MOST_DOCUMENTS} 个，其余下次读取",
                    f"more than {MOST_DOCUMENTS} new entries: the rest later",
                )
            )
            break
        else:
            n_asked += 1
            try:
                documents.append(_ask(link, means, {"accept": ACCEPT}).body)
                seen.append(mark)
            except Unreadable as why:
                faults.append(_lost(why.zh))
    means.kept["seen"] = seen
    return Fetched(tuple(documents), tuple(dict.fromkeys(faults)))


def _ask(url: str, means: Means, headers: dict):
    try:
        reply = call(means, "GET", url, headers=headers, is_harmless=True, most_bytes=MAX_INDEX_BYTES)
    except Settled as known:
        raise Unreadable(known.answer.said, "the address does not answer") from None
    if reply.status not in (200, 304):
        said = judge_status(reply, means.now, is_harmless=True).said
        raise Unreadable(said, f"the address answers HTTP {reply.status}")
    return reply


def _entries(root: etree._Element) -> list[etree._Element]:
    if local(root) == "feed":
        return children(root, "entry")
    return children(root, "item") + [
        one for box in children(root, "channel") for one in children(box, "item")
    ]


def _inline(entry: etree._Element) -> bytes:
    """A document that stands within the entry itself (its bytes are then not those that were signed)."""
    for content in children(entry, "content"):
        for document in children(content, "alert"):
            return etree.tostring(document, encoding="UTF-8", xml_declaration=True, with_tail=False)
    return b""


def _cap_link(entry: etree._Element, url: str) -> str:
    """Where the entry's document is: what is marked as CAP, else a link that looks like a document; "" for none."""
    links = [(one.get("type", ""), one.get("url", "")) for one in children(entry, "enclosure")]
    links += [
        (one.get("type", ""), one.get("href") or (one.text or "").strip()) for one in children(entry, "link")
    ]
    whole = [(media, _whole(url, href)) for media, href in links if href]
    marked = [link for media, link in whole if media in CAP_MEDIA and link]
    alike = [link for _, link in whole if link and urlsplit(link).path.endswith((".cap", ".xml"))]
    return next(iter(marked or alike), "")


def _whole(url: str, href: str) -> str:
    """A link as a whole address, "" where it makes none."""
    try:
        link = urljoin(url, href)
        return link if urlsplit(link).hostname and link.isprintable() else ""
    except ValueError:
        return ""


def _host(link: str) -> str:
    address = urlsplit(link)
    return (address.hostname or "") if address.scheme in ("http", "https") else ""


def _lost(why: str) -> Fault:
    return Fault("document_lost", f"有条目未能读取：{why}"[:200], "an entry could not be fetched")

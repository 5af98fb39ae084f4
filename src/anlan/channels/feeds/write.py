"""Our public notices as Atom (RFC 4287) and RSS 2.0, each with its CAP document enclosed. Pure: plain entries in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from lxml import etree

from anlan.channels.cap.write import MEDIA
from anlan.channels.markup import to_bytes, visible

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Entry:
    """One notice: its permanent page, its name for good, and where its CAP document is ("" for none) and how long."""

    title: str
    link: str
    identifier: str
    summary: str
    published_at: datetime
    updated_at: datetime
    cap_url: str = ""
    cap_bytes: int = 0


@dataclass(frozen=True)
class Head:
    """What the feed is: its title, whose it is, its page and its own address."""

    title: str
    author: str
    page: str
    address: str
    language: str = "zh-CN"


def atom(head: Head, entries: Iterable[Entry], updated_at: datetime) -> bytes:
    """The feed as Atom. Raises ValueError: an address that is none, a moment without a zone."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", head.language)
    _put(root, "title", head.title)
    _put(root, "id", _address(head.page))
    _put(root, "updated", _iso(updated_at))
    _link(root, "alternate", head.page, "text/html")
    _link(root, "self", head.address, "application/atom+xml")
    _put(etree.SubElement(root, f"{{{ATOM}}}author"), "name", head.author)
    for entry in entries:
        box = etree.SubElement(root, f"{{{ATOM}}}entry")
        _put(box, "title", entry.title)
        _put(box, "id", entry.identifier)
        _put(box, "published", _iso(entry.published_at))
        _put(box, "updated", _iso(entry.updated_at))
        _put(box, "summary", entry.summary)
        _link(box, "alternate", entry.link, "text/html")
        if entry.cap_url:
            _link(box, "enclosure", entry.cap_url, MEDIA, entry.cap_bytes)
    return to_bytes(root)


def rss(head: Head, entries: Iterable[Entry], updated_at: datetime) -> bytes:
    """The feed as RSS 2.0. Raises ValueError as `atom` does."""
    root = etree.Element("rss", nsmap={"atom": ATOM}, version="2.0")
    channel = etree.SubElement(root, "channel")
    for name, text in (("title", head.title), ("link", _address(head.page)), ("description", head.author),
                       ("language", head.language), ("lastBuildDate", _rfc822(updated_at))):  # fmt: skip
        etree.SubElement(channel, name).text = visible(text)
    _link(channel, "self", head.address, "application/rss+xml")
    for entry in entries:
        box = etree.SubElement(channel, "item")
        for name, text in (("title", entry.title), ("link", _address(entry.link)), ("description", entry.summary),
                           ("pubDate", _rfc822(entry.updated_at))):  # fmt: skip
            etree.SubElement(box, name).text = visible(text)
        etree.SubElement(box, "guid", isPermaLink="false").text = visible(entry.identifier)
        if entry.cap_url:
            etree.SubElement(
                box, "enclosure", url=_address(entry.cap_url), length=str(entry.cap_bytes), type=MEDIA
            )
    return to_bytes(root)


def _put(box: etree._Element, name: str, text: str) -> None:
    etree.SubElement(box, f"{{{ATOM}}}{name}").text = visible(text)


def _link(box: etree._Element, rel: str, href: str, media: str, length: int = 0) -> None:
    link = etree.SubElement(box, f"{{{ATOM}}}link", rel=rel, type=media, href=_address(href))
    if length:
        link.set("length", str(length))


def _address(told: str) -> str:
    address = urlsplit(told)
    if (
        address.scheme not in ("http", "https")
        or not address.hostname
        or not told.isprintable()
        or " " in told
    ):
        raise ValueError(f"no http(s) address: {told[:80]!r}")
    return told


def _iso(at: datetime) -> str:
    if at.utcoffset() is None:
        raise ValueError("a moment without a zone")
    return at.isoformat(timespec="seconds")


def _rfc822(at: datetime) -> str:
    if at.utcoffset() is None:
        raise ValueError("a moment without a zone")
    return format_datetime(at.astimezone(UTC))

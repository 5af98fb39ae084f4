"""Opening a body safely: size, compression, multipart, charset, JSON and XML, the same for every adapter.

Everything here is bounded before it is built: nothing is unpacked, parsed or nested beyond the limits below,
and whatever does not fit is refused with a reason. XML is read without DTD, entities or network.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any, TypeVar

import msgspec
from lxml import etree

from anlan.devices.refusal import Refusal
from anlan.devices.unpack import MAX_BODY_BYTES, MIB, unpack

T = TypeVar("T")

MAX_DEPTH = 64  # nesting of JSON or XML
MAX_VALUES = 500_000  # values of one JSON document: an empty list costs 3 bytes on the wire, 64 in memory
MAX_TAGS = 200_000  # of one XML document
MAX_ROWS, MAX_CELLS = 500_000, 4_000_000  # of one CSV text
MAX_PARTS = 64  # of one multipart body
MAX_HEAD = 4096  # bytes of one part's headers

# Charsets a device may declare; the Chinese ones are read by their superset.
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "utf-16": "utf-16",
    "iso-8859-1": "latin-1",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_XML_DECLARATION = re.compile(r"<\?xml[^>]{0,200}\?>")
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,100}encoding=["']([\w-]{1,20})["']""")
_HEAD_LINE, _HEAD_END = re.compile(rb"[A-Za-z-]{1,40}:"), re.compile(rb"\r?\n\r?\n")
_BOUNDARY_LINE = re.compile(rb"(?:\r?\n)?--([^\r\n]{1,200}?)[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a body: its bytes after unpacking, its media type and charset as declared ("" = not)."""

    content: bytes
    media: str = ""
    charset: str = ""

    @property
    def looks(self) -> str:
        """`json`, `xml`, `text` or `binary`, judged by the first visible character, not by what was declared."""
        head = self.content[:64].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").replace(b"\x00", b"")
        if head[:1] in (b"{", b"["):
            return "json"
        if head[:1] == b"<":
            return "xml"
        return "binary" if self.media.startswith(("image/", "video/", "audio/")) or not head else "text"


def open_body(body: bytes, headers: Mapping[str, str] | None = None) -> list[Part]:
    """The documents in a body, unpacked (gzip, deflate, zip) and split (multipart). Never empty.

    `headers` are the transport's (names in any case); only Content-Type and Content-Encoding are read, and
    the bytes themselves win over what they say. Raises Refusal: empty, over 8 MiB, unpacks beyond 32 MiB.
    """
    if len(body) > MAX_BODY_BYTES:
        raise Refusal(
            f"body has {len(body)} bytes: the limit is {MAX_BODY_BYTES // MIB} MiB, send smaller batches"
        )
    given = {name.lower(): value for name, value in (headers or {}).items()}
    kind = Message()
    kind["Content-Type"] = " ".join(given.get("content-type", "").split())[:1000]
    media, charset = kind.get_content_type() if given.get("content-type") else "", _parameter(kind, "charset")
    parts = []
    for content in unpack(body, given.get("content-encoding", "")):
        boundary = _boundary(content, media, kind)
        parts += _split(content, boundary) if boundary else [Part(content, media, charset)]
    readable = [part for part in parts if part.looks != "binary"]
    if not readable:
        raise Refusal("body is empty or holds nothing but pictures: nothing to read in it")
    return readable


def read_parts(
    body: bytes, headers: Mapping[str, str] | None, read: Callable[[Part], Iterable[T]]
) -> list[T]:
    """What `read` makes of each document of a body, in their order. Raises Refusal as open_body does."""
    return [found for part in open_body(body, headers) for found in read(part)]


def text(part: Part) -> str:
    """A part as text: by its byte order mark, its declared charset, else UTF-8, else GB18030. Raises Refusal."""
    for mark, charset in _BOMS:
        if part.content.startswith(mark):
            return _decoded(part.content, (charset,))
    declared = part.charset.lower()
    if not declared and (found := _XML_ENCODING.match(part.content.lstrip()[:200])):
        declared = found[1].decode("ascii").lower()
    charset = _CHARSETS.get(declared, "utf-8")
    return _decoded(part.content, dict.fromkeys((charset, "utf-8", "gb18030")))


def parse_json(part: Part) -> Any:
    """A JSON document as dicts, lists, text and numbers. Raises Refusal: malformed, too deep, too many values."""
    return parse_json_bytes(text(part).encode())


def is_json(part: Part, is_mine: Callable[[Any], object]) -> bool:
    """Whether a part is JSON that can be read and of which `is_mine` is true."""
    try:
        return part.looks == "json" and bool(is_mine(parse_json(part)))
    except Refusal:
        return False


def parse_json_bytes(content: bytes) -> Any:
    """The same from UTF-8 bytes."""
    if content.count(b",") + content.count(b"[") + content.count(b"{") > MAX_VALUES:
        raise Refusal(f"JSON holds more than {MAX_VALUES} values: send smaller batches")
    try:
        document = msgspec.json.decode(content)
    except RecursionError:
        raise Refusal(f"JSON is nested deeper than {MAX_DEPTH} levels") from None
    except (msgspec.MsgspecError, ValueError, OverflowError) as why:
        raise Refusal(f"not valid JSON: {shown(str(why), 120)}") from None
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [child for node in level if isinstance(node, dict | list) for child in _children(node)]
        if not level:
            return document
    raise Refusal(f"JSON is nested deeper than {MAX_DEPTH} levels")


def parse_xml(part: Part) -> etree._Element:
    """The root of an XML document, all names cut to their local names. Raises Refusal: malformed, DOCTYPE, too big."""
    content = text(part).lstrip("\ufeff \t\r\n")
    folded = content.casefold()
    if "<!doctype" in folded or "<!entity" in folded:
        raise Refusal("XML with a DOCTYPE is refused: send the document without it")
    if content.count("<") > MAX_TAGS:
        raise Refusal(f"XML holds more than {MAX_TAGS} tags: send smaller batches")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_XML_DECLARATION.sub("", content, count=1).encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as why:
        raise Refusal(f"not valid XML: {shown(str(why), 120)}") from None
    _cut_names(root)
    return root


def parse_tree(part: Part) -> Any:
    """A JSON or XML part as dicts, lists and text; an XML root becomes the one key of the outer dict."""
    if part.looks == "json":
        return parse_json(part)
    if part.looks == "xml":
        root = parse_xml(part)
        return {root.tag: _plain(root)}
    raise Refusal("neither JSON nor XML: the first character is not one of { [ <")


def parse_csv(part: Part, delimiter: str = ",") -> Iterator[list[str]]:
    """The rows of a CSV text, header first, empty and comment (#) lines left out. Raises Refusal while it is read."""
    content = text(part)
    if content.count(delimiter) > MAX_CELLS or content.count("\n") > MAX_ROWS:
        raise Refusal(f"CSV holds more than {MAX_ROWS} rows or {MAX_CELLS} cells: send smaller files")
    try:
        for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            if any(row) and not row[0].startswith("#"):
                yield [cell.strip() for cell in row]
    except csv.Error as why:
        raise Refusal(f"not valid CSV: {shown(str(why), 120)}") from None


def many(node: Any) -> list:
    """A field that may be absent, single or repeated, as a list."""
    if node is None:
        return []
    return node if isinstance(node, list) else [node]


def branch(node: Any, *names: str) -> dict:
    """The dict found by following names down from a node; an empty one where the way ends or it is no dict."""
    for name in names:
        node = node.get(name) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def word(node: dict, key: str) -> str:
    """A text field of a dict; "" where it is absent or not text."""
    value = node.get(key)
    return value if isinstance(value, str) else ""


def shown(value: Any, limit: int = 40) -> str:
    """A foreign value made fit for a reason: shortened, printable."""
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "a group of fields"
    if isinstance(value, int) and abs(value) > 10**limit:  # Python refuses to print very long integers
        return "a huge number"
    clean = "".join(c if c.isprintable() else "·" for c in str(value)[: limit + 1])
    return clean[:limit] + "…" if len(clean) > limit else clean


def _decoded(content: bytes, charsets: tuple[str, ...] | dict[str, None]) -> str:
    for charset in charsets:
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    raise Refusal(f"text is not valid {' nor '.join(charsets)}: send UTF-8")


def _parameter(kind: Message, name: str) -> str:
    value = kind.get_param(name, "")
    return value if isinstance(value, str) else ""


def _boundary(content: bytes, media: str, kind: Message) -> bytes:
    """The multipart boundary: the one in the first line, else the declared one; empty if the body is not multipart."""
    first = _BOUNDARY_LINE.match(content[:300])
    if media.startswith("multipart/"):
        declared = _parameter(kind, "boundary").encode("ascii", "ignore")
        return declared if declared and b"--" + declared in content else first[1] if first else b""
    return first[1] if first else b""


def _split(content: bytes, boundary: bytes) -> list[Part]:
    pieces = content.split(b"--" + boundary, MAX_PARTS + 1)
    if len(pieces) > MAX_PARTS + 1:
        raise Refusal(f"multipart body has more than {MAX_PARTS} parts: send fewer at a time")
    parts = []
    for piece in pieces[1:]:
        if piece.startswith(b"--"):  # the closing boundary
            break
        parts.append(_part(piece.lstrip(b"\r\n")))
    return parts


def _part(piece: bytes) -> Part:
    gap = _HEAD_END.search(piece[:MAX_HEAD]) if _HEAD_LINE.match(piece) else None
    if not gap:
        return Part(piece.rstrip(b"\r\n"))
    kind = Message()
    for line in piece[: gap.start()].split(b"\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-type" and not kind["Content-Type"]:
            kind["Content-Type"] = value.decode("latin-1").strip()
    media = kind.get_content_type() if kind["Content-Type"] else ""
    return Part(piece[gap.end() :].rstrip(b"\r\n"), media, _parameter(kind, "charset"))


def _children(node: Any) -> Any:
    return node.values() if isinstance(node, dict) else node


def _cut_names(root: etree._Element) -> None:
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
        if any(name.startswith("{") for name in element.attrib):
            local = {etree.QName(name).localname: value for name, value in element.attrib.items()}
            element.attrib.clear()
            element.attrib.update(local)
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refusal("XML with a DOCTYPE is refused: send the document without it")


def _plain(element: etree._Element, depth: int = 1) -> Any:
    """An element as text (a leaf), else as a dict of its children; repeated children become a list."""
    if depth > MAX_DEPTH:
        raise Refusal(f"XML is nested deeper than {MAX_DEPTH} levels")
    if len(element) == 0:
        return (element.text or "").strip()
    node: dict[str, Any] = {}
    for child in element:
        plain = _plain(child, depth + 1)
        if child.tag not in node:
            node[child.tag] = plain
        elif isinstance(node[child.tag], list):
            node[child.tag].append(plain)
        else:
            node[child.tag] = [node[child.tag], plain]
    return node

"""XML of others opened within limits: no DOCTYPE, no entities, no network; and texts made fit to stand in ours."""

import re

from lxml import etree

MAX_BYTES = 1024 * 1024
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-�\U00010000-\U0010ffff]")


class Unreadable(Exception):
    """Why a document is not read, in both languages."""

    def __init__(self, zh: str, en: str):
        super().__init__(en)
        self.zh, self.en = zh, en


def parse(body: bytes, most_bytes: int = MAX_BYTES) -> etree._Element:
    """The root of a document. Raises Unreadable."""
    if len(body) > most_bytes:
        raise Unreadable(f"报文超过 {most_bytes // 1024} KB", f"the document is over {most_bytes // 1024} KB")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable("报文不是格式正确的 XML", "the document is not well-formed XML") from None
    if root.getroottree().docinfo.doctype:
        raise Unreadable("报文带有 DOCTYPE，不予读取", "the document has a DOCTYPE and is not read")
    return root


def local(element: etree._Element) -> str:
    """An element's name without its namespace; "" for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def namespace(element: etree._Element) -> str:
    """An element's namespace, "" where it has none."""
    return etree.QName(element).namespace or "" if isinstance(element.tag, str) else ""


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The children of that local name, in their order."""
    return [child for child in element if local(child) == name]


def words(element: etree._Element, name: str) -> str:
    """The text of the first child of that name, trimmed; "" where there is none."""
    found = children(element, name)
    return "".join(found[0].itertext()).strip() if found else ""


def visible(text: str) -> str:
    """A text without the signs that XML cannot hold."""
    return _NOT_XML.sub("", text)


def to_bytes(root: etree._Element) -> bytes:
    """A document with its declaration, in UTF-8."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

"""A warning as a CAP 1.2 document, in the order of its schema. What breaks a rule is not written."""

from datetime import datetime

from lxml import etree

from anlan.channels.cap import rules
from anlan.channels.cap.alert import Alert, AlertText, Area, as_moment
from anlan.channels.markup import to_bytes, visible

CAP12 = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA = "application/cap+xml"


def write(alert: Alert) -> bytes:
    """The document. Raises ValueError with every rule that is not kept."""
    if wrong := rules.faults(alert):
        raise ValueError("; ".join(fault.en for fault in wrong))
    root = etree.Element(_name("alert"), nsmap={None: CAP12})
    _put(root, "identifier", alert.identifier)
    _put(root, "sender", alert.sender)
    _put(root, "sent", as_moment(alert.sent_at))
    _put(root, "status", alert.status)
    _put(root, "msgType", alert.msg_type)
    _put(root, "scope", alert.scope)
    _put(root, "restriction", alert.restriction)
    _put(root, "addresses", alert.addresses)
    for code in alert.codes:
        _put(root, "code", code)
    _put(root, "note", alert.note)
    _put(root, "references", " ".join(alert.references))
    _put(root, "incidents", alert.incidents)
    for info in alert.infos:
        _write_info(root, info)
    return to_bytes(root)


def _write_info(root: etree._Element, info: AlertText) -> None:
    box = etree.SubElement(root, _name("info"))
    _put(box, "language", info.language)
    for category in info.categories:
        _put(box, "category", category)
    _put(box, "event", info.hazard)
    for response in info.responses:
        _put(box, "responseType", response)
    _put(box, "urgency", info.urgency)
    _put(box, "severity", info.severity)
    _put(box, "certainty", info.certainty)
    _put(box, "audience", info.audience)
    _put_pairs(box, "eventCode", info.hazard_codes)
    _put_moment(box, "effective", info.effective_at)
    _put_moment(box, "onset", info.onset_at)
    _put_moment(box, "expires", info.expires_at)
    for name in ("sender_name", "headline", "description", "instruction", "web", "contact"):
        _put(box, "senderName" if name == "sender_name" else name, getattr(info, name))
    _put_pairs(box, "parameter", info.parameters)
    for area in info.areas:
        _write_area(box, area)


def _write_area(info: etree._Element, area: Area) -> None:
    box = etree.SubElement(info, _name("area"))
    _put(box, "areaDesc", area.words)
    for polygon in area.polygons:
        _put(box, "polygon", " ".join(f"{_degrees(lat)},{_degrees(lon)}" for lat, lon in polygon))
    for lat, lon, km in area.circles:
        _put(box, "circle", f"{_degrees(lat)},{_degrees(lon)} {_degrees(km)}")
    _put_pairs(box, "geocode", area.geocodes)


def _put(box: etree._Element, name: str, text: str) -> None:
    if text:
        etree.SubElement(box, _name(name)).text = visible(text)


def _put_moment(box: etree._Element, name: str, at: datetime | None) -> None:
    if at is not None:
        _put(box, name, as_moment(at))


def _put_pairs(box: etree._Element, name: str, pairs: tuple[tuple[str, str], ...]) -> None:
    for value_name, value in pairs:
        pair = etree.SubElement(box, _name(name))
        etree.SubElement(pair, _name("valueName")).text = visible(value_name)
        etree.SubElement(pair, _name("value")).text = visible(value)


def _degrees(number: float) -> str:
    """A number with at most six decimals (a tenth of a metre), never as 1e-07."""
    told = f"{number:.6f}".rstrip("0").rstrip(".")
    return "0" if told == "-0" else told


def _name(name: str) -> str:
    return f"{{{CAP12}}}{name}"

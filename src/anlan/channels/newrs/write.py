"""A statutory warning's draft as a file in the 12379 profile, to be handed to whoever may issue it. Nothing is sent.

The first of its infos is written (the profile knows one). What breaks a rule is not written.
"""

from datetime import datetime

from lxml import etree

from anlan.channels.cap.alert import Alert, AlertText, Area, Method
from anlan.channels.markup import to_bytes, visible
from anlan.channels.newrs import rules


def write(alert: Alert) -> bytes:
    """The document. Raises ValueError with every rule that is not kept."""
    if wrong := rules.faults(alert):
        raise ValueError("; ".join(fault.en for fault in wrong))
    root = etree.Element("alert")
    _put(root, "identifier", alert.identifier)
    _put(root, "sender", alert.sender)
    _put(root, "senderCode", alert.sender_code)
    _put(root, "sendTime", as_moment(alert.sent_at))
    _put(root, "status", alert.status)
    _put(root, "msgType", alert.msg_type)
    _put(root, "scope", alert.scope)
    code = etree.SubElement(root, "code")
    for method in alert.methods:
        _write_method(code, method)
    _put(root, "secClassification", "None")
    _put(root, "note", alert.note)
    _put(root, "references", ",".join(alert.references))
    _write_info(root, alert.infos[0])
    return to_bytes(root)


def as_moment(at: datetime | None) -> str:
    """A moment as the profile writes it, in Beijing time; "" for none."""
    return at.astimezone(rules.BEIJING).strftime("%Y-%m-%d %H:%M:%S+08:00") if at else ""


def _write_method(code: etree._Element, method: Method) -> None:
    box = etree.SubElement(code, "method")
    _put(box, "methodName", method.name)
    _put(box, "message", method.message)
    _put(box, "audienceGrp", ",".join(method.audience_groups))
    _put(box, "audenceprt", "")  # as it is on the wire


def _write_info(root: etree._Element, info: AlertText) -> None:
    box = etree.SubElement(root, "info")
    _put(box, "language", info.language)
    _put(box, "eventType", next(value for name, value in info.hazard_codes if name == "eventType"))
    _put(box, "urgency", info.urgency)
    _put(box, "severity", info.colour)
    _put(box, "certainty", info.certainty)
    _put(box, "effective", as_moment(info.effective_at))
    _put(box, "onset", as_moment(info.onset_at))
    _put(box, "expires", as_moment(info.expires_at))
    _put(box, "senderName", info.sender_name)
    _put(box, "headline", info.headline)
    _put(box, "description", info.description)
    _put(box, "instruction", info.instruction)
    _put(box, "web", info.web)
    for area in info.areas:
        _write_area(box, area)


def _write_area(info: etree._Element, area: Area) -> None:
    box = etree.SubElement(info, "area")
    _put(box, "areaDesc", area.words)
    ring = area.polygons[0] if area.polygons else ()
    _put(box, "polygon", " ".join(f"{latitude:.6f},{longitude:.6f}" for latitude, longitude in ring))
    _put(box, "circle", "")
    _put(box, "geocode", ",".join(value.ljust(12, "0") for _, value in area.geocodes))


def _put(box: etree._Element, name: str, text: str) -> None:
    """Empty elements stand, as they do in real messages."""
    etree.SubElement(box, name).text = visible(text) or None

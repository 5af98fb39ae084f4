"""A message of the national early-warning platform (12379): it looks like CAP and is not. Read into the same model.

No namespace; times with a blank for the T; a colour for severity; a code for the event; bare identifiers as
references; division codes in one comma list; texts per way of publishing; `audenceprt` is really written so.
"""

import re
from datetime import datetime

from lxml import etree

from anlan.channels.cap.alert import (
    COLOURS,
    DIVISION,
    SIGNED,
    UNSIGNED,
    Alert,
    AlertText,
    Area,
    Fault,
    Method,
)
from anlan.channels.cap.read import XMLDSIG
from anlan.channels.markup import Unreadable, children, local, namespace, parse, words
from anlan.channels.newrs.rules import IDENTIFIER, SHORT_IDENTIFIER

_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2}) ?([+-][0-9]{2}:?[0-9]{2})"
)
_HAZARD = re.compile(r"(?:发布|解除|变更|更新)(?:了)?([一-鿿]{1,10}?)[红橙黄蓝]色预警")
_LIST = re.compile(r"[,;，；\s]+")


def read(body: bytes) -> Alert:
    """The warning in a message, with its bytes and what could not be read of it.

    Raises Unreadable: too big, a DOCTYPE, no such message, or without identifier, sender and a moment.
    """
    root = parse(body)
    if local(root) != "alert" or namespace(root) or not children(root, "identifier"):
        raise Unreadable("不是 12379 预警报文", "this is no message of the 12379 profile")
    wrong: list[Fault] = []
    identifier, sent_at = words(root, "identifier"), _moment(root, "sendTime", wrong)
    sender = words(root, "sender") or words(root, "senderCode")
    if not identifier or not sender or sent_at is None:
        raise Unreadable(
            "报文缺少 identifier、sender 或写法正确的 sendTime",
            "identifier, sender or a well-formed sendTime is missing",
        )
    if not (IDENTIFIER.fullmatch(identifier) or SHORT_IDENTIFIER.fullmatch(identifier)):
        wrong.append(
            Fault(
                "identifier_form",
                "identifier 不是规定的形式",
                "identifier is not of the form that is laid down",
            )
        )
    signed = any(namespace(element) == XMLDSIG or local(element) == "Signature" for element in root.iter())
    infos = tuple(_info(box, wrong) for box in children(root, "info"))
    return Alert(
        identifier=identifier,
        sender=sender,
        sent_at=sent_at,
        status=words(root, "status") or "Actual",
        msg_type=words(root, "msgType") or "Alert",
        scope=words(root, "scope") or "Public",
        infos=infos,
        references=tuple(told for told in _LIST.split(words(root, "references")) if told),
        restriction=words(root, "restriction"),
        addresses=words(root, "addresses"),
        codes=tuple(_unlisted("secClassification", words(root, "secClassification"))),
        note=words(root, "note"),
        incidents=words(root, "incidents"),
        methods=tuple(_method(box) for code in children(root, "code") for box in children(code, "method")),
        sender_code=words(root, "senderCode"),
        signature=SIGNED if signed else UNSIGNED,
        raw=body,
        faults=tuple(dict.fromkeys(wrong)),
    )


def _info(box: etree._Element, wrong: list[Fault]) -> AlertText:
    colour, code, headline = words(box, "severity"), words(box, "eventType"), words(box, "headline")
    if colour not in COLOURS:
        wrong.append(
            Fault(
                "severity_unknown",
                f"severity 的值“{colour[:20]}”不是颜色",
                f"severity {colour[:20]!r} is no colour",
            )
        )
    named = _HAZARD.search(headline)
    return AlertText(
        language=words(box, "language") or "zh-CN",
        categories=(),
        hazard=named[1] if named else code,
        urgency=words(box, "urgency") or "Unknown",
        severity=COLOURS.get(colour, "Unknown"),
        certainty=words(box, "certainty") or "Unknown",
        headline=headline,
        description=words(box, "description"),
        instruction=words(box, "instruction"),
        hazard_codes=(("eventType", code),) if code else (),
        effective_at=_moment(box, "effective", wrong),
        onset_at=_moment(box, "onset", wrong),
        expires_at=_moment(box, "expires", wrong),
        sender_name=words(box, "senderName"),
        web=words(box, "web"),
        contact=words(box, "contact"),
        areas=tuple(_area(area, wrong) for area in children(box, "area")),
        colour=colour,
    )


def _area(box: etree._Element, wrong: list[Fault]) -> Area:
    codes = dict.fromkeys(code for code in _LIST.split(words(box, "geocode")) if code)
    names = dict.fromkeys(name for name in re.split(r"[,，]", words(box, "areaDesc")) if name.strip())
    polygon = _polygon(words(box, "polygon"), wrong)
    return Area(
        words="，".join(names),
        polygons=(polygon,) if polygon else (),
        geocodes=tuple((DIVISION, code) for code in codes),
    )


def _polygon(told: str, wrong: list[Fault]) -> tuple[tuple[float, float], ...]:
    """Points "a,b a,b". Which comes first is laid down nowhere we could read: in China the longitude is over 73."""
    try:
        points = [
            tuple(float(part) for part in pair.split(","))
            for pair in re.split(r"[\s;]+", told.strip())
            if pair
        ]
        if not all(len(point) == 2 and all(abs(part) <= 180 for part in point) for point in points):
            raise ValueError
    except ValueError:
        wrong.append(
            Fault("polygon_form", "polygon 的坐标无法识别", "the points of a polygon cannot be read")
        )
        return ()
    is_swapped = bool(points) and all(first > 73 > second for first, second in points)
    return tuple((second, first) if is_swapped else (first, second) for first, second in points)


def _method(box: etree._Element) -> Method:
    groups = [
        *_LIST.split(words(box, "audienceGrp")),
        *_LIST.split(words(box, "audenceprt") or words(box, "audienceprt")),
    ]
    return Method(words(box, "methodName"), words(box, "message"), tuple(group for group in groups if group))


def _moment(box: etree._Element, name: str, wrong: list[Fault]) -> datetime | None:
    told = words(box, name)
    if not told:
        return None
    try:
        if found := _MOMENT.fullmatch(told):
            return datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3]}")
    except ValueError:
        pass  # the 30th of February
    wrong.append(Fault(f"{name}_form", f"{name} 的时间写法不对", f"{name} is no moment as laid down"))
    return None


def _unlisted(name: str, told: str) -> list[str]:
    return [f"{name}={told}"] if told and told != "None" else []

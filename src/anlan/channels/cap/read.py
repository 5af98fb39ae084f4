"""A CAP 1.1 or 1.2 document of somebody else's. What can be understood is read; what is wrong with it is named."""

from lxml import etree

from anlan.channels.cap import rules
from anlan.channels.cap.alert import SIGNED, UNSIGNED, Alert, AlertText, Area, Fault, Pairs, read_moment
from anlan.channels.markup import Unreadable, children, local, namespace, parse, words

NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
LANGUAGE = "en-US"  # where none is given


def read(body: bytes) -> Alert:
    """The warning in a document, with its bytes and its faults.

    Raises Unreadable: too big, a DOCTYPE, no CAP, or without what tells it from others (identifier, sender, sent).
    """
    root = parse(body)
    if namespace(root) not in NAMESPACES or local(root) != "alert":
        raise Unreadable("不是 CAP 1.1 或 1.2 报文", "this is no CAP 1.1 or 1.2 document")
    wrong: list[Fault] = []
    sent_at = _moment(root, "sent", wrong)
    identifier, sender = words(root, "identifier"), words(root, "sender")
    if not identifier or not sender or sent_at is None:
        raise Unreadable(
            "报文缺少 identifier、sender 或写法正确的 sent",
            "identifier, sender or a well-formed sent is missing",
        )
    alert = Alert(
        identifier=identifier,
        sender=sender,
        sent_at=sent_at,
        status=words(root, "status"),
        msg_type=words(root, "msgType"),
        scope=words(root, "scope"),
        infos=tuple(_info(box, wrong) for box in children(root, "info")),
        references=tuple(words(root, "references").split()),
        restriction=words(root, "restriction"),
        addresses=words(root, "addresses"),
        codes=tuple("".join(code.itertext()).strip() for code in children(root, "code")),
        note=words(root, "note"),
        incidents=words(root, "incidents"),
        signature=SIGNED if any(_is_signature(element) for element in root.iter()) else UNSIGNED,
        raw=body,
    )
    return with_faults(alert, wrong)


def with_faults(alert: Alert, wrong: list[Fault]) -> Alert:
    """The warning with what was wrong in the reading of it and in what it says."""
    every = tuple(dict.fromkeys([*wrong, *rules.faults(alert)]))
    return Alert(**(vars(alert) | {"faults": every}))


def _info(box: etree._Element, wrong: list[Fault]) -> AlertText:
    return AlertText(
        language=words(box, "language") or LANGUAGE,
        categories=tuple("".join(one.itertext()).strip() for one in children(box, "category")),
        hazard=words(box, "event"),
        urgency=words(box, "urgency"),
        severity=words(box, "severity"),
        certainty=words(box, "certainty"),
        headline=words(box, "headline"),
        description=words(box, "description"),
        instruction=words(box, "instruction"),
        responses=tuple("".join(one.itertext()).strip() for one in children(box, "responseType")),
        audience=words(box, "audience"),
        hazard_codes=_pairs(box, "eventCode"),
        effective_at=_moment(box, "effective", wrong),
        onset_at=_moment(box, "onset", wrong),
        expires_at=_moment(box, "expires", wrong),
        sender_name=words(box, "senderName"),
        web=words(box, "web"),
        contact=words(box, "contact"),
        parameters=_pairs(box, "parameter"),
        areas=tuple(_area(area, wrong) for area in children(box, "area")),
    )


def _area(box: etree._Element, wrong: list[Fault]) -> Area:
    polygons = [_points("".join(one.itertext()), wrong, "polygon") for one in children(box, "polygon")]
    return Area(
        words=words(box, "areaDesc"),
        polygons=tuple(polygon for polygon in polygons if polygon),
        circles=tuple(
            circle for one in children(box, "circle") for circle in _circle("".join(one.itertext()), wrong)
        ),
        geocodes=_pairs(box, "geocode"),
    )


def _points(told: str, wrong: list[Fault], name: str) -> tuple[tuple[float, float], ...]:
    try:
        pairs = [pair.split(",") for pair in told.split()]
        return tuple((_number(lat), _number(lon)) for lat, lon in pairs)
    except ValueError:
        wrong.append(
            Fault(f"{name}_form", f"{name} 的坐标无法识别", f"the points of a {name} cannot be read")
        )
        return ()


def _circle(told: str, wrong: list[Fault]) -> list[tuple[float, float, float]]:
    centre, _, radius = told.strip().partition(" ")
    points = _points(centre, wrong, "circle")
    try:
        return [(*points[0], _number(radius))] if points else []
    except ValueError:
        wrong.append(Fault("circle_form", "circle 应为“纬度,经度 千米”", "a circle must be lat,lon km"))
        return []


def _number(told: str) -> float:
    """A plain number: no words like inf and nan, which float would take. Raises ValueError."""
    if not told.strip().replace("-", "", 1).replace(".", "", 1).isdecimal():
        raise ValueError(told)
    return float(told)


def _pairs(box: etree._Element, name: str) -> Pairs:
    return tuple((words(pair, "valueName"), words(pair, "value")) for pair in children(box, name))


def _moment(box: etree._Element, name: str, wrong: list[Fault]):
    told = words(box, name)
    at = read_moment(told)
    if told and at is None:
        wrong.append(
            Fault(
                f"{name}_form",
                f"{name} 的时间写法不对（应带数字时区，不用 Z）",
                f"{name} is no moment with a numeric offset",
            )
        )
    return at


def _is_signature(element: etree._Element) -> bool:
    return namespace(element) == XMLDSIG and local(element) == "Signature"

"""The rules of CAP 1.2 beyond its schema, each named. Real warnings exist that the schema lets pass and that are wrong."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from anlan.channels.cap import alert as model
from anlan.channels.cap.alert import Alert, AlertText, Area, Fault

_NAME = re.compile(r"[^\s,<&]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
NEEDS_REFERENCES = ("Update", "Cancel", "Ack", "Error")
MOST_HEADLINE = 160  # CAP's own advice


def faults(alert: Alert) -> list[Fault]:
    """Every rule that this warning does not keep; none: it may be written."""
    found = [*_envelope(alert), *_references(alert)]
    for info in alert.infos:
        found += [*_info(info, alert), *(fault for area in info.areas for fault in _area(area))]
    return list(dict.fromkeys(found))


def _envelope(alert: Alert) -> Iterator[Fault]:
    for name, told in (("identifier", alert.identifier), ("sender", alert.sender)):
        if not _is_name(told):
            yield Fault(
                f"{name}_form",
                f"{name} 不能为空，不能含空格、逗号、< 和 &",
                f"{name} is empty or holds blanks, commas, < or &",
            )
    if not _has_zone(alert.sent_at):
        yield Fault("sent_form", "sent 缺少时区", "sent has no offset")
    yield from _listed("status", alert.status, model.STATUSES)
    yield from _listed("msgType", alert.msg_type, model.MSG_TYPES)
    yield from _listed("scope", alert.scope, model.SCOPES)
    if alert.scope == "Restricted" and not alert.restriction.strip():
        yield Fault(
            "restriction_missing", "限制范围的报文须写明 restriction", "Restricted asks for a restriction"
        )
    if alert.scope == "Private" and not alert.addresses.strip():
        yield Fault("addresses_missing", "指定对象的报文须写明 addresses", "Private asks for addresses")
    if alert.status == "Exercise" and not alert.note.strip():
        yield Fault(
            "exercise_note", "演练报文须在 note 中写明是哪次演练", "Exercise asks for a note that names it"
        )
    if alert.msg_type == "Error" and not alert.note.strip():
        yield Fault("error_note", "差错报文须在 note 中说明原因", "Error asks for a note that says why")
    if alert.msg_type in ("Alert", "Update") and not alert.infos:
        yield Fault("info_missing", "报文没有内容（info）", "it says nothing: no info")


def _references(alert: Alert) -> Iterator[Fault]:
    if alert.msg_type in NEEDS_REFERENCES and not alert.references:
        yield Fault(
            "references_missing",
            f"{alert.msg_type} 须引用此前的报文",
            f"{alert.msg_type} asks for references",
        )
    for told in alert.references:
        parts = told.split(",")
        if len(parts) != 3 or not all(map(_is_name, parts)) or model.read_moment(parts[2]) is None:
            yield Fault(
                "references_form",
                "references 应为“sender,identifier,sent”",
                "a reference must be sender,identifier,sent",
            )


def _info(info: AlertText, alert: Alert) -> Iterator[Fault]:
    if not _LANGUAGE.fullmatch(info.language):
        yield Fault("language_form", "language 不是语言代码", "language is no language code")
    if not info.categories:
        yield Fault("category_missing", "缺少 category", "no category")
    for category in info.categories:
        yield from _listed("category", category, model.CATEGORIES)
    for response in info.responses:
        yield from _listed("responseType", response, model.RESPONSES)
    yield from _listed("urgency", info.urgency, model.URGENCIES)
    yield from _listed("severity", info.severity, model.SEVERITIES)
    yield from _listed("certainty", info.certainty, model.CERTAINTIES)
    if not info.hazard.strip():
        yield Fault("event_missing", "缺少 event", "no event")
    if len(info.headline) > MOST_HEADLINE:
        yield Fault(
            "headline_long", f"headline 超过 {MOST_HEADLINE} 字", f"headline is over {MOST_HEADLINE} signs"
        )
    yield from _times(info, alert)
    if info.web and not _is_address(info.web):
        yield Fault("web_form", "web 应为完整的 http(s) 网址", "web is no whole http(s) address")
    for value_name, _ in (*info.hazard_codes, *info.parameters):
        if not value_name.strip():
            yield Fault(
                "value_name_missing", "eventCode、parameter 缺少 valueName", "a value has no valueName"
            )
            break


def _times(info: AlertText, alert: Alert) -> Iterator[Fault]:
    times = (("effective", info.effective_at), ("onset", info.onset_at), ("expires", info.expires_at))
    for name, at in times:
        if at is not None and not _has_zone(at):
            yield Fault(f"{name}_form", f"{name} 缺少时区", f"{name} has no offset")
    if not all(at is None or _has_zone(at) for at in (alert.sent_at, *(at for _, at in times))):
        return
    if info.expires_at and info.expires_at <= (info.effective_at or alert.sent_at):
        yield Fault("expires_early", "expires 不晚于生效时间", "expires is not after it takes effect")
    if info.expires_at and info.onset_at and info.onset_at > info.expires_at:
        yield Fault("onset_late", "onset 晚于 expires", "onset is after expires")


def _area(area: Area) -> Iterator[Fault]:
    if not area.words.strip():
        yield Fault("area_desc_missing", "区域缺少 areaDesc", "an area has no areaDesc")
    for polygon in area.polygons:
        if len(polygon) < 4:
            yield Fault("polygon_short", "polygon 至少要有四个点", "a polygon has fewer than four points")
        elif polygon[0] != polygon[-1]:
            yield Fault("polygon_open", "polygon 的首尾点不同，没有闭合", "a polygon is not closed")
        yield from _points(polygon)
    for latitude, longitude, radius_km in area.circles:
        yield from _points([(latitude, longitude)])
        if not 0 <= radius_km < 20_100:  # half the way round the earth
            yield Fault("circle_radius", "circle 的半径（千米）不正确", "a circle's radius (km) is wrong")
    if any(not name.strip() or not value.strip() for name, value in area.geocodes):
        yield Fault("geocode_empty", "geocode 的名称或值为空", "a geocode lacks its name or value")


def _points(points: Iterable[tuple[float, float]]) -> Iterator[Fault]:
    for latitude, longitude in points:
        if abs(latitude) > 90 and abs(longitude) <= 90:
            yield Fault(
                "point_swapped",
                "坐标应为“纬度,经度”，疑似写反",
                "points must be latitude,longitude: swapped?",
            )
        elif not (abs(latitude) <= 90 and abs(longitude) <= 180):
            yield Fault("point_range", "坐标超出范围", "a point is out of range")


def _listed(name: str, told: str, known: tuple[str, ...]) -> Iterator[Fault]:
    if told not in known:
        yield Fault(
            f"{name}_unknown",
            f"{name} 的值“{told[:30]}”不在规定之列",
            f"{name} {told[:30]!r} is not a known value",
        )


def _is_name(told: str) -> bool:
    return bool(_NAME.fullmatch(told)) and told.isprintable()


def _has_zone(at: datetime) -> bool:
    return at.utcoffset() is not None


def _is_address(told: str) -> bool:
    try:
        address = urlsplit(told)
        return address.scheme in ("http", "https") and bool(address.hostname) and not re.search(r"\s", told)
    except ValueError:
        return False

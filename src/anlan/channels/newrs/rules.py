"""Rules of the 12379 profile (GB/T 34283-2017, GB/T 35965.1-2018 as seen in published annexes; the full texts are not
verified), each named.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from anlan.channels.cap.alert import COLOURS, Alert, Fault

BEIJING = timezone(timedelta(hours=8))
# Division (GB/T 2260) 6, agency 3, sub-unit 3, extension 2; the moment; a serial number of one digit, which real
# messages leave out.
IDENTIFIER = re.compile(r"[0-9]{6}[0-9A-Z]{8}_[0-9]{14}_[0-9]")
SHORT_IDENTIFIER = re.compile(r"[0-9]{6}[0-9A-Z]{8}_[0-9]{14}")
SENDER_CODE = re.compile(r"[0-9]{6}[0-9A-Z]{8}")
HAZARD_CODE = re.compile(r"[0-9]{2}[A-Z][0-9]{2}")
DIVISION_CODE = re.compile(r"[0-9]{6}([0-9]{6})?")


def make_identifier(sender_code: str, at: datetime, serial: int = 0) -> str:
    """The identifier of a warning. Raises ValueError: no sender code, no zone, a serial beyond one digit."""
    if not SENDER_CODE.fullmatch(sender_code) or at.utcoffset() is None or not 0 <= serial <= 9:
        raise ValueError(
            "a sender code of 14 signs, a moment with a zone and a serial from 0 to 9 are needed"
        )
    return f"{sender_code}_{at.astimezone(BEIJING):%Y%m%d%H%M%S}_{serial}"


def faults(alert: Alert) -> list[Fault]:
    """Every rule of the profile that this warning does not keep; none: it may be written."""
    found = [*_envelope(alert)]
    for info in alert.infos[:1]:
        if info.colour not in COLOURS:
            found.append(
                Fault(
                    "severity_unknown",
                    "severity 应为 Red、Orange、Yellow、Blue 或 Unknown",
                    "severity must be a colour",
                )
            )
        if not any(HAZARD_CODE.fullmatch(value) for name, value in info.hazard_codes if name == "eventType"):
            found.append(
                Fault(
                    "eventType_form",
                    "eventType 应为五位代码，如 11B06",
                    "eventType must be a code like 11B06",
                )
            )
        needed = (
            ("headline", info.headline),
            ("description", info.description),
            ("senderName", info.sender_name),
        )
        found += [
            Fault(f"{name}_missing", f"缺少 {name}", f"no {name}")
            for name, told in needed
            if not told.strip()
        ]
        if info.effective_at is None:
            found.append(Fault("effective_missing", "缺少 effective", "no effective"))
        if not any(area.words.strip() for area in info.areas):
            found.append(Fault("areaDesc_missing", "缺少 areaDesc", "no areaDesc"))
        codes = [value for area in info.areas for _, value in area.geocodes]
        if not all(DIVISION_CODE.fullmatch(code) for code in codes):
            found.append(
                Fault(
                    "geocode_form", "geocode 应为 6 位或 12 位区划代码", "a geocode must have 6 or 12 digits"
                )
            )
    return list(dict.fromkeys(found))


def _envelope(alert: Alert) -> Iterator[Fault]:
    if not IDENTIFIER.fullmatch(alert.identifier):
        yield Fault(
            "identifier_form",
            "identifier 应为“发布单位代码_时间_序号”，共 31 位",
            "identifier must be unit code, moment and serial, 31 signs",
        )
    elif not alert.identifier.startswith(f"{alert.sender_code}_"):
        yield Fault(
            "senderCode_differs",
            "identifier 的前 14 位与 senderCode 不同",
            "identifier does not begin with senderCode",
        )
    if not SENDER_CODE.fullmatch(alert.sender_code):
        yield Fault("senderCode_form", "senderCode 应为 14 位", "senderCode must have 14 signs")
    if not alert.sender.strip():
        yield Fault("sender_missing", "缺少 sender（发布单位）", "no sender")
    if alert.msg_type not in ("Alert", "Update", "Cancel"):
        yield Fault(
            "msgType_unknown",
            "msgType 应为 Alert、Update 或 Cancel",
            "msgType must be Alert, Update or Cancel",
        )
    if alert.msg_type in ("Update", "Cancel") and not alert.references:
        yield Fault(
            "references_missing",
            f"{alert.msg_type} 须引用此前的预警",
            f"{alert.msg_type} asks for references",
        )
    if not all(IDENTIFIER.fullmatch(told) or SHORT_IDENTIFIER.fullmatch(told) for told in alert.references):
        yield Fault(
            "references_form", "references 应为此前预警的 identifier", "references must be identifiers"
        )
    if not alert.infos:
        yield Fault("info_missing", "报文没有内容（info）", "it says nothing: no info")

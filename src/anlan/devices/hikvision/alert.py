"""The alerts that a camera sends: running totals, interval counts, people present, signs of life."""

from anlan.devices.body import branch, many, shown, word
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name
from anlan.stream.readings import Reading

CLOCKS_APART_MS = 120_000  # two clocks of one message may differ by the 2 minutes that screening allows


def _people_counting(alert: dict, zone: str | None) -> list[Reading]:
    blocks = many(alert.get("peopleCounting", alert.get("PeopleCounting")))
    if not blocks:
        raise Refusal("an alert of PeopleCounting without its peopleCounting block: nothing to read")
    return [_counting(alert, branch(block), zone) for block in blocks]


def _counting(alert: dict, counting: dict, zone: str | None) -> Reading:
    reading = Reading(
        kind="interval",
        sensor=_sensor(alert),
        channel=_channel(alert, counting),
        count_in=count(counting.get("enter"), where="peopleCounting.enter"),
        count_out=count(counting.get("exit"), where="peopleCounting.exit"),
    )
    method = counting.get("statisticalMethods")
    if method == "timeRange":
        span = branch(counting, "TimeRange") or branch(counting, "timeRange")
        reading.start = moment(span.get("startTime"), where="TimeRange.startTime", zone=zone)
        reading.end = moment(span.get("endTime"), where="TimeRange.endTime", zone=zone)
    elif method == "realTime":
        reading.kind, reading.reset = "cumulative", "daily"
        reading.t, reading.quality = _count_time(alert, counting, zone)
    else:
        raise Refusal(f"statisticalMethods is {shown(method)!r}: set realTime or timeRange in the camera")
    return reading


def _count_time(alert: dict, counting: dict, zone: str | None) -> tuple[int, str]:
    """(time, quality) of a running total: the counting's own clock speaks; if the alert's clock is far off, neither
    can be trusted, and the reading says so (trap T3). A re-sent alert may well be younger than its count."""
    sent = alert.get("dateTime")
    counted = (branch(counting, "RealTime") or branch(counting, "realTime")).get("time") or sent
    t = moment(counted, where="RealTime.time", zone=zone)
    if sent is None or str(alert.get("isDataRetransmission")).lower() == "true":
        return t, ""
    apart = abs(moment(sent, where="dateTime", zone=zone) - t)
    return t, "clock" if apart > CLOCKS_APART_MS else ""


def _frames_people_counting(alert: dict, zone: str | None) -> list[Reading]:
    readings = []
    for frame in many(alert.get("FramesPeopleCounting") or alert.get("framesPeopleCounting")):
        present = branch(frame)
        readings.append(
            Reading(
                kind="occupancy",
                sensor=_sensor(alert),
                channel=_channel(alert, present),
                t=moment(alert.get("dateTime"), where="dateTime", zone=zone),
                value=count(present.get("framesPeopleCountingNum"), where="framesPeopleCountingNum"),
            )
        )
    return readings


def _alive(alert: dict, zone: str | None) -> list[Reading]:
    """`videoloss` `inactive` is the keep-alive of an alert stream, not a fault (trap T9)."""
    sent = alert.get("dateTime")
    reading = Reading(kind="heartbeat", sensor=_sensor(alert), channel=_channel(alert, {}))
    reading.t = None if sent is None else moment(sent, where="dateTime", zone=zone)
    if word(alert, "eventType").lower() == "videoloss" and alert.get("eventState") != "inactive":
        reading.kind, reading.state = "health", "videoloss"
    return [reading]


def _sensor(alert: dict) -> str:
    return name(alert.get("macAddress"), where="macAddress")


def _channel(alert: dict, counting: dict) -> str:
    """`channelID/regionsID`: ids, because names are edited (trap T8); the camera's first region may have none."""
    channel = name(alert.get("channelID"), where="channelID")
    region = name(counting.get("regionsID", counting.get("regionID")), where="regionsID")
    return f"{channel}/{region}" if region else channel


# By eventType in lower case; what is not here counts no people.
READERS = {
    "peoplecounting": _people_counting,
    "framespeoplecounting": _frames_people_counting,
    "videoloss": _alive,
    "heartbeat": _alive,
}

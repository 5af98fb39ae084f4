"""POSTed Observations as readings: they go the way of native readings, and the credential decides.

SensorThings keeps `in` and `out` apart, so one crossing's two numbers come as two Observations. Each is taken as
an event whose sequence number is made of its time and direction: sent again it is counted once, and neither
replaces the other.
"""

from typing import NamedTuple

import msgspec

from anlan.devices.native.decode import MAX_ITEMS
from anlan.site.sensorthings.addresses import Stream, read_stream
from anlan.site.sensorthings.refusals import Refused, shown
from anlan.stream.readings import MAX_COUNT, QUALITIES, Reading, time_ms
from anlan.stream.screen import AHEAD_MS, RETENTION_MS
from anlan.stream.state import MINUTE_MS

DIRECTION = {"in": 0, "out": 1}


class Report(NamedTuple):
    """One Observation to be created: its Datastream, its reading, and the start of the minute it will be found by."""

    stream: Stream
    reading: Reading
    minute_ms: int


def read_body(body):
    """The JSON of a body. Raises Refused (400)."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as why:
        raise Refused(400, f"the body is not JSON: {str(why)[:120]}") from None


def read_one(sent, stream, now_ms):
    """The Report of one Observation. `stream` None: the Observation links its Datastream. Raises Refused (400)."""
    if not isinstance(sent, dict):
        raise Refused(400, "an Observation is a JSON object with phenomenonTime and result")
    if stream is None:
        stream = linked_stream(sent)
    return make_report(stream, sent, now_ms)


def linked_stream(sent):
    """The Stream of {"Datastream": {"@iot.id": …}}. Raises Refused (400, or 404 for an id that cannot be)."""
    link = sent.get("Datastream")
    id_text = link.get("@iot.id") if isinstance(link, dict) else None
    if not isinstance(id_text, str):
        raise Refused(
            400, 'the Datastream is not named: send "Datastream": {"@iot.id": "<sensor>!<channel>!<measure>"}'
        )
    return read_stream(id_text)


def read_many(sent, now_ms):
    """Of a CreateObservations body: a Report or a Refused for each row, in order. Raises Refused (400)."""
    if not isinstance(sent, list) or not all(isinstance(group, dict) for group in sent):
        raise Refused(400, "a list of {Datastream, components, dataArray} is needed")
    rows = [row for group in sent for row in read_group(group, now_ms)]
    if len(rows) > MAX_ITEMS:
        raise Refused(413, f"{len(rows)} rows: the limit is {MAX_ITEMS}, send smaller arrays")
    return rows


def read_group(group, now_ms):
    """The rows of one Datastream's dataArray."""
    components, rows = group.get("components"), group.get("dataArray")
    if not isinstance(components, list) or not all(isinstance(name, str) for name in components):
        raise Refused(400, "components, a list of names such as phenomenonTime and result, are missing")
    if "result" not in components or not isinstance(rows, list):
        raise Refused(400, "components must name result, and dataArray must be a list of rows")
    try:
        stream = linked_stream(group)
    except Refused as why:
        return [why] * len(rows)
    return [read_row(stream, components, row, now_ms) for row in rows]


def read_row(stream, components, row, now_ms):
    if not isinstance(row, list) or len(row) != len(components):
        return Refused(400, f"a row needs {len(components)} values: {', '.join(components)[:120]}")
    try:
        return make_report(stream, dict(zip(components, row, strict=True)), now_ms)
    except Refused as why:
        return why


def make_report(stream, sent, now_ms):
    """The Report of an Observation's properties. Raises Refused (400)."""
    end_ms = read_end(sent.get("phenomenonTime"), now_ms)
    quality = sent.get("resultQuality")
    words = {"sensor": stream.sensor, "channel": stream.channel, "t": end_ms}
    words["quality"] = quality if isinstance(quality, str) and quality in QUALITIES else ""
    result = sent.get("result")
    if isinstance(result, bool) or not isinstance(result, int | float) or not abs(result) <= MAX_COUNT:
        raise Refused(400, f"result is {shown(str(result))}: a number of at most {MAX_COUNT} is needed")
    if stream.measure in DIRECTION:
        if result != int(result) or result < 0:
            raise Refused(400, f"result is {shown(str(result))}: a whole number of people is needed")
        counts = {f"count_{stream.measure}": int(result)}
        reading = Reading("event", **words, **counts, seq=2 * end_ms + DIRECTION[stream.measure])
    else:
        reading = Reading(stream.measure, **words, value=result)
    return Report(stream, reading, (end_ms - 1) // MINUTE_MS * MINUTE_MS)


def read_end(text, now_ms):
    """When a phenomenonTime ends, UTC milliseconds; now where none is sent. Raises Refused (400)."""
    if text is None:
        return now_ms
    try:
        if not isinstance(text, str):
            raise ValueError("phenomenonTime is a text: a time, or two divided by a slash")
        start, _, end = text.partition("/")
        start_ms, end_ms = time_ms(start), time_ms(end or start)
        if end and end_ms <= start_ms:
            raise ValueError(f"phenomenonTime {text[:60]!r} ends before it begins")
    except ValueError as why:
        raise Refused(400, f"phenomenonTime: {why}") from None
    if not now_ms - RETENTION_MS <= end_ms <= now_ms + AHEAD_MS:
        raise Refused(
            400, f"phenomenonTime {text[:60]!r} is not within the last 30 days: it would count as now"
        )
    return end_ms

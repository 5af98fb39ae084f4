"""Xovis firmware 5 live pushes: frames with the people in them and what they did."""

from anlan.devices.body import branch, many, word
from anlan.devices.values import count, moment, name, whole
from anlan.stream.readings import Reading

SEQ_PER_FRAME = 64  # crossings of one frame that get different sequence numbers
_CROSSINGS = {"LINE_CROSS_FORWARD": "count_in", "LINE_CROSS_BACKWARD": "count_out"}
_FLOWS = {"fw": "count_in", "bw": "count_out"}
_PRESENT = ("balance", "queue-length")


def frames(push: dict, sensor: str, zone: str | None) -> list[Reading]:
    """Line crossings as events, zone counters as people present; line counters only where no crossing is told.

    Where crossings and line counters are both switched on, they tell the same flow twice (trap T1). Raises Refusal.
    """
    crossed, counted, present = [], [], []
    for entry in many(push.get("frames")):
        frame = branch(entry)
        people = {
            str(branch(track).get("track_id")): branch(track).get("type")
            for track in many(frame.get("tracked_objects"))
        }
        for position, happening in enumerate(many(frame.get("events"))):
            kind, told = word(branch(happening), "type"), branch(happening, "attributes")
            if kind in _CROSSINGS:
                if people.get(str(told.get("track_id")), "PERSON") == "PERSON":  # a GROUP is made of PERSONs
                    crossed.append(_crossing(frame, kind, told, position, sensor, zone))
            elif word(told, "counter_name") in _FLOWS:
                counted.append(_counter(frame, told, sensor, zone))
            elif word(told, "counter_name") in _PRESENT:
                present.append(_counter(frame, told, sensor, zone))
    return [*(crossed or counted), *present]


def _crossing(frame: dict, kind: str, told: dict, position: int, sensor: str, zone: str | None) -> Reading:
    reading = Reading(
        kind="event", sensor=sensor, channel=name(told.get("geometry_name"), where="geometry_name")
    )
    reading.t = moment(frame.get("time"), where="frame time", zone=zone)
    setattr(reading, _CROSSINGS[kind], 1)
    if frame.get("framenumber") is not None:  # a package sent again carries the same numbers (trap T4)
        reading.seq = (
            count(frame["framenumber"], where="framenumber") * SEQ_PER_FRAME + position % SEQ_PER_FRAME
        )
    return reading


def _counter(frame: dict, told: dict, sensor: str, zone: str | None) -> Reading:
    label, value = told["counter_name"], told.get("counter_value")
    reading = Reading(
        kind="occupancy", sensor=sensor, channel=name(told.get("logic_name"), where="logic_name")
    )
    reading.t = moment(frame.get("time"), where="frame time", zone=zone)
    if label in _FLOWS:
        reading.kind = "cumulative"
        setattr(reading, _FLOWS[label], count(value, where=f"counter {label}"))
    else:
        reading.value = whole(value, where=f"counter {label}")
    return reading

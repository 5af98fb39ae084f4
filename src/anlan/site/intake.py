"""What all ingest doors share: a decoded batch becomes a submission to the live scene and an answer per item."""

from dataclasses import dataclass, field

import msgspec

from anlan.domains.crowd import queries as crowd
from anlan.stream.fold import STATUS_NAMES
from anlan.stream.readings import Columns, columns

REPORTED = {"duplicate", "corrected", "late", "old", "reset"}  # said per item beside the refused


@dataclass
class Batch:
    """A checked batch on its way: what was kept, where each stood in the message, and who was refused why."""

    kept: Columns
    positions: list
    refused: list = field(default_factory=list)


def check_batch(readings, positions, refused, *, caller, register, now_ms):
    """Hold readings against the caller's sensors and the bounds of a reading; wrong ones are refused singly."""
    refused = list(refused)
    strangers = {reading.sensor for reading in readings} - caller.sensors.keys()
    if caller.only_sensor:
        strangers.discard("")
    if strangers:
        mine = [reading.sensor not in strangers for reading in readings]
        refused += [
            (position, explain_stranger(reading.sensor))
            for position, reading, own in zip(positions, readings, mine, strict=True)
            if not own
        ]
        positions = [position for position, own in zip(positions, mine, strict=True) if own]
        readings = [reading for reading, own in zip(readings, mine, strict=True) if own]
    checked = columns(
        readings, register=register, t_received_ms=now_ms, default_sensor=caller.only_sensor
    )
    refused += [(positions[index], reason) for index, reason in checked.refusals]
    return Batch(checked.columns, [positions[index] for index in checked.kept], sorted(refused))


def explain_stranger(sensor):
    """Why a reading of this sensor is refused."""
    if not sensor:
        return "no sensor named: this credential reports for several, so each reading must say whose it is"
    return f"sensor {sensor[:80]!r} does not report through this credential: register it, or use its own"


def describe_receipt(batch, receipt):
    """The answer's body: counts by status, and every item that was not plainly accepted."""
    counts, items = {"accepted": 0, "refused": len(batch.refused)}, []
    for position, code in zip(batch.positions, receipt.status.tolist(), strict=True):
        name = STATUS_NAMES[code]
        if name in REPORTED:
            counts[name] = counts.get(name, 0) + 1
            items.append({"index": position, "status": name})
        if name != "duplicate":
            counts["accepted"] += 1
    items += [{"index": index, "status": "refused", "reason": why} for index, why in batch.refused]
    return counts | {"items": sorted(items, key=lambda one: one["index"])}


def own_readings(readings, sensor):
    """A vendor's readings as the registered sensor's own: the door's address decides, not the body."""
    return [msgspec.structs.replace(reading, sensor=sensor) for reading in readings]


def remember(sensor, door, body, readings, now_ms):
    """Keep the last payload of a sensor for its set-up page."""
    crowd.remember_payload(sensor, door, body, readings, now_ms)

"""What all ingest doors share: a decoded batch becomes a submission to the live scene and an answer per item."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from django.db import DatabaseError, close_old_connections

from anlan.devices.refusal import Refusal
from anlan.domains.crowd import actions, queries
from anlan.stream.columns import Columns
from anlan.stream.identity import Status
from anlan.stream.readings import check_sheet, columns

log = logging.getLogger(__name__)

NAMES = [status.name.lower() for status in Status]
REMEMBERED_SINGLY = 50  # readings of a batch up to which each sensor's share is kept apart
QUIET = {Status.ACCEPTED, Status.BASELINE}  # said in the counts only; every other status is said per item


@dataclass
class Batch:
    """A checked batch on its way: what was kept, where each stood in the message, who was refused why, and who sent it."""

    kept: Columns
    positions: Sequence
    refused: list = field(default_factory=list)
    sender: int = 0  # the credential


def read(card, body, *, headers=None, kind=None):
    """A sensor's own readings from its device's format. Raises Refusal, also where the decoder itself fails."""
    kind = kind or card.kind
    try:
        return queries.decode_payload(card, body, headers=headers, kind=kind)
    except Refusal:
        raise
    except Exception as fault:
        log.exception("the decoder of %s failed on %s bytes", kind, len(body))
        raise Refusal(
            f"the decoder of {kind} failed ({type(fault).__name__}): the payload is kept, please report it"
        ) from fault


def check_batch(readings, positions, refused, *, caller, register, now_ms):
    """Hold readings against the caller's sensors and the bounds of a reading; wrong ones are refused singly."""
    refused = list(refused)
    own_sensors = caller.sensors  # a set minus its keys would walk all of a large gateway's sensors
    strangers = {sensor for sensor in {reading.sensor for reading in readings} if sensor not in own_sensors}
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
    checked = columns(readings, register=register, t_received_ms=now_ms, default_sensor=caller.only_sensor)
    return gather(checked, positions, refused, caller.credential_id)


def check_table(table, *, caller, register, book, now_ms):
    """The same for readings that came as a Table; `book` (LineBook) knows the lines of its names."""
    sensors, positions, refused = table.word("sensor"), range(table.n), []
    line, own = book.find(
        sensors, table.word("channel"), register=register, among=caller.sensors,
        default_sensor=caller.only_sensor,
    )  # fmt: skip
    if not own.all():
        refused = [
            (at, explain_stranger(sensors.names[sensors.codes[at]])) for at in np.flatnonzero(~own).tolist()
        ]
        rows = np.flatnonzero(own)
        table, line, positions = table.take(rows), line[rows], rows.tolist()
    checked = check_sheet(
        table.sheet(line), table.reading, register=register, t_received_ms=now_ms,
        default_sensor=caller.only_sensor,
    )  # fmt: skip
    return gather(checked, positions, refused, caller.credential_id)


def gather(checked, positions, refused, sender):
    """The Batch of what `columns` made of readings that stood at `positions` of the message."""
    if checked.refusals:
        refused = refused + [(positions[index], reason) for index, reason in checked.refusals]
        positions = [positions[index] for index in checked.kept.tolist()]
    return Batch(checked.columns, positions, sorted(refused), sender)


def explain_stranger(sensor):
    """Why a reading of this sensor is refused."""
    if not sensor:
        return "no sensor named: this credential reports for several, so each reading must say whose it is"
    return f"sensor {sensor[:80]!r} does not report through this credential: register it, or use its own"


def describe_receipt(batch, receipt):
    """The answer's body: counts by status, and every item that was not plainly accepted."""
    counts = np.bincount(receipt.status, minlength=len(Status)).tolist()
    said = {NAMES[code]: count for code, count in enumerate(counts) if count and code not in QUIET}
    odd = [(at, code) for at, code in enumerate(receipt.status.tolist()) if code not in QUIET] if said else []
    items = [{"index": batch.positions[at], "status": NAMES[code]} for at, code in odd]
    items += [{"index": index, "status": "refused", "reason": why} for index, why in batch.refused]
    accepted = len(batch.positions) - counts[Status.DUPLICATE]
    return (
        {"accepted": accepted, "refused": len(batch.refused)} | said | {"items": sorted(items, key=by_index)}
    )


def by_index(item):
    return item["index"]


def remember(sensor, door, body, readings, now_ms):
    """Keep the last payload of a sensor for its set-up page."""
    queries.remember_payload(sensor, door=door, body=body, readings=readings, at=moment(now_ms))


def remember_each(readings, door, body, now_ms, *, caller):
    """Keep a native batch as the last payload of each of the caller's sensors in it; of a large one, of the last."""
    by_sensor = {}
    for reading in readings if len(readings) <= REMEMBERED_SINGLY else readings[-1:]:
        by_sensor.setdefault(reading.sensor or caller.only_sensor, []).append(reading)
    for sensor in by_sensor.keys() & caller.sensors.keys():
        remember(sensor, door, body, by_sensor[sensor], now_ms)


def set_aside(sensor, door, kind, body, content_type, reason, now_ms):
    """Keep what could not be read, with the reason, for a person to look at; `sensor` is a code or None.

    While the database does not answer it is only logged: that must not stop a door.
    """
    try:
        close_old_connections()
        actions.keep_unread(
            sensor=queries.sensor_for_readings(sensor) if sensor else None, door=door, kind=kind, body=body,
            content_type=content_type, reason=reason, received_at=moment(now_ms),
        )  # fmt: skip
    except DatabaseError:
        log.exception("a payload of %s over %s was not kept (%s)", sensor or "no known sensor", door, reason)


def moment(now_ms):
    return datetime.fromtimestamp(now_ms / 1000, UTC)

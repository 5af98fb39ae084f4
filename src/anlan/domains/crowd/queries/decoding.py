"""Bytes from a sensor as readings, by its settings: the one place where kind, zone and mapping meet."""

from anlan.devices.command import line
from anlan.devices.table import decode

SHOWN_BYTES = 64 * 1024
BYTES_PER_ROW = 16
SHOWN_ROWS = 512


def decode_payload(sensor, body, *, headers=None, kind=None):
    """The readings of a payload of `sensor`; they are the sensor's, whatever serial number stands in them.

    `sensor` is a row or a SensorCard; `kind` is another format than the one it is set to. Raises anlan.devices.refusal.Refusal with the reason.
    """
    readings = decode(
        kind or sensor.kind, body, headers=headers, zone=sensor.zone_name, mapping=sensor.mapping
    )
    for reading in readings:
        reading.sensor = sensor.code
    return readings


def as_lines(readings):
    """Readings as `anlan decode` prints them: one line of JSON each."""
    return "\n".join(line(reading) for reading in readings)


def as_text(body):
    """The start of a body as text that is safe to show; bytes that are no text become the replacement mark."""
    text = bytes(body[:SHOWN_BYTES]).decode("utf-8", "replace")
    return "".join(
        sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text.replace("\r\n", "\n")
    )


def as_hex(body):
    """The start of a body as rows of (offset, hex, text), sixteen bytes a row."""
    shown = bytes(body[: SHOWN_ROWS * BYTES_PER_ROW])
    rows = (shown[start : start + BYTES_PER_ROW] for start in range(0, len(shown), BYTES_PER_ROW))
    return [
        (
            f"{number * BYTES_PER_ROW:06x}",
            row.hex(" "),
            "".join(chr(one) if 32 <= one < 127 else "." for one in row),
        )
        for number, row in enumerate(rows)
    ]

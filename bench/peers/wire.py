"""Batches as the peers take them: a Prometheus remote write, made by hand of protocol buffers and a literal snappy block."""

import struct

BASE, OVER = 10.0, 65_000.0  # people that one counter has let in; ten such counters, or one that is over
LITERAL_BYTES = 65_536  # what one literal of a snappy block may hold


def varint(number):
    """A protocol buffer's number."""
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def field(number, payload):
    """A protocol buffer's field that holds bytes."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def snappy(payload):
    """The payload as a snappy block without any compression: a reader has the less to do."""
    parts = [varint(len(payload))]
    for start in range(0, len(payload), LITERAL_BYTES):
        piece = payload[start : start + LITERAL_BYTES]
        parts += [b"\xf4", struct.pack("<H", len(piece) - 1), piece]
    return b"".join(parts)


def labels(place, counter):
    """The labels of one series, in the order of their names."""
    pairs = (("__name__", "present"), ("counter", str(counter)), ("place", place))
    return b"".join(field(1, field(1, name.encode()) + field(2, value.encode())) for name, value in pairs)


class Writer:
    """Makes remote writes of `present{place, counter}`; a label set is written down once."""

    def __init__(self, places, counters):
        self.places, self.labels, self.raised = places, {}, set()
        for counter in counters:
            self.labels[counter] = [labels(place, counter) for place in places]

    def body(self, end_ms, counters, over=()):
        """One sample of each of these counters of every place; the first counter of a place in `over` stays over."""
        calm, full = (
            field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(end_ms)) for value in (BASE, OVER)
        )
        self.raised |= {(place, counters[0]) for place in over}
        series = [
            field(1, named + (full if (place, counter) in self.raised else calm))
            for counter in counters
            for place, named in zip(self.places, self.labels[counter], strict=True)
        ]
        return snappy(b"".join(series))

    def single(self, end_ms, position, counter):
        """One sample alone."""
        sample = field(2, b"\x09" + struct.pack("<d", BASE) + b"\x10" + varint(end_ms))
        return snappy(field(1, self.labels[counter][position] + sample))

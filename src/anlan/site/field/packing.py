"""The day pack as bytes: sections in the order of their weight, filled until the limit; what found no room is counted.

body, left_out = pack([("hazards", rows), …], head={…}, most_bytes=MOST_BYTES)
"""

import msgspec

MOST_BYTES = 50 * 10**6
ROOM_FOR_COUNTS = 2_000
EDGES = 50  # bytes around a section at most
LIST = (b"[", b"]")
COLLECTION = {
    "map": (b'{"type":"FeatureCollection","features":[', b"]}")
}  # what is no plain list: how it opens and ends


def pack(sections, *, head, most_bytes=MOST_BYTES, left_out=None):
    """(JSON bytes, {section: rows that found no room}). `head` is whole in any case; `sections` are (name, rows) pairs.

    `left_out` counts what the caller left out before. A row that is too large for what is left ends its section; the next sections go on with what is left.
    """
    blocks, left_out = [], dict(left_out or {})
    room = most_bytes - len(msgspec.json.encode(head)) - ROOM_FOR_COUNTS
    for name, rows in sections:
        lines = [msgspec.json.encode(row) for row in rows]
        kept, size = fit(lines, room - len(name) - EDGES)
        room -= size + len(name) + EDGES
        if kept < len(lines):
            left_out[name] = left_out.get(name, 0) + len(lines) - kept
        begin, end = COLLECTION.get(name, LIST)
        blocks.append(b'"%s":%s%s%s' % (name.encode(), begin, b",".join(lines[:kept]), end))
    opening = msgspec.json.encode(head | {"left_out": left_out})
    return opening[:-1] + b"," + b",".join(blocks) + b"}", left_out


def fit(lines, room):
    """How many of the lines fit into so many bytes, and the bytes that they take."""
    size = 0
    for number, line in enumerate(lines):
        if size + len(line) + 1 > room:
            return number, size
        size += len(line) + 1
    return len(lines), size

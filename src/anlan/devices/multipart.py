"""An endless multipart answer, taken apart while it arrives: each part is given out as soon as it is whole."""

import re
from collections.abc import Iterator
from email.message import Message

from anlan.devices.body import MAX_HEAD, Part
from anlan.devices.unpack import MAX_BODY_BYTES

_HEAD_END = re.compile(rb"\r?\n\r?\n")


class MultipartReader:
    """Feed it chunks of any size. What lies between parts is dropped, and so is a part over 8 MiB.

    A part ends after its Content-Length where it has one, else at the next boundary. It never holds more than one
    part, and never fails: what makes no sense costs only itself.
    """

    def __init__(self, boundary: str):
        self.delimiter = b"--" + boundary.strip().removeprefix("--").encode("latin-1", "replace")
        self.buffer = bytearray()
        self.head: Message | None = None
        self.seen = 0  # bytes of the buffer known to hold no boundary

    def feed(self, chunk: bytes) -> Iterator[Part]:
        """The parts that became whole with this chunk."""
        self.buffer += chunk
        while (part := self._content(self.head) if self.head is not None else self._next_head()) is not False:
            if isinstance(part, Part):
                yield part

    def _next_head(self) -> Part | bool:
        """Advance to a part's content: True; False: more is needed."""
        at = self.buffer.find(self.delimiter)
        if at < 0:
            del self.buffer[: max(0, len(self.buffer) - len(self.delimiter))]
            return False
        del self.buffer[:at]
        end = _HEAD_END.search(self.buffer, len(self.delimiter))
        following = self.buffer.find(self.delimiter, len(self.delimiter))
        if 0 <= following < (end.start() if end else len(self.buffer)) or (
            not end and len(self.buffer) > MAX_HEAD
        ):
            del self.buffer[: len(self.delimiter)]  # no head before the next boundary: nothing of use
            return True
        if not end:
            return False
        self.head = _parse_head(bytes(self.buffer[len(self.delimiter) : end.start()]))
        del self.buffer[: end.end()]
        self.seen = 0
        return True

    def _content(self, head: Message) -> Part | bool:
        """The part whose head was read; True: it was dropped; False: more is needed."""
        length = _length(head)
        if length is None:
            length = self.buffer.find(self.delimiter, max(0, self.seen - len(self.delimiter)))
            self.seen = len(self.buffer)
            if length < 0 and len(self.buffer) <= MAX_BODY_BYTES:
                return False
        if not 0 <= length <= MAX_BODY_BYTES:
            self.head = None
            return True
        if len(self.buffer) < length:
            return False
        # Some declare a boundary with the dashes that come before it: then two are left over here.
        content = bytes(self.buffer[:length]).rstrip(b"\r\n-")
        del self.buffer[:length]
        self.head = None
        media = head.get_content_type() if head["Content-Type"] else ""
        charset = head.get_param("charset", "")
        return Part(content, media, charset if isinstance(charset, str) else "")


def _parse_head(lines: bytes) -> Message:
    head = Message()
    for line in lines[:MAX_HEAD].split(b"\n"):
        name, colon, value = line.partition(b":")
        label = name.strip().title().decode("latin-1")
        if colon and label in ("Content-Type", "Content-Length") and not head[label]:
            head[label] = value.decode("latin-1").strip()
    return head


def _length(head: Message) -> int | None:
    told = head.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 12 else None

"""The gate before the HTTP doors: how much of all bodies together may be in memory, and how much of one sender's."""

import contextlib

from anlan.stream.engine import Busy
from anlan.stream.turns import Room

ROOM_BYTES = 64 * 2**20  # about a second's work of the doors: what waits behind it waits no longer
LEAST_BYTES = 16 * 2**10  # what a request costs besides its body


class Gate:
    """Room for the bodies of requests, taken as they are read and given back when they are answered.

    A sender who says that 8 MiB come and is slow to send them holds what has come, no more.
    """

    def __init__(self):
        self.room = Room(ROOM_BYTES)

    @contextlib.contextmanager
    def hold(self, sender, told_bytes):
        """A Hold for a body of this length, 0 where it is not known, that takes room as the body comes.

        Raises Busy where there is no room for it now.
        """
        held = Hold(self.room, sender)
        try:
            if not self.room.fits(sender, told_bytes):
                raise busy(self.room)
            held.cover(LEAST_BYTES)
            yield held
        finally:
            self.room.leave(sender, held.size_bytes)


def busy(room):
    """The refusal of a body for which there is no room."""
    return Busy(f"bodies of {room.used} bytes wait already: send again in a second")


class Hold:
    """What one request holds of the room."""

    def __init__(self, room, sender):
        self.room, self.sender, self.size_bytes = room, sender, 0

    def cover(self, size_bytes):
        """Hold as much as a body of this length. Raises Busy where there is no room for what is new of it."""
        more = size_bytes - self.size_bytes
        if more > 0:
            if not self.room.take(self.sender, more):
                raise busy(self.room)
            self.size_bytes = size_bytes

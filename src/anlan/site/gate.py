"""The gate before the HTTP doors: how much of all bodies together may be in memory, how much of one sender's, who is next."""

import asyncio
import contextlib

from anlan.stream.engine import Busy
from anlan.stream.turns import Room, Turns

ROOM_BYTES = 32 * 2**20  # about half a second's work of the doors: what waits behind it waits no longer
LEAST_BYTES = 16 * 2**10  # what a request costs besides its body
LATER_S = (
    1.0  # a refusal comes after this long: who sends again at once does not keep the doors busy with refusals
)


class Gate:
    """Room for the bodies of requests, taken as they are read and given back when they are answered.

    A sender who says that 8 MiB come and is slow to send them holds what has come, no more. Bodies that are
    complete are decoded in turn, of several senders that of the one served least: however many connections a sender
    has, another waits for no more than the body being decoded.
    """

    def __init__(self):
        self.room = Room(ROOM_BYTES)
        self.waiting: Turns = Turns()
        self.is_taken = False

    @contextlib.asynccontextmanager
    async def hold(self, sender, told_bytes):
        """A Hold for a body of this length, 0 where it is not known, that takes room as the body comes.

        Raises Busy where there is no room for it now, nor a moment later.
        """
        held = Hold(self, sender)
        try:
            if not self.room.fits(sender, told_bytes):
                await asyncio.sleep(LATER_S)
            if not self.room.fits(sender, told_bytes):
                raise busy(self.room)
            held.cover(LEAST_BYTES)
            yield held
        finally:
            self.room.leave(sender, len(held))

    def call_next(self):
        """Let the next have its turn, one in each round of the event loop, until nobody waits."""
        self.is_taken = len(self.waiting) > 0
        if self.is_taken:
            called = self.waiting.pop().called
            if not called.done():
                called.set_result(None)
            asyncio.get_running_loop().call_soon(self.call_next)


class Hold:
    """What one request holds of the room; its length is that many bytes."""

    def __init__(self, gate, sender):
        self.gate, self.sender, self.size_bytes, self.called = gate, sender, 0, None

    def __len__(self):
        return self.size_bytes

    def cover(self, size_bytes):
        """Hold as much as a body of this length. Raises Busy where there is no room for what is new of it."""
        more = size_bytes - self.size_bytes
        if more > 0:
            if not self.gate.room.take(self.sender, more):
                raise busy(self.gate.room)
            self.size_bytes = size_bytes

    async def turn(self):
        """Wait for the sender's turn; what follows without waiting for anything else is done in it."""
        loop, gate = asyncio.get_running_loop(), self.gate
        if gate.is_taken:
            self.called = loop.create_future()
            gate.waiting.put(self)
            await self.called
        else:
            gate.is_taken = True
            loop.call_soon(gate.call_next)


def busy(room):
    """The refusal of a body for which there is no room."""
    return Busy(f"bodies of {room.used} bytes wait already: send again in a second")

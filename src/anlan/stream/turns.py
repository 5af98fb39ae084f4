"""Who may wait, and who is next: room that nobody can fill, and turns that nobody can hog."""

import heapq
import itertools
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar


class Waiting(Protocol):
    """Something of a size that waits for its sender's turn."""

    @property
    def sender(self) -> Hashable: ...

    def __len__(self) -> int: ...


W = TypeVar("W", bound=Waiting)


class Room:
    """So much room for all who wait; each may hold as much as is then still free for others.

    n greedy holders come to 1/(n + 1) each, and a newcomer finds as much: the dynamic threshold of shared-memory
    switches (Choudhury and Hahne, IEEE/ACM Trans. Networking 6(2), 1998; K). Not thread-safe.
    """

    def __init__(self, size: int) -> None:
        self.size, self.used = size, 0
        self._held: dict[Hashable, int] = {}

    def fits(self, who: Hashable, amount: int) -> bool:
        """Whether there is room now. What is larger than all of it may come when nobody waits."""
        return not (amount and self.used) or self._held.get(who, 0) + amount <= self.size - self.used

    def take(self, who: Hashable, amount: int) -> bool:
        """Whether there is room, which is then taken."""
        if not self.fits(who, amount):
            return False
        if amount:
            self._held[who] = self._held.get(who, 0) + amount
            self.used += amount
        return True

    def leave(self, who: Hashable, amount: int) -> None:
        """Give room back."""
        self.used -= amount
        if self._held.get(who) == amount:
            del self._held[who]
        elif amount:
            self._held[who] -= amount


class Turns(Generic[W]):
    """A queue in which each sender's things keep their order, and of several senders the one served least is next.

    A thing's turn is the sum of all that its sender sent before it, counted from the turn then being served:
    start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996; K). Not thread-safe.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, W]] = []
        self._now = 0  # the turn served last
        self._next: dict[Hashable, int] = {}  # the turn of what a waiting sender sends next
        self._arrivals = itertools.count()

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, one: W) -> None:
        """Queue it behind all that its sender has waiting."""
        turn = max(self._now, self._next.get(one.sender, 0))
        self._next[one.sender] = turn + len(one)
        heapq.heappush(self._heap, (turn, next(self._arrivals), one))

    @property
    def first(self) -> W | None:
        """What is next, or None."""
        return self._heap[0][-1] if self._heap else None

    def pop(self) -> W:
        """Take what is next."""
        self._now, _, one = heapq.heappop(self._heap)
        if self._next.get(one.sender) == self._now + len(one):  # the last that its sender has waiting
            del self._next[one.sender]
        return one

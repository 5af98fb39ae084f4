"""A thousand screens in a process of its own: plain asyncio readers of the live feed, nothing drawn.

Reads its task as a line of JSON from standard input: {"port", "path", "clients"}. Says "ready" when all are connected,
and when standard input ends, as JSON, when each heard of each place's change of level (monotonic seconds).
"""

import asyncio
import json
import sys
import time


class Listener(asyncio.Protocol):
    """One connection; keeps every piece with the time it came, to be read when all is over."""

    def __init__(self, request):
        self.request = request
        self.pieces = []
        self.is_on = asyncio.get_running_loop().create_future()
        self.ended = False

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.request)

    def data_received(self, piece):
        self.pieces.append((time.monotonic(), piece))
        if not self.is_on.done() and b"retry:" in piece:
            self.is_on.set_result(self.pieces[0][1].startswith(b"HTTP/1.1 200"))

    def connection_lost(self, why):
        self.ended = True

    def changes(self):
        """(place's code, when its change was whole) in order."""
        rest = b""
        for at, piece in self.pieces:
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                if line.startswith(b"data: ") and b'"to":' in line:
                    yield json.loads(line[6:])["code"], at


async def listen(task):
    listeners = []
    loop = asyncio.get_running_loop()
    request = f"GET {task['path']} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    for _ in range(task["clients"]):
        _, one = await loop.create_connection(lambda: Listener(request), "127.0.0.1", task["port"])
        assert await asyncio.wait_for(one.is_on, 30)
        listeners.append(one)
    print("ready", flush=True)
    ended = asyncio.Event()
    loop.add_reader(sys.stdin, ended.set)
    await ended.wait()
    loop.remove_reader(sys.stdin)
    heard = {}
    for one in listeners:
        for code, at in one.changes():
            heard.setdefault(code, []).append(at)
    return {"heard": heard, "lost": sum(one.ended for one in listeners)}


if __name__ == "__main__":
    json.dump(asyncio.run(listen(json.loads(sys.stdin.readline()))), sys.stdout)

"""Sends prepared HTTP requests over some connections, each as fast as its answers come; in a process of its own.

Reads its task as a line of JSON from standard input: {"port", "connections": [[request, …], …]}, requests as text in
latin-1; says "ready", waits for another line, and says how long it took.
"""

import asyncio
import json
import sys
import time


async def push(port, requests):
    """One connection; every answer must be of success."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head[9:10] == b"2", head
        lengths = [line[15:] for line in head.split(b"\r\n") if line.startswith(b"content-length:")]
        await reader.readexactly(int(lengths[0]) if lengths else 0)
    writer.close()


async def main(port, connections):
    await asyncio.gather(*(push(port, requests) for requests in connections))


if __name__ == "__main__":
    task = json.loads(sys.stdin.readline())
    prepared = [[request.encode("latin-1") for request in requests] for requests in task["connections"]]
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    asyncio.run(main(task["port"], prepared))
    print(time.monotonic() - began, flush=True)

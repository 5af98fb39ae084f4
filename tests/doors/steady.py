"""A steady crowd of devices in a process of its own: many connections, small batches, a set number of readings a second.

Reads its task as JSON from standard input: {"port", "token", "sensors", "batch", "rounds_s", "for_s", "out"?}; each sensor
reports once in `rounds_s` seconds that one came in and `out` (1) went, `batch` sensors share a connection. Says how it
went as JSON.
"""

import asyncio
import json
import random
import sys
import time


class Sender:
    """One connection that reports for its sensors, round after round."""

    def __init__(self, task, sensors):
        self.task, self.sensors = task, sensors
        self.sent = self.refused = self.behind = 0
        self.waits_s = []

    async def run(self, until):
        round_s = self.task["rounds_s"]
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.task["port"])
        due = time.monotonic() + random.random() * round_s
        while due < until:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            started = time.monotonic()
            await self.report(int(time.time() * 1000), int(round_s * 1000))
            self.waits_s.append(time.monotonic() - started)
            self.behind += time.monotonic() > due + round_s
            due += round_s
        self.writer.close()

    async def report(self, end, length_ms):
        """One batch: unless told otherwise as many come as go, so that nothing is warned of."""
        rows = ",".join(
            f'{{"sensor":"{name}","channel":"1","kind":"interval","start":{end - length_ms},"end":{end},"in":1,"out":{self.task.get("out", 1)}}}'
            for name in self.sensors
        )
        body = f"[{rows}]".encode()
        head = (
            f"POST /ingest/v1/readings HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.task['token']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        answer = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line[15:]) for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        await self.reader.readexactly(length)
        if answer.startswith(b"HTTP/1.1 202"):
            self.sent += len(self.sensors)
        else:
            self.refused += len(self.sensors)


async def main(task):
    size, sensors = task["batch"], task["sensors"]
    senders = [Sender(task, sensors[start : start + size]) for start in range(0, len(sensors), size)]
    await asyncio.gather(*(sender.run(time.monotonic() + task["for_s"]) for sender in senders))
    waits_ms = sorted(1000 * wait for sender in senders for wait in sender.waits_s)
    return {
        "sent": sum(sender.sent for sender in senders),
        "refused": sum(sender.refused for sender in senders),
        "behind": sum(sender.behind for sender in senders),
        "p50_ms": round(waits_ms[len(waits_ms) // 2], 2),
        "p99_ms": round(waits_ms[len(waits_ms) * 99 // 100], 2),
    }


if __name__ == "__main__":
    json.dump(asyncio.run(main(json.load(sys.stdin))), sys.stdout)

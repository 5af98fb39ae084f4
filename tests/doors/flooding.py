"""Crowds of devices that want to send more than the server can take, in a process of their own: JSON batches over many connections.

Reads its task as JSON from standard input: {"port", "batch", "for_s", "crowds": [{"token", "sensors", "connections",
"per_s", "is_patient"}]}. A crowd has `per_s` readings a second to tell; each connection sends its next batch when it is
due and the one before is acknowledged. The patient wait for as long as a refusal asks, the others send at once again.
Says how each crowd fared as JSON.
"""

import asyncio
import json
import sys
import time

ROW = '{"sensor":"%s","channel":"1","kind":"interval","start":%%d,"end":%%d,"in":1,"out":0}'


class Sender:
    """One connection with sensors of its own, each reading later than the one before."""

    def __init__(self, task, crowd, number):
        self.task, self.crowd = task, crowd
        sensors = crowd["sensors"][number :: crowd["connections"]]
        self.steps = max(1, task["batch"] // len(sensors))
        self.size = self.steps * len(sensors)
        self.form = f"[{','.join(ROW % sensor for _ in range(self.steps) for sensor in sensors)}]"
        self.n_sensors, self.last = len(sensors), 0
        self.acknowledged = self.told_busy = 0
        self.other, self.waits_s = [], []

    async def run(self, until):
        pause_s = self.size * self.crowd["connections"] / self.crowd["per_s"]
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.task["port"])
        due = time.monotonic()
        while (begun := time.monotonic()) < until:
            if due > begun:
                await asyncio.sleep(due - begun)
                continue
            due += pause_s
            if await self.insist(self.request(), until):
                self.acknowledged += self.size
                self.waits_s.append(time.monotonic() - begun)
        self.writer.close()

    async def insist(self, request, until):
        """Send until it is acknowledged or time is up; whether it was."""
        while True:
            self.writer.write(request)
            answer = await self.reader.readuntil(b"\r\n\r\n")
            words = dict(line.split(b": ", 1) for line in answer.lower().split(b"\r\n")[1:] if line)
            said = await self.reader.readexactly(int(words[b"content-length"]))
            status = int(answer[9:12])
            if status == 202:
                return True
            self.told_busy += status == 429
            if status != 429:
                self.other.append([status, said.decode()[:200]])
            if self.crowd["is_patient"]:
                await asyncio.sleep(float(words.get(b"retry-after", b"1")))
            if time.monotonic() > until:
                return False

    def request(self):
        """The next batch: each of the sensors once a millisecond, never earlier than before."""
        first = max(self.last + 1, int(time.time() * 1000) - self.steps)
        self.last = first + self.steps - 1
        times = [
            number
            for end in range(first, first + self.steps)
            for _ in range(self.n_sensors)
            for number in (end - 1, end)
        ]
        body = (self.form % tuple(times)).encode()
        head = (
            f"POST /ingest/v1/readings HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.crowd['token']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def account(crowd, senders, for_s):
    """How a crowd fared."""
    waits_ms = sorted(1000 * wait for sender in senders for wait in sender.waits_s) or [0.0]
    return {
        "due": int(crowd["per_s"] * for_s),
        "acknowledged": sum(sender.acknowledged for sender in senders),
        "told_busy": sum(sender.told_busy for sender in senders),
        "other": [each for sender in senders for each in sender.other][:5],
        "p50_ms": round(waits_ms[len(waits_ms) // 2], 1),
        "p99_ms": round(waits_ms[len(waits_ms) * 99 // 100], 1),
    }


async def main(task):
    crowds = [
        [Sender(task, crowd, number) for number in range(crowd["connections"])] for crowd in task["crowds"]
    ]
    until = time.monotonic() + task["for_s"]
    await asyncio.gather(*(sender.run(until) for senders in crowds for sender in senders))
    pairs = zip(task["crowds"], crowds, strict=True)
    return [account(crowd, senders, task["for_s"]) for crowd, senders in pairs]


if __name__ == "__main__":
    json.dump(asyncio.run(main(json.load(sys.stdin))), sys.stdout)

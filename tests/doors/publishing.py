"""Devices that publish small messages to a broker by QoS 1, in a process of their own: one reading a message.

Reads its task as JSON from standard input: {"port", "sensors", "connections", "per_s", "for_s", "start_ms"}; `per_s` 0 is
as fast as the broker acknowledges. Each sensor's readings are numbered by their time, from start_ms on in steps of 10 ms.
Says how it went as JSON.
"""

import json
import sys
import threading
import time

import paho.mqtt.client as paho

OUTSTANDING = 1_000  # messages a connection sends before the first of them is acknowledged
PIECE_S = 0.02


class Publisher(threading.Thread):
    """One connection that reports for its sensors in turn."""

    def __init__(self, task, number):
        super().__init__(daemon=True)
        self.task, self.sensors = task, task["sensors"][number :: task["connections"]]
        self.sent = self.acknowledged = 0
        self.room = threading.Semaphore(OUTSTANDING)
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=f"publisher-{number}")
        self.client.max_inflight_messages_set(OUTSTANDING)
        self.client.on_publish = self.on_publish
        self.client.connect("127.0.0.1", task["port"])
        self.client.loop_start()

    def on_publish(self, *_):
        self.acknowledged += 1
        self.room.release()

    def run(self):
        per_s, begun = self.task["per_s"] / self.task["connections"], time.monotonic()
        while (passed := time.monotonic() - begun) < self.task["for_s"]:
            due = int(per_s * passed) if per_s else self.sent + OUTSTANDING
            while self.sent < due and time.monotonic() - begun < self.task["for_s"]:
                self.publish()
            time.sleep(PIECE_S if per_s else 0)
        for _ in range(OUTSTANDING):  # all are acknowledged
            self.room.acquire(timeout=30)
        self.client.disconnect()
        self.client.loop_stop()

    def publish(self):
        self.room.acquire()
        sensor = self.sensors[self.sent % len(self.sensors)]
        end = self.task["start_ms"] + 10 * (self.sent // len(self.sensors))
        reading = f'{{"channel":"1","kind":"interval","start":{end - 10},"end":{end},"in":1,"out":0}}'
        self.client.publish(f"anlan/v1/{sensor}/readings", reading.encode(), qos=1)
        self.sent += 1


def main(task):
    begun = time.monotonic()
    publishers = [Publisher(task, number) for number in range(task["connections"])]
    for publisher in publishers:
        publisher.start()
    for publisher in publishers:
        publisher.join()
    return {
        "sent": sum(publisher.sent for publisher in publishers),
        "acknowledged": sum(publisher.acknowledged for publisher in publishers),
        "took_s": round(time.monotonic() - begun, 2),
    }


if __name__ == "__main__":
    json.dump(main(json.load(sys.stdin)), sys.stdout)

"""Publishes prepared MQTT messages with QoS 1 over some connections; in a process of its own.

Reads its task as a line of JSON from standard input: {"port", "publishers": [[[topic, payload], …], …]}; says "ready"
when all are connected, waits for another line, and says how long it took until the broker had everything.
"""

import json
import sys
import threading
import time

import paho.mqtt.client as paho

WINDOW = 200  # messages of one connection that the broker has not acknowledged


class Publisher:
    """One connection; a thread of paho's own does the network's side."""

    def __init__(self, port, messages):
        self.messages, self.window, self.connected = messages, threading.Semaphore(WINDOW), threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self.client.max_inflight_messages_set(WINDOW)
        self.client.on_publish = lambda *_: self.window.release()
        self.client.on_connect = lambda *_: self.connected.set()
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self.connected.wait(10), "the broker does not answer"

    def publish_all(self):
        for topic, payload in self.messages:
            self.window.acquire()
            self.client.publish(topic, payload, qos=1)
        for _ in range(WINDOW):
            self.window.acquire()
        self.client.disconnect()


def main(task):
    publishers = [Publisher(task["port"], messages) for messages in task["publishers"]]
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    threads = [threading.Thread(target=publisher.publish_all) for publisher in publishers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(time.monotonic() - began, flush=True)


if __name__ == "__main__":
    main(json.loads(sys.stdin.readline()))

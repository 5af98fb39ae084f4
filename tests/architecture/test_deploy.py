"""The examples of deploy/ hold what they promise, tried on the real programs."""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import paho.mqtt.client as paho
import pytest

OWN = "anlan/v1/S1/readings"
ANOTHERS = "anlan/v1/S2/readings"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(true, what, *, limit_s=10):
    """Poll until it is true."""
    deadline = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def broker(root, program, tmp_path_factory):
    """The port of a broker that runs deploy/mosquitto.conf, with the platform and one device in its password file."""
    folder = tmp_path_factory.mktemp("broker")
    port = free_port()
    text = (root / "deploy/mosquitto.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/mosquitto", str(folder)).replace("/var/lib/mosquitto/", f"{folder}/")
    text = text.replace("listener 1883 ", f"listener {port} ")
    (folder / "anlan.conf").write_text(text + "\nuser root\n", encoding="utf-8")
    (folder / "anlan.acl").write_text(
        (root / "deploy/mosquitto.acl").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (folder / "anlan.passwd").touch(mode=0o600)
    for name in ("anlan", "S1"):
        subprocess.run(
            [program("mosquitto_passwd"), "-b", folder / "anlan.passwd", name, f"{name}-word"], check=True
        )
    running = subprocess.Popen([program("mosquitto"), "-c", folder / "anlan.conf"], stderr=subprocess.DEVNULL)
    try:
        until(lambda: answers(port), "the broker does not start with deploy/mosquitto.conf")
        yield port
    finally:
        running.terminate()
        running.wait(timeout=10)


@pytest.fixture
def connect(broker):
    """Connects a client by name; its `heard` collects (topic, payload)."""
    clients = []

    def as_(name, password, *, listen=None):
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.heard, client.codes, client.granted = [], [], []
        client.on_connect = lambda c, u, f, code, p: client.codes.append(code)
        client.on_subscribe = lambda c, u, mid, codes, p: client.granted.extend(codes)
        client.on_message = lambda c, u, message: client.heard.append((message.topic, message.payload))
        if name:
            client.username_pw_set(name, password)
        client.connect("127.0.0.1", broker)
        client.loop_start()
        clients.append(client)
        until(lambda: client.codes, "no answer to CONNECT")
        if listen:
            client.subscribe(listen, qos=1)
            until(lambda: client.granted, "no answer to SUBSCRIBE")
        return client

    yield as_
    for client in clients:
        client.disconnect()
        client.loop_stop()


def test_a_device_writes_its_own_topic_and_no_other(connect):
    platform = connect("anlan", "anlan-word", listen="anlan/v1/#")
    device = connect("S1", "S1-word")
    device.publish(ANOTHERS, b"forged", qos=1).wait_for_publish(5)
    device.publish(OWN, b"mine", qos=1).wait_for_publish(5)
    until(lambda: platform.heard, "the platform hears nothing")
    time.sleep(0.2)
    assert platform.heard == [(OWN, b"mine")]


def test_a_device_does_not_listen_to_the_others(connect):
    platform = connect("anlan", "anlan-word", listen="anlan/v1/#")
    spy = connect("S1", "S1-word", listen="anlan/v1/#")
    device = connect("S1", "S1-word")
    device.publish(OWN, b"mine", qos=1).wait_for_publish(5)
    until(lambda: platform.heard, "the platform hears nothing")
    time.sleep(0.2)
    assert spy.heard == []


@pytest.mark.parametrize(("name", "password"), [(None, None), ("S1", "wrong"), ("S9", "S1-word")])
def test_nobody_comes_in_without_a_password(connect, name, password):
    assert connect(name, password).codes[0].is_failure


def test_the_unit_starts_the_command_as_it_is_called(root):
    """The options in the unit file and the Dockerfile are options that the command has."""
    ran = subprocess.run(
        [Path(sys.executable).with_name("anlan"), "serve", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=root,
    )
    words = (root / "deploy/anlan.service").read_text() + (root / "deploy/Dockerfile").read_text()
    used = set(re.findall(r"--(?:port|host)\b", words))
    assert used == {"--port", "--host"}
    assert all(option in ran.stdout for option in used), ran.stdout + ran.stderr

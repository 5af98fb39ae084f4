"""The product as a stranger meets it: the installed command, an empty data folder, a free port, a real browser."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ANLAN = Path(sys.executable).with_name("anlan")
OWN_PASSWORD = "lantern-Quay-37"
CHROMIUM_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def free_port():
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Product:
    """One running `anlan serve` over one data folder; it can be killed and started again."""

    folder: Path
    options: tuple = ()
    port: int = field(default_factory=free_port)
    password: str = ""
    process: subprocess.Popen = None
    said: list = field(default_factory=list)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self):
        left_out = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
        return {k: v for k, v in os.environ.items() if k not in left_out} | {"ANLAN_DATA": str(self.folder)}

    def start(self, *, limit_s=120):
        """Start it and wait until it takes readings; keeps the one-time password that it prints the first time."""
        command = [ANLAN, "serve", "--port", str(self.port), *self.options]
        self.process = subprocess.Popen(
            command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        threading.Thread(target=self.listen, args=[self.process.stdout], daemon=True).start()
        deadline = time.monotonic() + limit_s
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(
                    f"anlan serve does not answer at {self.address}:\n{''.join(self.said[-40:])}"
                )
            time.sleep(0.1)
        found = re.search(r"one-time password\D*?: (\S+)", "".join(self.said))
        self.password = found.group(1) if found else self.password
        return self

    def listen(self, output):
        """Keep what the server says, so that it never waits for a reader."""
        self.said.extend(iter(output.readline, ""))

    def answers(self):
        """Whether the engine takes readings."""
        try:
            return urllib.request.urlopen(f"{self.address}/healthz", timeout=2).status == 200
        except (OSError, urllib.error.URLError):
            return False

    def anlan(self, *arguments, limit_s=120):
        """Run another verb of the command over the same data folder; what it printed."""
        ran = subprocess.run(
            [ANLAN, *arguments], env=self.env, capture_output=True, text=True, timeout=limit_s
        )
        assert ran.returncode == 0, f"anlan {' '.join(arguments)}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    def kill(self):
        """SIGKILL: as a power cut would."""
        self.process.kill()
        self.process.wait(timeout=10)

    def stop(self):
        """SIGTERM, and no more than 20 s of patience."""
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()


@contextlib.contextmanager
def running(folder, *options):
    """A product over `folder` for the time of a with block."""
    product = Product(Path(folder), options).start()
    try:
        yield product
    finally:
        product.stop()


def sign_in(page, product, *, name="admin"):
    """Sign in as the first administrator; the first time, choose a password of one's own."""
    page.goto(f"{product.address}/accounts/sign-in/")
    page.fill("input[name=username]", name)
    page.fill("input[type=password]", product.password)
    page.click("form.card button.btn-primary")
    if "/accounts/password/" in page.url:
        for box in page.locator("input[type=password]").all():
            box.fill(product.password if box.get_attribute("name") == "old" else OWN_PASSWORD)
        page.click("form.card button.btn-primary")
        product.password = OWN_PASSWORD


def until(true, what, *, limit_s=10.0):
    """Poll until it is true; the strict content policy forbids the browser's own waiting by a function."""
    deadline = time.monotonic() + limit_s
    while not (answer := true()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return answer

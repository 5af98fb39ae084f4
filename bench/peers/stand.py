"""Where Anlan and its peers stand side by side: one running product, the peers started afresh for each trial, a report."""

import contextlib
import os
import shutil
import time
from pathlib import Path

from bench.ingest import cpu_s, say
from tests.browser.product import Product
from tests.doors.broker import own_broker
from tests.doors.district import furnish_once, wide_plan

ROOT = Path(__file__).resolve().parents[2]
PLACES = [f"P{number:04d}" for number in range(1_000)]
COUNTERS = range(10)
BATCH = len(PLACES) * len(COUNTERS)
THRESHOLD = 60_000  # people: where Anlan's first level begins, 60 % of the plan's capacity


class Report:
    """Lines of figures; remembers which targets were met."""

    def __init__(self):
        self.met = {}

    def title(self, text):
        say(f"\n{text}\n  (load of the machine {os.getloadavg()[0]:.1f})")

    def row(self, name, figure, *, note="", target="", met=True):
        """One figure, with its target where it has one."""
        if target:
            self.met[f"  {name}: {target}, measured {figure}"] = met
            target = f"target {target}: {'met' if met else 'SHORT'}"
        say(f"  {name:<36}{figure:>24}   {'; '.join(part for part in (note, target) if part)}")

    def ratios(self, found, *, is_cost=False):
        """How many times better each of our ways did than each peer; found: {contender's name: figure}."""
        ours = {name: figure for name, figure in found.items() if name.startswith("Anlan")}
        for name in [name for name in found if name not in ours]:
            times = {our: found[name] / own if is_cost else own / found[name] for our, own in ours.items()}
            said = ", ".join(f"{our.removeprefix('Anlan, ')} {ratio:,.1f} ×" for our, ratio in times.items())
            say(f"    beside {name}: {said}")


class Stand:
    """A furnished product with a broker of its own, and whatever of the peers this machine has."""

    def __init__(self, folder, *, serve):
        self.folder, self.serve = folder, serve
        self.product = self.keys = self.broker = None
        self.n_places = self.n_folders = 0
        self.ending = contextlib.ExitStack()

    def __enter__(self):
        if self.serve:
            self.open()
        return self

    def __exit__(self, *_):
        self.ending.close()

    def open(self):
        """Furnish and start, with MQTT where there is a broker."""
        options = ["--no-demo"]
        if program := shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:" + os.environ["PATH"]):
            self.broker = self.ending.enter_context(own_broker(program, self.place()))
            options += ["--mqtt", f"mqtt://127.0.0.1:{self.broker}"]
        self.product = Product(self.place(), tuple(options))
        say(
            f"furnishing {BATCH:,} sensors in {len(PLACES):,} places (minutes the first time; kept in build/bench)"
        )
        plan = wide_plan(places=len(PLACES), sensors_each=len(COUNTERS))
        self.keys = furnish_once(self.product.folder, plan, ROOT / "build/bench")
        self.product.start()
        self.ending.callback(self.product.stop)
        time.sleep(3.0)  # the scene has its topology

    def each(self, *kinds):
        """Every contender of these kinds in turn, running; says why one is left out."""
        for kind in kinds:
            if why := kind.missing(self):
                say(f"  {kind.name}: left out, {why}")
                continue
            with contextlib.closing(kind(self)) as contender:
                yield contender

    def place(self):
        """A new empty folder."""
        self.n_folders += 1
        folder = self.folder / str(self.n_folders)
        folder.mkdir()
        return folder

    def calm_places(self, n):
        """The next n places that nobody has warned of yet."""
        self.n_places += n
        return PLACES[self.n_places - n : self.n_places]


def cpu_of(pids):
    """CPU seconds of these processes; one that has ended counts no more."""
    spent = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            spent += cpu_s(pid)
    return spent

"""Enterprises: an XLSX of 100,000 rows read, planned and registered (60 s, 500 MB), while readings come in; then the list."""

import argparse
import itertools
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from lxml import html
from openpyxl import Workbook

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.product import Product
from tests.doors.beside import cpu_s
from tests.doors.clients import Device, Person, Watcher, interval, now_ms
from tests.doors.district import furnish_once, wide_plan

from anlan.domains.enterprises.rules.codes import check_sign

LIMIT_S, LIMIT_MB, PAGE_MS = 60.0, 500.0, 300.0
PLACES, PROBES_PER_S = 20, 20
HEAD = [
    "统一社会信用代码",
    "企业名称",
    "监管单位编码",
    "行业代码",
    "行业",
    "规模",
    "从业人数",
    "经营地址",
    "主要负责人",
    "安责险有效期至",
]


def say(text):
    print(text, flush=True)


def make_workbook(path, rows, supervisor):
    """A workbook of so many enterprises, one row in a hundred with a wrong number."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEAD)
    for number in range(rows):
        body = f"91310106M{number:08d}"
        last = check_sign(body) if number % 100 else "0"
        sheet.append([
            body + last, f"示例{number}号商贸有限公司", supervisor, "F52", "零售业", "小型", number % 300,
            f"示例路 {number} 号", "某人", "2027-06-30",
        ])  # fmt: skip
    book.save(path)


class Readings:
    """A device that reports steadily, and a watcher of the wall's feed."""

    def __init__(self, product, keys):
        self.device, self.watcher = Device(product, keys.tokens["gateway"]), Watcher(product, keys.screen)
        self.spent_ms, self.ended = [], threading.Event()
        threading.Thread(target=self.report, daemon=True).start()

    def report(self):
        number = 0
        while not self.ended.wait(1 / PROBES_PER_S):
            begun = time.perf_counter()
            status, answer = self.device.send([interval(f"P{number % PLACES:04d}-0", now_ms())])
            assert status == 202, answer
            self.spent_ms.append(1000 * (time.perf_counter() - begun))
            number += 1

    def said(self):
        """(median, p99) ms until a reading was acknowledged, and the longest silence of the wall's feed in s."""
        self.ended.set()
        heard = [at for at, kind, _message in self.watcher.heard if kind == "spaces"]
        gaps = [after - before for before, after in itertools.pairwise(heard)]
        ranked = sorted(self.spent_ms)
        return statistics.median(ranked), ranked[int(0.99 * len(ranked))], max(gaps, default=0.0)


def job_child(product):
    """The process id of the job child (Linux: /proc)."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        words = path.read_bytes().split(b"\0")
        if b"jobs" in words and str(product.process.pid).encode() in words:
            return int(path.parent.name)
    raise AssertionError("no job child")


def peak_mb(pid):
    """The most memory that a process ever had resident, in MB."""
    line = next(
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")
    )
    return int(line.split()[1]) * 1024 / 1e6


def wait_for_job(person, address):
    """Poll the import's page until its job has ended; the last state."""
    state_url = html.fromstring(person.get(address)).xpath("//*[@id='job']/@data-state")[0]
    while (state := person.http.get(state_url).json())["open"]:
        time.sleep(0.5)
    assert state["state"] == "done", state
    return state


def upload(person, path):
    """Hand the workbook in; the import's address."""
    address = "/enterprises/imports/add/"
    form = next(form for form in html.fromstring(person.get(address)).forms if "body" in form.fields)
    words = {name: value for name, value in form.form_values() if name != "body"}
    if not words.get("organisation"):
        words["organisation"] = next(option for option in form.inputs["organisation"].value_options if option)
    answer = person.http.post(address, data=words, files={"body": (path.name, path.read_bytes())},
                              headers={"Referer": str(person.http.base_url)}, timeout=120)  # fmt: skip
    assert answer.status_code == 200 and "/imports/add/" not in str(answer.url), answer.text[:2000]
    return answer.url.path


def timed(act):
    begun = time.perf_counter()
    found = act()
    return found, time.perf_counter() - begun


def time_pages(person):
    """{page: median ms of five} of the list under its filters."""
    pages = ["", "?q=示例777", "?size=small&insured=yes", "?sort=-staff_count", "?page=2000"]
    found = {}
    for query in pages:
        person.get(f"/enterprises/{query}")
        found[query or "(all)"] = statistics.median(
            1000 * timed(lambda q=query: person.get(f"/enterprises/{q}"))[1] for _ in range(5)
        )
    return found


def measure(product, keys, rows):
    """Hand in, confirm, and say what it took and what readings met meanwhile; whether the aims are met."""
    person = Person(product, keys.password)
    supervisor = person.links("/accounts/organisations/", r"/accounts/organisations/[^/]+/")[0].split("/")[-2]
    path = Path(product.folder) / "enterprises.xlsx"
    make_workbook(path, rows, supervisor)
    say(f"{rows:,} rows, {path.stat().st_size / 1e6:.1f} MB; the watch is running")
    readings = Readings(product, keys)

    def read():
        address = upload(person, path)
        wait_for_job(person, address)
        return address

    address, reading_s = timed(read)

    def carry_out():
        person.post(f"{address}confirm/", page=address)
        wait_for_job(person, address)

    _none, registering_s = timed(carry_out)
    child = job_child(product)
    peak, (p50, p99, gap) = peak_mb(child), readings.said()
    total = reading_s + registering_s
    say(
        f"read and planned {reading_s:.1f} s, registered {registering_s:.1f} s, together {total:.1f} s (aim {LIMIT_S:.0f}),"
        f" of which the job child computed {cpu_s(child):.1f} s; its peak {peak:.0f} MB (aim {LIMIT_MB:.0f})"
    )
    say(f"readings acknowledged p50 {p50:.1f} ms, p99 {p99:.1f} ms; longest silence of the wall {gap:.1f} s")
    pages = time_pages(person)
    for query, spent_ms in pages.items():
        say(f"  list {query:28} {spent_ms:6.0f} ms (aim {PAGE_MS:.0f})")
    return total <= LIMIT_S and peak <= LIMIT_MB and max(pages.values()) <= PAGE_MS


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        keys = furnish_once(Path(folder), wide_plan(places=PLACES, sensors_each=1), ROOT / "build/bench")
        product = Product(Path(folder), ("--no-demo",)).start()
        try:
            is_met = measure(product, keys, rows)
        finally:
            product.stop()
    say("met" if is_met else "not met")
    return 0 if is_met else 1


if __name__ == "__main__":
    raise SystemExit(main())

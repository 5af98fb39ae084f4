"""Busy people in a process of their own: each signs in and loads page after page. They run no scripts: plain HTTP.

Reads its task as JSON from standard input: {"folder", "port", "password", "people", "pages", "for_s"}; says how many
pages were loaded in a second as JSON.
"""

import json
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.browser.product import Product
from tests.doors.clients import Person


def browse(person, pages, until, loaded):
    while time.monotonic() < until:
        for path in pages:
            person.get(path)
            loaded.append(path)


def main(task):
    product = Product(Path(task["folder"]), port=task["port"])
    people = [Person(product, task["password"]) for _ in range(task["people"])]
    started, loaded = time.monotonic(), []
    until = started + task["for_s"]
    threads = [threading.Thread(target=browse, args=[one, task["pages"], until, loaded]) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"pages_per_s": len(loaded) / (time.monotonic() - started)}


if __name__ == "__main__":
    json.dump(main(json.load(sys.stdin)), sys.stdout)

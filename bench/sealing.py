"""The chain of changes: 100,000 rows sealed in seconds, exported and checked; what a look costs when one change has come.

On SQLite in a folder of its own; with DATABASE_URL on that (empty) database. CPU seconds of this process, the database's
own beside it in wall-clock. Beside the check, for scale: one SHA-256 over the same bytes, with no chain.
"""

import argparse
import atexit
import hashlib
import io
import os
import shutil
import sys
import tempfile
import time

import django
from django.core.management import call_command
from django.utils import timezone

FOLDER = tempfile.mkdtemp(prefix="anlan-bench-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ |= {"ANLAN_DATA": FOLDER, "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}
django.setup()

from anlan.kit import sealing
from anlan.kit.chain import verify
from anlan.kit.models import Change
from anlan.kit.queries import chain_head

ROWS, BATCH = 100_000, 1000
MOST_S, MOST_BATCH_MS, MOST_LOOK_MS = 20.0, 100.0, 10.0


def timed(work):
    """(what it returned, CPU seconds, wall-clock seconds)."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return answer, time.process_time() - cpu, time.perf_counter() - wall


def fill(rows, now):
    """Change rows as a district has them: a few hundred bytes each."""
    for begin in range(0, rows, BATCH):
        Change.objects.bulk_create(
            Change(
                subject_kind="places.place", subject_id=str(n % 500), subject_name=f"示范广场{n % 500}",
                what="places.edit", before={"phone": "021-5550100", "note": "东侧通道"}, at=now,
                after={"phone": f"021-55{n:05}", "note": "东侧通道施工，改走南侧"}, why="电话变更",
            )
            for n in range(begin, min(begin + BATCH, rows))
        )  # fmt: skip


def measure(rows):
    """Each part's figures; the chain must be whole at the end."""
    now, longest_s = timezone.now(), [0.0]
    fill(rows, now)
    seal_batch = sealing.seal_batch

    def watched(*words):
        sealed, cpu, _wall = timed(lambda: seal_batch(*words))
        longest_s[0] = max(longest_s[0], cpu)
        return sealed

    sealing.seal_batch = watched
    sealer, out = sealing.Sealer(), io.BytesIO()
    _, seal_cpu, seal_wall = timed(lambda: sealer.seal_all(now))
    looks = []
    for _ in range(50):
        fill(1, now)
        looks.append(timed(lambda: sealer.seal(now))[1:])
    head = chain_head()
    _, out_cpu, out_wall = timed(lambda: sealing.write_export(out, head))
    lines = out.getvalue().splitlines(keepends=True)
    verdict, check_cpu, check_wall = timed(lambda: verify(lines, heads=[head]))
    _, sum_cpu, _wall = timed(lambda: hashlib.sha256(out.getvalue()).hexdigest())
    assert verdict.fault is None and verdict.head.position == rows + 50
    look_cpu, look_wall = (1000 * sorted(column)[25] for column in zip(*looks, strict=True))
    print(
        f"load average {os.getloadavg()[0]:.1f}; {rows:,} rows, {len(out.getvalue()) / 2**20:.0f} MiB exported"
    )
    print(
        f"seal    {seal_cpu:6.2f} s CPU {seal_wall:6.2f} s wall; longest transaction {1000 * longest_s[0]:.0f} ms CPU"
    )
    print(f"a look  {look_cpu:6.2f} ms CPU {look_wall:6.2f} ms wall, one new change (median of 50)")
    print(f"export  {out_cpu:6.2f} s CPU {out_wall:6.2f} s wall")
    print(
        f"check   {check_cpu:6.2f} s CPU {check_wall:6.2f} s wall; one SHA-256 over all of it {sum_cpu:.2f} s"
    )
    return seal_cpu <= MOST_S and 1000 * longest_s[0] <= MOST_BATCH_MS and look_cpu <= MOST_LOOK_MS


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=ROWS)
    rows = options.parse_args().rows
    call_command("migrate", verbosity=0, interactive=False)
    good = measure(rows)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

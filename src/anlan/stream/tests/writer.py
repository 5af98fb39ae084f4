"""A process to be killed: ingests numbered batches into a scene and prints the number of each acknowledged one.

python -m anlan.stream.tests.writer FOLDER BASE_MS FIRST_BATCH
"""

import sys
from pathlib import Path

import numpy as np

from anlan.stream.readings import Columns
from anlan.stream.scene import Scene
from anlan.stream.topology import Binding, Space, Topology

LINES = 20
TOPOLOGY = Topology([Space("P", capacity=10**6)], [Binding("s", "*", into="P")])


def batch(scene: Scene, base_ms: int, number: int) -> Columns:
    """LINES readings of one passage each, for second `number`."""
    line = np.array([scene.register.line("s", str(channel)) for channel in range(LINES)])
    t = base_ms + number * 1000
    return Columns.filled(LINES, line=line, t_start_ms=t - 1000, t_end_ms=t, t_received_ms=t + 10, n_in=1)


def main(folder: str, base_ms: int, first: int) -> None:
    """Ingest for ever, eight batches in flight."""
    scene = Scene("live", Path(folder))
    scene.set_topology(TOPOLOGY)
    number, flying = first, []
    while True:
        flying.append((number, scene.submit(batch(scene, base_ms, number))))
        number += 1
        if len(flying) == 8:
            done, future = flying.pop(0)
            future.result()
            print(done, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

"""Who is on duty, as the wall's head shows it: computed at most every few seconds for all walls together."""

import threading
import time

from django.utils import timezone

from anlan.domains.emergency.queries import duty_board

KEPT_S = 5.0

_lock = threading.Lock()
_kept = {}  # organisation paths: (monotonic moment, the bar)


def duty_bar(watcher, *, clock_s=time.monotonic):
    """{"leaders", "officers", "empty", "gaps", "posts"} for the posts that `watcher` may see."""
    with _lock:
        at, bar = _kept.get(watcher.paths, (None, None))
        if at is None or not 0 <= clock_s() - at < KEPT_S:
            bar = duty_board.bar_of(timezone.now(), paths=watcher.paths)
            _kept[watcher.paths] = (clock_s(), bar)
        return bar


def forget_bar():
    """Forget what was computed, for tests."""
    with _lock:
        _kept.clear()

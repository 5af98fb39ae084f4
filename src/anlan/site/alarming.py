"""Open alarms as the wall shows them: asked by every wall every few seconds, read from the database once a second."""

import threading
import time

from anlan.domains.emergency import queries as emergency

KEPT_S = 1.0
MOST = 50  # a wall shows a handful; the number of all is told
MOST_READ = 300  # of the worst; a screen that sees only some of the places finds its own among these

_lock = threading.Lock()
_kept = {}  # scene: (monotonic moment, rows, number of all)


def alarm_rows(scene, watcher):
    """{"count", "alarms"} of a scene: the worst first, as far as `watcher` may see them."""
    found, count = read_rows(scene)
    rows = [row for row in found if watcher.sees(row["code"])]
    return {"count": count if watcher.codes is None else len(rows), "alarms": rows[:MOST]}


def read_rows(scene, *, clock_s=time.monotonic):
    """(the worst rows of a scene, the number of all), at most a second old."""
    with _lock:
        at, rows, count = _kept.get(scene, (None, [], 0))
        if at is None or not 0 <= clock_s() - at < KEPT_S:
            open_ones = emergency.open_alarms(scene)
            rows = [describe(one) for one in emergency.with_agencies(open_ones)[:MOST_READ]]
            count = len(rows) if len(rows) < MOST_READ else open_ones.count()
            _kept[scene] = (clock_s(), rows, count)
        return rows, count


def forget_rows():
    """Forget what was read, for tests."""
    with _lock:
        _kept.clear()


def describe(one):
    """An open alarm as the wall's row; times in UTC milliseconds."""
    return {
        "id": one.pk, "code": one.space_code, "name": one.title, "level": one.level, "state": one.state,
        "fell_back": one.fell_back_at is not None, "answered": one.answered_at is not None, "reason": one.reason,
        "since": in_ms(one.round_at), "next_look": in_ms(one.next_look_at),
        "agencies": [
            {"name": row.agency.name, "name_en": row.agency.name_en, "answered": row.acknowledged_at is not None}
            for row in one.agencies.all()
        ],
    }  # fmt: skip


def in_ms(moment):
    return moment and round(moment.timestamp() * 1000)

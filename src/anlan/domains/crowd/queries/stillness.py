"""Since when a sensor that counts people has shown the same number: a counter that hangs looks like this.

Kept in memory by a sweep; after a restart it is learned anew.
"""

from math import isnan

_seen = {}  # (scene, sensor, channel): (value, since when, UTC ms)


def note_values(view, *, scene):
    """Look at the newest values of a LineView; a number above zero that stays keeps its first time."""
    for name, value in zip(view.names, view.value.tolist(), strict=True):
        key = (scene, *name)
        if isnan(value) or value <= 0:  # an empty place may stay empty all night
            _seen.pop(key, None)
        elif _seen.get(key, (None, 0))[0] != value:
            _seen[key] = (value, view.now_ms)


def unchanged_lines(scene):
    """{(sensor, channel): since when (UTC ms) it shows its present number}; lines of which that says nothing are not in it."""
    return {tuple(line): since_ms for (name, *line), (_, since_ms) in list(_seen.items()) if name == scene}


def forget_values():
    """Start anew; for tests."""
    _seen.clear()

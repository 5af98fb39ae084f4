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


def unchanged_since_ms(sensor, channel, *, scene):
    """Since when (UTC ms) this line has shown its present number, or None where that says nothing."""
    return _seen.get((scene, sensor, channel), (None, None))[1]


def forget_values():
    """Start anew; for tests."""
    _seen.clear()

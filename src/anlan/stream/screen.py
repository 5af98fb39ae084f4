"""Screen: a device's clock is believed only where it is plausible (trap T3)."""

import numpy as np

from anlan.stream.readings import CLOCK, Columns

RETENTION_MS = 30 * 86_400_000
AHEAD_MS = 2 * 60_000


def screen(block: Columns, *, retention_ms: int = RETENTION_MS) -> Columns:
    """Replace implausible device times by the receive time and flag them CLOCK.

    Plausible is [t_received - retention, t_received + 2 min]. An interval keeps its length. Nothing is
    ever dropped here: `shift_ms` keeps how far the device's own time was away.
    """
    earliest, latest = block.t_received_ms - retention_ms, block.t_received_ms + AHEAD_MS
    wrong = (block.t_end_ms < earliest) | (block.t_end_ms > latest)
    if not wrong.any():
        return block
    shift = np.where(wrong, block.t_received_ms - block.t_end_ms, 0)
    return block.replace(
        t_start_ms=block.t_start_ms + shift,
        t_end_ms=block.t_end_ms + shift,
        shift_ms=shift,
        quality=block.quality | np.where(wrong, CLOCK, 0).astype(np.uint8),
    )

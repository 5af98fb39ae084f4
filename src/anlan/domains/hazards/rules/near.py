"""How near two hazards lie, and how far an overdue one has climbed."""

import math

METRES_PER_DEGREE = 111_320.0  # of latitude; within 50 m the error is below half a metre
LADDER_DAYS = (
    1,
    3,
    7,
)  # overdue days at which street, department, committee office hear of it (ux.md: overdue 1/3/7)


def outer_box(lon, lat, reach_m):
    """(west, south, east, north) that holds every point within `reach_m` of this one."""
    up = reach_m / METRES_PER_DEGREE * 1.01
    wide = up / max(0.01, math.cos(math.radians(lat)))
    return lon - wide, lat - up, lon + wide, lat + up


def height_due(due_at, now):
    """How high an overdue hazard belongs at `now`: 0 its own unit, 1 street, 2 department, 3 committee office."""
    if due_at is None or now <= due_at:
        return 0
    return sum((now - due_at).total_seconds() >= days * 86400 for days in LADDER_DAYS)

"""The night's reset: when a place is taken to be empty."""

QUIET_MINUTE = 240  # 04:00 [S] warning.md, occupancy

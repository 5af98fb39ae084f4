"""The law as versioned data and its clock as pure functions: plain values in, plain values out, no Django.

rows("deadlines", on=today)                    # typed rows with basis, mark and dates
find("deadlines", "EV-DECIDE").is_unconfirmed  # 待核实
reckon(accepted_at, limit_of(row), days=…)     # Due: at, last day, each step with its article
"""

from anlan.rulebook.sheets import Row, find, rows, sheets, version

__all__ = ["Row", "find", "rows", "sheets", "version"]

"""Sectors: the section of the industry of an enterprise, or the kind of a place."""

from anlan.domains.hazards.terms import Industry

DIVISIONS = (
    # (last division, section) of GB/T 4754-2017
    (5, "A"), (12, "B"), (43, "C"), (46, "D"), (50, "E"), (52, "F"), (60, "G"), (62, "H"), (65, "I"), (69, "J"), (70, "K"),
    (72, "L"), (75, "M"), (79, "N"), (82, "O"), (83, "P"), (85, "Q"), (90, "R"), (96, "S"), (97, "T"),
)  # fmt: skip


def section_of(industry_code: str) -> str:
    """The section letter of an industry code as it is written (F52, 5211, F); "" where it is none."""
    code = industry_code.strip().upper()
    if code[:1] in Industry.values:
        return code[0]
    if len(code) < 2 or not code[:2].isdecimal():
        return ""
    division = int(code[:2])
    return next((letter for last, letter in DIVISIONS if 0 < division <= last), "")


def divisions_of(section: str) -> list[str]:
    """The two-digit divisions of a section, as codes without a letter begin."""
    last = {letter: number for number, letter in DIVISIONS}[section]
    first = max((number for number, letter in DIVISIONS if number < last), default=0) + 1
    return [f"{number:02d}" for number in range(first, last + 1)]


def sector_of(industry_code, place_kind: str) -> str:
    """The sector of a hazard: its enterprise's section, else its place's kind, else ""."""
    return section_of(industry_code or "") or place_kind or ""

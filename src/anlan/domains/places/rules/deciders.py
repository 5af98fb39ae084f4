"""Who determines a capacity: the default table, which a district may override kind by kind, with its basis.

Marks: T read in the law's text, M unconfirmed (shown 待核实). Source: rules/README.md §2 and the
mission's "Who may decide what".
"""

from typing import NamedTuple

from anlan.domains.places.terms import COMMA, Basis, Decider, PlaceKind, Refusal


class DeciderLine(NamedTuple):
    """In which part an organisation may determine, on what basis, and how sure that basis is."""

    who: tuple
    basis: str
    mark: str = "M"

    @property
    def is_unconfirmed(self):
        return self.mark in {"M", "K"}


BY_OPERATOR = DeciderLine((Decider.OPERATOR,), Basis.OPERATOR)
WITH_OPERATOR = DeciderLine((Decider.OPERATOR, Decider.AUTHORITY, Decider.POLICE), Basis.WITH_OPERATOR)
WITHOUT_OPERATOR = DeciderLine((Decider.POLICE, Decider.DISTRICT), Basis.WITHOUT_OPERATOR)
DECIDERS = {
    PlaceKind.PARK: DeciderLine((Decider.AUTHORITY,), Basis.TOURISM_LAW_45, "T"),
    PlaceKind.MALL: BY_OPERATOR,
    PlaceKind.RAIL_STATION: BY_OPERATOR,
    PlaceKind.STATION_EXIT: BY_OPERATOR,
}


def find_deciders(kind, *, has_operator, own=None):
    """The line that holds for a place of `kind`; `own` are the district's overrides {kind: DeciderLine}."""
    if own and kind in own:
        return own[kind]
    if not has_operator and kind != PlaceKind.PARK:
        return WITHOUT_OPERATOR
    return DECIDERS.get(kind, WITH_OPERATOR)


def check_decider(line, *, parts, kind, reason):
    """An organisation that plays none of the line's parts determines only with a reason."""
    if set(parts) & set(line.who) or reason.strip():
        return None
    who = str(COMMA).join(str(Decider(part).label) for part in line.who)
    return Refusal.NOT_THE_DECIDER % {"kind": PlaceKind(kind).label, "who": who, "basis": line.basis}

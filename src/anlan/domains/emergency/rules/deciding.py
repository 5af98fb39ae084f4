"""Who may decide what: the system proposes, the law names the decider (mission: "Who may decide what").

`SEEDS` are the default rows of the table `emergency.measures`, which a district overrides row by row. Marks: T read in
the law's text; M and K unconfirmed, shown 待核实 – the division itself is the mission's, its articles were not read.
"""

from collections.abc import Mapping
from typing import NamedTuple

from anlan.domains.emergency.terms import (
    ANYWHERE,
    GATED,
    Authority,
    DecidingBasis,
    DecidingRefusal,
    Measure,
    Relation,
)
from anlan.domains.places.terms import EntranceState, PlaceKind

OPERATOR, SUPERVISOR, ORGANISER = Relation.OPERATOR.value, Relation.SUPERVISOR.value, Relation.ORGANISER.value
EVERYBODY = "*"
POLICE = "公安"  # these are parts of an organisation's sort, as a district's own data have it
RAIL = frozenset({PlaceKind.RAIL_STATION, PlaceKind.STATION_EXIT})
STREET = frozenset({PlaceKind.ROAD, PlaceKind.STREET_CROSSING, PlaceKind.SQUARE, PlaceKind.AREA})
UNPLACED = PlaceKind.ROAD  # where no place is registered, what holds on the street holds

PARTING = "，,；;/ "

# In which state a measure may put an entrance: none of them keeps anybody in (A7, B2; places.rules.may_leave).
DOORS = {
    Measure.LIMIT_INFLOW: (EntranceState.OPEN,),
    Measure.BATCHES: (EntranceState.OPEN,),
    Measure.ONE_WAY: (EntranceState.OPEN, EntranceState.EXIT_ONLY),
    Measure.SUSPEND_ENTRY: (EntranceState.ENTRY_SUSPENDED, EntranceState.EXIT_ONLY),
}


class Actor(NamedTuple):
    """Who would act: what sort of organisation, and how it stands to the place (values of Relation)."""

    sort: str
    relations: frozenset = frozenset()


class Ruling(NamedTuple):
    """What the table says to an actor: may order, may propose, or neither; who orders; and on what that rests."""

    authority: Authority
    orders: tuple
    basis: str
    is_unconfirmed: bool = False


class MeasureLine(NamedTuple):
    """A row of the table as the rules read it: words of who orders and who proposes, basis, whether 待核实.

    A word is a value of Relation, or a part of an organisation's sort.
    """

    orders: tuple
    proposes: tuple
    orders_without_operator: tuple
    basis: object
    is_unconfirmed: bool = False


PROPOSERS = (SUPERVISOR, OPERATOR, POLICE, "安委", "应急", "商务", "街道", "镇", "部门", "区")
WORDS = {"运营单位": OPERATOR, "主管部门": SUPERVISOR, "主办单位": ORGANISER, "所有单位": EVERYBODY}


def key_of(measure, kind):
    """The key of a row of the table."""
    return f"{measure}.{kind if measure in GATED else ANYWHERE}"


def seed_lines():
    """{key: (MeasureLine, mark)} of the defaults: each gated measure at each kind of place, each other measure once."""
    free = {
        key_of(one, ANYWHERE): (MeasureLine((EVERYBODY,), (), (), DecidingBasis.ANYBODY, True), "K")
        for one in Measure
        if one not in GATED
    }
    gated = {key_of(one, kind): seed_of(one, kind) for one in Measure if one in GATED for kind in PlaceKind}
    return free | gated


def seed_of(measure, kind):
    """The default row of a gated measure at a kind of place, and its mark."""
    if kind in STREET:
        return MeasureLine((POLICE,), PROPOSERS, (POLICE,), DecidingBasis.STREET, True), "M"
    if kind in RAIL:
        is_read = measure == Measure.LIMIT_INFLOW
        basis = DecidingBasis.RAIL_44 if is_read else DecidingBasis.RAIL
        return MeasureLine((OPERATOR,), PROPOSERS, (POLICE,), basis, not is_read), "T" if is_read else "M"
    basis = DecidingBasis.PARK if kind == PlaceKind.PARK else DecidingBasis.PREMISES
    orders = (OPERATOR, ORGANISER)
    return MeasureLine(orders, PROPOSERS, (POLICE,), basis, True), "M"


def read_words(text):
    """The words of a cell, parted by 、 or commas or blanks; relations by their value, in whichever language written."""
    for sign in PARTING:
        text = text.replace(sign, "、")
    return tuple(WORDS.get(word, word) for word in text.split("、") if word)


def write_words(words):
    """The same words as a cell of the table holds them."""
    named = {value: word for word, value in WORDS.items()}
    return "、".join(named.get(word, word) for word in words)


def fits(words, actor):
    """Whether one of the words names the actor. A relation is never read from the sort."""
    sorts = [word for word in words if word not in WORDS.values()]
    return (
        EVERYBODY in words or bool(actor.relations & set(words)) or any(word in actor.sort for word in sorts)
    )


def authority_of(measure, place_kind, actor, table: Mapping[str, MeasureLine], *, has_operator=True):
    """The Ruling for an actor at a kind of place (None: no registered place). Without a row nobody may anything."""
    line = table.get(key_of(measure, place_kind or UNPLACED))
    if line is None:
        return Ruling(Authority.NONE, (), "")
    orders = line.orders if has_operator and place_kind else line.orders_without_operator or line.orders
    found = Ruling(Authority.NONE, orders, str(line.basis), line.is_unconfirmed)
    if fits(orders, actor):
        return found._replace(authority=Authority.ORDER)
    return found._replace(authority=Authority.PROPOSE) if fits(line.proposes, actor) else found


def check_authority(measure, kind, ruling, *, wanted=Authority.PROPOSE, who=""):
    """Refuses a measure that the actor may not take as `wanted`; `who` are the words of who orders it, as people read them."""
    told = {
        "measure": Measure(measure).label,
        "kind": PlaceKind(kind or UNPLACED).label,
        "who": who,
        "basis": ruling.basis,
    }
    if ruling.authority == Authority.NONE:
        return DecidingRefusal.NOT_YOURS % told
    if wanted == Authority.ORDER and ruling.authority == Authority.PROPOSE:
        return DecidingRefusal.ONLY_PROPOSE % told
    return None

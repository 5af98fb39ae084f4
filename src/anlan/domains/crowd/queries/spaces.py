"""Spaces and whose they are: a space is a place by its code, or a zone as "PLACE/ZONE", as in the topology."""

from anlan.domains.accounts.terms import Right


def space_code(subject):
    """The space's code of a place or of a zone."""
    place = getattr(subject, "place", None)
    return subject.code if place is None else f"{place.code}/{subject.code}"


def sees(person, *, through="place__", right=Right.VIEW):
    """The condition for rows of places that `person` reaches with `right`, supervising or operating them."""
    return person.reach(right, through=f"{through}organisation") | person.reach(
        right, through=f"{through}operator"
    )

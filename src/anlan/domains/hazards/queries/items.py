"""Which items of standards a hazard can be classified by, and what each says."""

from django.utils.translation import gettext as _

from anlan.domains.hazards.models import ChecklistVersion
from anlan.domains.hazards.queries.tables import STANDARDS, name_kind
from anlan.domains.hazards.rules.items import (
    Item,
    is_item,
    items_in,
    key_of_standard,
    shorten,
    source_of,
)
from anlan.domains.hazards.terms.checklists import VersionState
from anlan.kit import tables

DEFINITIONS = ("general", "major")  # say what the two grades are, not what a hazard falls under


def standard_items(*, on, in_use=True):
    """The Items of the judgement standards on a date; with `in_use` False also of those no longer in use."""
    return [
        Item(key_of_standard(line.key), line.values["wording"], str(line.basis))
        for line in tables.lines(STANDARDS, on=on)
        if line.key not in DEFINITIONS and (line.values["in_use"] or not in_use)
    ]


def check_items(versions):
    """The Items of versions of checklists; of an item that is in several, as the first has it."""
    found = {}
    for code, questions in versions.order_by("checklist__code", "-number").values_list(
        "checklist__code", "questions"
    ):
        for one in items_in(questions, code):
            found.setdefault(one.key, one)
    return list(found.values())


def items(*, on):
    """The Items that are offered on a date: of standards in use, and of checklists that are published."""
    published = ChecklistVersion.objects.filter(state=VersionState.PUBLISHED)
    return standard_items(on=on) + check_items(published)


def known_items(*, on):
    """{key: Item} of all items, also of those no longer in use."""
    kept = ChecklistVersion.objects.exclude(state=VersionState.DRAFT)
    return {one.key: one for one in standard_items(on=on, in_use=False) + check_items(kept)}


def name_subjects(keys, *, on):
    """{key: name} of kinds of hazard and of items, for many at once; what is not known is named by its key."""
    known = known_items(on=on) if any(map(is_item, keys)) else {}
    return {
        key: say_item(key, known[key].says if key in known else key)
        if is_item(key)
        else name_kind(key, on=on)
        for key in keys
    }


def say_item(key, says):
    """An item as a subject within a sentence: whence it is and what it says."""
    return _("%(source)s：%(says)s") % {"source": source_of(key).label, "says": shorten(says)}

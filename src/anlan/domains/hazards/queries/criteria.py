"""Which criteria of standards a hazard can be classified by, and what each says."""

from django.utils.translation import gettext as _

from anlan.domains.hazards.models import ChecklistVersion
from anlan.domains.hazards.queries.tables import STANDARDS, name_kind
from anlan.domains.hazards.rules.criteria import (
    Criterion,
    criteria_in,
    is_criterion,
    key_of_standard,
    shorten,
    source_of,
)
from anlan.domains.hazards.terms.checklists import VersionState
from anlan.kit import tables

DEFINITIONS = ("general", "major")  # say what the two grades are, not what a hazard falls under


def standard_criteria(*, on, in_use=True):
    """The Criteria of the judgement standards on a date; with `in_use` False also of those no longer in use."""
    return [
        Criterion(key_of_standard(line.key), line.values["wording"], str(line.basis))
        for line in tables.lines(STANDARDS, on=on)
        if line.key not in DEFINITIONS and (line.values["in_use"] or not in_use)
    ]


def check_criteria(versions):
    """The Criteria of versions of checklists; of a criterion that is in several, as the first has it."""
    found = {}
    for code, questions in versions.order_by("checklist__code", "-number").values_list(
        "checklist__code", "questions"
    ):
        for one in criteria_in(questions, code):
            found.setdefault(one.key, one)
    return list(found.values())


def criteria(*, on):
    """The Criteria that are offered on a date: of standards in use, and of checklists that are published."""
    published = ChecklistVersion.objects.filter(state=VersionState.PUBLISHED)
    return standard_criteria(on=on) + check_criteria(published)


def known_criteria(*, on):
    """{key: Criterion} of all criteria, also of those no longer in use."""
    kept = ChecklistVersion.objects.exclude(state=VersionState.DRAFT)
    return {one.key: one for one in standard_criteria(on=on, in_use=False) + check_criteria(kept)}


def name_subjects(keys, *, on):
    """{key: name} of kinds of hazard and of criteria, for many at once; what is not known is named by its key."""
    known = known_criteria(on=on) if any(map(is_criterion, keys)) else {}
    return {
        key: say_criterion(key, known[key].says if key in known else key)
        if is_criterion(key)
        else name_kind(key, on=on)
        for key in keys
    }


def say_criterion(key, says):
    """A criterion as a subject within a sentence: whence it is and what it says."""
    return _("%(source)s：%(says)s") % {"source": source_of(key).label, "says": shorten(says)}

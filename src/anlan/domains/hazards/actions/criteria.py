"""Under which criterion of the standards a hazard falls: set when it is found or graded, and changed on record."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards.actions.stepping import locked
from anlan.domains.hazards.queries.criteria import DEFINITIONS, known_criteria
from anlan.domains.hazards.rules.criteria import key_of_standard
from anlan.domains.hazards.terms import Refusal
from anlan.kit.actions import action, check, done, note

CRITERION_COLUMNS = ("criterion", "criterion_says", "criterion_basis")


def criterion_columns(key, now):
    """The columns of a hazard that falls under a criterion, in the language of the record; "" for none. Raises Refused."""
    if not key:
        return dict.fromkeys(CRITERION_COLUMNS, "")
    with override(settings.LANGUAGE_CODE):
        criterion = known_criteria(on=timezone.localdate(now)).get(key)
    check(None if criterion else Refusal.CRITERION_UNKNOWN)
    return dict(zip(CRITERION_COLUMNS, criterion, strict=True))


def criterion_by_grading(hazard, criterion, standard):
    """The criterion when a hazard is graded: the one chosen, else its own, else the standard it is judged by."""
    judged = "" if standard in ("", *DEFINITIONS) else key_of_standard(standard)
    return criterion or hazard.criterion or judged


@action("hazards.classify", may=Right.HAZARDS_VERIFY, label=_("按标准条款归类"))
def classify_hazard(hazard, *, by, now, criterion):
    """It falls under this criterion (its key), or under none (""); by whoever may judge it. Raises Refused."""
    locked(hazard)
    check(Refusal.CRITERION_SAME if criterion == hazard.criterion else None)
    before, columns = note(hazard, *CRITERION_COLUMNS), criterion_columns(criterion, now)
    for name, value in columns.items():
        setattr(hazard, name, value)
    hazard.save(update_fields=CRITERION_COLUMNS)
    return done(hazard, before=before)

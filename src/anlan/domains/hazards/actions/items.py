"""Under which item of the standards a hazard falls: set when it is found or graded, and changed on record."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards.actions.stepping import locked
from anlan.domains.hazards.queries.items import DEFINITIONS, known_items
from anlan.domains.hazards.rules.items import key_of_standard
from anlan.domains.hazards.terms import Refusal
from anlan.kit.actions import action, check, done, note

ITEM_COLUMNS = ("item", "item_says", "item_basis")


def item_columns(key, now):
    """The columns of a hazard that falls under an item, in the language of the record; "" for none. Raises Refused."""
    if not key:
        return dict.fromkeys(ITEM_COLUMNS, "")
    with override(settings.LANGUAGE_CODE):
        item = known_items(on=timezone.localdate(now)).get(key)
    check(None if item else Refusal.ITEM_UNKNOWN)
    return dict(zip(ITEM_COLUMNS, item, strict=True))


def item_by_grading(hazard, item, standard):
    """The item when a hazard is graded: the one chosen, else its own, else the standard it is judged by."""
    judged = "" if standard in ("", *DEFINITIONS) else key_of_standard(standard)
    return item or hazard.item or judged


@action("hazards.classify", may=Right.HAZARDS_VERIFY, label=_("按标准条款归类"))
def classify_hazard(hazard, *, by, now, item):
    """It falls under this item (its key), or under none (""); by whoever may judge it. Raises Refused."""
    locked(hazard)
    check(Refusal.ITEM_SAME if item == hazard.item else None)
    before, columns = note(hazard, *ITEM_COLUMNS), item_columns(item, now)
    for name, value in columns.items():
        setattr(hazard, name, value)
    hazard.save(update_fields=ITEM_COLUMNS)
    return done(hazard, before=before)

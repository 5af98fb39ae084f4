"""Rules of the exercises of responsible units: which limits they may stand under, what a record must say.

The limits themselves are rows of the rulebook's deadlines (group `drill`), which a district may override.
"""

from datetime import date

from anlan.domains.hazards.terms.checklists import KeeperKind
from anlan.domains.hazards.terms.exercises import ExerciseRefusal

CROWD, SITE, LISTED, FIRE = "DR-CROWD", "DR-SITE", "DR-SH", "DR-FIRE-SH"
ALWAYS = {
    KeeperKind.PLACE: (CROWD, SITE),
    KeeperKind.ENTERPRISE: (),
}  # every place is one where crowds gather
PERHAPS = {
    KeeperKind.PLACE: (FIRE, LISTED),
    KeeperKind.ENTERPRISE: (CROWD, FIRE, LISTED),
}  # once it is on a list
OLDEST_YEARS = 5


def limits_of(kind):
    """The limits that a unit of this kind may record an exercise under."""
    return (*ALWAYS[kind], *PERHAPS[kind])


def refuse_exercise(kind, rule_id, *, held_on: date, today: date, attendee_count: int, what: str):
    """Why a record is refused, or None."""
    if rule_id not in limits_of(kind):
        return ExerciseRefusal.NOT_THEIRS
    if held_on > today:
        return ExerciseRefusal.AHEAD
    if held_on.year < today.year - OLDEST_YEARS:
        return ExerciseRefusal.LONG_AGO % {"years": OLDEST_YEARS}
    if attendee_count < 1:
        return ExerciseRefusal.NO_PEOPLE
    return None if what.strip() else ExerciseRefusal.NO_WORDS

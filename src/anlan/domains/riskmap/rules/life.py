"""When a point is to be reviewed, and what each step of its life and of a sheet's asks for."""

from datetime import date

from anlan.domains.riskmap.terms import PointState, Refusal, RiskCause, SheetState

YEARS_BETWEEN_REVIEWS = (
    1  # rulebook README §3: recompute on accident, change, or yearly (from memory: unconfirmed)
)
FIRST_YEAR, YEARS_AHEAD = 2020, 1
# What bears on how likely or how bad it is; a name, a post or a person does not.
BEARING = frozenset(
    ("category", "place", "enterprise", "lon", "lat", "outline", "engineering", "management", "training", "protective", "emergency")
)  # fmt: skip


def next_review(assessed_on):
    """The day by which a point assessed on a day is assessed again: the same day next year, 28 for 29 February."""
    try:
        return assessed_on.replace(year=assessed_on.year + YEARS_BETWEEN_REVIEWS)
    except ValueError:
        return date(assessed_on.year + YEARS_BETWEEN_REVIEWS, 2, 28)


def is_review_due(review_on, today):
    """Whether a point's review is due on a day; one never assessed is not reviewed but assessed first."""
    return review_on is not None and review_on <= today


def is_review_called(changed, *, level, pending):
    """Whether a change of these fields calls for a new assessment: of a point that has one and waits for none yet."""
    return level is not None and not pending and not BEARING.isdisjoint(changed)


def may_call_review(cause, state):
    """An accident or a change calls for a review at once; the year comes by itself."""
    if cause not in {RiskCause.ACCIDENT, RiskCause.CHANGE}:
        return Refusal.NO_REASON
    return must_be(state, *PointState.alive())


def must_be(state, *wanted):
    """Refuses where a point is in none of the wanted states."""
    if state in wanted:
        return None
    if state == PointState.RETIRED:
        return Refusal.RETIRED
    return Refusal.STATE % {"state": PointState(state).label}


def may_check(*, state, level, measures, answerer, is_own):
    """A point is checked when it is assessed, held down by some measure, answered for, and by another person."""
    if refusal := must_be(state, PointState.DRAFT):
        return refusal
    if level is None:
        return Refusal.NOT_ASSESSED
    if not any(text.strip() for text in measures):
        return Refusal.NO_MEASURE
    if not answerer.strip():
        return Refusal.NO_ANSWERER
    return Refusal.OWN_CHECK if is_own else None


def words_are_sound(*, name, has_place, has_enterprise, lon, lat, has_outline=False):
    """A point has a name and stands somewhere."""
    if not name.strip():
        return Refusal.NAME_MISSING
    if (lon is None) != (lat is None):
        return Refusal.HALF_POINT
    if not (has_place or has_enterprise or has_outline or lon is not None):
        return Refusal.NOWHERE


def sheet_must_be(state, wanted):
    """Refuses where a sheet is not in the wanted state."""
    return None if state == wanted else Refusal.SHEET_STATE % {"state": SheetState(state).label}


def may_hand_in(*, state, due, checked):
    """A sheet is handed in when each of its points was checked in its year."""
    if refusal := sheet_must_be(state, SheetState.OPEN):
        return refusal
    if not due:
        return Refusal.SHEET_EMPTY
    return Refusal.SHEET_WAITS % {"n": due - checked} if checked < due else None


def may_check_sheet(*, state, is_own, due, checked):
    """A sheet that was handed in is checked by another person, while all its points still stand checked."""
    if refusal := sheet_must_be(state, SheetState.HANDED_IN):
        return refusal
    if is_own:
        return Refusal.OWN_CHECK
    return Refusal.SHEET_CHANGED % {"n": due - checked} if checked < due else None


def year_is_sound(year, today):
    """A sheet is of this year, of one before, or of the next."""
    last = today.year + YEARS_AHEAD
    if not FIRST_YEAR <= year <= last:
        return Refusal.SHEET_YEAR % {"first": FIRST_YEAR, "last": last}


def share_done(checked, due):
    """Points checked of points due, 0 to 1; None where none is due."""
    return checked / due if due else None

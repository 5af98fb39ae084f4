"""Reads of emergency."""

from anlan.domains.emergency.queries.agencies import (
    agencies,
    agencies_of,
    agencies_outside,
    find_agency,
    joining,
)
from anlan.domains.emergency.queries.alarms import (
    board_order,
    find_alarm,
    judgements_of,
    open_alarm_of,
    open_alarms,
    scenes_with_alarms,
    siblings_of,
    story_of,
    visible_alarms,
    with_agencies,
)
from anlan.domains.emergency.queries.answers import (
    Party,
    answers_of,
    counting_answers,
    newest_of,
    party_of,
    seen_of,
)
from anlan.domains.emergency.queries.deciding import insist_measure, measures_for, ruling_of, say_words

__all__ = [
    "Party",
    "agencies",
    "agencies_of",
    "agencies_outside",
    "answers_of",
    "board_order",
    "counting_answers",
    "find_agency",
    "find_alarm",
    "insist_measure",
    "joining",
    "judgements_of",
    "measures_for",
    "newest_of",
    "open_alarm_of",
    "open_alarms",
    "party_of",
    "ruling_of",
    "say_words",
    "scenes_with_alarms",
    "seen_of",
    "siblings_of",
    "story_of",
    "visible_alarms",
    "with_agencies",
]

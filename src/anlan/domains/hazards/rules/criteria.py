"""Criteria of the editable standards 标准条款 by which a hazard is classified: how one is keyed, said and looked for.

A criterion is a judgement standard of the district's table (`standard:CODE`), or a question of a checklist whose answer can
be a hazard (`check:CHECKLIST/QUESTION`): the same criterion in every version of the checklist.
"""

from typing import NamedTuple

from anlan.domains.hazards.terms import CriterionSource

SAID_MOST = 60  # signs of a criterion's wording within a sentence


class Criterion(NamedTuple):
    """A criterion: its key, its wording, and the clause that it rests on ("" where the checklist names none)."""

    key: str
    says: str
    basis: str = ""

    @property
    def label(self) -> str:
        """The wording with its clause, as it is offered to choose from."""
        return f"{self.says}（{self.basis}）" if self.basis else self.says


def key_of_standard(code: str) -> str:
    """The key of a judgement standard's criterion."""
    return f"{CriterionSource.STANDARD}:{code}"


def key_of_question(checklist: str, question: str) -> str:
    """The key of a checklist's criterion; `question` may name a row of a repeat (rules.answers)."""
    return f"{CriterionSource.CHECK}:{checklist}/{question.partition('.')[0]}"


def is_criterion(key: str) -> bool:
    """Whether a key is that of a criterion, and not a kind of hazard."""
    source, colon, _rest = key.partition(":")
    return bool(colon) and source in CriterionSource.values


def source_of(key: str) -> CriterionSource:
    """Whence the criterion of a key is."""
    return CriterionSource(key.partition(":")[0])


def shorten(text: str, most: int = SAID_MOST) -> str:
    """A wording cut to so many signs."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def criteria_in(questions: list, checklist: str) -> list[Criterion]:
    """The criteria of a version's questions (rules.checklists), in their order: those whose answer can be a hazard."""
    found = []
    for question in questions:
        if question["hazard_kind"]:
            key = key_of_question(checklist, question["name"])
            found.append(Criterion(key, question["label"], question["clause"]))
        found += criteria_in(question["parts"], checklist)
    return found


def look_for(text: str, criteria: list[Criterion]) -> list[Criterion]:
    """The criteria that a typed text may mean: that of its key or label, else those that hold each of its words."""
    asked = text.strip()
    exact = [one for one in criteria if asked in (one.key, one.label)]
    words = asked.lower().split()
    return exact[:1] or [
        one for one in criteria if words and all(word in one.label.lower() for word in words)
    ]

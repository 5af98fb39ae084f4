"""Reads of displays: whose token it is, what it shows now, and how a text would look on it."""

from typing import NamedTuple

from anlan.domains.accounts.queries import fingerprint
from anlan.domains.accounts.terms import Right
from anlan.domains.notices import rules
from anlan.domains.notices.models import Display
from anlan.domains.notices.queries.notices import current_notices, texts_of
from anlan.domains.notices.terms import EXERCISE_MARK

FRAMES_MOST = 6  # notices that take turns on one display


class Preview(NamedTuple):
    """How a text looks on one display in one language."""

    display: Display
    language: str
    lines: list[str]
    cut: str


def visible_displays(person):
    """The displays of the organisations that `person` sees."""
    return Display.objects.filter(person.reach(Right.VIEW)).select_related("organisation", "place")


def displays_in_use(person=None):
    """The displays that a notice may go to; `person` None: every one (a draft of the machine)."""
    rows = visible_displays(person) if person else Display.objects.select_related("organisation", "place")
    return rows.filter(retired_at=None)


def find_display(token):
    """The display in use that this token belongs to, or None."""
    if not token:
        return None
    found = Display.objects.filter(token_sha256=fingerprint(token), retired_at=None)
    return found.select_related("organisation", "place").first()


def languages_of(display):
    """The languages that a display takes turns in."""
    return ("zh", "en") if display.is_bilingual else ("zh",)


def notices_on(display, *, now):
    """The notices that a display is to show now, the newest first."""
    return list(current_notices(now=now).filter(targets__display=display)[:FRAMES_MOST])


def frames_of(display, *, now):
    """What a display shows in turns: [{number, language, lines, until_ms}]; empty: its fallback text."""
    return [
        {
            "number": notice.number, "language": language, "lines": fit_on(display, texts_of(notice), language).lines,
            "until_ms": int(notice.expires_at.timestamp() * 1000),
        }
        for notice in notices_on(display, now=now)
        for language in languages_of(display)
        if language == "zh" or rules.has_english(texts_of(notice))
    ]  # fmt: skip


def fallback_of(display):
    """A display's own text, as a frame a language."""
    texts = {"zh": display.fallback_zh, "en": display.fallback_en}
    return [
        {"number": "", "language": language, "lines": fit_text(display, texts[language]).lines, "until_ms": 0}
        for language in languages_of(display)
        if texts[language].strip()
    ]


def fit_text(display, text):
    """A text on a display, and what is cut of it."""
    return rules.fit(text, signs=display.signs, lines=display.lines)


def fit_on(display, texts, language, *, is_exercise=False):
    """A notice's texts on a display in a language."""
    mark = EXERCISE_MARK if is_exercise else ""
    return fit_text(display, rules.display_text(texts, language, mark=mark))


def preview(displays, texts, *, is_exercise=False):
    """A Preview of each display and language that the texts have."""
    return [
        Preview(display, language, *fit_on(display, texts, language, is_exercise=is_exercise))
        for display in displays
        for language in languages_of(display)
        if language == "zh" or rules.has_english(texts)
    ]


def health_of(display, *, now):
    """How a display fares."""
    return rules.judge_health(seen_at=display.seen_at, retired_at=display.retired_at, now=now)

"""Cases of other channels as arithmetic: how a cell is read, what the channel is told next, how far the deadline is."""

from datetime import datetime, timedelta, tzinfo

from anlan.domains.hazards.terms import CaseChannel, CaseOutcome, CaseRefusal, CaseState, HazardState

TIME_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
ZH_CHANNELS = {
    "网格": CaseChannel.GRID,
    "12345热线": CaseChannel.HOTLINE,
    "一网统管": CaseChannel.ONE_NETWORK,
}
OVER = {HazardState.CLOSED: CaseOutcome.CLOSED, HazardState.REJECTED: CaseOutcome.REJECTED}


def read_channel(text: str):
    """The channel of a word, by value or label; None for another."""
    asked = text.replace(" ", "")
    labels = {str(one.label).replace(" ", ""): one for one in CaseChannel}
    return (
        ZH_CHANNELS.get(asked)
        or labels.get(asked)
        or (CaseChannel(text) if text in CaseChannel.values else None)
    )


def read_time(text: str, zone: tzinfo):
    """A local time as 2026-11-24 18:00, 2026/11/24 18:00, with or without seconds or time; None where it is none."""
    plain = (
        text.strip()
        .replace("/", "-")
        .replace("T", " ")
        .replace("年", "-")
        .replace("月", "-")
        .replace("日", "")
    )
    for form in TIME_FORMS:
        try:
            found = datetime.strptime(plain, form)
        except ValueError:
            continue
        return found.replace(tzinfo=zone) if 2000 <= found.year < 2100 else None
    return None


def read_degree(text: str):
    """Degrees, or None where they are none."""
    try:
        return float(text)
    except ValueError:
        return None


def check_case(*, number: str, text: str, received_at: datetime, due_at: datetime | None):
    """Why this is no case, or None."""
    if not number.strip():
        return CaseRefusal.NO_NUMBER
    if not text.strip():
        return CaseRefusal.NO_TEXT
    return CaseRefusal.DUE_BEFORE if due_at is not None and due_at < received_at else None


def outcomes_due(hazard_state: str, round: int, known: set) -> list:
    """[(outcome, round)] that the channel is to be told now, in order; `known` are those that it was told.

    A new round is told only where the channel heard that the one before was closed.
    """
    due = [(CaseOutcome.ACCEPTED, 1)] if hazard_state != HazardState.REJECTED else []
    if round > 1 and (CaseOutcome.CLOSED, round - 1) in known:
        due.append((CaseOutcome.REOPENED, round))
    if hazard_state == HazardState.CONTESTED and (CaseOutcome.CLOSED, round) not in known:
        due.append((CaseOutcome.CLOSED, round))
    if outcome := OVER.get(HazardState(hazard_state)):
        due.append((outcome, round))
    return [one for one in due if one not in known]


def state_after(hazard_state: str) -> CaseState:
    """Where a taken case stands with its hazard: a closure that is contested counts until it is decided."""
    is_over = HazardState(hazard_state) in OVER or hazard_state == HazardState.CONTESTED
    return CaseState.ENDED if is_over else CaseState.TAKEN


def warning_due(due_at: datetime | None, now: datetime, ahead: timedelta) -> int:
    """How far a case's own deadline is to be told of: 0 not yet, 1 soon, 2 over."""
    if due_at is None or now < due_at - ahead:
        return 0
    return 2 if now >= due_at else 1

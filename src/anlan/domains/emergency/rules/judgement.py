"""What a judgement on record must say."""

from anlan.domains.emergency.terms import Decision, JudgementRefusal, ResponseLevel


def check_judgement(*, decision, response_level, reason, next_at, now):
    """A reason always; a start names the response level that the decider chose; watching on names the next judgement.

    Nothing here is told the machine's level: no response level can follow from it (mission, "Who may decide what").
    """
    if not reason.strip():
        return JudgementRefusal.NO_REASON
    if decision == Decision.START and response_level not in ResponseLevel.values:
        return JudgementRefusal.NO_RESPONSE_LEVEL
    if decision != Decision.START and response_level:
        return JudgementRefusal.LEVEL_WITHOUT_START
    if decision == Decision.KEEP_WATCHING and next_at is None:
        return JudgementRefusal.NO_NEXT
    return JudgementRefusal.NEXT_PAST if next_at is not None and next_at <= now else None

"""One-tap links: which a token opens, and where it stands."""

from anlan.domains.accounts.queries import fingerprint
from anlan.domains.emergency.models import AnswerLink
from anlan.domains.emergency.rules.links import link_state


def find_link(token):
    """The link that this token opens, with its alarm and person, or None."""
    rows = AnswerLink.objects.select_related(
        "alarm__place__organisation", "alarm__place__operator", "alarm__organisation", "person__organisation"
    )
    return rows.filter(token_sha256=fingerprint(token)).first() if token else None


def state_of(link, now):
    """Where a link stands at `now`, as a LinkState; that of a test lives by its time alone."""
    alarm = link.alarm
    return link_state(
        used_at=link.used_at, valid_until=link.valid_until, link_round=link.round,
        alarm_round=alarm.round if alarm else link.round, is_open=alarm.is_open if alarm else True,
        is_active=link.person.is_active, now=now,
    )  # fmt: skip


def tests_of(person, most=5):
    """The last tests that rang this person alone, newest first."""
    return AnswerLink.objects.filter(person=person, alarm=None)[:most]

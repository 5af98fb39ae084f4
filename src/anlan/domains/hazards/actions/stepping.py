"""What every step of a hazard's life shares: lock, ask right and guards, move, follow-up."""

from datetime import timedelta

from django.utils import timezone

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries, rules
from anlan.domains.hazards.models import Hazard
from anlan.domains.hazards.terms import HazardState, Step
from anlan.kit.actions import check, done, note, permit
from anlan.kit.deadlines import due_set
from anlan.kit.followups import follow_ups_about, open_follow_up, settle_follow_up


def locked(hazard):
    """The hazard locked and read again."""
    hazard.refresh_from_db(from_queryset=Hazard.objects.select_for_update())
    return hazard


def insist(hazard, step, *, by, now, why="", five=None, holds_code=False):
    """Lock the hazard and ask whether this step may be taken. Raises Refused with the rule's reason."""
    locked(hazard)
    facts = queries.facts_of(hazard, by=by, now=now, why=why, five=five, holds_code=holds_code)
    if step in queries.LISTING:
        permit(Right.HAZARDS_SUPERVISE, hazard, by, machine=False)
        check(rules.check_list_step(hazard.state, step, facts))
        return
    move = rules.LIFE.get((HazardState(hazard.state), Step(step)))
    if move is not None and move.right is not None:
        rectifies = move.right == Right.HAZARDS_RECTIFY
        permit(move.right, hazard.rectifier if rectifies else hazard.organisation, by, machine=False)
    check(rules.check_step(hazard.state, step, facts))


def move(hazard, step, **changed):
    """Take the step: state and columns; the action's Done with what differs."""
    before = note(hazard, "state", *changed)
    if step not in queries.LISTING:
        hazard.state = rules.LIFE[HazardState(hazard.state), Step(step)].to
    for name, value in changed.items():
        setattr(hazard, name, value)
    hazard.save(update_fields=["state", *changed])
    return done(hazard, before=before)


def follow(hazard, *, by, now, title="", organisation=None, due=None):
    """Settle what was to be followed of its life until now; where a title is given, follow this instead, until it is due."""
    known = [one for one in follow_ups_about(hazard) if one.key.startswith(f"hazards/{hazard.pk}/")]
    for one in known:
        settle_follow_up(one.key, by=by, now=now, outcome=hazard.get_state_display())
    if title:
        open_follow_up(
            hazard, key=f"hazards/{hazard.pk}/{len(known) + 1}", title=str(title), organisation=organisation, due=due,
            link=hazard.get_absolute_url(), by=by, now=now,
        )  # fmt: skip


def within(code, now):
    """The Due so many days from now that a limit of the district's table gives."""
    today = timezone.localdate(now)
    return due_set(today + timedelta(days=queries.limit(code, on=today)), now)

"""Who is told of what an incident needs: who commands, who is on duty, and who opened it."""

from anlan.domains.emergency.queries.duty import find_posts, on_duty
from anlan.domains.emergency.queries.incidents import commander_of, lead_of
from anlan.domains.emergency.terms.duty import PostKind

OWN_POSTS = (PostKind.AGENCY, PostKind.DUTY_ROOM, PostKind.COMMAND_CENTRE, PostKind.OPERATOR)


def people_for(incident, at, *, upward=False):
    """The people to be told: on-scene commander, the duty room's people; else who opened it.

    `upward`: the duty room of the organisation above as well.
    """
    lead = lead_of(incident)
    tenure = commander_of(lead)
    found = [tenure.person] if tenure and tenure.person else []
    found += on_duty_at(lead.organisation, at)
    if upward and lead.organisation.parent:
        found += on_duty_at(lead.organisation.parent, at)
    people = list({person.pk: person for person in found if person.is_active}.values())
    return people or [lead.opened_by]


def people_of(organisation, at):
    """Who is on duty at an organisation's own posts: those to whom an order or an instruction goes."""
    posts = [post for kind in OWN_POSTS for post in find_posts(kind, organisation)]
    own = [post for post in posts if post.organisation_id == organisation.pk]
    return list({watch.person.pk: watch.person for post in own for watch in on_duty(post, at)}.values())


def on_duty_at(organisation, at):
    """Who is on duty in the duty room that serves an organisation."""
    posts = find_posts(PostKind.DUTY_ROOM, organisation)
    return [watch.person for post in posts for watch in on_duty(post, at)]


def to_be_reminded(model, states, now):
    """The open rows of a part whose `due_at` has passed, with what telling asks of them."""
    return model.objects.filter(state__in=states, due_at__lt=now)

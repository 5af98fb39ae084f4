"""Telling those to whom an order or an instruction is addressed, in the transaction that issues it."""

from anlan.domains.emergency.queries.telling import people_of
from anlan.kit.address import absolute
from anlan.kit.outbox import tell, tell_organisation


def tell_receivers(about, *, key, title, text, now, organisation=None, person=None):
    """Queue it for a person, for who is on duty at an organisation, and for its groups; the names of those told."""
    words = {
        "about": about, "title": title[:200], "text": text, "now": now, "is_urgent": True, "scene": about.scene,
        "link": absolute(about.get_absolute_url()),
    }  # fmt: skip
    people = people_of(organisation, now) if organisation else []
    people += [person] if person and person.pk not in {one.pk for one in people} else []
    names = [str(one) for one in people if tell(one, key=key, **words)]
    if organisation:
        names += [str(sent.channel) for sent in tell_organisation(organisation, key=key, **words)]
    return names

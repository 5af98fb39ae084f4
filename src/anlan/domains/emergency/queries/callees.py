"""Whom a step of reporting up calls at a moment: the people on duty, and the group channels of their organisations."""

from dataclasses import dataclass, field

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.models import DutyPost
from anlan.domains.emergency.queries.agencies import agencies_of
from anlan.domains.emergency.queries.deciding import operator_of
from anlan.domains.emergency.queries.duty import find_posts, on_duty_by_post
from anlan.domains.emergency.terms.duty import DutyRole, PostKind
from anlan.domains.emergency.terms.ladder import Recipient
from anlan.kit.outbox import contacts_of, routes


@dataclass(frozen=True)
class Callee:
    """One person who is to be told, as what (a DutyRole, "" where he was not found by duty), at which post."""

    person: object
    role: str = ""
    post: str = ""

    @property
    def role_label(self):
        """His role in the reader's language."""
        return say_role(self.role)

    @property
    def is_reachable(self):
        """Whether he has a contact in use."""
        return bool(contacts_of(self.person))

    def as_row(self):
        """As it is kept in a Telling."""
        return {"id": self.person.pk, "name": self.person.name, "role": self.role, "post": self.post}


def say_role(role):
    """A role as it is kept, in the reader's language."""
    return str(DutyRole(role).label) if role in DutyRole.values else role


@dataclass(frozen=True)
class Callees:
    """Whom a step calls: people, each once, and group channels. `posts` are named although nobody is there."""

    people: list[Callee] = field(default_factory=list)
    groups: list = field(default_factory=list)
    posts: list[str] = field(default_factory=list)


def callees_of(recipient, *, at, organisation, place=None, agencies=()):
    """The Callees of a step's recipient at the moment `at`.

    `organisation` answers for the alarm, `agencies` are the organisations of those in on it.
    """
    if recipient in PostKind.values and recipient != PostKind.OPERATOR:
        return call_posts(posts_of_kind(recipient, organisation, agencies), at)
    named = {
        Recipient.OWNER: [organisation],
        Recipient.OPERATOR: [one for one in (operator_of(place),) if one],
        Recipient.AGENCIES: list(agencies),
    }.get(recipient, [])
    return join([call_organisation(one, at) for one in named])


def callees_for(alarm, recipient, at):
    """The same of an alarm as it is now."""
    joined = [row.agency.organisation for row in agencies_of(alarm)]
    return callees_of(recipient, at=at, organisation=alarm.organisation, place=alarm.place, agencies=joined)


def posts_of_kind(kind, organisation, agencies):
    """The posts of a kind that serve an organisation; else those of the agencies in on it; else all there are.

    A department that has no police of its own is still served by the district's.
    """
    if own := find_posts(kind, organisation):
        return own
    rows = DutyPost.objects.filter(kind=kind, retired_at=None).select_related("organisation")
    paths = [one.path for one in agencies]
    joined = [post for post in rows if any(post.organisation.path.startswith(path) for path in paths)]
    return joined or list(rows)


def call_posts(posts, at):
    """Who is on duty at these posts, each person once, and the group channels of their organisations."""
    watches = on_duty_by_post(posts, at) if posts else {}
    found = {}
    for post in posts:
        for one in watches[post.pk]:
            found.setdefault(one.person.pk, Callee(one.person, one.role, post.name))
    organisations = {post.organisation_id: post.organisation for post in posts}
    return Callees(list(found.values()), groups_of(organisations.values()), [post.name for post in posts])


def call_organisation(organisation, at):
    """Who is on duty at an organisation's own posts; where it has none, its people who may answer alarms."""
    posts = list(
        DutyPost.objects.filter(organisation=organisation, retired_at=None).select_related("organisation")
    )
    if posts:
        return call_posts(posts, at)
    people = [
        Callee(one, "", organisation.name)
        for one in organisation.people.filter(is_active=True).order_by("pk")
        if one.may(Right.ALARMS_ANSWER, organisation)
    ]
    return Callees(people, groups_of([organisation]), [organisation.name])


def groups_of(organisations):
    """The organisations' own group channels; those of organisations above are not rung for each below."""
    return [channel for one in organisations for channel in routes(one) if channel.organisation_id == one.pk]


def join(parts):
    """Several Callees as one, each person and channel once."""
    people, groups = {}, {}
    for part in parts:
        for one in part.people:
            people.setdefault(one.person.pk, one)
        groups |= {channel.pk: channel for channel in part.groups}
    return Callees(
        list(people.values()), list(groups.values()), [name for part in parts for name in part.posts]
    )

"""Enterprises as people see them, by any number they had, twice registered ones, and what changed since."""

from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.models import Enterprise, Licence, Site, UpdateRequest
from anlan.domains.enterprises.rules.codes import name_key, tidy_code
from anlan.domains.enterprises.terms import EnterpriseState
from anlan.kit.models import Change
from anlan.kit.queries import chain_head

FOLLOWED_DAYS = ("standard_until", "insured_until")
MERGERS_MOST = 20  # a chain of mergers is followed so far
LOOKED_THROUGH = 20_000  # changes of the chain for one answer; of other rooms' changes there may be millions


def visible_enterprises(person):
    """The enterprises that `person` may see: those under supervisors within reach, and one's own."""
    seen = person.reach(Right.VIEW, through="supervisor") | person.reach(Right.VIEW, through="account")
    return Enterprise.objects.filter(seen).select_related("supervisor")


def find_enterprise(number):
    """The enterprise that stands for a number: its code, a former or temporary one, or that of one merged into it; or None."""
    asked = tidy_code(number)
    if not asked.isalnum():  # a text with other signs is no number
        return None
    numbers = Q(code=asked) | Q(former_number=asked) | Q(temporary_number=asked)
    found = Enterprise.objects.filter(numbers).order_by("-state").first() if asked else None
    for _step in range(MERGERS_MOST):
        if found is None or found.merged_into is None:
            return found
        found = found.merged_into
    return found


def is_own(person, enterprise):
    """Whether a person belongs to the enterprise's own organisation."""
    return enterprise.account is not None and person.organisation.path.startswith(enterprise.account.path)


def may_see_contacts(person, enterprise):
    """Whether a person sees the names and numbers of an enterprise's people: who keeps its record, and itself."""
    return person.may(Right.ENTERPRISES_EDIT, enterprise.supervisor) or is_own(person, enterprise)


def own_enterprise(person):
    """The enterprise that a person works for, or None."""
    rows = (
        Enterprise.objects.exclude(account=None)
        .filter(state=EnterpriseState.ACTIVE)
        .select_related("account")
    )
    paths = [person.organisation.path[: end + 1] for end in range(len(person.organisation.path))]
    return rows.filter(account__path__in=paths).order_by("-account__path").first()


def accounts_in_use():
    """The ids of the organisations that active enterprises have as their own."""
    rows = Enterprise.objects.filter(state=EnterpriseState.ACTIVE).exclude(account=None).order_by()
    return set(rows.values_list("account", flat=True))


def enterprises_of(organisation):
    """Active enterprises that an organisation watches over, or those below it do."""
    active = Enterprise.objects.filter(state=EnterpriseState.ACTIVE)
    return active.filter(supervisor__path__startswith=organisation.path)


def days_to_follow(today, *, within_days):
    """[(enterprise, field, day)]: the standardisation grades and insurances that run out by then, of active enterprises."""
    rows = Enterprise.objects.filter(state=EnterpriseState.ACTIVE).select_related("supervisor")
    last = today + timedelta(days=within_days)
    return [
        (one, name, getattr(one, name))
        for name in FOLLOWED_DAYS
        for one in rows.filter(**{f"{name}__gte": today, f"{name}__lte": last})
    ]


def licences_of(person):
    """The licences in use of the active enterprises that `person` sees, what runs out first at the top."""
    rows = Licence.objects.filter(withdrawn_at=None, enterprise__state=EnterpriseState.ACTIVE)
    seen = rows.filter(person.reach(Right.VIEW, through="enterprise__supervisor"))
    return seen.select_related("enterprise__supervisor").order_by(F("valid_until").asc(nulls_last=True), "pk")


def requests_of(person):
    """The requests to update records under the supervisors where `person` answers them, the newest first."""
    seen = UpdateRequest.objects.filter(
        person.reach(Right.ENTERPRISES_EDIT, through="enterprise__supervisor")
    )
    return seen.select_related("enterprise__supervisor", "asked_by", "answered_by")


def requests_by(enterprise):
    """What an enterprise asked for itself, the newest first."""
    return enterprise.requests.select_related("asked_by", "answered_by")


def search(text, person, *, most=20):
    """Enterprises that `person` sees whose name or number holds `text`."""
    if not text:
        return []
    named = Q(name__icontains=text) | Q(code__istartswith=text) | Q(former_number__startswith=text)
    return list(visible_enterprises(person).filter(named)[:most])


def enterprises_with_accounts():
    """Active enterprises whose own people sign in."""
    rows = Enterprise.objects.filter(state=EnterpriseState.ACTIVE).exclude(account=None)
    return rows.select_related("supervisor", "account")


def enterprises_without_accounts():
    """Active enterprises for which whoever watches over them acts."""
    rows = Enterprise.objects.filter(state=EnterpriseState.ACTIVE, account=None)
    return rows.select_related("supervisor")


def enterprises_at(place):
    """The open sites of active enterprises at a place of the register."""
    sites = Site.objects.filter(place=place, closed_at=None, enterprise__state=EnterpriseState.ACTIVE)
    return sites.select_related("enterprise")


def duplicates_of(enterprise):
    """Other active enterprises that may be the same: the same name but for its form, or the same former number."""
    same = Q(name_key=name_key(enterprise.name))
    if enterprise.former_number:
        same |= Q(former_number=enterprise.former_number)
    return Enterprise.objects.filter(same, state=EnterpriseState.ACTIVE).exclude(pk=enterprise.pk)


def twice_registered(person):
    """Active enterprises that `person` sees whose name is there more than once, those of one name together."""
    seen = visible_enterprises(person).filter(state=EnterpriseState.ACTIVE)
    keys = seen.order_by().values("name_key").annotate(n=Count("pk")).filter(n__gt=1).values("name_key")
    return seen.filter(name_key__in=keys).order_by("name_key", "code")


def typed_values(kept):
    """{field: value} as the model has them, from what a change or a request keeps as plain values."""
    typed = {}
    for name, value in kept.items():
        kind = Enterprise._meta.get_field(name).get_internal_type()
        is_day = kind == "DateField" and isinstance(value, str)
        typed[name] = date.fromisoformat(value) if is_day and value else None if is_day else value
    return typed


class Changed(NamedTuple):
    """What changed: enterprises as they are now, codes that left the reader's scope, how far this reached."""

    rows: list
    gone: list
    position: int
    has_more: bool


def changed_since(person, position, *, most):
    """The enterprises that `person` sees and that changed after this position of the chain of changes.

    The chain has each change once, in an order that never changes, and none before it is committed: so who goes on from
    the position that he was given misses no change, however many write at once, and is given none again. An enterprise
    that changed once more further on comes only there.
    """
    head = chain_head().position
    end = min(head, position + LOOKED_THROUGH)
    rows = Change.objects.filter(
        seal__position__gt=position, seal__position__lte=end, what__startswith="enterprises."
    )
    told = rows.order_by("seal__position")
    changes = list(told.values_list("seal__position", "subject_kind", "subject_id", "before")[:most])
    reached = max(position, changes[-1][0] if len(changes) == most else end)
    ids = enterprise_ids([(kind, subject_id) for _position, kind, subject_id, _before in changes])
    later = Change.objects.filter(
        subject_kind=Enterprise._meta.label_lower, subject_id__in=[str(pk) for pk in ids],
        seal__position__gt=reached, seal__position__lte=head,
    )  # fmt: skip
    ids -= {int(one) for one in later.values_list("subject_id", flat=True)}
    found = list(visible_enterprises(person).filter(pk__in=ids).select_related("merged_into").order_by("pk"))
    left = find_left(person, changes, ids - {one.pk for one in found})
    return Changed(found, left, reached, reached < head)


def find_left(person, changes, unseen):
    """Codes of enterprises that `person` does not see any more: a change took them to another supervisor."""
    was = {}
    for _position, kind, subject_id, before in changes:
        if kind == Enterprise._meta.label_lower and int(subject_id) in unseen and "supervisor" in before:
            was[int(subject_id)] = before["supervisor"]["id"]
    mine = set(
        organisation_tree(person).filter(pk__in=set(was.values())).order_by().values_list("pk", flat=True)
    )
    gone = [pk for pk, organisation in was.items() if organisation in mine]
    return sorted(Enterprise.objects.filter(pk__in=gone).values_list("code", flat=True))


def enterprise_ids(subjects):
    """The enterprises that these (kind, id) are: themselves, or by their parts."""
    ids, parts = set(), {}
    for kind, subject_id in subjects:
        if kind == Enterprise._meta.label_lower:
            ids.add(int(subject_id))
        else:
            parts.setdefault(kind, set()).add(int(subject_id))
    for kind, wanted in parts.items():
        model = PARTS.get(kind)
        if model is not None:
            ids.update(model.objects.filter(pk__in=wanted).values_list("enterprise_id", flat=True))
    return ids


PARTS = {
    relation.related_model._meta.label_lower: relation.related_model
    for relation in Enterprise._meta.related_objects
    if relation.related_model is not Enterprise and relation.field.name == "enterprise"
}

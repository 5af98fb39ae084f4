"""Enterprises as people see them, by any number they had, twice registered ones, and what changed since."""

from datetime import date

from django.db.models import Count, Q

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.models import Enterprise, Site
from anlan.domains.enterprises.rules.codes import name_key, tidy_code
from anlan.domains.enterprises.terms import EnterpriseState
from anlan.kit.models import Change
from anlan.kit.queries import LATE_IDS

MERGERS_MOST = 20  # a chain of mergers is followed so far


def visible_enterprises(person):
    """The enterprises that `person` may see: those under supervisors within reach, and one's own."""
    seen = person.reach(Right.VIEW, through="supervisor") | person.reach(Right.VIEW, through="account")
    return Enterprise.objects.filter(seen).select_related("supervisor")


def find_enterprise(number):
    """The enterprise that stands for a number: its code, a former one, or that of one merged into it; or None."""
    asked = tidy_code(number)
    if not asked:
        return None
    found = Enterprise.objects.filter(Q(code=asked) | Q(former_number=asked)).order_by("-state").first()
    for _step in range(MERGERS_MOST):
        if found is None or found.merged_into is None:
            return found
        found = found.merged_into
    return found


def is_own(person, enterprise):
    """Whether a person belongs to the enterprise's own organisation."""
    return enterprise.account is not None and person.organisation.path.startswith(enterprise.account.path)


def own_enterprise(person):
    """The enterprise that a person works for, or None."""
    rows = (
        Enterprise.objects.exclude(account=None)
        .filter(state=EnterpriseState.ACTIVE)
        .select_related("account")
    )
    paths = [person.organisation.path[: end + 1] for end in range(len(person.organisation.path))]
    return rows.filter(account__path__in=paths).order_by("-account__path").first()


def enterprises_of(organisation):
    """Active enterprises that an organisation watches over, or those below it do."""
    active = Enterprise.objects.filter(state=EnterpriseState.ACTIVE)
    return active.filter(supervisor__path__startswith=organisation.path)


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


def changed_since(person, cursor, *, most):
    """(enterprises that `person` sees and that changed after `cursor`, the next cursor), the longest unchanged first.

    The cursor counts change rows. It stays LATE_IDS behind the newest, so that a row whose change becomes visible late
    is not passed over: near the end enterprises come again until newer changes have followed, and none is left out.
    """
    newest = Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
    rows = Change.objects.filter(id__gt=cursor, what__startswith="enterprises.").order_by("id")
    changes = list(rows.values_list("id", "subject_kind", "subject_id")[:most])
    ids = enterprise_ids(changes)
    found = visible_enterprises(person).filter(pk__in=ids)
    reached = changes[-1][0] if len(changes) == most else newest
    return found, max(cursor, min(reached, max(0, newest - LATE_IDS)))


def enterprise_ids(changes):
    """The enterprises that change rows (id, subject kind, subject id) are about, by their parts too."""
    ids, parts = set(), {}
    for _id, kind, subject_id in changes:
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

"""What a phone takes along of self-checks: for which units its person acts, by which checklists, by when; and back again."""

from typing import NamedTuple

from django.db.models import Max
from django.utils import timezone

from anlan.domains.enterprises.queries import find_enterprise, visible_enterprises
from anlan.domains.hazards.models import ChecklistVersion, DueCheck, SelfCheck
from anlan.domains.hazards.queries.checks import reached, visible_checks
from anlan.domains.hazards.queries.exercises import exercise_lines
from anlan.domains.hazards.queries.keepers import Keeper, acts_for, own_keepers, suits
from anlan.domains.hazards.rules.checklists import EXPRESSIONS, spots
from anlan.domains.hazards.rules.expressions import read_expression
from anlan.domains.hazards.terms.checklists import CheckState, KeeperKind, VersionState
from anlan.domains.places.queries import find_place

LISTED = 5


class UnitToCheck(NamedTuple):
    """A unit for which a person acts: its checklists in use, when it checked itself last, by when it must again."""

    keeper: Keeper
    versions: list
    last_on: object
    due_on: object

    @property
    def key(self):
        """By which it is known among targets."""
        return self.keeper.kind, self.keeper.row.code


def units_to_check(person):
    """The UnitToCheck of a person for which there is any checklist in use."""
    rows = ChecklistVersion.objects.filter(state=VersionState.PUBLISHED).order_by("checklist__code")
    versions = list(rows.select_related("checklist__organisation"))
    keepers = [one for one in own_keepers(person) if acts_for(person, one)] if versions else []
    last, due = last_days(keepers), due_days(keepers)
    told = [
        UnitToCheck(
            one, [row for row in versions if suits(row.checklist, one)], last.get((one.kind, one.row.pk)),
            due.get((one.kind, one.row.pk)),
        )
        for one in keepers
    ]  # fmt: skip
    return [one for one in told if one.versions]


def by_kind(keepers):
    """(kind, the keys of the units of it) for both kinds."""
    return [(kind, [one.row.pk for one in keepers if one.kind == kind]) for kind in KeeperKind.values]


def last_days(keepers):
    """{(kind, pk of the unit): the day of its last self-check}."""
    found, done = {}, SelfCheck.objects.filter(state=CheckState.DONE)
    for kind, keys in by_kind(keepers):
        rows = done.filter(**{f"{kind}__in": keys}).values_list(f"{kind}_id").order_by()
        found |= {(kind, pk): timezone.localdate(last) for pk, last in rows.annotate(last=Max("done_at"))}
    return found


def due_days(keepers):
    """{(kind, pk of the unit): the day by which it must check itself next}."""
    found, waiting = {}, DueCheck.objects.filter(settled_at=None)
    for kind, keys in by_kind(keepers):
        rows = waiting.filter(**{f"{kind}__in": keys}).values_list(f"{kind}_id", "due_on")
        found |= {(kind, pk): due_on for pk, due_on in rows}
    return found


def checklist_for_pack(units=None):
    """The checklists in use of `units` (None: all) as plain JSON-able dicts; `trees` are its expressions, read already."""
    rows = ChecklistVersion.objects.filter(state=VersionState.PUBLISHED).select_related("checklist")
    if units is not None:
        rows = rows.filter(pk__in={row.pk for one in units for row in one.versions})
    return [
        {
            "code": row.checklist.code, "name": row.checklist.name, "version": row.number, "sha256": row.sha256,
            "audience": row.checklist.audience, "place_kinds": row.checklist.place_kinds, "questions": row.questions,
            "trees": trees_of(row.questions), "is_demo": row.checklist.is_demo,
        }
        for row in rows.order_by("checklist__code")
    ]  # fmt: skip


def trees_of(questions):
    """{question: {column: [kind, value, parts]}} of the expressions of a checklist."""
    told = {}
    for name, spot in spots(questions).items():
        asked = {column: spot.question[column] for column in EXPRESSIONS if spot.question[column]}
        if asked:
            told[name] = {column: read_expression(text) for column, text in asked.items()}
    return told


def find_unit(person, *, place=None, enterprise=None):
    """The Keeper of a place's or an enterprise's code that a person sees, or None."""
    if place:
        row = find_place(place, person)
        return Keeper(KeeperKind.PLACE, row) if row else None
    row = find_enterprise(enterprise) if enterprise else None
    is_seen = row is not None and visible_enterprises(person).filter(pk=row.pk).exists()
    return Keeper(KeeperKind.ENTERPRISE, row) if is_seen else None


def find_version(code, number):
    """The version of a checklist, in use or not, or None; a draft is none."""
    rows = ChecklistVersion.objects.exclude(published_at=None).select_related("checklist__organisation")
    return rows.filter(checklist__code=code, number=number).first()


class ChecksAt(NamedTuple):
    """The self-checks of a unit as a person sees them: the newest ones, what is due next, the way to check it; its exercises."""

    checks: list
    due: object
    is_late: bool
    is_own: bool
    kind: str
    exercises: list


def checks_at(row, person, *, on):
    """The ChecksAt of a place or an enterprise."""
    kind = KeeperKind.PLACE if row._meta.model_name == "place" else KeeperKind.ENTERPRISE
    keeper = Keeper(kind, row)
    due = DueCheck.objects.filter(reached(person), settled_at=None, **keeper.columns).first()
    return ChecksAt(
        list(visible_checks(person).filter(**keeper.columns)[:LISTED]), due, due is not None and due.due_on < on,
        acts_for(person, keeper), kind.value, exercise_lines(keeper, on=on),
    )  # fmt: skip

"""Responsible units 责任单位: which they are, whose people act for them, what is theirs, which link opens one."""

from dataclasses import dataclass

from django.db.models import Q

from anlan.domains.accounts.queries import fingerprint
from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.queries import enterprises_with_accounts, own_enterprise, visible_enterprises
from anlan.domains.hazards.models import Checklist, ChecklistVersion, DueCheck, Hazard, KeeperLink, SelfCheck
from anlan.domains.hazards.queries.hazards import WITH, facts_of
from anlan.domains.hazards.rules import ENDED, check_step, fits, steps_from
from anlan.domains.hazards.terms.checklists import BY_LINK, CheckState, KeeperKind, VersionState
from anlan.domains.places.queries import operated_places, visible_places
from anlan.kit.followups import follow_ups_about

CLOSED_SHOWN = 5
DUE_KEY, EXERCISE_KEY = "hazards/self-check", "hazards/exercise"  # begin the keys of follow-ups of both


@dataclass(frozen=True)
class Keeper:
    """A responsible unit: a place with whoever operates it, or an enterprise."""

    kind: str
    row: object

    @property
    def name(self):
        return str(self.row)

    @property
    def organisation(self):
        """Who watches over it."""
        return self.row.organisation

    @property
    def account(self):
        """The organisation whose people act for it: its own where it has one, else the one that answers for it."""
        own = self.row.operator if self.kind == KeeperKind.PLACE else self.row.account
        return own or self.row.organisation

    @property
    def columns(self):
        """The columns by which rows name it."""
        return {self.kind: self.row}

    @property
    def places(self):
        """The places where it keeps people safe: itself, or where the enterprise works."""
        if self.kind == KeeperKind.PLACE:
            return [self.row]
        sites = self.row.sites.filter(closed_at=None, place__isnull=False, place__retired_at=None)
        return [site.place for site in sites.select_related("place__organisation", "place__operator")]

    @property
    def is_active(self):
        """Whether it is still on its register."""
        return self.row.retired_at is None if self.kind == KeeperKind.PLACE else self.row.is_active

    @property
    def by_link(self):
        """For whom is recorded what was done without an account."""
        return BY_LINK % {"name": self.name[:80]}


def keeper_of(row):
    """The Keeper that a row (with the columns place and enterprise) is of."""
    if row.place_id:
        return Keeper(KeeperKind.PLACE, row.place)
    return Keeper(KeeperKind.ENTERPRISE, row.enterprise)


def find_keeper(kind, pk, person):
    """The unit that a person sees, or None."""
    rows = {KeeperKind.PLACE: visible_places, KeeperKind.ENTERPRISE: visible_enterprises}.get(kind)
    row = rows(person).filter(pk=pk).first() if rows else None
    return Keeper(KeeperKind(kind), row) if row else None


def own_keepers(person):
    """The units for which a person acts: what his organisation operates or answers for alone, and his enterprise."""
    ours = Q(operator=person.organisation) | Q(operator=None, organisation=person.organisation)
    places = visible_places(person).filter(ours)
    found = [Keeper(KeeperKind.PLACE, place) for place in places]
    enterprise = own_enterprise(person)
    return found + ([Keeper(KeeperKind.ENTERPRISE, enterprise)] if enterprise else [])


def acts_for(person, keeper):
    """Whether a person acts for a unit: one of its own people, with the right to report hazards; never who watches it."""
    is_own = person.organisation.path.startswith(keeper.account.path)
    return is_own and person.may(Right.HAZARDS_REPORT, keeper.account)


def find_link(token):
    """The link that a token opens, revoked and expired ones too, or None."""
    rows = KeeperLink.objects.select_related(
        "place__organisation",
        "place__operator",
        "enterprise__supervisor",
        "enterprise__account",
        "organisation",
    )
    return rows.filter(token_sha256=fingerprint(token)).first() if token else None


def visible_links(person):
    """The links that a person may give and revoke."""
    rows = KeeperLink.objects.filter(person.reach(Right.CHECKS_EDIT))
    return rows.select_related("place", "enterprise", "organisation", "issued_by")


def hazards_of(keeper):
    """The hazards that are a unit's to rectify, what is on its way first."""
    if keeper.kind == KeeperKind.ENTERPRISE:
        rows = Hazard.objects.filter(enterprise=keeper.row)
    else:
        whose = Q(responsible=None) | Q(responsible__in=[keeper.account.pk, keeper.organisation.pk])
        rows = Hazard.objects.filter(whose, place=keeper.row, enterprise=None)
    return rows.select_related(*WITH)


def open_hazards_of(keeper):
    """Those of them that are not ended."""
    return hazards_of(keeper).exclude(state__in=ENDED).order_by("due_at", "-id")


def ended_hazards_of(keeper):
    """The last of them that are ended."""
    return hazards_of(keeper).filter(state__in=ENDED)[:CLOSED_SHOWN]


def versions_for(keeper):
    """The published versions of the checklists that are for a unit."""
    rows = ChecklistVersion.objects.filter(
        state=VersionState.PUBLISHED, checklist__audience__in=["any", keeper.kind]
    ).select_related("checklist__organisation")
    return [row for row in rows.order_by("checklist__code") if suits(row.checklist, keeper)]


def suits(checklist, keeper):
    """Whether a checklist is for a unit: laid down above it, for its sort, for its kind of place."""
    if checklist.audience not in ("any", keeper.kind):
        return False
    if not keeper.organisation.path.startswith(checklist.organisation.path):
        return False
    kinds = checklist.place_kinds
    return not kinds or any(place.kind in kinds for place in keeper.places)


def replaced_at(version):
    """When a later version took the place of one that was in use, or None."""
    if version.published_at is None:
        return None
    later = version.checklist.versions.filter(published_at__gt=version.published_at).order_by("published_at")
    return later.values_list("published_at", flat=True).first()


def checks_of(keeper):
    """The self-checks of a unit, the newest first."""
    return SelfCheck.objects.filter(**keeper.columns).select_related("version__checklist", "by", "link")


def last_check_day(keeper, local):
    """The day of the last self-check handed in, or None; `local(moment)` is the day of a moment."""
    last = checks_of(keeper).filter(state=CheckState.DONE).order_by("-done_at").first()
    return local(last.done_at) if last else None


def open_due_check(keeper):
    """By when the next self-check is due, as a row, or None."""
    return DueCheck.objects.filter(**keeper.columns, settled_at=None).first()


def other_follow_ups(keeper):
    """What else a unit has to do: open follow-ups about it that are neither its self-checks nor its exercises."""
    rows = follow_ups_about(keeper.row)
    return [
        one for one in rows if one.is_open and not one.key.startswith((f"{DUE_KEY}/", f"{EXERCISE_KEY}/"))
    ]


def steps_of_unit(hazard, now):
    """{step: why not, or None} of what the unit could do with its hazard."""
    facts = facts_of(hazard, by=None, now=now, why="-")
    return {
        step: check_step(hazard.state, step, facts)
        for step, taken in steps_from(hazard.state).items()
        if taken.right == Right.HAZARDS_RECTIFY and fits(taken, facts)
    }


def keepers_without_due(now):
    """The units that must check themselves and for which no date stands: those with an account or a link in use."""
    linked = KeeperLink.objects.filter(revoked_at=None, valid_until__gt=now)
    waiting = DueCheck.objects.filter(settled_at=None)
    places = {place.pk: place for place in operated_places()}
    places |= {link.place_id: link.place for link in linked.exclude(place=None).select_related("place__organisation", "place__operator")}  # fmt: skip
    owners = {one.pk: one for one in enterprises_with_accounts()}
    owners |= {link.enterprise_id: link.enterprise for link in linked.exclude(enterprise=None).select_related("enterprise__supervisor", "enterprise__account")}  # fmt: skip
    for kind, rows in ((KeeperKind.PLACE, places), (KeeperKind.ENTERPRISE, owners)):
        has = set(waiting.exclude(**{kind: None}).values_list(f"{kind}_id", flat=True))
        for pk, row in sorted(rows.items()):
            if pk not in has and Keeper(kind, row).is_active:
                yield Keeper(kind, row)


def idle_due_checks():
    """The dates that stand for units no longer on their register."""
    gone = Q(place__retired_at__isnull=False) | (Q(enterprise__isnull=False) & ~Q(enterprise__state="active"))
    return DueCheck.objects.filter(gone, settled_at=None).select_related("place", "enterprise")


def visible_checklists(person):
    """The checklists that a person may read: of organisations within his reach, and of those above his own."""
    path = person.organisation.path
    above = Q(organisation__path__in=[path[: end + 1] for end in range(len(path))])
    return Checklist.objects.filter(above | person.reach(Right.VIEW)).select_related("organisation")

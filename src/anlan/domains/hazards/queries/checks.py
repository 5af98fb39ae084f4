"""Self-checks as the office and the field see them: who checked when, how many in time, with which checklists."""

from typing import NamedTuple

from django.db.models import Count, F, Q
from django.utils import timezone

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards.models import DueCheck, SelfCheck
from anlan.domains.hazards.rules.answers import Filling
from anlan.domains.hazards.rules.selfchecks import seal_of
from anlan.domains.hazards.terms.checklists import CheckState

CHECK_WITH = ("version__checklist", "place", "enterprise", "organisation", "by", "link")


class CheckRate(NamedTuple):
    """How the units that an organisation watches over checked themselves, of those due in a time."""

    organisation: object
    due: int
    in_time: int
    late: int
    missing: int

    @property
    def share(self):
        """The part that was done in time, 0–1."""
        return self.in_time / self.due if self.due else None


def reached(person):
    """The condition for rows of units that a person sees: by who watches over them, or as one of their own people."""
    sides = ("organisation", "place__operator", "enterprise__account")
    found = Q(pk__in=[])
    for side in sides:
        found |= person.reach(Right.VIEW, through=side)
    return found


def visible_checks(person):
    """The self-checks handed in by units that `person` sees, the newest first."""
    rows = SelfCheck.objects.filter(reached(person), state=CheckState.DONE)
    return rows.select_related(*CHECK_WITH).order_by("-done_at", "-id")


def overdue_due_checks(person, *, on):
    """What should have been checked before today and was not, the oldest first."""
    rows = DueCheck.objects.filter(reached(person), settled_at=None, due_on__lt=on)
    return rows.select_related("place__operator", "enterprise__account", "organisation")


def check_rates(person, *, since, until, on):
    """[CheckRate] by organisation, of what was due between two days, both included, and not after `on`."""
    rows = DueCheck.objects.filter(reached(person), due_on__gte=since, due_on__lte=min(until, on))
    done = Q(settled_by__isnull=False)
    in_time = done & Q(settled_at__date__lte=F("due_on"))
    counted = (
        rows.exclude(settled_at__isnull=False, settled_by=None)
        .values("organisation")
        .annotate(due=Count("pk"), done=Count("pk", filter=done), in_time=Count("pk", filter=in_time))
    )
    named = DueCheck._meta.get_field("organisation").related_model.objects.in_bulk(
        [one["organisation"] for one in counted]
    )
    rates = [
        CheckRate(
            named[one["organisation"]], one["due"], one["in_time"], one["done"] - one["in_time"], one["due"] - one["done"]
        )
        for one in counted
    ]  # fmt: skip
    return sorted(rates, key=lambda rate: (rate.share, rate.organisation.path))


def filling_of(check):
    """The questions of a self-check with its answers."""
    photos = check.photos.filter(attachment__withdrawn_at=None).values_list("key", flat=True)
    return Filling(check.version.questions, check.answers, photos=photos)


def photos_of(check):
    """{key: [attachments]} of the photos of a self-check."""
    kept = {}
    for one in check.photos.select_related("attachment").filter(attachment__withdrawn_at=None):
        kept.setdefault(one.key, []).append(one.attachment)
    return kept


def told_of(check):
    """What is sealed of a self-check: who answers for what was found where, when, by which list, and every photo."""
    keeper = {"place": check.place.code} if check.place else {"enterprise": check.enterprise.code}
    photos = [[key, one.sha256] for key, kept in sorted(photos_of(check).items()) for one in kept]
    return {
        "check": str(check.uid), "checklist": check.version.checklist.code, "version": check.version.number,
        "form": check.version.sha256, "keeper": keeper, "signer": check.signer, "post": check.post,
        "at": check.done_at.astimezone(timezone.get_fixed_timezone(0)).isoformat(), "answers": check.answers, "photos": photos,
    }  # fmt: skip


def is_unaltered(check):
    """Whether a self-check that was handed in still is what its seal says."""
    return seal_of(told_of(check)) == check.sha256

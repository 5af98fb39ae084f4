"""Writes of checklists: a version is imported whole, published by a person, and never altered."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards.models import Checklist, ChecklistVersion
from anlan.domains.hazards.rules.selfchecks import check_code, seal_of
from anlan.domains.hazards.terms.checklists import ChecklistAudience, CheckRefusal, VersionState
from anlan.kit.actions import action, check, done, note


@action("hazards.add_checklist", may=Right.CHECKS_EDIT, label=_("编制自查清单"))
def add_checklist(
    organisation, *, by, now, code, name, audience=ChecklistAudience.ANY, place_kinds=(), is_demo=False
):
    """Begin a checklist of `organisation`; what is asked comes with its versions."""
    check(check_code(code))
    check(None if name.strip() else CheckRefusal.NO_NAME)
    check(CheckRefusal.CODE_TAKEN % {"code": code} if Checklist.objects.filter(code=code).exists() else None)
    row = Checklist.objects.create(
        organisation=organisation, code=code, name=name.strip(), audience=audience, place_kinds=list(place_kinds),
        is_demo=is_demo,
    )  # fmt: skip
    return done(row, after=note(row, "code", "name", "audience", "place_kinds"))


@action("hazards.import_version", may=Right.CHECKS_EDIT, label=_("导入自查清单"))
def import_version(checklist, *, by, now, questions, faults=(), file_name=""):
    """Keep what a workbook asks as a draft of the next version. Raises Refused while anything in it is faulty."""
    check(CheckRefusal.FAULTY % {"n": len(faults)} if faults else None)
    held = Checklist.objects.select_for_update().get(pk=checklist.pk)
    last = held.versions.first()
    row = ChecklistVersion.objects.create(
        checklist=held, number=last.number + 1 if last else 1, questions=questions, file_name=file_name[:200],
        sha256=seal_of(questions), imported_by=by, imported_at=now,
    )  # fmt: skip
    return done(row, after=note(row, "number", "file_name", "sha256"))


@action("hazards.publish_version", may=Right.CHECKS_EDIT, label=pgettext_lazy("checklist", "发布自查清单"))
def publish_version(version, *, by, now):
    """From now on it is what units fill in; the version before stays with the self-checks made by it."""
    version.refresh_from_db(from_queryset=ChecklistVersion.objects.select_for_update())
    check(None if version.state == VersionState.DRAFT else CheckRefusal.NOT_DRAFT)
    before = note(version, "state")
    earlier = ChecklistVersion.objects.filter(checklist=version.checklist, state=VersionState.PUBLISHED)
    earlier.update(state=VersionState.REPLACED)
    version.state, version.published_by, version.published_at = VersionState.PUBLISHED, by, now
    version.save(update_fields=["state", "published_by", "published_at"])
    return done(version, before=before)


@action(
    "hazards.discard_version", may=Right.CHECKS_EDIT, label=pgettext_lazy("checklist", "放弃待发布的版本")
)
def discard_version(version, *, by, now):
    """A draft is not wanted; it stays on record."""
    version.refresh_from_db(from_queryset=ChecklistVersion.objects.select_for_update())
    check(None if version.state == VersionState.DRAFT else CheckRefusal.NOT_DRAFT)
    return put(version, VersionState.WITHDRAWN)


@action("hazards.withdraw_checklist", may=Right.CHECKS_EDIT, label=pgettext_lazy("checklist", "停用自查清单"))
def withdraw_checklist(version, *, by, now):
    """Nobody fills in this version any more; what was handed in by it stays."""
    version.refresh_from_db(from_queryset=ChecklistVersion.objects.select_for_update())
    check(None if version.state == VersionState.PUBLISHED else CheckRefusal.NOT_PUBLISHED)
    return put(version, VersionState.WITHDRAWN)


def put(version, state):
    """Move a version to a state."""
    before = note(version, "state")
    version.state = state
    version.save(update_fields=["state"])
    return done(version, before=before)

"""Duty posts, and what people do about their own shifts."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.models import DutyPost, DutyShift
from anlan.domains.emergency.queries.duty import watches
from anlan.domains.emergency.rules import duty as rules
from anlan.domains.emergency.rules.rosters import LONGEST
from anlan.domains.emergency.terms.duty import DutyRefusal
from anlan.kit.actions import action, check, done, note

POST = ("name", "kind", "phone", "must_be_staffed", "needed_roles", "roll_call_days")


@action("duty.add_post", may=Right.DUTY_EDIT, label=_("设立值班岗位"))
def add_post(organisation, *, by, now, code, **words):
    """Set up a duty post of an organisation. Words: name, kind, phone, must_be_staffed, needed_roles, roll_call_days."""
    check(rules.check_code(code, is_taken=DutyPost.objects.filter(code=code).exists()))
    check_post(words)
    post = DutyPost.objects.create(organisation=organisation, code=code, since=now, **words)
    return done(post, after=note(post, "code", *POST))


@action("duty.change_post", may=Right.DUTY_EDIT, label=_("修改值班岗位"))
def change_post(post, *, by, now, **words):
    """Change what is known of a post, with the words of `add_post`."""
    check_post(words)
    before = note(post, *words)
    check(DutyRefusal.SAME if before == words else None)
    for name, value in words.items():
        setattr(post, name, value)
    post.save(update_fields=list(words))
    return done(post, before=before)


def check_post(words):
    """Refuse words that no post can have."""
    check(None if str(words.get("name", "–")).strip() else DutyRefusal.NAME_MISSING)
    check(None if 0 <= words.get("roll_call_days", 0) <= rules.INTERVAL_MOST_DAYS else DutyRefusal.DAYS_APART)


@action("duty.retire_post", may=Right.DUTY_EDIT, label=_("停用值班岗位"))
def retire_post(post, *, by, now, why):
    """Use a post no more: nobody is looked for there, and its gaps are not alarmed."""
    check_in_use(post)
    check(None if why.strip() else DutyRefusal.NO_REASON)
    return set_retired(post, now)


@action("duty.restore_post", may=Right.DUTY_EDIT, label=_("恢复值班岗位"))
def restore_post(post, *, by, now):
    """Use a retired post again."""
    check(None if post.retired_at else DutyRefusal.SAME)
    return set_retired(post, None)


def set_retired(post, moment):
    """Write down since when a post is out of use."""
    before = note(post, "retired_at")
    post.retired_at = moment
    post.save(update_fields=["retired_at"])
    return done(post, before=before)


def check_in_use(post):
    """Refuse where the post is retired."""
    check(DutyRefusal.RETIRED % {"name": post.name} if post.retired_at else None)


# ── one's own shift ─────────────────────────────────────────────────────────────────────────────


@action("duty.confirm_shift", label=_("确认值班"))
def confirm_shift(post, *, by, now, since):
    """Say that one will come: the shift of one's own that begins at `since`."""
    check_in_use(post)
    row = shift_of(post, by, since)
    check(DutyRefusal.SAME if row.confirmed_at else None)
    row.confirmed_at = now
    row.save()
    return done(row, after=note(row, "confirmed_at"))


@action("duty.come_on", label=_("到岗"))
def come_on(post, *, by, now, since):
    """Say that one is there: the shift of one's own that begins at `since`."""
    check_in_use(post)
    row = shift_of(post, by, since)
    check(DutyRefusal.SAME if row.on_at else None)
    row.on_at = now
    row.save()
    return done(row, after=note(row, "on_at"))


def shift_of(post, person, since):
    """What is known of a person's shift at a post that begins at `since`. Refused where the roster has none."""
    found = [one for one in watches(post, since - LONGEST, since + 2 * LONGEST)
             if one.person == person and one.since == since]  # fmt: skip
    check(None if found else DutyRefusal.NOT_HIS_SHIFT % {"name": person.name})
    known = {"post": post, "person": person, "role": found[0].role, "since": since}
    return DutyShift.objects.filter(**known).first() or DutyShift(**known, until=found[0].until)


def keep_unless_done(row, names, **still):
    """Write these fields of a row that `still` stands so; refused where somebody else was first."""
    values = {name: getattr(row, name) for name in names}
    kept = type(row).objects.filter(pk=row.pk, **still).update(**values)
    check(None if kept else DutyRefusal.TOO_LATE)


def is_editor(post, person):
    """Whether this person edits the rosters of the post."""
    return person.may(Right.DUTY_EDIT, post.organisation)

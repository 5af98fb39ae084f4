"""The public's reports: taken with a code to follow, cleared or not by a person, contested by whoever holds the code."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.accounts.queries import fingerprint
from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries, rules
from anlan.domains.hazards.actions.finding import report_hazard
from anlan.domains.hazards.actions.stepping import insist, move
from anlan.domains.hazards.models import PublicReport, ReporterContact
from anlan.domains.hazards.terms import HazardSource, PublicRefusal, Refusal, Stage, Step
from anlan.kit.actions import action, check, done, note
from anlan.kit.attachments import PICTURES, tell_type
from anlan.kit.cipher import decipher, encipher
from anlan.kit.outbox import tell_organisation

PURPOSE = "hazards.reporter_contact"
PHOTOS_MOST = 6
REPORTER = _("上报人（凭查询码）")
NEW, NEW_TITLE = _("收到公众上报：%(what)s。请核实。"), _("公众上报待核实")
ERASED_AFTER = timedelta(days=1)


def report_key(code):
    """Under which key a report of this code is taken, once."""
    return f"public-report/{fingerprint(code)}"


@action("hazards.report_publicly", machine=True, label=_("公众上报"))
def report_publicly(
    organisation, *, by, now, code, what, kind, place=None, address="", lon=None, lat=None, phone="", photos=(),
    suspicions=(), sender="", device="", language="",
):  # fmt: skip
    """Take a report of somebody without an account: a hazard that waits to be verified, and a code to follow it.

    `code` (rules.say_code) is told to the reporter alone; `sender` and `device` say where it came from and are kept for
    a day under the day's salt. What is suspicious waits apart until it is cleared; otherwise the organisation hears of
    it. Raises Refused with what is wrong for a file that is no photo, for too many, and as report_hazard does.
    """
    check(PublicRefusal.PHOTOS_MOST % {"most": PHOTOS_MOST} if len(photos) > PHOTOS_MOST else None)
    for name, body in photos:
        check(None if tell_type(body) in PICTURES else PublicRefusal.PHOTO_KIND % {"name": name})
    check(rules.check_phone(phone))
    hazard = report_hazard(
        organisation, by=None, now=now, what=what, kind=kind, source=HazardSource.PUBLIC, place=place, address=address,
        lon=lon, lat=lat, photos=photos,
    ).subject  # fmt: skip
    today = timezone.localdate(now)
    report = PublicReport.objects.create(
        hazard=hazard, code_sha256=fingerprint(code), reported_at=now, language=language, suspicions=list(suspicions),
        sender_sha256=queries.salted(sender, today), device_sha256=queries.salted(device, today),
        text_sha256=queries.text_fingerprint(what),
    )  # fmt: skip
    if phone:
        masked = rules.mask_phone(phone)
        kept = encipher(phone, purpose=PURPOSE)
        ReporterContact.objects.create(
            report=report, phone_enciphered=kept, phone_masked=masked, given_at=now
        )
    if not suspicions:
        tell_office(report, now)
    return done(report, after=note(report, "suspicions"))


def tell_office(report, now):
    """The organisation hears of a report once."""
    tell_organisation(
        report.organisation, about=report.hazard, key=f"hazards/{report.hazard_id}/public", title=str(NEW_TITLE),
        text=str(NEW % {"what": report.hazard.what[:60]}), link=report.get_absolute_url(), now=now,
    )  # fmt: skip


@action("hazards.clear_report", may=Right.HAZARDS_VERIFY, label=_("放行可疑上报"))
def clear_report(report, *, by, now):
    """A person looked at a suspicious report and it counts like any other."""
    check(None if report.is_suspicious else PublicRefusal.NOT_CLEARED)
    before = note(report, "cleared_at")
    report.cleared_at, report.cleared_by = now, by
    report.save(update_fields=["cleared_at", "cleared_by"])
    tell_office(report, now)
    return done(report, before=before)


def insist_code(hazard, report, code):
    """Refuse whoever does not hold the code of a report that this hazard is, or stands for."""
    holds = fingerprint(code) == report.code_sha256 and queries.is_reporter_of(report, hazard)
    check(None if holds else Refusal.NOT_REPORTER)


@action("hazards.contest_by_code", machine=True, label=pgettext_lazy("hazard", "仍未解决"))
def contest_by_code(hazard, *, by, now, why, report, code):
    """Whoever holds the code does not agree that it is closed."""
    insist_code(hazard, report, code)
    insist(hazard, Step.CONTEST, by=None, now=now, why=why, holds_code=True)
    return move(hazard, Step.CONTEST)


@action("hazards.appeal_by_code", machine=True, label=pgettext_lazy("hazard", "提出异议"))
def appeal_by_code(hazard, *, by, now, why, report, code):
    """Whoever holds the code does not agree that it was not accepted."""
    insist_code(hazard, report, code)
    insist(hazard, Step.APPEAL, by=None, now=now, why=why, holds_code=True)
    return move(hazard, Step.APPEAL)


@action("hazards.see_contact", may=Right.HAZARDS_VERIFY, label=_("查看上报人联系方式"))
def see_contact(report, *, by, now, why):
    """Look up how the reporter is reached, with the reason on record; the number is on the subject as `phone`."""
    contact = ReporterContact.objects.filter(report=report).first()
    check(None if contact else PublicRefusal.NO_CONTACT)
    check(None if why.strip() else Refusal.NEEDS_REASON)
    report.phone = decipher(contact.phone_enciphered, purpose=PURPOSE)
    return done(report)


@action("hazards.forget_contact", machine=True, may=Right.HAZARDS_VERIFY, label=_("删除上报人联系方式"))
def forget_contact(report, *, by, now):
    """Delete how the reporter is reached: its time is over, or he asked for it."""
    gone, _kinds = ReporterContact.objects.filter(report=report).delete()
    check(None if gone else PublicRefusal.NO_CONTACT)
    return done(report, after={"contact": ""})


@action("hazards.show_evidence", may=Right.HAZARDS_VERIFY, label=_("向上报人公开照片"))
def show_evidence(evidence, *, by, now, is_public):
    """Show a photo of after to whoever reported the hazard, or no more."""
    check(None if evidence.stage == Stage.AFTER else PublicRefusal.NOT_PUBLISHED)
    before = note(evidence, "is_public")
    evidence.is_public = is_public
    evidence.save(update_fields=["is_public"])
    return done(evidence, before=before)


def erase_senders(now):
    """Forget whence reports older than a day came: telemetry, not a change of record. Returns how many were erased."""
    old = PublicReport.objects.filter(reported_at__lt=now - ERASED_AFTER)
    return old.exclude(sender_sha256="", device_sha256="").update(sender_sha256="", device_sha256="")

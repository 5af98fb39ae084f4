"""Documents issued, made void, and their templates replaced."""

import secrets
from zoneinfo import ZoneInfo

from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from anlan.kit import store
from anlan.kit.actions import Refused, action, check, done, note, organisation_of, permit
from anlan.kit.documents.drawing import Unusable, draw_default, examine, fill
from anlan.kit.documents.spec import KINDS
from anlan.kit.models import Document, DocumentSeries, DocumentTemplate
from anlan.kit.terms import DocumentState, FileRefusal

ZONE = ZoneInfo("Asia/Shanghai")  # a document's year is that of mainland China
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without those that are mistaken for one another
CODE_LENGTH = 14  # 69 bits: nobody guesses one


def make_code():
    """A new code of verification."""
    return "".join(secrets.choice(CODE_SIGNS) for _step in range(CODE_LENGTH))


@action("documents.issue", label=_("签发文书"), machine=True)
def issue(about, *, by, now, kind, title, values, verify_at, new_code=make_code):
    """Issue a document of `kind` about a row: the next number, the template filled, the bytes stored.

    `values` by the kind's places; `verify_at` is the address before the code. The caller has asked whether `by` may.
    Raises Refused where the template cannot be filled: no number is used then.
    """
    found = insist_kind(kind)
    organisation, local = organisation_of(about), now.astimezone(ZONE)
    serial = next_serial(kind, organisation, local.year)
    number = found.number.format(organ=organisation.name, year=local.year, serial=serial)
    code = new_code()
    version, template = current_template(kind)
    given = {
        "number": number, "title": title, "organ": organisation.name, "code": code, "verify_at": f"{verify_at}{code}",
        "issued_on": f"{local.year}年{local.month}月{local.day}日", "issued_at": f"{local:%Y-%m-%d %H:%M}",
    }  # fmt: skip
    body = refuse_unusable(fill, template, values | given)
    row = Document.objects.create(
        kind=kind, organisation=organisation, year=local.year, serial=serial, number=number, title=title[:200],
        about_kind=about._meta.label_lower, about_id=str(about.pk), values=values, template_version=version,
        sha256=store.put(body), code=code, issued_at=now, by=by,
    )  # fmt: skip
    return done(row, after=note(row, "number", "title", "sha256", "template_version"))


@action("documents.void", label=_("文书作废"))
def void(document, *, by, now, why):
    """Make a document void; its number stays used and its bytes stay."""
    permit(KINDS[document.kind].right, document, by, machine=False)
    check(FileRefusal.ALREADY_VOID if document.state == DocumentState.VOID else None)
    check(None if why.strip() else FileRefusal.NO_REASON)
    before = note(document, "state")
    document.state = DocumentState.VOID
    document.save(update_fields=["state"])
    return done(document, before=before)


@action("documents.replace_template", may="documents.edit", label=_("更换文书模板"))
def replace_template(organisation, *, by, now, kind, name, body):
    """Lay down the district's own template of a kind. Raises Refused where it cannot be used."""
    found = insist_kind(kind)
    refuse_unusable(examine, found, body)
    last = DocumentTemplate.objects.filter(kind=kind).aggregate(last=Max("version"))["last"] or 0
    DocumentTemplate.objects.filter(kind=kind).update(is_active=False)
    row = DocumentTemplate.objects.create(
        kind=kind,
        version=last + 1,
        name=name[:160],
        sha256=store.put(body),
        organisation=organisation,
        by=by,
        at=now,
    )
    return done(row, after=note(row, "kind", "version", "name", "sha256"))


@action("documents.reset_template", may="documents.edit", label=_("恢复默认文书模板"))
def reset_template(template, *, by, now, why):
    """Use the default template of a kind again; the district's own versions stay on record."""
    check(None if template.is_active else FileRefusal.NO_OWN_TEMPLATE)
    check(None if why.strip() else FileRefusal.NO_REASON)
    before = note(template, "is_active")
    template.is_active = False
    template.save(update_fields=["is_active"])
    return done(template, before=before)


def keep_pdf(document, body):
    """Keep the PDF made of a document, once: what is printed again is the same."""
    digest = store.put(body)
    if Document.objects.filter(pk=document.pk, pdf_sha256="").update(pdf_sha256=digest):
        document.pdf_sha256 = digest
    else:
        document.refresh_from_db(fields=["pdf_sha256"])


def insist_kind(kind):
    """The kind of this code. Raises Refused for an unknown one."""
    check(None if kind in KINDS else FileRefusal.KIND_GONE % {"kind": kind})
    return KINDS[kind]


def next_serial(kind, organisation, year):
    """The next number of a kind for an organisation and year, within the caller's transaction: none is left out."""
    series, _new = DocumentSeries.objects.get_or_create(kind=kind, organisation=organisation, year=year)
    DocumentSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    series.refresh_from_db()
    return series.last


def current_template(kind):
    """(version, bytes) of the template in use: the district's own, or the default as version 0."""
    own = DocumentTemplate.objects.filter(kind=kind, is_active=True).order_by("-version").first()
    if own is None:
        return 0, draw_default(KINDS[kind])
    try:
        return own.version, store.get(own.sha256)
    except store.Lost:
        raise Refused(str(FileRefusal.BYTES_GONE)) from None


def refuse_unusable(draw, *words):
    """Call a step of drawing; its complaint becomes a refusal."""
    try:
        return draw(*words)
    except Unusable as unusable:
        raise Refused(str(unusable)) from unusable

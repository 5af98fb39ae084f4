"""Drafting: whatever the machine may do about a notice ends here."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.notices import queries, rules
from anlan.domains.notices.models import Notice, NoticeTarget
from anlan.domains.notices.terms import Hazard, NoticeKind, NoticeState, OutletKind, Refusal, Step
from anlan.domains.places.queries import visible_places
from anlan.kit.actions import Done, action, check, done, note
from anlan.kit.terms import LIVE

WRITTEN = (*queries.TEXT_NAMES, "hazard", "effective_at", "expires_at", "fields")
FALLEN = {
    "submitted_at": None, "submitted_by": None, "signed_at": None, "signed_by": None, "frozen_text": "",
    "frozen_sha256": "",
}  # fmt: skip


@action("notices.draft", may=Right.NOTICES_DRAFT, machine=True, label=_("拟稿"))
def draft_notice(
    organisation, *, by, now, kind=NoticeKind.TIP, hazard=Hazard.CROWD, template="", places=(), outlets=None,
    source=None, scene=LIVE, **words,
):  # fmt: skip
    """Draft a notice of `organisation`; `template` is the code of a piece of advice, whose texts `words` overrule.

    `outlets`: names as queries.name_outlet makes them; None: the website and the displays of the places. `source`:
    {"kind", "id", "name"} of what it came from. Words: see WRITTEN. The machine may draft (by None), and no more.
    """
    check_scope(by, places, outlets)
    texts = texts_from(template, places) | {name: value for name, value in words.items() if value is not None}
    hazard = queries.find_advice(template).hazard if template else hazard
    notice = Notice(
        organisation=organisation, kind=kind, hazard=hazard, template_code=template, scene=scene, source=source or {},
        drafted_at=now, drafted_by=by,
    )  # fmt: skip
    write(notice, texts)
    notice.save()
    notice.places.set(places)
    set_outlets(notice, queries.default_outlets(places, by) if outlets is None else outlets)
    return done(notice, after=note(notice, "kind", "hazard", "headline_zh") | place_note(notice))


@action("notices.edit", may=Right.NOTICES_DRAFT, label=_("修改内容"))
def edit_notice(notice, *, by, now, places=None, outlets=None, **words):
    """Change what is written, where and whither; a signature that was there falls, and it is a draft again."""
    notice = locked(notice)
    step(notice, Step.EDIT)
    check_scope(by, places or (), outlets)
    before = note(notice, *WRITTEN, "state", "frozen_sha256") | place_note(notice)
    frozen = queries.frozen_of(notice)
    write(notice, words)
    if places is not None:
        notice.places.set(places)
    if outlets is not None:
        set_outlets(notice, outlets)
    check(Refusal.SAME_TEXT if queries.frozen_of(notice) == frozen else None)
    notice.edited_by = by
    fall(notice, NoticeState.DRAFT)
    return changed(notice, before)


@action("notices.update", may=Right.NOTICES_DRAFT, label=_("拟写更正稿"))
def draft_update(notice, *, by, now):
    """Begin a notice that is to take the place of a published one, with its words; `change.subject` is the new one."""
    notice = locked(notice)
    check(None if notice.state in rules.ACTIVE else Refusal.NOT_ACTIVE % {"number": notice.number or "–"})
    waiting = queries.open_update(notice)
    check(Refusal.UPDATE_WAITS % {"headline": waiting} if waiting else None)
    fresh = Notice(
        organisation=notice.organisation, kind=notice.kind, scene=notice.scene, template_code=notice.template_code,
        source=notice.source, updates=notice, drafted_at=now, drafted_by=by, is_demo=notice.is_demo,
    )  # fmt: skip
    write(fresh, {name: getattr(notice, name) for name in WRITTEN} | {"effective_at": None})
    fresh.save()
    fresh.places.set(notice.places.all())
    set_outlets(fresh, notice.targets.values_list("outlet", flat=True))
    return done(fresh, after=note(fresh, "updates", "headline_zh"))


@action("notices.drop", may=Right.NOTICES_DRAFT, label=_("作废"))
def drop_notice(notice, *, by, now, why):
    """Give up a notice that is not published, with the reason."""
    notice = locked(notice)
    check(None if why.strip() else Refusal.NEEDS_REASON)
    before = note(notice, "state")
    step(notice, Step.DROP)
    fall(notice, NoticeState.DROPPED)
    return done(notice, before=before)


@action("notices.submit", may=Right.NOTICES_DRAFT, label=_("送审"))
def submit_notice(notice, *, by, now):
    """Hand a draft to whoever signs; it must be whole."""
    notice = locked(notice)
    before = note(notice, "state")
    step(notice, Step.SUBMIT)
    check(queries.check_ready(notice, now=now))
    notice.state, notice.submitted_at, notice.submitted_by = NoticeState.SUBMITTED, now, by
    notice.save(update_fields=["state", "submitted_at", "submitted_by"])
    return done(notice, before=before)


def locked(notice):
    """The row as it stands, held until the transaction ends: of two who act at once the second sees the first."""
    return (
        Notice.objects.select_for_update(of=("self",))
        .select_related("organisation", "updates")
        .get(pk=notice.pk)
    )


def step(notice, name):
    """Refuse unless this step can be taken now."""
    check(rules.check_step(notice.state, name, kind=notice.kind))


def fall(notice, state):
    """Put a notice back to a state without submission and signature."""
    notice.state = state
    for name, value in FALLEN.items():
        setattr(notice, name, value)
    notice.save()


def write(notice, words):
    """Put words into a notice; names that are none of its are an error."""
    if unknown := set(words) - set(WRITTEN):
        raise TypeError(f"no such words of a notice: {', '.join(sorted(unknown))}")
    for name, value in words.items():
        setattr(notice, name, value.strip() if isinstance(value, str) else value)


def texts_from(template, places):
    """The texts of a piece of advice with the places' names put in; nothing without a template."""
    if not template:
        return {}
    advice = queries.find_advice(template)
    check(None if advice else Refusal.CODE_FORM)
    names = {f"places_{language}": queries.place_names(places, language) for language in ("zh", "en")}
    filled = rules.fill(advice.texts, **names)
    return {
        name: filled[name][: rules.MOST.get(name, rules.MOST_LONG)]
        for name in queries.TEXT_NAMES
        if name in filled
    }


def check_scope(by, places, outlets):
    """Refuse places, displays and channels beyond the drafter's reach; the machine's own drafts reach everywhere."""
    if by is None:
        return
    seen = set(visible_places(by).values_list("pk", flat=True)) if places else set()
    for place in places:
        check(None if place.pk in seen else Refusal.PLACE_NOT_YOURS % {"name": place})
    named = [queries.split_outlet(name) for name in outlets or ()]
    displays = {one.pk for one in queries.displays_in_use(by)}
    channels = {one.pk for one in queries.public_channels(by)}
    for kind, pk in named:
        check(Refusal.NO_TARGET if kind is None else None)
        if kind == OutletKind.DISPLAY:
            check(None if pk in displays else Refusal.DISPLAY_NOT_YOURS % {"name": pk})
        if kind == OutletKind.CHANNEL:
            check(None if pk in channels else Refusal.CHANNEL_NOT_YOURS % {"name": pk})


def set_outlets(notice, names):
    """Make these, and no others, the outlets of a notice."""
    wanted = dict.fromkeys(names)
    notice.targets.exclude(outlet__in=wanted).delete()
    known = set(notice.targets.values_list("outlet", flat=True))
    for name in wanted:
        if name not in known:
            kind, pk = queries.split_outlet(name)
            NoticeTarget.objects.create(
                notice=notice, outlet=name, kind=kind,
                display_id=pk if kind == OutletKind.DISPLAY else None,
                channel_id=pk if kind == OutletKind.CHANNEL else None,
            )  # fmt: skip


def place_note(notice):
    """The places of a notice as a change row keeps them."""
    return {"places": [place.name for place in notice.places.order_by("code")]}


def changed(notice, before):
    """Close an action that may have changed any word of a notice, and its places."""
    names = [name for name in before if name != "places"]
    return Done(notice, before, note(notice, *names) | place_note(notice))

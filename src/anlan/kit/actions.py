"""The pattern of every change: check → do → record, in one transaction, and nothing else writes.

    @action("places.rename", may="places.edit", label=_("更名"))
    def rename(place, *, by, now, name):
        '''Give the place another name.'''
        before = note(place, "name")
        check(rules.name_is_sound(name))
        place.name = name
        place.save(update_fields=["name"])
        return done(place, before=before)

The decorator opens the transaction, asks whether `by` may, and writes the one immutable change row.
It returns that row, whose `.subject` is the row acted on. Keyword arguments that every action takes
besides its own: `by` (a person, or None for the machine), `now`, and optionally `why`,
`on_behalf_of`, `scene` (else the subject's own, else live) and `key` (doing it again with the same key changes
nothing). A function that
names `why`, `scene` or `on_behalf_of` among its own arguments is handed it too, so that it can insist on a reason.
"""

import functools
import inspect
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from anlan.kit.models import Change, Taken


class Refused(Exception):
    """A rule or a missing right said no; its text is what the person is told."""


@dataclass
class Done:
    """What an action did to its subject, ready to be recorded."""

    subject: object
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)


ACTIONS = {}
LIVE = "live"
HANDED_ON = ("why", "scene", "on_behalf_of")  # what a function gets besides its own words, where it names it


def action(verb, *, may=None, machine=False, label=None):
    """Make a function an action named `verb`; `may` is the right it needs, `machine` lets the machine do it.

    `label` is what people read in the list of changes, in the past or as a noun; the verb where it is missing.
    Raises Refused where `by` lacks the right within the subject's organisation.
    """

    def wrap(function):
        asked = [name for name in HANDED_ON if name in inspect.signature(function).parameters]

        @functools.wraps(function)
        def act(subject, *, by, now, why="", on_behalf_of="", scene="", key=None, **words):
            scene = scene or getattr(subject, "scene", LIVE)
            with transaction.atomic():
                if key is not None and (known := Change.objects.filter(key=key).first()):
                    return known
                permit(may, subject, by, machine)
                told = {"why": why, "scene": scene, "on_behalf_of": on_behalf_of}
                words |= {name: told[name] for name in asked}
                did = function(subject, by=by, now=now, **words)
                change = Change.objects.create(
                    scene=scene, what=verb, at=now, by=by, why=why, on_behalf_of=on_behalf_of, key=key,
                    **describe(did),
                )  # fmt: skip
            change.subject = did.subject
            return change

        ACTIONS[verb] = act
        act.verb, act.may, act.label = verb, may, label or verb
        return act

    return wrap


def record_all(act, did, *, by, now, why="", scene=LIVE):
    """The change rows of many subjects to which one action `act` was done at once; `did` are (Done, key) pairs.

    The right is asked once per organisation. The caller holds the transaction and leaves out keys that are known.
    """
    asked, rows = set(), []
    for one, key in did:
        words = describe(one)
        if (organisation := words["organisation"]) not in asked:
            permit(act.may, one.subject, by, machine=False)
            asked.add(organisation)
        rows.append(Change(scene=scene, what=act.verb, at=now, by=by, why=why, key=key, **words))
    return Change.objects.bulk_create(rows, batch_size=500)


def permit(may, subject, by, machine):
    """Refuse unless `by` holds the right `may` over the subject's organisation."""
    if by is None:
        if not machine:
            raise Refused(_("此操作必须由人完成。"))
    elif may is not None and not by.may(may, organisation_of(subject)):
        right = getattr(may, "label", may)
        raise Refused(_("您没有此项权限（%(may)s）。请联系本单位管理员。") % {"may": right})


def organisation_of(subject):
    """The organisation whose people may act on `subject`: its `organisation`, or itself if it is one."""
    return getattr(subject, "organisation", subject)


def describe(did):
    """The change row's columns that follow from its subject and the fields that differ."""
    subject, before, after = did.subject, did.before, did.after
    kept = [name for name in after if before.get(name) != after[name]]
    return {
        "subject_kind": subject._meta.label_lower,
        "subject_id": str(subject.pk),
        "subject_name": str(subject)[:200],
        "organisation": organisation_of(subject),
        "before": {name: before[name] for name in kept if name in before},
        "after": {name: after[name] for name in kept},
    }


def note(subject, *names):
    """The values of these fields now, as plain values that fit in a change row."""
    return {name: plain(getattr(subject, name)) for name in names}


def plain(value):
    """A field's value as it is kept in a change row: a row becomes its primary key and name."""
    return {"id": value.pk, "name": str(value)} if hasattr(value, "pk") else value


def done(subject, *, before=None, after=None):
    """Close an action: the fields named in `before` are read again, `after` adds to them."""
    before = before or {}
    return Done(subject, before, note(subject, *before) | (after or {}))


def check(refusal):
    """Raise Refused with the reason that a rule returned; a rule returns None when it allows."""
    if refusal:
        raise Refused(str(refusal))


def take(change, *, taker, now):
    """Mark `change` as dealt with by `taker`; call it in the transaction that deals with it."""
    return Taken.objects.create(change=change, taker=taker, at=now)

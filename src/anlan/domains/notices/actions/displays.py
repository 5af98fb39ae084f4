"""Displays: added with a token that is shown once, changed, retired; and what they say they showed."""

import secrets

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.queries import fingerprint
from anlan.domains.accounts.terms import Right
from anlan.domains.notices import rules
from anlan.domains.notices.models import Display, Showing
from anlan.domains.notices.terms import Refusal
from anlan.domains.places.queries import visible_places
from anlan.kit.actions import action, check, done, note

TOKEN_BYTES, START_CHARS, PREFIX = 32, 9, "anld_"
SET = (
    "name", "place", "site", "signs", "lines", "orientation", "is_bilingual", "fallback_zh", "fallback_en",
)  # fmt: skip
SEEN_EVERY_S = 20  # a heartbeat is written down this often at most, unless something changed


@action("notices.add_display", may=Right.CHANNELS_EDIT, label=_("登记电子屏"))
def add_display(organisation, *, by, now, make_secret=secrets.token_urlsafe, **settings):
    """Register a screen of `organisation`; its token is on `change.subject.token`, this once. Settings: see SET."""
    display = Display(organisation=organisation, issued_at=now)
    token = PREFIX + make_secret(TOKEN_BYTES)
    put(display, settings, by)
    display.token_start, display.token_sha256 = token[:START_CHARS], fingerprint(token)
    display.save()
    display.token = token
    return done(display, after=note(display, *SET))


@action("notices.edit_display", may=Right.CHANNELS_EDIT, label=_("修改电子屏"))
def edit_display(display, *, by, now, **settings):
    """Change the settings of a screen."""
    check(Refusal.RETIRED if display.retired_at else None)
    before = note(display, *SET)
    put(display, settings, by)
    display.save(update_fields=SET)
    return done(display, before=before)


@action("notices.renew_display", may=Right.CHANNELS_EDIT, label=_("换发电子屏令牌"))
def renew_display(display, *, by, now, make_secret=secrets.token_urlsafe):
    """Give a screen a new token; the old one is refused from now on."""
    check(Refusal.RETIRED if display.retired_at else None)
    before = note(display, "token_start")
    token = PREFIX + make_secret(TOKEN_BYTES)
    display.token_start, display.token_sha256, display.issued_at = (
        token[:START_CHARS],
        fingerprint(token),
        now,
    )
    display.save(update_fields=["token_start", "token_sha256", "issued_at"])
    display.token = token
    return done(display, before=before)


@action("notices.retire_display", may=Right.CHANNELS_EDIT, label=_("停用电子屏"))
def retire_display(display, *, by, now, why):
    """Take a screen out of use: its page goes dark."""
    check(Refusal.ALREADY_SO if display.retired_at else None)
    check(None if why.strip() else Refusal.NEEDS_REASON)
    before = note(display, "retired_at")
    display.retired_at = now
    display.save(update_fields=["retired_at"])
    return done(display, before=before)


@action("notices.restore_display", may=Right.CHANNELS_EDIT, label=_("恢复电子屏"))
def restore_display(display, *, by, now):
    """Take a screen into use again, with its old token."""
    check(None if display.retired_at else Refusal.ALREADY_SO)
    before = note(display, "retired_at")
    display.retired_at = None
    display.save(update_fields=["retired_at"])
    return done(display, before=before)


@action("notices.record_shown", machine=True, label=_("电子屏已显示"))
def record_shown(display, *, by, now, notice):
    """Keep the receipt that a screen showed a notice for the first time."""
    showing = Showing.objects.create(notice=notice, display=display, first_at=now, last_at=now)
    return done(showing, after={"display": str(display), "notice": notice.number})


def hear(display, *, now, shown):
    """What a screen's heartbeat says: it is alive, and shows these notices. Telemetry but for the first showing.

    `shown`: Notice rows that it is to show and says it does.
    """
    known = set(Showing.objects.filter(display=display, notice__in=shown).values_list("notice_id", flat=True))
    for notice in shown:
        if notice.pk not in known:
            record_shown(
                display, by=None, now=now, notice=notice, key=f"notices.shown/{notice.pk}/{display.pk}"
            )
    showing = ",".join(notice.number for notice in shown)[:200]
    is_old = display.seen_at is None or (now - display.seen_at).total_seconds() >= SEEN_EVERY_S
    if is_old or showing != display.showing:
        Display.objects.filter(pk=display.pk).update(seen_at=now, showing=showing)
        Showing.objects.filter(display=display, notice__in=shown).update(last_at=now)


def put(display, settings, by):
    """Put settings into a screen. Raises Refused."""
    for name in SET:
        if name in settings:
            value = settings[name]
            setattr(display, name, value.strip() if isinstance(value, str) else value)
    check(rules.check_display(
        name=display.name, fallback_zh=display.fallback_zh, signs=display.signs, lines=display.lines,
    ))  # fmt: skip
    place = display.place
    if place is not None and by is not None:
        seen = visible_places(by).filter(pk=place.pk).exists()
        check(None if seen else Refusal.PLACE_NOT_YOURS % {"name": place})

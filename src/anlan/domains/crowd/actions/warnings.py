"""Warnings on record: the engine's journalled changes as episodes, each step a change row."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd.models import Warning
from anlan.domains.crowd.rules import LEVELS
from anlan.domains.crowd.terms import Rule, WarningKind
from anlan.kit.actions import action, done, note

STEPS = ("level", "peak_level", "rule", "reason", "numbers", "closed_at")


def key_of(change):
    """What names a change for good: its scene, space, level and place in the journal."""
    return f"{change['scene']}|{change['code']}|{change['to']}|{change['offset']}"


@action("crowd.record_warning_change", machine=True, label=_("客流等级变化"))
def record_warning_change(place, *, by, now, change):
    """Take one change of the engine into the episode of its space: opened, moved on, or closed on `none`.

    `place` is the watched place (None in a replay); `change` is the engine's: scene, code, name, from, to,
    rule, channel, reason, numbers, offset; `now` is when it happened. Call it with `key=key_of(change)`, so
    that doing it again changes nothing.
    """
    scene, space = change["scene"], change["code"]
    warning = Warning.objects.filter(scene=scene, space_code=space, closed_at=None).first()
    if warning is None:
        warning = Warning(
            scene=scene, space_code=space, space_name=change["name"][:160], place=place, opened_at=now,
            level=change["from"], peak_level=change["from"], rule=change["rule"],
        )  # fmt: skip
    before = note(warning, *STEPS) if warning.pk else {"level": change["from"]}
    warning.level = change["to"]
    warning.peak_level = max(warning.peak_level, change["to"], key=LEVELS.index)
    warning.rule, warning.reason, warning.numbers = change["rule"], change["reason"], change["numbers"]
    if change["rule"] != Rule.LOWERED:
        warning.channel, warning.kind = change["channel"], WarningKind.of(change["rule"])
    warning.changed_at = now
    warning.closed_at = now if change["to"] == LEVELS[0] else None
    warning.save()
    return done(warning, before=before, after=note(warning, *STEPS) | {"offset": change["offset"]})


@action("crowd.close_lost_warning", machine=True, label=_("停止监测，预警结束"))
def close_lost_warning(warning, *, by, now):
    """End an open warning whose space is no longer watched: its place or zone was taken off the register."""
    before = note(warning, *STEPS)
    warning.level, warning.rule, warning.numbers = LEVELS[0], Rule.UNWATCHED, {}
    warning.reason = {
        "zh": "该场所或区域已不再监测，预警结束",
        "en": "The place or zone is no longer watched; the warning ends",
    }
    warning.changed_at = warning.closed_at = now
    warning.save()
    return done(warning, before=before)

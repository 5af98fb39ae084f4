"""Rail lines."""

import re

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.places import rules
from anlan.domains.places.actions.register import insist_sound
from anlan.domains.places.models import RailLine
from anlan.domains.places.terms import Refusal
from anlan.kit.actions import Done, action, check, done, note

WORDS = ("code", "name", "colour")
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@action("places.add_line", may=Right.PLACES_EDIT, label=_("新增线路"))
def add_line(organisation, *, by, now, code, name, colour=""):
    """Add a rail line that `organisation` runs. Raises Refused for a taken or unsound code or colour."""
    line = RailLine(organisation=organisation, code=code, name=name, colour=colour)
    settle_line(line)
    return done(line, after=note(line, *WORDS))


@action("places.edit_line", may=Right.PLACES_EDIT, label=_("修改线路"))
def edit_line(line, *, by, now, code, name, colour=""):
    """Give a line another code, name or colour."""
    before = note(line, *WORDS)
    line.code, line.name, line.colour = code, name, colour
    settle_line(line)
    return done(line, before=before)


@action("places.remove_line", may=Right.PLACES_EDIT, label=_("删除线路"))
def remove_line(line, *, by, now):
    """Remove a line. Refused while stations lie on it."""
    if stations := line.stations.count():
        check(Refusal.LINE_IN_USE % {"n": stations})
    before, number = note(line, *WORDS), line.pk
    line.delete()
    line.pk = number
    return Done(line, before, dict.fromkeys(before))


def settle_line(line):
    """Check and store a line. Raises Refused."""
    check(rules.check_code(line.code))
    check(Refusal.COLOUR if line.colour and not COLOUR.fullmatch(line.colour) else None)
    insist_sound(line)
    line.save()

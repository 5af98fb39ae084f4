"""What a person on the spot reported as 人太多了, as an alarm."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from anlan.domains.crowd.terms import WarningLevel
from anlan.domains.emergency.actions.alarms import STEPS, follow, keep, lock, next_number, set_level
from anlan.domains.emergency.models import Alarm
from anlan.domains.emergency.queries.alarms import open_alarm_at
from anlan.domains.emergency.rules import alarms as rules
from anlan.domains.emergency.terms import LIVE, AlarmOrigin
from anlan.kit.actions import action, done, note

CALLED_LEVEL = (
    WarningLevel.YELLOW
)  # 加强值守: somebody must look; higher is for whoever looked, or the machine
SAID = _("现场人员上报人太多了：%(where)s")


@action("emergency.take_observation", machine=True, label=_("现场上报转入处置"))
def take_observation(observation, *, by, now):
    """Let what a person reported into the open alarm of the place, or open one of level yellow; only a rise restarts it.

    `observation` is the crowd's row of kind too_many, `now` when it reached us.
    """
    place = observation.place
    known = open_alarm_at(LIVE, place)
    alarm = lock(known) if known else draft_called(observation, now)
    before = note(alarm, *STEPS) if known else {}
    alarm.repeats += 1 if known else 0
    alarm.hand_level = rules.worst([alarm.hand_level, CALLED_LEVEL])
    level = rules.worst_of(alarm.spaces, alarm.hand_level)
    turn = rules.turn_of(alarm.level, level)
    set_level(alarm, level, say_called(observation) if turn == rules.Turn.ROSE else None)
    if known:
        follow(alarm, turn, now)
    keep(alarm, now)
    words = say_called(observation)["zh"]
    return done(alarm, before=before, after=note(alarm, *STEPS) | {"words": words})


def draft_called(observation, now):
    """A new alarm for the place of an observation, not kept yet."""
    place = observation.place
    return Alarm(
        scene=LIVE, origin=AlarmOrigin.PATROL, title=place.name, place=place, space_code=place.code,
        organisation=place.organisation, level=WarningLevel.NONE, peak_level=WarningLevel.NONE, rank=0,
        raised_at=observation.at, raised_by=observation.by, caller=observation.on_behalf_of[:60], round_at=now,
        number=next_number(LIVE, now),
    )  # fmt: skip


def say_called(observation):
    """What was reported, in zh and en; the person's own words stand as they are."""
    told = {}
    for code, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            where = str(observation.zone.name if observation.zone else observation.place.name)
            said = str(SAID) % {"where": where}
        told[code] = f"{said} {observation.note}".strip()
    return told

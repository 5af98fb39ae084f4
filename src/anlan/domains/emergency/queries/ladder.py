"""Reporting up: the district's steps and times, what was told of an alarm, and the ladder that follows from both."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.models import Alarm, Telling
from anlan.domains.emergency.rules import ladder as rules
from anlan.domains.emergency.rules import reporting
from anlan.domains.emergency.terms.ladder import (
    CALLED_LEVELS,
    CalledLevel,
    Delivery,
    LadderBasis,
    Recipient,
    ReportingKey,
    StepWay,
)
from anlan.kit import tables
from anlan.kit.models import Message
from anlan.kit.terms import SourceMark

STEPS_TABLE, TIMERS_TABLE = "emergency.reporting", "emergency.alarm_timers"
HOUR_S, DAY_MIN = 3600, 1440

tables.register(tables.Table(
    STEPS_TABLE, title=_("逐级上报步骤"),
    lead=_("每个等级依次或同时通知谁：“依次”从上一步之后计时，“同时”与上一步一起。空岗或未送达的立即转下一步。红色必须同时通知所有对象。"),
    key=tables.TableColumn("step", _("等级和步骤"), "word", words=ReportingKey),
    columns=(
        tables.TableColumn("recipient", _("通知对象"), "word", words=Recipient),
        tables.TableColumn("after_s", _("间隔"), "whole", unit=_("秒"), low=0, high=HOUR_S),
        tables.TableColumn("way", _("方式"), "word", words=StepWay),
        tables.TableColumn("repeat_s", _("重复间隔"), "whole", unit=_("秒"), low=0, high=HOUR_S),
        tables.TableColumn("most_repeats", _("重复次数"), "whole", low=0, high=20),
    ),
    seeds=lambda on: [
        tables.Seed(key, values, SourceMark.KNOWN, LadderBasis.OWN) for key, values in reporting.step_rows().items()
    ],
    refuse=rules.refuse_step,
))  # fmt: skip
tables.register(tables.Table(
    TIMERS_TABLE, title=_("处置单时限"),
    lead=_("无人签收多久后重新逐级上报，承诺的下次查看过后多久无反馈转为超时未反馈，提醒最多可暂停多久，消息链接多久内有效。"),
    key=tables.TableColumn("level", _("等级"), "word", words=CalledLevel),
    columns=(
        tables.TableColumn("unanswered_s", _("无人签收重新上报"), "whole", unit=_("秒"), low=60, high=24 * HOUR_S),
        tables.TableColumn("grace_s", _("下次查看后宽限"), "whole", unit=_("秒"), low=0, high=HOUR_S),
        tables.TableColumn("mute_most_min", _("暂停提醒最长"), "whole", unit=_("分钟"), low=1, high=DAY_MIN),
        tables.TableColumn("link_valid_min", _("消息链接有效"), "whole", unit=_("分钟"), low=5, high=DAY_MIN),
    ),
    seeds=lambda on: [
        tables.Seed(level, reporting.DEFAULT_TIMERS[level]._asdict(), SourceMark.KNOWN, LadderBasis.OWN)
        for level in CALLED_LEVELS
    ],
))  # fmt: skip


@dataclass(frozen=True)
class Reporting:
    """The steps and times of every level as they hold on a date."""

    steps: dict
    timers: dict

    def timers_of(self, level):
        """The times of a level; where it calls nobody, those of blue."""
        return self.timers.get(level, self.timers["blue"])


def reporting_on(on):
    """The Reporting that holds on the date `on`."""
    rows, times = tables.read(STEPS_TABLE, on=on), tables.read(TIMERS_TABLE, on=on)
    return Reporting(
        {level: rules.make_steps(rows, level) for level in CALLED_LEVELS},
        {level: rules.Timers(**times[level]) for level in CALLED_LEVELS},
    )


def timers_for(alarm, now):
    """The times of an alarm's level."""
    return reporting_on(timezone.localdate(now)).timers_of(alarm.level)


def ladder_of(alarm, now, *, known=None):
    """The Ladder of an alarm's present round at `now`."""
    return ladders_of([alarm], now, known=known)[alarm.pk]


def ladders_of(alarms, now, *, known=None):
    """{alarm id: Ladder} of several alarms in three queries; `known` is the Reporting where it was read before."""
    known = known or reporting_on(timezone.localdate(now))
    told = told_of(alarms)
    return {
        alarm.pk: rules.climb(
            known.steps.get(alarm.level, ()), told[alarm.pk], round_at=alarm.round_at, now=now,
            timers=known.timers_of(alarm.level), is_answered=not alarm.is_unanswered,
            muted_until=alarm.muted_until if is_muted(alarm, now) else None,
        )
        for alarm in alarms
    }  # fmt: skip


def is_muted(alarm, now):
    """Whether an alarm tells nobody at `now`."""
    return alarm.muted_until is not None and now < alarm.muted_until


def told_of(alarms):
    """{alarm id: the rules' Told of its present round}, with what is known of their messages."""
    rounds = {alarm.pk: alarm.round for alarm in alarms}
    states = message_states(rounds)
    found = defaultdict(list)
    for row in Telling.objects.filter(alarm__in=rounds):
        if row.round != rounds[row.alarm_id]:
            continue
        messages = [one for key in keys_of(row, states[row.alarm_id]) for one in states[row.alarm_id][key]]
        settled = [at for _state, at in messages if at]
        found[row.alarm_id].append(rules.Told(
            row.step, row.repeat, row.outcome, row.due_at, row.at, rules.judge_delivery(one for one, _at in messages),
            max(settled, default=None),
        ))  # fmt: skip
    return found


def keys_of(telling, known):
    """Which of the `known` (step, repeat, recipient) are messages of a telling: its own, and those it counts on."""
    own = [key for key in known if key[:2] == (telling.step, telling.repeat)]
    people = [(*one["through"], str(one["id"])) for one in telling.people if one["through"]]
    return own + people + [(*one["through"], f"g{one['id']}") for one in telling.groups if one["through"]]


def message_states(rounds):
    """{alarm id: {(step, repeat, recipient): [(state, settled at)]}} of the messages of these alarms' rounds."""
    found = defaultdict(lambda: defaultdict(list))
    rows = Message.objects.filter(about_kind=Alarm._meta.label_lower, about_id__in=[str(pk) for pk in rounds])
    for about, key, state, settled_at in rows.values_list(
        "about_id", "key", "state", "settled_at"
    ).order_by():
        named, pk = rules.read_message_key(key), int(about)
        if named and named[0] == rounds[pk]:
            found[pk][named[1:]].append((state, settled_at))
    return found


def messages_by_recipient(alarm):
    """{(step, repeat, recipient): [Message]} of an alarm's present round, oldest first."""
    rows = Message.objects.filter(about_kind=Alarm._meta.label_lower, about_id=str(alarm.pk))
    found = defaultdict(list)
    for message in rows.select_related("channel").order_by("id"):
        named = rules.read_message_key(message.key)
        if named and named[0] == alarm.round:
            found[named[1:]].append(message)
    return found


def tellings_of(alarm, *, of_round=None):
    """What was told of an alarm, oldest first; of one round where it is given."""
    rows = Telling.objects.filter(alarm=alarm).select_related("by")
    return rows if of_round is None else rows.filter(round=of_round)


def delivery_of(messages):
    """What is known of some messages together, as a Delivery."""
    return Delivery(rules.judge_delivery(one.state for one in messages))

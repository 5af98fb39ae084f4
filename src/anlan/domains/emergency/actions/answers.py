"""Answering an alarm: acknowledgement is action – a measure and the next look, for oneself or on behalf of a caller."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.actions.alarms import STEPS, facts_of, keep, lock, move
from anlan.domains.emergency.models import AlarmAgency, Answer
from anlan.domains.emergency.queries.answers import Party, newest_of, party_of
from anlan.domains.emergency.queries.deciding import insist_measure
from anlan.domains.emergency.rules import answers as rules
from anlan.domains.emergency.terms import (
    AlarmRefusal,
    AnswerRefusal,
    AnswerWay,
    Deed,
    Measure,
    Verdict,
)
from anlan.kit.actions import action, check, done, note


@action("emergency.answer_alarm", label=_("签收并处置"))
def answer_alarm(alarm, *, by, now, measure, next_look_at, words="", seen="", way=AnswerWay.SCREEN):
    """Answer for one's own agency or organisation with a measure that it may order or propose.

    `seen` (queries.seen_of) is what the form was drawn with: whoever comes second is told who answered what and when.
    Raises Refused without the right, without a sound measure or next look, and where the level has risen since.
    """
    alarm = lock(alarm)
    party = party_of(by, alarm)
    check(None if party else AnswerRefusal.NO_RIGHT)
    check(rules.check_answer(measure=measure, words=words, next_look_at=next_look_at, now=now))
    return record(alarm, party, seen, Answer(
        person=by, recorded_by=by, way=way, measure=measure, next_look_at=next_look_at, words=words.strip(), at=now
    ))  # fmt: skip


@action("emergency.answer_on_behalf", label=_("代签收"))
def answer_on_behalf(
    alarm, *, by, now, on_behalf_of, agency, way, called_at, measure, next_look_at, words="", seen=""
):
    """Sign for a joined agency that called by phone or radio; `on_behalf_of` is who called, `called_at` when.

    Whoever may answer this alarm may write it down; the measure must be one that the caller's own organisation may take.
    """
    alarm = lock(alarm)
    check(None if party_of(by, alarm) else AnswerRefusal.NO_RIGHT)
    joined = AlarmAgency.objects.filter(alarm=alarm, agency=agency).exists()
    check(None if joined else AnswerRefusal.NOT_JOINED % {"agency": agency})
    check(AnswerRefusal.NO_CALLER if way not in dict(AnswerWay.by_voice()) else None)
    check(rules.check_answer(
        measure=measure, words=words, next_look_at=next_look_at, now=now, way=way, caller=on_behalf_of,
        called_at=called_at,
    ))  # fmt: skip
    return record(alarm, Party(agency, agency.organisation), seen, Answer(
        recorded_by=by, caller=on_behalf_of.strip()[:60], way=way, called_at=called_at, measure=measure,
        next_look_at=next_look_at, words=words.strip(), at=now,
    ))  # fmt: skip


def record(alarm, party, seen, answer):
    """Keep an answer that is sound in itself: nobody came first, the party may take the measure, the alarm allows it."""
    now, before = answer.at, note(alarm, *STEPS)
    refuse_overtaken(alarm, party, seen)
    ruling = insist_measure(Measure(answer.measure), party.organisation, alarm.place, timezone.localdate(now))
    deed = rules.deed_of(answer.measure)
    move(alarm, deed, now, facts_of(alarm, answer.recorded_by, answer.words))
    answer.alarm, answer.round, answer.authority = alarm, alarm.round, ruling.authority
    answer.agency, answer.organisation = party
    answer.save()
    alarm.answered_at, alarm.fell_back_at = alarm.answered_at or now, None
    alarm.next_look_at = answer.next_look_at
    if answer.measure == Measure.ASK_JUDGEMENT:
        alarm.judgement_asked_at = now
    if deed == Deed.CLEAR:
        alarm.verdict, alarm.lifted_at, alarm.lifted_by = Verdict.FALSE, now, answer.recorded_by
    keep(alarm, now)
    if party.agency:
        AlarmAgency.objects.filter(alarm=alarm, agency=party.agency).update(
            answer=answer, acknowledged_at=now
        )
    told = {
        "agency": str(party), "who": answer.who, "measure": str(answer.said), "words": answer.words, "way": answer.way,
        "next_look_at": answer.next_look_at, "called_at": answer.called_at,
    }  # fmt: skip
    return done(alarm, before=before, after=note(alarm, *STEPS) | told)


def refuse_overtaken(alarm, party, seen):
    """Refuse what rests on an older page: the level rose, or the same party has answered since."""
    check(None if alarm.is_open else AlarmRefusal.NOT_NOW % {
        "state": alarm.get_state_display(), "deed": Deed.RECEIVE.label
    })  # fmt: skip
    drawn = rules.read_seen(seen)
    if drawn is None:
        return
    check(AnswerRefusal.ROSE % {"level": alarm.get_level_display()} if drawn[0] < alarm.round else None)
    newest = newest_of(alarm, party)
    if newest and rules.is_overtaken(drawn, newest=newest.pk):
        at = f"{timezone.localtime(newest.at):%H:%M:%S}"
        told = {"who": newest.who, "at": at, "measure": newest.said, "agency": party}
        check(AnswerRefusal.ANSWERED % told)

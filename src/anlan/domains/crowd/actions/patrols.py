"""Rounds 巡逻班次: planned, begun, checked in on, ended, missed. What clients send is known by its uid and counts once."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.models import CheckIn, PatrolFinding, PatrolRound
from anlan.domains.crowd.queries.observations import observation_limit
from anlan.domains.crowd.queries.patrols import fitting_round, missed_stops
from anlan.domains.crowd.rules import patrols as rules
from anlan.domains.crowd.rules.observations import AHEAD, OLDEST, check_point
from anlan.domains.crowd.terms import ObservationRefusal, PatrolRefusal, RoundState
from anlan.kit.actions import action, check, done, note
from anlan.kit.followups import open_follow_up, settle_follow_up
from anlan.kit.geo import distance_m

STEPS = ("state", "started_at", "ended_at", "by")


def start_round(route, *, by, now, uid, at):
    """Begin a round of `route`, or of none (then of the person's own organisation); returns the PatrolRound.

    The planned round that `at` fits is begun, else a new one. The same uid again returns the same round.
    """
    return once(
        PatrolRound,
        uid,
        lambda: begin_round(route or by.organisation, by=by, now=now, uid=uid, at=at, route=route),
    )


def check_in(round, *, by, now, uid, at, stop=None, place=None, lon=None, lat=None, note=""):
    """Check in on a round at a stop or a place; returns the CheckIn. One far from the stop says so and stands.

    lon, lat: WGS-84 degrees, of this moment alone. The same uid again returns the same row.
    """
    words = {"stop": stop, "place": place, "lon": lon, "lat": lat, "words": note}
    return once(CheckIn, uid, lambda: keep_check_in(round, by=by, now=now, uid=uid, at=at, **words))


def end_round(round, *, by, now, uid, at, note=""):
    """End a round; returns the PatrolRound. Doing it again, with the same uid or after it lapsed, ends nothing twice."""
    known = PatrolRound.objects.filter(pk=round.pk, end_uid=uid).first()
    return known or close_round(round, by=by, now=now, uid=uid, at=at, words=note).subject


def once(model, uid, act):
    """The row of this uid, or what `act` makes; of two at the same moment one makes it."""
    known = model.objects.filter(uid=uid).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return act().subject
    except IntegrityError:
        known = model.objects.filter(uid=uid).first()
        if known is None:
            raise
        return known


def check_time(at, now):
    """Refuse a time that is not of the last weeks."""
    check(ObservationRefusal.FUTURE if at > now + AHEAD else None)
    check(ObservationRefusal.OLD if at < now - OLDEST else None)


@action("crowd.start_round", label=_("开始巡逻"))
def begin_round(organisation, *, by, now, uid, at, route):
    """Begin a round. Called by `start_round`."""
    owner = route.organisation if route else organisation
    check(None if by.may(Right.PATROLS_WALK, owner) else PatrolRefusal.NO_RIGHT)
    check_time(at, now)
    row = route and fitting_round(route, at)
    if row is None:
        check(PatrolRefusal.STOPPED if route and route.stopped_at else None)
        stops = [stop.pk for stop in route.stops_in_use] if route else []
        row = PatrolRound(
            route=route, organisation=owner, stop_ids=stops, is_demo=bool(route and route.is_demo)
        )
        row.due_at = route and at + timedelta(minutes=route.lasts_min)
    else:
        row = PatrolRound.objects.select_for_update(of=("self",)).get(pk=row.pk)
        check(rules.step(row.state, rules.Deed.START)[1])
    before = note(row, *STEPS) if row.pk else {}
    row.state, row.uid, row.started_at, row.by = RoundState.STARTED, uid, min(at, now), by
    row.save()
    settle_follow_up(follow_up_key(row), by=by, now=now, outcome=str(_("已补录巡逻")))
    return done(row, before=before, after=note(row, *STEPS))


@action("crowd.check_in", label=_("巡逻打卡"))
def keep_check_in(round, *, by, now, uid, at, stop, place, lon, lat, words):
    """Keep a check-in. Called by `check_in`."""
    check(None if by.may(Right.PATROLS_WALK, round.organisation) else PatrolRefusal.NO_RIGHT)
    check_time(at, now)
    round = PatrolRound.objects.select_related("route").get(pk=round.pk)
    takes = round.state in rules.TAKES_CHECK_INS
    check(None if takes else rules.step(round.state, rules.Deed.END)[1])
    check(PatrolRefusal.BEFORE_START if at < round.started_at - AHEAD else None)
    check(None if stop is None or stop.pk in round.stop_ids else PatrolRefusal.OTHER_STOP)
    check(None if stop or place or words.strip() else PatrolRefusal.NO_WHERE)
    check(check_point(lon, lat))
    point = None if lon is None else (lon, lat)
    place = place or (stop and stop.place)
    goal = stop.point if stop else place and place.lon is not None and (place.lon, place.lat)
    row = CheckIn.objects.create(
        uid=uid, round=round, stop=stop, place=place, at=min(at, now), noted_at=now, by=by, lon=lon, lat=lat,
        away_m=distance_m(point, goal) if point and goal else None, note=words.strip()[:300],
    )  # fmt: skip
    if round.state == RoundState.ENDED and not missed_stops(round):
        settle_follow_up(follow_up_key(round), by=by, now=now, outcome=str(_("漏巡点已补录打卡")))
    far = row.away_m is not None and row.away_m > observation_limit("far_m", on=timezone.localdate(now))
    told = {"stop": str(row), "at": row.at, "away_m": round_m(row.away_m), "is_far": far, "note": row.note}
    return done(row, after={name: said for name, said in told.items() if said not in (None, "")})


def round_m(metres):
    """Whole metres, None for none."""
    return metres if metres is None else round(metres)


@action("crowd.end_round", label=_("结束巡逻"))
def close_round(row, *, by, now, uid, at, words):
    """End a round; stops that were missed become a follow-up. Called by `end_round`."""
    check(None if by.may(Right.PATROLS_WALK, row.organisation) else PatrolRefusal.NO_RIGHT)
    check_time(at, now)
    row = hold(row)
    lapsed = row.state == RoundState.ENDED and row.end_uid is None
    check(None if lapsed else rules.step(row.state, rules.Deed.END)[1])
    check(PatrolRefusal.BEFORE_START if at < row.started_at - AHEAD else None)
    before = note(row, *STEPS)
    row.state, row.ended_at, row.end_uid, row.note = RoundState.ENDED, min(at, now), uid, words.strip()[:300]
    row.save()
    missed = follow_missed(row, by=by, now=now)
    return done(row, before=before, after={"missed_stops": missed} if missed else {})


@action("crowd.lapse_round", machine=True, label=_("巡逻到时未结束"))
def lapse_round(row, *, by, now):
    """Nobody ended it in time: what was checked in stands, what was missed becomes a follow-up."""
    row = hold(row)
    before = note(row, *STEPS)
    row.state, refusal = rules.step(row.state, rules.Deed.LAPSE)
    check(refusal)
    row.ended_at = row.due_at
    row.save()
    missed = follow_missed(row, by=by, now=now)
    return done(row, before=before, after={"missed_stops": missed} if missed else {})


@action("crowd.miss_round", machine=True, label=_("巡逻未按时开始"))
def miss_round(row, *, by, now):
    """Nobody began it in time: a follow-up for the organisation that was to walk."""
    row = hold(row)
    before = note(row, *STEPS)
    row.state, refusal = rules.step(row.state, rules.Deed.MISS)
    check(refusal)
    row.save()
    follow_round(row, _("巡逻未巡：%(route)s") % {"route": row}, by=by, now=now)
    return done(row, before=before)


def hold(row):
    """The round as it is now, held until the transaction ends."""
    return PatrolRound.objects.select_for_update(of=("self",)).select_related("route").get(pk=row.pk)


def follow_missed(row, *, by, now):
    """Open the follow-up of the stops that a round has missed, or settle it; the names of those stops."""
    missed = [stop.name for stop in missed_stops(row)]
    if missed:
        names = "、".join(missed)
        follow_round(row, _("漏巡：%(route)s（%(stops)s）") % {"route": row, "stops": names}, by=by, now=now)
    else:
        settle_follow_up(follow_up_key(row), by=by, now=now, outcome=str(_("巡逻点已全部打卡")))
    return missed


def follow_round(row, title, *, by, now):
    """A follow-up about a round, due the next day, for whoever was to walk it."""
    open_follow_up(
        row, key=follow_up_key(row), title=str(title)[:200], organisation=row.organisation,
        due=timezone.localdate(now) + timedelta(days=1), link=row.get_absolute_url(), by=by, now=now,
    )  # fmt: skip


def follow_up_key(row):
    """The key of a round's follow-up."""
    return f"crowd/patrol_round/{row.pk}"


@action("crowd.note_finding", label=_("巡逻发现"))
def note_finding(round, *, by, now, found):
    """Something found on a round, such as a hazard: `found` is its row, of any room above; once for each."""
    check(None if by.may(Right.PATROLS_WALK, round.organisation) else PatrolRefusal.NO_RIGHT)
    words = {"about_kind": found._meta.label_lower, "about_id": str(found.pk)}
    row, _made = PatrolFinding.objects.get_or_create(
        round=round,
        **words,
        defaults={"title": str(found)[:200], "link": found.get_absolute_url(), "at": now},
    )
    return done(row, after={"title": row.title})
